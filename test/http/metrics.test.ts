import type { Express } from "express";
import { pino } from "pino";
import supertest from "supertest";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Embedder } from "../../src/embed/embedder.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { appOver, bundledModel, folderForFile, openIndex, problem, problemIn } from "./app-under-test.js";

const ANSWERED = { question: "What are herrings smoked over?" };
const REFUSED = { question: "What does a kilo of apples cost in Lisbon?" };

let index: PassageIndex;
let embedder: Embedder;
let folder: string;
beforeAll(async () => {
  folder = folderForFile();
  embedder = await bundledModel();
  index = await openIndex(folder, embedder, { "herrings.txt": "Herrings are smoked over beech wood for six hours.\n" });
});

/** Every sample of Prometheus' text format by its name with labels; fails on a line that is none. */
function samplesIn(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || /^# (?:HELP|TYPE) [a-z_0-9]+ /.test(line)) continue;
    const [, name, value] = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`no sample: ${line}`);
    expect([line, Number.isNaN(Number(value)) && !/^(nan|[+-]inf)$/i.test(value!)]).toEqual([line, false]);
    samples.set(name, Number(value));
  }
  return samples;
}

describe("GET /metrics", () => {
  let app: Express;
  const metrics = async () => samplesIn((await supertest(app).get("/metrics")).text);
  const ask = (body: object) => supertest(app).post("/api/chat").send(body);
  beforeEach(() => {
    app = appOver(index, embedder, { dataDir: `${folder}/data` }).app;
  });

  it("counts answers, refusals with their reason, and small talk, with the time of each step", async () => {
    await ask(ANSWERED);
    await ask(REFUSED);
    await ask({ question: "Hello!" });
    await ask({ question: "" });
    const samples = await metrics();
    for (const outcome of ["answered", "refused", "small_talk"])
      expect(samples.get(`docent_answer_duration_seconds_count{outcome="${outcome}"}`)).toBe(1);
    const refusals = [...samples].filter(([name]) => name.startsWith("docent_refusals_total"));
    expect(refusals).toEqual([[expect.stringMatching(/reason="(subject|unknown_words)"/), 1]]);
    for (const step of ["embed", "retrieve", "weigh", "decide", "compose"])
      expect(samples.get(`docent_step_duration_seconds_count{step="${step}"}`)).toBe(2);
    expect(
      samples.get('docent_http_request_duration_seconds_count{method="POST",route="/api/chat",status="200"}'),
    ).toBe(3);
    expect(
      samples.get('docent_http_request_duration_seconds_count{method="POST",route="/api/chat",status="400"}'),
    ).toBe(1);
    expect(samples.get('docent_answer_confidence_count{outcome="answered"}')).toBe(1);
  });

  it("tells of the index in use, and nothing of it where there is none", async () => {
    const samples = await metrics();
    expect(samples.get("docent_index_documents")).toBe(1);
    expect(samples.get("docent_index_passages")).toBe(index.counts.passages);
    expect(samples.get("docent_index_age_seconds")).toBeGreaterThanOrEqual(0);
    expect(samples.get(`docent_index_info{build="${index.buildId}"}`)).toBe(1);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    app = appOver(null, null).app;
    expect([...(await metrics()).keys()].filter((name) => name.startsWith("docent_index"))).toEqual([]);
  });

  it("counts ratings by the confidence of what was rated", async () => {
    const { id, confidence } = (await ask(ANSWERED)).body as { id: string; confidence: number };
    await supertest(app).post("/api/feedback").send({ answer_id: id, rating: "up" });
    await supertest(app).post("/api/feedback").send({ answer_id: "unheard-of", rating: "down" });
    const upper = Math.ceil(confidence * 10);
    const tenth = `${((upper - 1) / 10).toFixed(1)}-${(upper / 10).toFixed(1)}`;
    const samples = await metrics();
    expect(samples.get(`docent_feedback_total{rating="up",confidence="${tenth}"}`)).toBe(1);
    expect(samples.get('docent_feedback_total{rating="down",confidence="unknown"}')).toBe(1);
  });

  it("has no label that a caller chooses", async () => {
    for (const path of ["/api/sources/a", "/api/sources/b", "/nowhere/x", "/nowhere/y"]) await supertest(app).get(path);
    await supertest(app).propfind("/api/chat");
    const routes = [...(await metrics()).keys()].flatMap(
      (name) => /method="(\w+)",route="([^"]+)"/.exec(name)?.slice(1, 3).join(" ") ?? [],
    );
    expect(new Set(routes)).toEqual(new Set(["GET /api/sources/*id", "GET none", "other /api/chat"]));
  });

  it("takes the key of the API where one is set, and no other origin", async () => {
    app = appOver(index, embedder, { apiKeys: ["k"], corsOrigins: ["*"] }).app;
    expect(problemIn(await supertest(app).get("/metrics"))).toEqual(problem("missing-key", /Bearer KEY/));
    const given = await supertest(app)
      .get("/metrics")
      .set("Authorization", "Bearer k")
      .set("Origin", "https://a.example");
    expect(given.status).toBe(200);
    expect(given.headers).not.toHaveProperty("access-control-allow-origin");
    expect(given.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  });
});

describe("the log of an answer", () => {
  const logged = async (body: object, logQuestions: boolean, headers: Record<string, string> = {}) => {
    const lines: string[] = [];
    const logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
    const { app } = appOver(index, embedder, { logger, logQuestions });
    await supertest(app)
      .post("/api/chat")
      .set({ "X-Request-Id": "job-7", ...headers })
      .send(body);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it("has the request's name, times, scores and the reason of a refusal", async () => {
    const [answer, request] = await logged(ANSWERED, false);
    expect(answer).toMatchObject({
      msg: "answered",
      requestId: "job-7",
      status: "answered",
      mode: "extractive",
      followUp: false,
      scores: { dense: expect.any(Number), lexical: expect.any(Number), fused: expect.any(Number) },
      steps: { embed: expect.any(Number), retrieve: expect.any(Number) },
    });
    expect(request).toMatchObject({
      msg: "request",
      requestId: "job-7",
      route: "/api/chat",
      status: 200,
      ms: expect.any(Number),
    });
    expect((await logged(REFUSED, false))[0]).toMatchObject({
      msg: "refused",
      refusal: expect.stringMatching(/^[a-z_]+$/),
    });
  });

  it("has the question only where it may, without addresses and numbers of people", async () => {
    const body = { question: "What are herrings smoked over? Write to ida@example.org or +49 30 1234567." };
    const headers = { Authorization: "Bearer very-secret-key", Cookie: "session=very-secret-cookie" };
    const silent = JSON.stringify(await logged(body, false, headers));
    expect(silent).not.toMatch(/herrings|ida@|1234567|very-secret/);
    const [told] = await logged(body, true, headers);
    expect(told!["question"]).toBe("What are herrings smoked over? Write to [e-mail] or [phone].");
    expect(JSON.stringify(told)).not.toContain("very-secret");
  });
});
