import { get as httpGet, request as httpRequest } from "node:http";
import type { Express } from "express";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { Embedder } from "../../src/embed/embedder.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import type { Answer, Citation } from "../../src/types.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { FaultyEmbedder, GatedEmbedder } from "../helpers/odd-embedders.js";
import { appOver, bundledModel, problem, problemIn, folderForFile, listening, openIndex } from "./app-under-test.js";

const folder = folderForFile();
const TALK = "talk-on-agency-cooperation";
const S_BAND = "Who built the S-band radar of NISAR?";
const UNKNOWN = "What does a kilo of apples cost in Lisbon?";
let embedder: Embedder;
let index: PassageIndex;
let app: Express;
let logs: string[];

beforeAll(async () => {
  embedder = await bundledModel();
  index = await openIndex(folder, embedder);
  ({ app, logs } = appOver(index, embedder));
});

const ask = (body: object, accept?: string) => {
  const request = supertest(app).post("/api/chat");
  return (accept === undefined ? request : request.set("Accept", accept)).send(body);
};

async function answerTo(body: object): Promise<Answer> {
  const response = await ask(body);
  expect(response.status).toBe(200);
  expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
  return response.body as Answer;
}

/** The contract's shape: every key, no others, each of its type. */
function expectAnswerShape(answer: Answer): void {
  expect(answer).toEqual({
    id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    status: expect.stringMatching(/^(answered|not_found)$/),
    answer: expect.any(String),
    citations: expect.any(Array),
    confidence: expect.any(Number),
    suggestions: expect.any(Array),
    model: "extractive",
    mode: "extractive",
  });
  expect(Object.keys(answer)).toEqual([
    "id",
    "status",
    "answer",
    "citations",
    "confidence",
    "suggestions",
    "model",
    "mode",
  ]);
  expect(answer.confidence).toBeGreaterThanOrEqual(0);
  expect(answer.confidence).toBeLessThanOrEqual(1);
  for (const suggestion of answer.suggestions) expect(suggestion).toEqual(expect.stringMatching(/\S/));
  answer.citations.forEach((citation, i) => expectCitationShape(citation, i + 1));
}

function expectCitationShape(citation: Citation, n: number): void {
  expect(Object.keys(citation)).toEqual([
    "n",
    "source",
    "title",
    "heading",
    "quote",
    "start",
    "end",
    "url",
    "external_url",
    "timestamp",
  ]);
  expect(citation.n).toBe(n);
  for (const text of [citation.source, citation.title, citation.quote, citation.url]) expect(text).toMatch(/\S/);
  for (const heading of citation.heading) expect(heading).toMatch(/\S/);
  expect(Number.isInteger(citation.start) && Number.isInteger(citation.end)).toBe(true);
  if (citation.external_url !== null) expect(citation.external_url).toMatch(/^https?:\/\//);
  if (citation.timestamp !== null) expect(citation.timestamp).toMatch(/^\d{2,}:\d\d:\d\d$/);
}

const markersOf = (text: string): number[] => [...text.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));

