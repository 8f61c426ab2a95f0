import { beforeAll, describe, expect, it } from "vitest";
import { type AnswerDeps, answerQuestion } from "../../../src/answer/answer-question.js";
import {
  FAQ_INSTEAD_OF_REFUSING,
  FAQ_NEAR,
  isOfOtherForm,
  faqQuestionOf,
  faqCandidates,
  nearestFaq,
  type NearFaq,
} from "../../../src/answer/faq.js";
import { lookUp } from "../../../src/answer/look-up.js";
import { PROBE_QUESTIONS } from "../../../src/answer/probe-questions.js";
import { analyseQuestion } from "../../../src/answer/question.js";
import { decide, type Verdict } from "../../../src/answer/refuse.js";
import type { Trace } from "../../../src/answer/trace.js";
import type { Answer, Turn } from "../../../src/types.js";
import { openFiles } from "../../helpers/corpus.js";

const FILES = {
  "pool.md": `# The Orrin swimming hall

The Orrin swimming hall was opened in 1962. It has two pools and a sauna. The large pool is 25 metres long and 28 degrees warm. The small pool is for children under 8 years.

## Opening hours

The hall opens at 7:00 on weekdays. It closes at 21:30. On Sundays it stays closed.

## What visitors bring

Visitors must bring:

- A towel
- A padlock
- A cap for long hair

## Interview with the manager

Who looks after the water?

Engineer Ida Holm looks after the water. She tests it four times a day.

## Frequently asked questions

### How much does a day ticket cost?

A day ticket costs 4 euros. Children pay half.

### May I bring a ball?

No, balls are not allowed.
`,
  "history.txt": `History of Orrin

The Orrin swimming hall was opened in 1964. The Orrin tide mill was built by Karl Moen. The Orrin tide mill ground corn for ninety years, mostly barley and oats from farms along the northern shore.
`,
  "library.md": `# The Orrin library

The Orrin library was opened in 1962. Its architect was Liv Dahl. The Orrin Reading Circle (ORC) meets there. Readers hang their coats below the stairs.

A loan lasts three weeks. Twelve people work in the library.
`,
};

let deps: AnswerDeps;
beforeAll(async () => {
  deps = await openFiles(FILES);
});

describe("nearestFaq", () => {
  const nearest = async (text: string, sources?: string[]): Promise<NearFaq | null> => {
    const found = await lookUp(deps, text, sources);
    return nearestFaq(await faqCandidates(deps.index, found.vector, sources), found);
  };
  const nearness = async (text: string): Promise<number> => (await nearest(text))!.nearness;

  it.each([
    ["How much does a day ticket cost?", "How much does a day ticket cost?"],
    ["What does a ticket for a day cost?", "How much does a day ticket cost?"],
    ["Can I take a ball with me?", "May I bring a ball?"],
  ])("%s asks the same as %s", async (text, item) => {
    const faq = await nearest(text);
    expect(faqQuestionOf(faq!.passage)).toBe(item);
    expect(faq!.nearness).toBeGreaterThanOrEqual(FAQ_NEAR);
  });

  it.each(["Who built the Orrin tide mill?", "When was the Orrin library opened?", "How much is a padlock?"])(
    "%s asks something else",
    async (text) => {
      expect(await nearness(text)).toBeLessThan(FAQ_INSTEAD_OF_REFUSING);
    },
  );

  it("is nearer for the very question than for another wording, and there nearer than for another question", async () => {
    const [same, other, unlike] = await Promise.all(
      ["How much does a day ticket cost?", "What does a ticket for a day cost?", "Who sells padlocks?"].map(nearness),
    );
    expect(same).toBeGreaterThan(other!);
    expect(other).toBeGreaterThan(unlike!);
  });

  it("sees that an answer lacks what is asked for", async () => {
    const [when, may] = [await nearest("When may I bring a ball?"), await nearest("May I bring a ball?")];
    expect([when!.features.lacksKind, may!.features.lacksKind]).toEqual([1, 0]);
    expect(when!.nearness).toBeLessThan(FAQ_NEAR);
    // "4 euros" is a price, and no date.
    expect((await nearest("What is the price of a day ticket?"))!.features.lacksKind).toBe(0);
    expect((await nearest("When do I need a day ticket?"))!.features.lacksKind).toBe(1);
  });

  it("sees the form of the question and names that the item does not have", async () => {
    const [may, who] = ["May I bring a ball?", "Who may bring a ball to Oslo?"];
    const [same, other] = [(await nearest(may))!, (await nearest(who))!];
    expect([same.features.absentName, isOfOtherForm(analyseQuestion(may), same)]).toEqual([0, false]);
    expect([other.features.absentName, isOfOtherForm(analyseQuestion(who), other)]).toEqual([1, true]);
  });

  it("is none where the sources have no FAQ", async () => {
    expect(await nearest("May I bring a ball?", ["library"])).toBeNull();
  });
});

