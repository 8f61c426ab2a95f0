import { existsSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type AnswerDeps, answerQuestion } from "../../src/answer/answer-question.js";
import { PROJECT_DIR } from "../../src/config.js";
import type { Answer, Turn } from "../../src/types.js";
import { openCorpus } from "../helpers/corpus.js";

/** Every quote is an exact slice, and every marker is wired to a citation and back. */
async function expectWired(deps: AnswerDeps, answer: Answer): Promise<void> {
  const markers = new Set([...answer.answer.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1])));
  expect([...markers].sort((a, b) => a - b)).toEqual(answer.citations.map((citation) => citation.n));
  for (const { source, start, end, quote } of answer.citations) {
    expect((await deps.index.document(source))?.text.slice(start, end)).toBe(quote);
  }
}

describe("answers over the shipped corpus", () => {
  let deps: AnswerDeps;
  const ask = (question: string, history?: Turn[]): Promise<Answer> => answerQuestion(deps, { question, history });

  beforeAll(async () => {
    deps = await openCorpus(path.join(PROJECT_DIR, "corpus"));
  });

  it.each<[kind: string, question: string, source: string, facts: RegExp[]]>([
    ["who", "Who built the S-band radar of NISAR?", "talk-on-agency-cooperation", [/S-band radar by ISRO/]],
    ["number", "How many member states does ESA have?", "alliances-for-exploration", [/22/]],
    ["when", "When was the Hubble Space Telescope launched?", "partnerships-for-exploration", [/1990/]],
    ["typo", "wen was the huble space telescop launched", "partnerships-for-exploration", [/1990/]],
    ["table", "By how much do reusable rockets cut costs?", "nasa-spacex-isro", [/60–70%/]],
    ["list", "What is the NISAR mission meant to do?", "nasa-spacex-isro", [/climate/, /earthquakes/, /ice/]],
    [
      "list",
      "What are the main difficulties for NASA, SpaceX and ISRO as partners?",
      "nasa-spacex-isro",
      [/[Rr]egulat/, /[Bb]udget/],
    ],
    ["keywords", "outer space treaty", "alliances-for-exploration", [/1967/]],
    ["video", "When in the video is the lock-in period mentioned?", "talk-on-agency-cooperation", [/01:10:30/]],
  ])("%s: %s", async (_kind, question, source, facts) => {
    const answer = await ask(question);
    expect(answer.status).toBe("answered");
    for (const fact of facts) expect(answer.answer).toMatch(fact);
    expect(answer.citations.map((citation) => citation.source)).toContain(source);
    await expectWired(deps, answer);
  });

  it("answers a follow-up from the question before", async () => {
    const history: Turn[] = [
      { role: "user", content: "When was Hubble launched?" },
      { role: "assistant", content: "In 1990." },
    ];
    expect((await ask("And Cassini-Huygens?", history)).answer).toMatch(/1997/);
  });

  it("tells more each time it is asked to, until there is no more", async () => {
    const question = "What is the Artemis program?";
    const history: Turn[] = [];
    const quotes: string[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const asked = turn === 0 ? question : turn % 2 === 0 ? "what else?" : "Tell me more about it, please.";
      const answer = await ask(asked, history);
      await expectWired(deps, answer);
      history.push({ role: "user", content: asked }, { role: "assistant", content: answer.answer });
      if (answer.status === "not_found") break;
      for (const { quote } of answer.citations) {
        expect(quotes).not.toContain(quote);
        quotes.push(quote);
      }
    }
    expect(quotes.length).toBeGreaterThan(4);
    expect(quotes.filter((quote) => quote.includes("Artemis")).length).toBeGreaterThan(3);
    expect(history.at(-1)!.content).toBe("The documents say no more about it.");
  });

  it("tells no row of a table twice", async () => {
    const asked = "By how much do reusable rockets cut costs?";
    const first = await ask(asked);
    const history: Turn[] = [
      { role: "user", content: asked },
      { role: "assistant", content: first.answer },
    ];
    const more = await ask("what else?", history);
    const quotes = first.citations.map(({ quote }) => quote);
    expect(quotes.some((quote) => quote.includes("60–70%"))).toBe(true);
    expect(more.citations.filter(({ quote }) => quotes.includes(quote))).toEqual([]);
  });

  it("tells no more of what it could not answer", async () => {
    const history: Turn[] = [
      { role: "user", content: "Who is the president of France?" },
      { role: "assistant", content: "The documents do not say." },
    ];
    expect(await ask("tell me more", history)).toMatchObject({ status: "not_found", citations: [] });
  });

  it("answers both halves of a double question, each cited", async () => {
    const answer = await ask("Who built the L-band radar and when was Cassini-Huygens launched?");
    expect(answer.answer).toMatch(/L-band radar was built by NASA[\s\S]*1997/);
    expect(new Set(answer.citations.map((citation) => citation.source)).size).toBe(2);
    await expectWired(deps, answer);
  });

  it("gives both values and both places where sources differ", async () => {
    const answer = await ask("When was the International Space Station established?");
    expect(answer.answer).toMatch(/1980s/);
    expect(answer.answer).toMatch(/1990s/);
  });

  it.each([
    "Who won the football world cup in 1998?",
    "What is the capital of Mongolia?",
    "How do I bake bread?",
    "日本の首都は?",
    "Xyzzyq?",
    "🚀🚀🚀",
    "??",
  ])("says that the documents do not say: %s", async (question) => {
    const answer = await ask(question);
    expect(answer).toMatchObject({ status: "not_found", answer: "The documents do not say.", citations: [] });
  });

  it("is fitted to refuse nearly all of what is about other things, and to answer what is its own", () => {
    const { leastSubject, answeredForeign, refusedOwn, ownProbes } = deps.index.refusal;
    // Neither bound: the probe questions chose it.
    expect(leastSubject).toBeGreaterThan(-2.9);
    expect(leastSubject).toBeLessThan(-0.85);
    expect(answeredForeign).toBeLessThanOrEqual(0.08);
    expect([refusedOwn, ownProbes]).toEqual([0, 60]);
  });

  it("suggests only questions that it answers", async () => {
    const { suggestions } = await ask("How do I bake bread?");
    expect(suggestions).toHaveLength(3);
    for (const question of suggestions) expect((await ask(question)).status).toBe("answered");
  });

  it("answers every FAQ item with its own answer", async () => {
    const items = await deps.index.faqItems();
    expect(items).toHaveLength(5);
    for (const item of items) {
      const document = await deps.index.document(item.documentId);
      const answer = await ask(document!.text.slice(item.question.start, item.question.end));
      expect(answer.citations.map(({ start, end }) => ({ start, end }))).toEqual([item.answer]);
    }
  });

  it("searches only in the sources it is told to", async () => {
    const request = { question: "When was the Hubble Space Telescope launched?" };
    const elsewhere = await answerQuestion(deps, { ...request, sources: ["talk-on-agency-cooperation"] });
    expect(elsewhere.citations.map((citation) => citation.source)).not.toContain("partnerships-for-exploration");
    expect((await answerQuestion(deps, { ...request, sources: ["no-such-source"] })).status).toBe("not_found");
  });

  it("tells of the sources first, then the answer piece by piece", async () => {
    const events: string[] = [];
    let text = "";
    const answer = await answerQuestion(
      deps,
      { question: "Who built the S-band radar of NISAR?" },
      {
        onEvent: (event) => {
          events.push(event.type);
          if (event.type === "delta") text += event.text;
        },
      },
    );
    expect(events[0]).toBe("sources");
    expect(new Set(events.slice(1))).toEqual(new Set(["delta"]));
    expect(text).toBe(answer.answer);
  });

  it("stops when the caller goes away", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(answerQuestion(deps, { question: "Who built NISAR?" }, { signal })).rejects.toThrow("gone");
  });
});