describe("POST /api/chat, answered", () => {
  it.each([
    S_BAND,
    "What does NISAR measure?",
    "What is the goal of the Artemis program?",
    "What were the first joint missions of the Cold War?",
    "Which agencies built the International Space Station, and what does SpaceX do best?",
    "Why do space agencies work together?",
  ])("has the contract's shape, exact quotes and matching markers: %s", async (question) => {
    const answer = await answerTo({ question });
    expectAnswerShape(answer);
    expect(answer.status).toBe("answered");
    expect(answer.citations.length).toBeGreaterThan(0);
    const numbers = answer.citations.map(({ n }) => n);
    expect([...new Set(markersOf(answer.answer))].sort((a, b) => a - b)).toEqual(numbers);
    for (const citation of answer.citations) {
      const source = await supertest(app).get(`/api/sources/${encodeURIComponent(citation.source)}`);
      expect(source.status).toBe(200);
      const { text, title } = source.body as { text: string; title: string };
      expect(text.slice(citation.start, citation.end)).toBe(citation.quote);
      expect(citation.title).toBe(title);
      const [page, anchor] = citation.url.split("#");
      const opened = await supertest(app).get(page!);
      expect(opened.status).toBe(200);
      expect(opened.text.split(` id="${anchor}"`)).toHaveLength(2);
    }
  });

  it("points into the recording of a talk", async () => {
    const answer = await answerTo({ question: S_BAND });
    const [citation] = answer.citations;
    expect(citation).toMatchObject({
      n: 1,
      source: TALK,
      title: "How space agencies of different countries work together",
      timestamp: "01:12:11",
      external_url: "https://www.youtube.com/watch?v=_ziODBruqdA&t=4331s",
    });
    expect(citation!.quote).toContain("S-band radar");
    expect(citation!.url).toMatch(/^\/sources\/talk-on-agency-cooperation#p\d+$/);
  });

  it("has neither address nor time for plain text", async () => {
    const answer = await answerTo({ question: "What does SpaceX do best?", sources: ["nasa-spacex-isro"] });
    expect(answer.status).toBe("answered");
    for (const citation of answer.citations) {
      expect(citation).toMatchObject({ source: "nasa-spacex-isro", external_url: null, timestamp: null });
    }
  });

  it("gives every answer an id of its own", async () => {
    const answers = [await answerTo({ question: S_BAND }), await answerTo({ question: S_BAND })];
    expect(new Set(answers.map(({ id }) => id)).size).toBe(2);
    expect({ ...answers[1], id: "" }).toEqual({ ...answers[0], id: "" });
  });

  it("trims the question, takes 2,000 characters, and passes over fields it does not know", async () => {
    const plain = await answerTo({ question: S_BAND });
    const padded = await answerTo({ question: `\n\t  ${S_BAND}  \r\n`, temperature: 2, extra: { a: 1 } });
    expect({ ...padded, id: "" }).toEqual({ ...plain, id: "" });
    expectAnswerShape(await answerTo({ question: "a".repeat(2000) }));
    expectAnswerShape(await answerTo({ question: ` ${"a ".repeat(999)}aa ` }));
  });

  it.each([
    "?",
    "\u200b",
    "\u0000",
    "🚀🚀🚀",
    "\ud83d",
    "\u202eRADAR",
    "<script>alert(1)</script>",
    "%00%s%n",
    "[1] [2]",
  ])("takes any text as a question: %j", async (question) => {
    const answer = await answerTo({ question });
    expectAnswerShape(answer);
    expect(answer.answer).toMatch(/\S/);
  });
});

describe("POST /api/chat, not found", () => {
  it("says so in one sentence, without citations", async () => {
    const answer = await answerTo({ question: UNKNOWN });
    expectAnswerShape(answer);
    expect(answer).toMatchObject({ status: "not_found", answer: "The documents do not say.", citations: [] });
    expect(markersOf(answer.answer)).toEqual([]);
  });
});

describe("history and sources", () => {
  it("reads a follow-up in the light of what was asked before", async () => {
    const followUp = "And who built the L-band radar of it?";
    const history = [
      { role: "user", content: S_BAND },
      { role: "assistant", content: "The S-band radar was built by ISRO [1]." },
    ];
    const answer = await answerTo({ question: followUp, history });
    expect(answer.status).toBe("answered");
    expect(answer.citations.map(({ quote }) => quote).join(" ")).toContain("L-band radar");
  });

  it("takes 20 turns of 8,000 characters in all, and none", async () => {
    const history = Array.from({ length: 20 }, (_, i) => ({
      role: i % 2 === 0 ? "user" : "assistant",
      content: "x".repeat(400),
    }));
    expectAnswerShape(await answerTo({ question: S_BAND, history }));
    expect((await answerTo({ question: S_BAND, history: [] })).status).toBe("answered");
  });

  it("quotes the named sources only", async () => {
    const elsewhere = await answerTo({ question: S_BAND, sources: [TALK] });
    expect(elsewhere.citations.map(({ source }) => source)).toEqual(elsewhere.citations.map(() => TALK));
    expect(elsewhere.status).toBe("answered");
    const { status, citations } = await answerTo({ question: S_BAND, sources: ["partnerships-for-exploration"] });
    for (const { source } of citations) expect(source).toBe("partnerships-for-exploration");
    expect(status).toBe("not_found");
  });

  it.each(["no-such-source", "__proto__", "constructor", "../../package.json", ""])(
    "finds nothing in an unknown source: %j",
    async (source) => {
      const answer = await answerTo({ question: S_BAND, sources: [source] });
      expectAnswerShape(answer);
      expect(answer).toMatchObject({ status: "not_found", citations: [] });
    },
  );
});

interface ServerSentEvent {
  event: string;
  data: unknown;
}

/** Reads a stream as the standard says: blocks divided by an empty line, fields by line. */
function eventsOf(text: string): ServerSentEvent[] {
  expect(text.endsWith("\n\n")).toBe(true);
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((block) => {
      const lines = block.split("\n");
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/^event: /);
      expect(lines[1]).toMatch(/^data: /);
      return { event: lines[0]!.slice(7), data: JSON.parse(lines[1]!.slice(6)) as unknown };
    });
}

