import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatModelSettings } from "../../src/chat-model/settings.js";

/** An excerpt as the model finds it in its prompt. */
interface Excerpt {
  id: string;
  from: string;
  text: string;
}

/** What a scripted model is asked. */
export interface Asked {
  system: string;
  user: string;
  question: string;
  excerpts: Excerpt[];
  /** Whether it is asked to rewrite a follow-up. */
  isCondensing: boolean;
  /** How many requests came before this one. */
  requestsBefore: number;
}

/** What a scripted model does. */
export interface Reply {
  /** The reply in pieces, as tokens come. */
  pieces?: string[];
  /** Milliseconds before each piece. */
  delayMs?: number;
  /** Milliseconds before anything at all. */
  silentMs?: number;
  /** An error instead of a reply. */
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  /** Breaks the connection off after so many pieces. */
  cutAfter?: number;
  /** Sends this raw line of the event stream after the first piece. */
  raw?: string;
  /** Goes on for ever with the last piece. */
  isEndless?: boolean;
  finishReason?: string;
  /** What it counts; the usual if absent. */
  usage?: object;
}

export type Script = (asked: Asked) => Reply;

/** A loopback server that speaks OpenAI's protocol and plays what a script says. */
export class ScriptedModel {
  #server: Server;
  #script: Script = () => ({ pieces: ["NOT_IN_DOCUMENTS"] });
  readonly requests: Asked[] = [];
  /** Headers of the last request. */
  lastHeaders: IncomingMessage["headers"] = {};
  lastBody: Record<string, unknown> = {};
  /** Requests whose caller went away before the end. */
  abandoned = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** What it does from now on. */
  plays(script: Script | Reply): void {
    this.#script = typeof script === "function" ? script : () => script;
    this.requests.length = 0;
    this.abandoned = 0;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as { messages: { role: string; content: string }[] };
    this.lastHeaders = request.headers;
    this.lastBody = body;
    const asked = readPrompt(body.messages, this.requests.length);
    this.requests.push(asked);
    const reply = this.#script(asked);
    response.on("close", () => {
      if (!response.writableFinished) this.abandoned++;
    });
    if (reply.silentMs !== undefined) await sleep(reply.silentMs);
    if (reply.status !== undefined) {
      response.writeHead(reply.status, { "Content-Type": "application/json", ...reply.headers });
      response.end(reply.body ?? JSON.stringify({ error: { message: "scripted", type: "server_error", code: null } }));
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const pieces = reply.pieces ?? [];
    for (const [i, piece] of pieces.entries()) {
      if (reply.delayMs !== undefined) await sleep(reply.delayMs);
      if (i === reply.cutAfter) return cut(response);
      if (response.destroyed) return;
      response.write(chunkLine({ content: piece }));
      if (i === 0 && reply.raw !== undefined) response.write(`${reply.raw}\n\n`);
    }
    if (reply.cutAfter !== undefined && reply.cutAfter >= pieces.length) return cut(response);
    while (reply.isEndless === true && !response.destroyed) {
      response.write(chunkLine({ content: pieces.at(-1)! }));
      await sleep(1);
    }
    response.write(chunkLine({}, reply.finishReason ?? "stop"));
    response.write(
      `data: ${JSON.stringify({ ...CHUNK, choices: [], usage: reply.usage ?? { prompt_tokens: 321, completion_tokens: 45, total_tokens: 366 } })}\n\n`,
    );
    response.end("data: [DONE]\n\n");
  }
}

/** Breaks off after what was written has gone out. */
async function cut(response: ServerResponse): Promise<void> {
  await sleep(50);
  response.destroy();
}

const CHUNK = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "scripted" };

function chunkLine(delta: object, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}

const EXCERPT = /<excerpt id="([^"]*)" from="([^"]*)">\n([^]*?)\n<\/excerpt>/g;

function readPrompt(messages: { role: string; content: string }[], requestsBefore: number): Asked {
  const system = messages.find(({ role }) => role === "system" || role === "developer")?.content ?? "";
  const user = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const unescaped = (text: string): string => text.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  return {
    system,
    user,
    question: /\n\n(?:Last q|Q)uestion: ([^]*)$/.exec(user)?.[1] ?? "",
    excerpts: [...user.matchAll(EXCERPT)].map(([, id, from, text]) => ({
      id: id!,
      from: unescaped(from!),
      text: unescaped(text!),
    })),
    isCondensing: user.startsWith("<conversation>"),
    requestsBefore,
  };
}

/** A text cut into pieces as tokens are: every few characters, markers too. */
export function tokens(text: string, size = 3): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
}

/** The id of the excerpt that holds a text. */
export function idOf({ excerpts }: Asked, text: string): string {
  const found = excerpts.find((excerpt) => excerpt.text.includes(text));
  if (found === undefined) throw new Error(`no excerpt holds "${text}"`);
  return found.id;
}

export function settingsFor(baseUrl: string, settings: Partial<ChatModelSettings> = {}): ChatModelSettings {
  return {
    provider: "openai",
    model: "scripted",
    apiKey: "key-of-the-test",
    baseUrl,
    patienceSeconds: 5,
    timeoutSeconds: 20,
    maxTokens: 500,
    concurrency: 8,
    prices: null,
    ...settings,
  };
}