describe("decide", () => {
  const verdict = async (text: string, leastSubject = deps.index.refusal.leastSubject): Promise<Verdict> => {
    const { question, terms, evidence } = await lookUp(deps, text);
    return decide(question, terms, evidence, { leastSubject });
  };

  it.each([
    "When was the Orrin library opened?",
    "Who looks after the water?",
    "How warm is the large pool?",
    "How many people work in the library?",
    "What does ORC stand for?",
  ])("answers %s", async (text) => {
    const { answer, confidence } = await verdict(text);
    expect(answer).toBe(true);
    expect(confidence).toBeGreaterThan(0.5);
  });

  it.each([
    ["What is the capital of Mongolia?", "other things"],
    ["How old is Karl Moen?", "no age"],
    ["How tall is Ida Holm?", "no height"],
    ["What does OSH stand for?", "not spelt out"],
    ["What do you think of the swimming hall?", "an opinion"],
    ["Xyzzyq?", "a word that the corpus does not know"],
    ["日本の首都は?", "another language"],
    ["🚀🚀🚀", "no word"],
  ])("refuses %s (%s)", async (text) => {
    const { answer, confidence } = await verdict(text);
    expect(answer).toBe(false);
    expect(confidence).toBeLessThan(0.5);
  });

  it("answers a word that the corpus does not have but knows one like", async () => {
    expect(await verdict("Physician's grain?")).toMatchObject({ signals: { unknown: 1 } });
    expect((await verdict("Grain?")).signals.unfound).toBeLessThan(1);
    expect((await verdict("Grain?", -Infinity)).answer).toBe(true);
  });

  it("asks of the subject what the corpus needs", async () => {
    const text = "When was the Orrin library opened?";
    const { signals } = await verdict(text);
    expect((await verdict(text, signals.subjectLogit! - 0.01)).answer).toBe(true);
    expect((await verdict(text, signals.subjectLogit! + 0.01)).answer).toBe(false);
    // What a short form stands for is spelt out or it is not.
    expect((await verdict("What does ORC stand for?", Infinity)).answer).toBe(true);
  });

  // A place needs no name: these are refused although the text says it.
  it.each(["Where do readers hang their coats?"])("answers by a place without a name: %s", async (text) => {
    expect((await verdict(text)).answer).toBe(true);
  });

  it.each([
    ["How old is Karl Moen?", { missingKind: 1, missingName: 0 }],
    ["How many people work in the library?", { missingKind: 0, missingCount: 0 }],
    ["How many bicycles are in the library?", { missingCount: 1 }],
    ["How large is the library?", { missingCount: 0 }],
    ["What happened at the library in 1977?", { missingYear: 1 }],
    ["What happened at the library in 1962?", { missingYear: 0 }],
  ])("what is missing in %s: %j", async (text, signals) => {
    expect((await verdict(text)).signals).toMatchObject(signals);
  });

  it("asks of a sentence with a name for the rest of the question, too", async () => {
    const [built, painted] = [await verdict("Who built the tide mill?"), await verdict("Who painted the tide mill?")];
    expect(built.signals.unfoundTyped).toBe(0);
    expect(painted.signals.unfoundTyped).toBeGreaterThan(0.3);
    expect(painted.signals.factLogit).toBeLessThan(built.signals.factLogit!);
    // A year is less easily found: that there is one says enough.
    expect((await verdict("When was the tide mill painted?")).signals.unfoundTyped).toBe(0);
  });

  it("sees whether words and meaning agree on the best", async () => {
    const found = await lookUp(deps, "Who built the tide mill?");
    const { question, terms, evidence } = found;
    const agreed = decide(question, terms, evidence, { leastSubject: -Infinity });
    const [best, ...others] = evidence;
    const nearer = { ...others[0]!, features: { ...others[0]!.features, cosine: best!.features.cosine + 0.2 } };
    const outdone = decide(question, terms, [best!, nearer, ...others.slice(1)], { leastSubject: -Infinity });
    expect(agreed.signals).toMatchObject({ fused: 1, outdone: 0 });
    expect(outdone.signals.outdone).toBeCloseTo(0.2);
    expect(outdone.signals.factLogit).toBeLessThan(agreed.signals.factLogit!);
  });

  it("has nothing to decide from without evidence", () => {
    const question = { text: "?", kind: "other", focus: [] } as unknown as Parameters<typeof decide>[0];
    expect(decide(question, [], [], { leastSubject: -Infinity })).toEqual({
      answer: false,
      refusal: "no_evidence",
      confidence: 0,
      signals: {},
    });
  });
});

