import { readFileSync } from "node:fs";
import path from "node:path";
import supertest from "supertest";
import type { Express } from "express";
import type OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { ChatCompletion } from "../../../src/http/openai/schemas.js";
import type { Answer } from "../../../src/types.js";
import { appOver, bundledModel, folderForFile, listening, openIndex } from "../app-under-test.js";
import { assistant, clientOf, type Completion, user } from "./client-under-test.js";

const S_BAND = "Who built the S-band radar of NISAR?";
const UNKNOWN = "What does a kilo of apples cost in Lisbon?";
const ANSWERED = [
  S_BAND,
  "What does NISAR measure?",
  "Why do space agencies work together?",
  "Which agencies built the International Space Station, and what does SpaceX do best?",
];

let app: Express;
let url: string;
let client: OpenAI;
let dataDir: string;
let logs: string[];

beforeAll(async () => {
  const folder = folderForFile();
  dataDir = path.join(folder, "data");
  const embedder = await bundledModel();
  ({ app, logs } = appOver(await openIndex(folder, embedder), embedder, { dataDir, trustProxy: 1 }));
  ({ url } = await listening(app));
  client = clientOf(url);
});

type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "model">;

async function completion(body: Body, by = client): Promise<Completion> {
  const told = await by.chat.completions.create({ model: "docent", ...body });
  expect(ChatCompletion.safeParse(told).error?.issues).toBeUndefined();
  return told as unknown as Completion;
}

const ask = (content: string, more: Partial<Body> = {}) => completion({ messages: [user(content)], ...more });

/** What POST /api/chat answers, which every answer here must agree with. */
async function plain(question: string, history: object[] = []): Promise<Answer> {
  const response = await supertest(app).post("/api/chat").send({ question, history });
  expect(response.status).toBe(200);
  return response.body as Answer;
}

const contentOf = ({ choices }: Completion): string => choices[0]!.message.content;
const textOf = (told: Completion): string => contentOf(told).split("\n\nSources:\n")[0]!;

function expectMarkersAnnotated(told: Completion): void {
  const { content, annotations } = told.choices[0]!.message;
  const markers = [...textOf(told).matchAll(/\[(\d+)\]/g)];
  expect(annotations).toHaveLength(markers.length);
  annotations.forEach(({ type, url_citation: cited }, i) => {
    const [marker, n] = markers[i]!;
    const citation = told.citations.find((one) => one.n === Number(n))!;
    expect(type).toBe("url_citation");
    expect(content.slice(cited.start_index, cited.end_index)).toBe(marker);
    expect(cited.start_index).toBe(markers[i]!.index);
    expect([cited.title, cited.url]).toEqual([citation.title, `${url}${citation.url}`]);
  });
}