const SEEDS = path.join(PROJECT_DIR, "..", "shared", "seeds");
describe.skipIf(!existsSync(SEEDS))(
  "answers over the five texts the corpus was written from (skipped where they are not)",
  () => {
    let deps: AnswerDeps;
    beforeAll(async () => {
      deps = await openCorpus(SEEDS);
    });

    it("answers all five FAQ items with their own answers", async () => {
      const items = await deps.index.faqItems();
      expect(items.map((item) => item.documentId)).toEqual(Array(5).fill("000_ae53798b376200f0"));
      for (const item of items) {
        const { text } = (await deps.index.document(item.documentId))!;
        const answer = await answerQuestion(deps, { question: text.slice(item.question.start, item.question.end) });
        expect(answer.citations.map((citation) => citation.quote)).toEqual([
          text.slice(item.answer.start, item.answer.end),
        ]);
      }
    });

    it("cites the second of the video", async () => {
      const answer = await answerQuestion(deps, { question: "Who built the S-band radar of NISAR?" });
      expect(answer.answer).toContain("ISRO built the S-band radar");
      expect(answer.citations[0]).toMatchObject({
        source: "002_ee2c384505c195e8",
        timestamp: "01:12:11",
        external_url: "https://www.youtube.com/watch?v=_ziODBruqdA&t=4331s",
      });
      await expectWired(deps, answer);
    });
  },
);