describe("the fitted decision", () => {
  it("keeps within its bounds", () => {
    const { leastSubject } = deps.index.refusal;
    expect(leastSubject).toBeGreaterThanOrEqual(-2.9);
    expect(leastSubject).toBeLessThanOrEqual(-0.85);
  });

  it("measures both errors", () => {
    const { answeredForeign, foreignProbes, refusedOwn, ownProbes } = deps.index.refusal;
    expect(foreignProbes).toBe(PROBE_QUESTIONS.length);
    // Two FAQ items, and two sentences of eight informative words or more.
    expect(ownProbes).toBe(4);
    // A few of the questions about other things may look as if they were about this.
    expect(answeredForeign).toBeLessThanOrEqual(0.08);
    expect([0, 0.25, 0.5, 0.75, 1]).toContain(refusedOwn);
  });

  it("is what it is measured by", async () => {
    let answered = 0;
    for (const text of PROBE_QUESTIONS) {
      const { question, terms, evidence } = await lookUp(deps, text);
      if (decide(question, terms, evidence, deps.index.refusal).answer) answered++;
    }
    expect(deps.index.refusal.answeredForeign).toBeCloseTo(answered / PROBE_QUESTIONS.length, 3);
  });
});

describe("the trace of an answer", () => {
  const traced = async (question: string, history: Turn[] = []): Promise<{ answer: Answer; trace: Trace }> => {
    const traces: Trace[] = [];
    const answer = await answerQuestion(deps, { question, history }, { onTrace: (trace) => traces.push(trace) });
    expect(traces).toHaveLength(1);
    return { answer, trace: traces[0]! };
  };

  it.each([
    "When was the Orrin library opened?",
    "When was the Orrin swimming hall opened?",
    "Who looks after the water?",
    "What must visitors bring?",
    "When does it close?",
    "Compare the Orrin Tide Mill and the Orrin Library.",
    "What does a ticket for a day cost?",
    "How old is Karl Moen?",
    "Who built the Orrin tide mill and when was the library opened?",
  ])("gives every piece of evidence a reason, and what it says was used is cited: %s", async (question) => {
    const { answer, trace } = await traced(question);
    const quotes = answer.citations.map(({ quote }) => quote);
    for (const part of trace.parts) {
      expect(part.evidence.length).toBeGreaterThan(0);
      for (const { text, used, why } of part.evidence) {
        expect(why).not.toBe("");
        if (used) expect(quotes).toContain(text);
      }
      const used = part.evidence.some((item) => item.used);
      expect(used).toBe(part.verdict.answer && part.faq?.used !== true);
    }
  });

  it("tells why nothing was used", async () => {
    const { trace } = await traced("How old is Karl Moen?");
    expect(new Set(trace.parts[0]!.evidence.map(({ why }) => why))).toEqual(new Set(["too weak: refused"]));
    const faq = await traced("What does a ticket for a day cost?");
    expect(faq.trace.parts[0]!.faq).toMatchObject({ question: "How much does a day ticket cost?", used: true });
    expect(new Set(faq.trace.parts[0]!.evidence.map(({ why }) => why))).toEqual(new Set(["a FAQ item answers"]));
  });

  it("has a part for each half of a double question, none for small talk", async () => {
    const { trace } = await traced("Who built the Orrin tide mill and when was the library opened?");
    expect(trace.parts.map(({ kind }) => kind)).toEqual(["person", "date"]);
    expect((await traced("hello!")).trace.parts).toEqual([]);
  });

  it("tells how a follow-up was understood", async () => {
    const history: Turn[] = [{ role: "user", content: "When was the Orrin library opened?" }];
    expect((await traced("And the Swimming Hall?", history)).trace.resolved).toContain("Swimming Hall");
  });
});

describe("“yes”", () => {
  const REFUSED: Turn[] = [
    { role: "user", content: "What is the capital of Mongolia?" },
    { role: "assistant", content: "The documents do not say." },
  ];

  it("after a refusal answers the first question that was suggested", async () => {
    const refusal = await answerQuestion(deps, { question: REFUSED[0]!.content });
    expect(refusal.status).toBe("not_found");
    const suggested = await answerQuestion(deps, { question: refusal.suggestions[0]! });
    const yes = await answerQuestion(deps, { question: "Yes, please", history: REFUSED });
    expect(yes).toMatchObject({ status: "answered", answer: suggested.answer, citations: suggested.citations });
  });

  it("to nothing is asked back, and quotes nothing", async () => {
    const { answer, citations } = await answerQuestion(deps, { question: "yes please" });
    expect(answer).toMatch(/^What would you like to know\?/);
    expect(citations).toEqual([]);
  });

  it("takes up what was offered rather than what was suggested", async () => {
    const [asked, said] = REFUSED;
    const offered = `${said!.content} Shall I tell you who looks after the water?`;
    const history: Turn[] = [asked!, { role: "assistant", content: offered }];
    expect((await answerQuestion(deps, { question: "yes", history })).answer).toMatch(/^Engineer Ida Holm/);
  });

  it("after an answer tells what was not said yet", async () => {
    const history: Turn[] = [
      { role: "user", content: "Who looks after the water?" },
      { role: "assistant", content: "Engineer Ida Holm looks after the water [1]." },
    ];
    const more = await answerQuestion(deps, { question: "go on", history });
    expect(more.answer).not.toMatch(/Engineer Ida Holm looks/);
    expect(more.citations.map(({ quote }) => quote)).not.toContain("Engineer Ida Holm looks after the water.");
  });
});
