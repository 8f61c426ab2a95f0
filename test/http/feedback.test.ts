import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppDeps } from "../../src/app.js";
import { feedbackIn, fileLog } from "../../src/feedback.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import type { Answer } from "../../src/types.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { temporaryFolder } from "../helpers/folders.js";
import { appOver, folderForFile, openIndex, problem, problemIn } from "./app-under-test.js";

const embedder = new HashEmbedder();
const QUESTION = "What are herrings smoked over?";
const UP = { answer_id: "01J", rating: "up" };
const folder = folderForFile();
let index: PassageIndex;

beforeAll(async () => {
  index = await openIndex(folder, embedder, { "plain.txt": "Herrings are smoked over beech wood.\n" });
});

function appIn(dataDir: string, settings: Partial<AppDeps> = {}) {
  const { app, logs } = appOver(index, embedder, { dataDir, ...settings });
  const file = path.join(dataDir, "feedback.jsonl");
  const lines = (): unknown[] =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
  return { request: supertest(app), logs, file, lines };
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe("POST /api/feedback", () => {
  it.each(["application/json", "text/event-stream"])("keeps a rating with the answer as given: %s", async (accept) => {
    const { request, lines, logs, file } = appIn(path.join(temporaryFolder(), "new", "data"));
    const asked = await request.post("/api/chat").set("Accept", accept).send({ question: QUESTION });
    const answer = JSON.parse(/(?:^|event: done\ndata: )(\{.*\})\s*$/.exec(asked.text)![1]!) as Answer;
    expect(answer.status).toBe("answered");
    const sent = await request
      .post("/api/feedback")
      .send({ answer_id: answer.id, rating: "down", comment: ' Not "all"\nof it \u2028. ' });
    expect([sent.status, sent.text]).toEqual([204, ""]);
    expect(lines()).toEqual([
      {
        time: TIME,
        answer_id: answer.id,
        rating: "down",
        comment: 'Not "all"\nof it \u2028.',
        question: QUESTION,
        status: "answered",
        answer: answer.answer,
        confidence: answer.confidence,
        sources: answer.citations.map(({ n, source, start, end }) => ({ n, source, start, end })),
      },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(logs).toEqual([]);
  });

  it("keeps a rating of an answer it does not know, without an index, too", async () => {
    const { request, lines } = appIn(temporaryFolder(), { index: () => null });
    expect((await request.post("/api/feedback").send({ ...UP, comment: "  " })).status).toBe(204);
    expect(
      (await request.post("/api/feedback").send({ answer_id: "x".repeat(64), rating: "up", more: 1 })).status,
    ).toBe(204);
    expect(lines()).toEqual([
      { time: TIME, ...UP },
      { time: TIME, answer_id: "x".repeat(64), rating: "up" },
    ]);
  });

  it.each([
    [{ rating: "up" }, "answer_id", "must be a string"],
    [{ answer_id: 1, rating: "up" }, "answer_id", "must be a string"],
    [{ answer_id: "", rating: "up" }, "answer_id", "must not be empty"],
    [{ answer_id: "x".repeat(65), rating: "up" }, "answer_id", "must be at most 64 characters"],
    [{ answer_id: "a" }, "rating", 'must be "up" or "down"'],
    [{ answer_id: "a", rating: "UP" }, "rating", 'must be "up" or "down"'],
    [{ answer_id: "a", rating: "up", comment: null }, "comment", "must be a string"],
    [{ answer_id: "a", rating: "up", comment: "x".repeat(2001) }, "comment", "must be at most 2000 characters"],
  ])("turns down %j", async (body, field, message) => {
    const { request, file } = appIn(temporaryFolder());
    const response = await request.post("/api/feedback").send(body);
    expect(problemIn(response)).toEqual(problem("invalid-request", `${field} ${message}.`, [{ path: field, message }]));
    expect(existsSync(file)).toBe(false);
  });

  it("turns down what is no object, no JSON, no POST, or without a key", async () => {
    const { request, file } = appIn(temporaryFolder());
    expect((await request.post("/api/feedback").set("Content-Type", "application/json").send("[]")).status).toBe(400);
    expect((await request.post("/api/feedback").type("text").send("up")).status).toBe(415);
    const got = await request.get("/api/feedback");
    expect([got.status, got.headers["allow"]]).toEqual([405, "POST"]);
    const guarded = appIn(path.dirname(file), { apiKeys: ["k"], rateLimitPerMinute: 2 }).request;
    expect((await guarded.post("/api/feedback").send(UP)).status).toBe(401);
    expect((await guarded.post("/api/feedback").set("Authorization", "Bearer k").send(UP)).status).toBe(204);
    expect((await guarded.post("/api/feedback").set("Authorization", "Bearer k").send(UP)).status).toBe(429);
    expect(readFileSync(file, "utf8").match(/\n/g)).toHaveLength(1);
  });

  it("keeps 200 at once, each on a line of its own", async () => {
    const { request, lines } = appIn(temporaryFolder());
    const ids = Array.from({ length: 200 }, (_, i) => `answer-${i}`);
    const sent = await Promise.all(
      ids.map((answer_id) =>
        request.post("/api/feedback").send({ answer_id, rating: "up", comment: "é".repeat(2000) }),
      ),
    );
    expect(sent.map(({ status }) => status)).toEqual(ids.map(() => 204));
    expect(
      lines()
        .map((line) => (line as { answer_id: string }).answer_id)
        .sort(),
    ).toEqual(ids.toSorted());
  });

  it("begins a line of its own after one that a crash has cut short", async () => {
    const { request, file } = appIn(temporaryFolder());
    writeFileSync(file, '{"whole":1}\n{"time":"2026-0');
    for (const answer_id of ["a", "b"]) await request.post("/api/feedback").send({ answer_id, rating: "up" });
    const [whole, torn, ...rest] = readFileSync(file, "utf8").split("\n");
    expect([whole, torn]).toEqual(['{"whole":1}', '{"time":"2026-0']);
    expect(rest.map((line) => (line === "" ? "" : (JSON.parse(line) as Answer & typeof UP).answer_id))).toEqual([
      "a",
      "b",
      "",
    ]);
  });

  const FAILED = "The server could not write your feedback down. Try again later.";
  it("says so where it cannot write, logs why, and goes on once it can", async () => {
    const dataDir = path.join(temporaryFolder(), "data");
    writeFileSync(dataDir, "a file where the folder should be");
    const { request, logs, lines } = appIn(dataDir);
    const response = await request.post("/api/feedback").send({ ...UP, comment: "secret words" });
    expect(problemIn(response)).toEqual(problem("not-kept", FAILED));
    expect(logs).toHaveLength(1);
    expect(JSON.parse(logs[0]!)).toMatchObject({
      msg: "feedback was not kept",
      reason: expect.stringMatching(/^EEXIST|^ENOTDIR/),
    });
    expect(logs[0]).not.toContain("secret words");
    rmSync(dataDir);
    expect((await request.post("/api/feedback").send(UP)).status).toBe(204);
    expect(lines()).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() === 0)("says so where the folder is read-only", async () => {
    const dataDir = temporaryFolder();
    chmodSync(dataDir, 0o500);
    const { request, logs } = appIn(dataDir);
    expect(problemIn(await request.post("/api/feedback").send(UP))).toEqual(problem("not-kept", FAILED));
    expect(logs).toHaveLength(1);
    chmodSync(dataDir, 0o700);
  });

  it("takes nothing more once the file is 50 MB", async () => {
    const { request, file, logs } = appIn(temporaryFolder());
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "");
    truncateSync(file, 50_000_000 - 101);
    appendFileSync(file, "\n");
    const comment = "x".repeat(100);
    const full = "The file of feedback is full. Ask the operator to move it away.";
    expect(problemIn(await request.post("/api/feedback").send({ ...UP, comment }))).toEqual(problem("not-kept", full));
    expect(logs).toHaveLength(1);
    expect(statSync(file).size).toBe(50_000_000 - 100);
    // A shorter one still has room.
    expect((await request.post("/api/feedback").send(UP)).status).toBe(204);
    expect(statSync(file).size).toBeLessThanOrEqual(50_000_000);
  });
});

describe("what is remembered", () => {
  it("is the last 1,000 answers", async () => {
    const dataDir = temporaryFolder();
    const feedback = feedbackIn(fileLog(dataDir));
    const answer = {
      status: "answered" as const,
      answer: "A.",
      citations: [],
      confidence: 1,
      suggestions: [],
      model: "m",
      mode: "extractive" as const,
    };
    for (let i = 0; i <= 1000; i++) feedback.remember(`Question ${i}`, { id: String(i), ...answer });
    for (const answer_id of ["0", "1", "1000"]) await feedback.keep({ answer_id, rating: "up" });
    const lines = readFileSync(path.join(dataDir, "feedback.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { question?: string }).question)).toEqual([
      undefined,
      "Question 1",
      "Question 1000",
    ]);
  });
});