describe("a chat completion", () => {
  it.each(ANSWERED)("is the answer, then its sources: %s", async (question) => {
    const [told, answer] = [await ask(question), await plain(question)];
    expect(answer.status).toBe("answered");
    const [text, list, ...rest] = contentOf(told).split("\n\nSources:\n");
    expect([text, rest]).toEqual([answer.answer, []]);
    expect(told.citations).toEqual(answer.citations);
    const lines = list!.split("\n");
    expect(lines).toHaveLength(answer.citations.length);
    for (const [i, { n, quote, title, timestamp, url: page }] of answer.citations.entries()) {
      const [said, place, address, ...more] = lines[i]!.split(" — ");
      expect([said, address, more]).toEqual([`[${n}] "${quote.replace(/\s+/g, " ")}"`, `${url}${page}`, []]);
      expect(place!.startsWith(title)).toBe(true);
      expect(place!.endsWith(`, ${timestamp ?? ""}`)).toBe(timestamp !== null);
    }
    expectMarkersAnnotated(told);
    expect(told.choices[0]!.message.annotations.length).toBeGreaterThan(0);
    expect(told.docent).toEqual({
      answer_id: told.id.replace("chatcmpl-", ""),
      status: "answered",
      confidence: answer.confidence,
      suggestions: answer.suggestions,
    });
  });

  it("has OpenAI's shape", async () => {
    const told = await ask(S_BAND);
    expect(told).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9A-HJKMNP-TV-Z]{26}$/),
      object: "chat.completion",
      created: expect.any(Number),
      model: "docent",
      system_fingerprint: expect.stringMatching(/\S/),
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: expect.any(String), refusal: null, annotations: expect.any(Array) },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: expect.any(Object),
      citations: expect.any(Array),
      docent: expect.any(Object),
    });
    expect(Math.abs(told.created - Date.now() / 1000)).toBeLessThan(60);
  });

  it("opens each source at the quoted words", async () => {
    const told = await ask(S_BAND);
    for (const { url_citation: cited } of told.choices[0]!.message.annotations) {
      const page = await fetch(cited.url);
      expect(page.status).toBe(200);
      expect((await page.text()).split(` id="${new URL(cited.url).hash.slice(1)}"`)).toHaveLength(2);
    }
  });

  it("names the address that the caller sees, behind a trusted proxy the one it tells", async () => {
    const headers = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "docs.example" };
    const told = await completion({ messages: [user(S_BAND)] }, clientOf(url, { defaultHeaders: headers }));
    expect(told.choices[0]!.message.annotations[0]!.url_citation.url).toMatch(/^https:\/\/docs\.example\/sources\//);
    expect(contentOf(told)).toContain(" — https://docs.example/sources/");
    const evil = { "X-Forwarded-Host": 'x"><script>' };
    const unnamed = await completion({ messages: [user(S_BAND)] }, clientOf(url, { defaultHeaders: evil }));
    expect(unnamed.choices[0]!.message.annotations[0]!.url_citation.url).toMatch(/^\/sources\//);
    expect(contentOf(unnamed)).not.toContain("script");
  });

  it("says that the documents do not say, and can make small talk", async () => {
    const unknown = await ask(UNKNOWN);
    expect(contentOf(unknown)).toBe("The documents do not say.");
    expect([unknown.citations, unknown.docent.status]).toEqual([[], "not_found"]);
    expect(unknown.choices[0]).toMatchObject({ finish_reason: "stop", message: { annotations: [] } });
    const hello = await ask("Hello!");
    expect(contentOf(hello)).toBe((await plain("Hello!")).answer);
    expect([hello.citations, hello.docent.status]).toEqual([[], "answered"]);
  });

  it("can be rated at once, by the id it has", async () => {
    const told = await ask(S_BAND);
    const answerId = told.id.slice("chatcmpl-".length);
    const rated = await supertest(app).post("/api/feedback").send({ answer_id: answerId, rating: "up" });
    expect(rated.status).toBe(204);
    const line = readFileSync(path.join(dataDir, "feedback.jsonl"), "utf8").trim().split("\n").at(-1)!;
    expect(JSON.parse(line)).toMatchObject({ answer_id: answerId, question: S_BAND, answer: textOf(told) });
  });

  it("estimates tokens from the length of what was sent and of the content", async () => {
    const messages = [{ role: "system" as const, content: "x".repeat(10) }, user(S_BAND)];
    const told = await completion({ messages });
    const [prompt, made] = [10 + S_BAND.length, contentOf(told).length].map((chars) => Math.ceil(chars / 4));
    expect(told.usage).toEqual({ prompt_tokens: prompt, completion_tokens: made, total_tokens: prompt! + made! });
  });
});