describe("server-sent events", () => {
  it.each([S_BAND, "Why do space agencies work together?", "What does NISAR measure, and what is Artemis?", UNKNOWN])(
    "streams sources, deltas and the whole answer in order: %s",
    async (question) => {
      const response = await ask({ question }, "text/event-stream");
      expect(response.status).toBe(200);
      expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
      expect(response.headers["cache-control"]).toBe("no-cache, no-transform");
      expect(response.headers["x-accel-buffering"]).toBe("no");
      const events = eventsOf(response.text);
      const deltas = events.slice(1, -1);
      expect(events[0]!.event).toBe("sources");
      expect(deltas.length).toBeGreaterThan(0);
      for (const { event, data } of deltas) {
        expect(event).toBe("delta");
        expect(data).toEqual({ text: expect.any(String) });
      }
      expect(events.at(-1)!.event).toBe("done");
      const done = events.at(-1)!.data as Answer;
      expectAnswerShape(done);
      expect(events[0]!.data).toEqual(done.citations);
      expect(deltas.map(({ data }) => (data as { text: string }).text).join("")).toBe(done.answer);
      const plain = await answerTo({ question });
      expect({ ...done, id: "" }).toEqual({ ...plain, id: "" });
    },
  );

  it("answers a bad question with a problem, not with a stream", async () => {
    const response = await ask({ question: " " }, "text/event-stream");
    expect(problemIn(response)).toEqual(
      problem("invalid-request", "question must not be empty.", [{ path: "question", message: "must not be empty" }]),
    );
  });

  it("answers with 503 while there is no index", async () => {
    const { app: empty } = appOver(null, null);
    const response = await supertest(empty)
      .post("/api/chat")
      .set("Accept", "text/event-stream")
      .send({ question: "a" });
    expect(problemIn(response)).toEqual(problem("no-index", /^The index is still being made/));
    expect(response.headers["retry-after"]).toBe("2");
  });

  it("reports a fault under way as an error event that keeps its cause to itself", async () => {
    const broken = appOver(index, new FaultyEmbedder());
    const response = await supertest(broken.app)
      .post("/api/chat")
      .set("Accept", "text/event-stream")
      .send({ question: S_BAND });
    expect(response.status).toBe(200);
    expect(eventsOf(response.text)).toEqual([
      {
        event: "error",
        data: {
          type: "urn:docent:problem:internal",
          title: "Something went wrong on the server",
          status: 500,
          detail: "The request could not be handled. The server's log says why.",
        },
      },
    ]);
    expect(broken.logs).toHaveLength(1);
    expect(broken.logs[0]).toContain("secret of /srv/model.onnx");
  });
});

