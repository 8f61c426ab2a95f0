import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { AskError, askServer, fetchSuggestions, sendFeedback, type ServerEvent } from "../../../src/widget/client.js";

const ANSWER = {
  id: "01J",
  status: "answered",
  answer: "Gruß 😀 [1].",
  citations: [
    {
      n: 1,
      source: "a",
      title: "A",
      heading: [],
      quote: "Gruß 😀",
      start: 0,
      end: 7,
      url: "/sources/a#p1",
      external_url: null,
      timestamp: null,
    },
  ],
  confidence: 0.9,
  suggestions: [],
  model: "extractive",
  mode: "extractive",
};
const EVENTS = [
  ["sources", ANSWER.citations],
  ["delta", { text: "Gruß 😀 " }],
  ["delta", { text: "[1]." }],
  ["done", ANSWER],
] as const;
const streamOf = (events: readonly (readonly [string, unknown])[]): Buffer =>
  Buffer.from(events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(""));

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers every request so; its address. */
async function answering(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const streaming = (...chunks: Buffer[]): Promise<string> =>
  answering((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  });

async function ask(endpoint: string, signal = new AbortController().signal): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of askServer(endpoint, { question: "Hi?", history: [] }, signal)) events.push(event);
  return events;
}

async function failureOf(endpoint: string): Promise<unknown> {
  const error = await ask(endpoint).catch((thrown: unknown) => thrown);
  return error instanceof AskError ? error.failure : error;
}

describe("askServer", () => {
  const whole = streamOf(EVENTS);

  it("posts the question as JSON and asks for events", async () => {
    const seen: unknown[] = [];
    const endpoint = await answering((request, response) => {
      request
        .setEncoding("utf8")
        .on("data", (body: string) => seen.push(request.method, request.url, JSON.parse(body)));
      request.on("end", () => response.end(whole));
      seen.push(request.headers["content-type"], request.headers.accept);
    });
    await ask(`${endpoint}/below/`);
    expect(seen).toEqual([
      "application/json",
      "text/event-stream",
      "POST",
      "/below/api/chat",
      { question: "Hi?", history: [] },
    ]);
  });

  it.each([1, 2, 3, 7, 64, 10_000])("yields the same events in pieces of %i bytes, whatever they cut", async (size) => {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
      whole.subarray(i * size, (i + 1) * size),
    );
    const events = await ask(await streaming(...chunks));
    expect(events.map(({ type }) => type)).toEqual(["sources", "delta", "delta", "done"]);
    expect(events.flatMap((event) => (event.type === "delta" ? [event.text] : [])).join("")).toBe(ANSWER.answer);
    expect(events.at(-1)).toEqual({ type: "done", answer: ANSWER });
  });

  it("passes over events of a later version", async () => {
    const events = await ask(await streaming(streamOf([["progress", { step: 1 }], ...EVENTS])));
    expect(events).toHaveLength(4);
  });

  it.each([
    [400, "invalid"],
    [401, "key"],
    [403, "forbidden"],
    [404, "server"],
    [413, "tooLong"],
    [500, "server"],
    [503, "notReady"],
  ])("says what a status of %i means", async (status, kind) => {
    expect(await failureOf(await answering((_request, response) => response.writeHead(status).end("{}")))).toEqual({
      kind,
    });
  });

  it.each([
    [{ "Retry-After": "7" }, 7],
    [{}, 60],
    [{ "Retry-After": "soon" }, 60],
  ])("says how long to wait: %j", async (headers, seconds) => {
    const endpoint = await answering((_request, response) => response.writeHead(429, headers).end());
    expect(await failureOf(endpoint)).toEqual({ kind: "busy", seconds });
  });

  it("tells an error in the stream, a stream that is cut and one that makes no sense", async () => {
    const [first, second] = EVENTS;
    expect(await failureOf(await streaming(streamOf([first, second, ["error", { status: 503 }]])))).toEqual({
      kind: "notReady",
    });
    expect(await failureOf(await streaming(streamOf([first, second])))).toEqual({ kind: "cut" });
    expect(await failureOf(await streaming(Buffer.from("event: delta\ndata: {broken\n\n")))).toEqual({
      kind: "server",
    });
    expect(await failureOf(await streaming(streamOf([["done", { answer: "no more" }]])))).toEqual({ kind: "server" });
    expect(await failureOf(await streaming(streamOf([["sources", [{ n: 1 }]]])))).toEqual({ kind: "server" });
  });

  it("tells a connection that is lost from one that was never there", async () => {
    const lost = await answering((_request, response) => {
      response.write(whole.subarray(0, 40), () => setTimeout(() => response.destroy(), 20));
    });
    expect(await failureOf(lost)).toEqual({ kind: "cut" });
    server!.close();
    expect(await failureOf("http://127.0.0.1:1")).toEqual({ kind: "offline" });
    expect(await failureOf("javascript:alert(1)")).toEqual({ kind: "offline" });
  });

  it("ends with the signal's reason when it is stopped", async () => {
    const endpoint = await answering((_request, response) => void response.write(streamOf(EVENTS.slice(0, 2))));
    const abort = new AbortController();
    const asking = ask(endpoint, abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(asking).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("fetchSuggestions", () => {
  it("has the server's questions, and none where something is wrong", async () => {
    const good = await answering((_request, response) => void response.end('["Who?", 3]'));
    expect(await fetchSuggestions(good)).toEqual(["Who?"]);
    server!.close();
    expect(await fetchSuggestions(await answering((_request, response) => void response.end("<html>")))).toEqual([]);
    expect(await fetchSuggestions("http://127.0.0.1:1")).toEqual([]);
  });
});

describe("sendFeedback", () => {
  it("throws if it was not kept", async () => {
    const endpoint = await answering((_request, response) => response.writeHead(429).end());
    await expect(sendFeedback(endpoint, { answer_id: "a", rating: "up" })).rejects.toBeInstanceOf(AskError);
  });
});
