import express from "express";
import OpenAI from "openai";
import { pino } from "pino";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import { DocentError } from "../../../src/errors.js";
import type { AnswerDeps } from "../../../src/answer/answer-question.js";
import type { Embedder } from "../../../src/embed/embedder.js";
import type { ObservedAnswering } from "../../../src/http/observe.js";
import { completionsRoute } from "../../../src/http/openai/completions-route.js";
import { sendOpenAiError } from "../../../src/http/openai/errors.js";
import { ChatCompletionChunk } from "../../../src/http/openai/schemas.js";
import { errorHandler } from "../../../src/http/problem.js";
import type { PassageIndex } from "../../../src/search/passage-index.js";
import { FaultyEmbedder, GatedEmbedder } from "../../helpers/odd-embedders.js";
import { HashEmbedder } from "../../helpers/hash-embedder.js";
import { appOver, bundledModel, folderForFile, listening, openIndex } from "../app-under-test.js";
import { type Chunk, clientOf, type Completion, refusalOf, user } from "./client-under-test.js";

const S_BAND = "Who built the S-band radar of NISAR?";
const UNKNOWN = "What does a kilo of apples cost in Lisbon?";
const DOUBLE = "What does NISAR measure? And who built the International Space Station?";

let embedder: Embedder;
let index: PassageIndex;
let url: string;
let client: OpenAI;
let logs: string[];

beforeAll(async () => {
  embedder = await bundledModel();
  index = await openIndex(folderForFile(), embedder);
  const under = appOver(index, embedder);
  logs = under.logs;
  ({ url } = await listening(under.app));
  client = clientOf(url);
});

type Body = Partial<OpenAI.ChatCompletionCreateParamsStreaming>;

async function chunksOf(content: string, more: Body = {}): Promise<Chunk[]> {
  const stream = await client.chat.completions.create({
    model: "docent",
    messages: [user(content)],
    ...more,
    stream: true,
  });
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk as unknown as Chunk);
  for (const chunk of chunks) expect(ChatCompletionChunk.safeParse(chunk).error?.issues).toBeUndefined();
  return chunks;
}

const wholeOf = async (content: string, more: object = {}): Promise<Completion> =>
  (await client.chat.completions.create({ model: "docent", messages: [user(content)], ...more })) as never;

const contentIn = (chunks: readonly Chunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

describe("a streamed completion", () => {
  it.each([S_BAND, DOUBLE, UNKNOWN, "Hello!"])(
    "tells piece by piece what comes whole otherwise: %s",
    async (question) => {
      const [chunks, whole] = [await chunksOf(question), await wholeOf(question)];
      const [first, ...rest] = chunks;
      const last = rest.pop()!;
      expect(first!.choices).toEqual([
        { index: 0, delta: { role: "assistant", content: "", refusal: null }, logprobs: null, finish_reason: null },
      ]);
      const { content, annotations } = whole.choices[0]!.message;
      expect(contentIn(chunks)).toBe(content);
      expect(rest.flatMap(({ choices }) => choices[0]!.delta.annotations ?? [])).toEqual(annotations);
      for (const { choices } of rest) expect(Object.keys(choices[0]!.delta)).toHaveLength(1);
      expect(last.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]);
      expect(last.citations).toEqual(whole.citations);
      expect({ ...last.docent, answer_id: "" }).toEqual({ ...whole.docent, answer_id: "" });
      expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set([`chatcmpl-${last.docent!.answer_id}`]));
      expect(chunks.filter((chunk) => "usage" in chunk)).toEqual([]);
      for (const { object, model, created } of chunks)
        expect([object, model, created]).toEqual(["chat.completion.chunk", "docent", first!.created]);
    },
  );

  it("comes in several pieces of content", async () => {
    const pieces = (await chunksOf(DOUBLE)).filter(({ choices }) => choices[0]?.delta.content);
    expect(pieces.length).toBeGreaterThan(2);
  });

  it("is put together by the client's own helpers", async () => {
    const whole = await wholeOf(S_BAND);
    const ask = () => client.chat.completions.stream({ model: "docent", messages: [user(S_BAND)] });
    expect(await ask().finalContent()).toBe(whole.choices[0]!.message.content);
    const final = (await ask().finalChatCompletion()) as unknown as Completion;
    expect(final.choices[0]!.message.annotations).toEqual(whole.choices[0]!.message.annotations);
    expect(final.choices[0]!.finish_reason).toBe("stop");
    expect(final.citations).toEqual(whole.citations);
  });

  it("tells the usage in a last chunk, where it is asked to", async () => {
    const chunks = await chunksOf(S_BAND, { stream_options: { include_usage: true } });
    const last = chunks.pop()!;
    expect([last.choices, last.usage]).toEqual([[], (await wholeOf(S_BAND)).usage]);
    expect(chunks.map(({ usage }) => usage)).toEqual(chunks.map(() => null));
    const stream = client.chat.completions.stream({
      model: "docent",
      messages: [user(S_BAND)],
      stream_options: { include_usage: true },
    });
    expect(await stream.totalUsage()).toMatchObject(last.usage!);
  });

  it("is events without names, and [DONE] at the end", async () => {
    const response = await supertest(url)
      .post("/v1/chat/completions")
      .send({ model: "docent", messages: [user(S_BAND)], stream: true });
    expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(response.headers["cache-control"]).toBe("no-cache, no-transform");
    expect(response.text).toMatch(/^(?:data: \{.*\}\n\n)+data: \[DONE\]\n\n$/);
  });

  it("is cut at the same stop as a whole one", async () => {
    const { content } = (await wholeOf(S_BAND)).choices[0]!.message;
    const across = content.slice(content.indexOf("[1]") - 5, content.indexOf("[1]") + 12);
    const begun = `${content.slice(-4)} and no more`;
    const stops = [across, " [2]", "\n\nSources:", "no such text", begun, content.slice(0, 3), ["radar", "NASA"]];
    for (const stop of stops) {
      const [chunks, whole] = [await chunksOf(S_BAND, { stop }), await wholeOf(S_BAND, { stop })];
      const { message } = whole.choices[0]!;
      expect(contentIn(chunks)).toBe(message.content);
      const end = Math.min(
        ...[stop]
          .flat()
          .map((one) => content.indexOf(one))
          .filter((at) => at >= 0),
        content.length,
      );
      expect(message.content).toBe(content.slice(0, end));
      expect(chunks.at(-1)!.citations).toEqual(whole.citations);
      expect(chunks.flatMap(({ choices }) => choices[0]!.delta.annotations ?? [])).toEqual(message.annotations);
    }
  });

  it("leaves no warning and no error in the log", () => {
    expect(logs).toEqual([]);
  });
});