describe("faults of the server", () => {
  it("are a 500 problem without the cause, which goes to the log", async () => {
    const broken = appOver(index, new FaultyEmbedder());
    const response = await supertest(broken.app).post("/api/chat").send({ question: S_BAND });
    expect(problemIn(response)).toEqual(
      problem("internal", "The request could not be handled. The server's log says why."),
    );
    expect(broken.logs).toHaveLength(1);
    expect(broken.logs[0]).toContain("secret of /srv/model.onnx");
    expect(JSON.parse(broken.logs[0]!)).toMatchObject({ method: "POST", route: "/api/chat", msg: "request failed" });
  });
});

describe("Accept", () => {
  it.each([
    ["*/*", "application/json"],
    ["application/json", "application/json"],
    ["application/*", "application/json"],
    ["text/*", "text/event-stream"],
    ["text/event-stream", "text/event-stream"],
    ["TEXT/Event-Stream", "text/event-stream"],
    ["text/event-stream; charset=utf-8", "text/event-stream"],
    ["application/json;q=0.5, text/event-stream", "text/event-stream"],
    ["text/event-stream;q=0.5, application/json;q=0.9", "application/json"],
    ["text/event-stream;q=0.9, application/json;q=0.5", "text/event-stream"],
    ["text/event-stream, */*;q=0.1", "text/event-stream"],
    ["text/event-stream;q=0, */*", "application/json"],
    ["text/html,application/xhtml+xml", "application/json"],
    ["nonsense", "application/json"],
    ["", "application/json"],
  ])("%j is answered with %s", async (accept, type) => {
    const response = await ask({ question: S_BAND }, accept);
    expect(response.status).toBe(200);
    expect(response.headers["content-type"]).toBe(`${type}; charset=utf-8`);
  });

  it("missing is answered with JSON", async () => {
    const { url } = await listening(app);
    const response = await fetchWithoutAccept(`${url}/api/chat`, JSON.stringify({ question: S_BAND }));
    expect(response.type).toBe("application/json; charset=utf-8");
    expectAnswerShape(JSON.parse(response.text) as Answer);
  });
});

/** Node's own client sends no Accept header unless told to. */
function fetchWithoutAccept(url: string, body: string): Promise<{ type: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method: "POST", headers: { "Content-Type": "application/json" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => (text += piece));
        response.on("end", () => resolve({ type: response.headers["content-type"], text }));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

describe("a caller who goes away", () => {
  const DOUBLE = "What does NISAR measure? And who built the International Space Station?";

  it.each(["application/json", "text/event-stream"])("stops the work and does no harm (%s)", async (accept) => {
    const hashFolder = `${folder}/gone-${accept.replace("/", "-")}`;
    const gated = new GatedEmbedder();
    const under = appOver(await openIndex(hashFolder, new HashEmbedder()), gated);
    const { url } = await listening(under.app);
    const response = new Promise<string>((resolve) => {
      const headers = { "Content-Type": "application/json", Accept: accept };
      const request = httpRequest(`${url}/api/chat`, { method: "POST", headers });
      request.on("error", (error) => resolve(error.message));
      request.on("response", (answer) => answer.on("error", (error) => resolve(error.message)));
      request.end(JSON.stringify({ question: DOUBLE }));
      void gated.asked.then(() => request.destroy());
    });
    expect(await response).toMatch(/socket hang up|aborted/);
    // The server has to see the connection close before the work goes on.
    await new Promise((resolve) => setTimeout(resolve, 50));
    gated.letGo();
    await expect(statusOf(`${url}/healthz`)).resolves.toBe(200);
    expect(gated.queries).toBe(1);
    expect(under.logs).toEqual([]);
    const after = await supertest(under.app).post("/api/chat").send({ question: DOUBLE });
    expect(after.status).toBe(200);
    expect(gated.queries).toBeGreaterThan(2);
  });
});

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpGet(url, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

describe("the log", () => {
  it("holds no warning and no error after all this", () => {
    expect(logs).toEqual([]);
  });
});
