import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { langChainModel } from "../../src/chat-model/langchain-model.js";
import type { ChatModelSettings } from "../../src/chat-model/settings.js";
import { settingsFor } from "../helpers/scripted-model.js";

interface Received {
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

/** A server that answers every request with one text. */
async function serverOf(
  contentType: string,
  text: string,
  status = 200,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      received.push({
        path: request.url!,
        headers: request.headers,
        body: JSON.parse(body) as Record<string, unknown>,
      });
      response.writeHead(status, { "Content-Type": contentType }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function ask(settings: ChatModelSettings): Promise<{ pieces: string[]; end: unknown }> {
  const pieces: string[] = [];
  let end: unknown = null;
  const call = { onEnd: (told: unknown) => void (end = told) };
  const messages = [
    { role: "system" as const, content: "Be brief." },
    { role: "user" as const, content: "Where?" },
  ];
  for await (const piece of langChainModel(settings).stream(messages, call)) pieces.push(piece);
  return { pieces, end };
}

const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

function anthropicReply(stopReason: string): string {
  const delta = (text: string): string =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
  const message = {
    id: "m",
    type: "message",
    role: "assistant",
    content: [],
    model: "claude",
    stop_reason: null,
    stop_sequence: null,
  };
  return [
    event("message_start", { message: { ...message, usage: { input_tokens: 20, output_tokens: 1 } } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    delta("In the "),
    delta("hall [abc2]."),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 7 } }),
    event("message_stop", {}),
  ].join("");
}

function ollamaReply(doneReason: string): string {
  const line = (content: string, more: object = { done: false }): string =>
    `${JSON.stringify({ model: "llama", created_at: "2026-01-01T00:00:00Z", message: { role: "assistant", content }, ...more })}\n`;
  return (
    line("In the ") +
    line("hall [abc2].") +
    line("", { done: true, done_reason: doneReason, prompt_eval_count: 20, eval_count: 7 })
  );
}

describe("Anthropic's protocol", () => {
  it.each([
    ["end_turn", false],
    ["max_tokens", true],
  ])("is spoken: an end by %s", async (stopReason, isCut) => {
    const { url, received } = await serverOf("text/event-stream", anthropicReply(stopReason));
    const { pieces, end } = await ask(settingsFor(url, { provider: "anthropic", model: "claude" }));
    expect(pieces).toEqual(["In the ", "hall [abc2]."]);
    expect(end).toMatchObject({ isCut, usage: { promptTokens: 20, completionTokens: expect.any(Number) } });
    expect(received[0]).toMatchObject({
      path: "/v1/messages",
      headers: { "x-api-key": "key-of-the-test" },
      body: { model: "claude", max_tokens: 500, stream: true },
    });
  });

  it("tells of a key that is not accepted", async () => {
    const { url } = await serverOf(
      "application/json",
      '{"type":"error","error":{"type":"authentication_error","message":"no"}}',
      401,
    );
    await expect(ask(settingsFor(url, { provider: "anthropic" }))).rejects.toThrow(
      /does not accept the key \(401\)\. Check ANTHROPIC_API_KEY/,
    );
  });
});

describe("Ollama's protocol", () => {
  it.each([
    ["stop", false],
    ["length", true],
  ])("is spoken: an end by %s", async (doneReason, isCut) => {
    const { url, received } = await serverOf("application/x-ndjson", ollamaReply(doneReason));
    const { pieces, end } = await ask(settingsFor(url, { provider: "ollama", model: "llama", apiKey: null }));
    expect(pieces.join("")).toBe("In the hall [abc2].");
    expect(end).toEqual({ isCut, usage: { promptTokens: 20, completionTokens: 7 } });
    expect(received[0]).toMatchObject({
      path: "/api/chat",
      body: { model: "llama", stream: true, options: { num_predict: 500 } },
    });
  });

  it("tells of a model that is not there", async () => {
    const { url } = await serverOf("application/json", '{"error":"model \\"llama\\" not found"}', 404);
    await expect(ask(settingsFor(url, { provider: "ollama", model: "llama" }))).rejects.toThrow(/has no model "llama"/);
  });
});