/** A server whose answers are made by the test. */
async function answeredBy(answering: ObservedAnswering): Promise<{ client: OpenAI; url: string; logs: string[] }> {
  const told: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => void told.push(line) });
  const app = express();
  const deps: AnswerDeps = { index, embedder };
  app.post(
    "/v1/chat/completions",
    express.json(),
    completionsRoute(
      () => deps,
      answering,
      () => {},
    ),
  );
  app.use("/v1", errorHandler(logger, { apiKeys: [], logQuestions: false }, sendOpenAiError));
  const { url: at } = await listening(app);
  return { client: clientOf(at), url: at, logs: told };
}

const streamFrom = (by: OpenAI, options?: OpenAI.RequestOptions) =>
  by.chat.completions.create({ model: "docent", messages: [user(S_BAND)], stream: true }, options);

describe("a fault", () => {
  it("before the first piece has a status of its own", async () => {
    const broken = appOver(index, new FaultyEmbedder(), { logQuestions: true });
    const { url: at } = await listening(broken.app);
    const error = await refusalOf(OpenAI.InternalServerError, streamFrom(clientOf(at)));
    expect([error.status, error.type, error.code]).toEqual([500, "server_error", "internal"]);
    expect(error.message).toBe("500 The request could not be handled. The server's log says why.");
    expect(broken.logs).toHaveLength(1);
    expect(JSON.parse(broken.logs[0]!)).toMatchObject({
      route: "/v1/chat/completions",
      question: S_BAND,
      msg: "request failed",
    });
    expect(broken.logs[0]).toContain("secret of /srv/model.onnx");
  });

  it.each([
    [new Error("secret of /srv"), "The request could not be handled. The server's log says why.", "internal", 1],
    [new DocentError("overloaded", "Too much."), "Too much.", "overloaded", 0],
  ])("after it is the last event: %s", async (thrown, message, code, logged) => {
    const failing = await answeredBy(async (_deps, _request, _response, { onEvent }) => {
      onEvent?.({ type: "sources", citations: [] });
      onEvent?.({ type: "delta", text: "It was " });
      throw thrown;
    });
    const pieces: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { choices } of await streamFrom(failing.client)) pieces.push(choices[0]!.delta.content ?? "");
    };
    const error = await refusalOf(OpenAI.APIError, read());
    expect(pieces.join("")).toBe("It was ");
    expect([error.code, error.type, error.error]).toEqual([
      code,
      "server_error",
      { message, type: "server_error", param: null, code },
    ]);
    const raw = await supertest(failing.url)
      .post("/v1/chat/completions")
      .send({ model: "docent", messages: [user("a")], stream: true });
    expect(raw.text).not.toContain("[DONE]");
    expect(raw.text).not.toContain("secret");
    expect(failing.logs).toHaveLength(2 * logged);
  });
});

describe("a caller who goes away", () => {
  const cancelled = async (at: string): Promise<number> => {
    const { text } = await supertest(at).get("/metrics");
    return Number(/^docent_answer_duration_seconds_count\{outcome="cancelled"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };

  it.each([true, false])("stops the work, is counted, and does no harm (stream: %s)", async (stream) => {
    const gated = new GatedEmbedder();
    const under = appOver(await openIndex(folderForFile(), new HashEmbedder()), gated);
    const { url: at } = await listening(under.app);
    const gone = new AbortController();
    const body = { model: "docent", messages: [user(DOUBLE)], stream };
    const call = clientOf(at).chat.completions.create(body, { signal: gone.signal });
    void gated.asked.then(() => gone.abort());
    await refusalOf(OpenAI.APIUserAbortError, call);
    // The server has to see the connection close before the work goes on.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await cancelled(at)).toBe(0);
    gated.letGo();
    await expect.poll(() => cancelled(at)).toBe(1);
    expect(gated.queries).toBe(1);
    expect(under.logs).toEqual([]);
    const after = await clientOf(at).chat.completions.create({ model: "docent", messages: [user(DOUBLE)] });
    expect(after.choices).toHaveLength(1);
    expect(await cancelled(at)).toBe(1);
  });

  it("in the middle of a stream stops the work", async () => {
    let reason: unknown = null;
    const waiting = await answeredBy((_deps, _request, _response, { onEvent, signal }) => {
      onEvent?.({ type: "delta", text: "It was " });
      return new Promise((_resolve, reject) => {
        signal!.addEventListener("abort", () => {
          reason = signal!.reason;
          reject(signal!.reason);
        });
      });
    });
    for await (const { choices } of await streamFrom(waiting.client)) if (choices[0]!.delta.content) break;
    await expect.poll(() => reason).toEqual(new Error("the caller went away"));
    expect(waiting.logs).toEqual([]);
  });
});