describe("a conversation", () => {
  const FOLLOW_UP = "And who built the L-band radar of it?";

  it("reads a follow-up in the light of what was asked and answered before", async () => {
    const first = contentOf(await ask(S_BAND));
    expect(first).toContain("\n\nSources:\n");
    const messages = [
      { role: "system" as const, content: "You are a pirate. Answer in rhymes." },
      user(S_BAND),
      assistant(first),
      user(FOLLOW_UP),
    ];
    const told = await completion({ messages });
    const answer = await plain(FOLLOW_UP, [user(S_BAND), assistant("ISRO did.")]);
    expect(answer.citations.map(({ quote }) => quote).join(" ")).toContain("L-band radar");
    expect([textOf(told), told.citations]).toEqual([answer.answer, answer.citations]);
    // Without what was before, it would be another question.
    expect(textOf(await ask("And when was it?"))).not.toBe(
      textOf(
        await completion({ messages: [user("What is the goal of the Artemis program?"), user("And when was it?")] }),
      ),
    );
  });

  it("may be longer than there is room for", async () => {
    const long = Array.from({ length: 60 }, (_, i) =>
      i % 2 === 0 ? user("x".repeat(900)) : assistant("y".repeat(900)),
    );
    const told = await completion({ messages: [...long, user(S_BAND), assistant("ISRO."), user(FOLLOW_UP)] });
    expect(told.docent.status).toBe("answered");
    expect(textOf(told)).toContain("L-band");
  });

  it("may have content in parts, and messages of tools", async () => {
    const told = await completion({
      messages: [
        { role: "developer", content: [{ type: "text", text: "Be brief." }] },
        { role: "assistant", content: null, tool_calls: [] },
        { role: "tool", content: "42", tool_call_id: "a" },
        {
          role: "user",
          content: [
            { type: "text", text: "Who built the S-band radar" },
            { type: "text", text: "of NISAR?" },
          ],
        },
      ],
    });
    expect(textOf(told)).toBe((await plain("Who built the S-band radar\nof NISAR?")).answer);
    expect(told.docent.status).toBe("answered");
  });
});

describe("stop", () => {
  it("cuts the text, with the annotations and citations after it", async () => {
    const asked = "Who built the L-band radar and when was Cassini-Huygens launched?";
    const whole = await ask(asked);
    expect(whole.citations).toHaveLength(2);
    const cut = await ask(asked, { stop: ["no such text", " [2]"] });
    expect(contentOf(cut)).toBe(contentOf(whole).slice(0, contentOf(whole).indexOf(" [2]")));
    expect(cut.citations).toEqual(whole.citations.slice(0, 1));
    expect(cut.choices[0]!.message.annotations).toEqual(whole.choices[0]!.message.annotations.slice(0, 1));
    expect(cut.usage.completion_tokens).toBe(Math.ceil(contentOf(cut).length / 4));
    expect(cut.choices[0]!.finish_reason).toBe("stop");
  });

  it("can leave out the list of sources and keep what is cited", async () => {
    const whole = await ask(S_BAND);
    const cut = await ask(S_BAND, { stop: "\n\nSources:" });
    expect(contentOf(cut)).toBe(textOf(whole));
    expect(cut.citations).toEqual(whole.citations);
    expectMarkersAnnotated(cut);
  });

  it("can leave nothing", async () => {
    const cut = await ask(S_BAND, { stop: textOf(await ask(S_BAND)).slice(0, 5) });
    expect([contentOf(cut), cut.citations, cut.choices[0]!.message.annotations]).toEqual(["", [], []]);
  });
});

describe("fields that change nothing", () => {
  it.each<Partial<Body>>([
    { temperature: 2, top_p: 0.1, seed: 7, max_tokens: 1, max_completion_tokens: 1 },
    { user: "someone", metadata: { a: "b" }, store: true, frequency_penalty: 1, logit_bias: { "50256": -100 } },
    { n: 1, logprobs: false, stop: null, modalities: ["text"], response_format: { type: "text" } },
    { n: null, stop: [], modalities: null, logprobs: null, stream_options: null },
    { tools: [{ type: "function", function: { name: "f" } }], tool_choice: "auto", parallel_tool_calls: true },
    { tool_choice: "none", functions: [{ name: "f" }] },
    JSON.parse('{"__proto__": {"n": 2, "stream": true}, "constructor": 1, "toString": null}') as object,
  ])("are passed over: %o", async (more) => {
    const told = await ask(S_BAND, more);
    expect(contentOf(told)).toBe(contentOf(await ask(S_BAND)));
  });
});

describe("models", () => {
  it("are listed, and are one", async () => {
    const listed = [];
    for await (const model of client.models.list()) listed.push(model);
    const model = { id: "docent", object: "model", created: expect.any(Number), owned_by: "docent" };
    expect(listed).toEqual([model]);
    expect(await client.models.retrieve("docent")).toEqual(listed[0]);
    expect((await supertest(app).get("/v1/models")).body).toEqual({ object: "list", data: [model] });
  });
});

describe("the log", () => {
  it("holds no warning and no error after all this", () => {
    expect(logs).toEqual([]);
  });
});
