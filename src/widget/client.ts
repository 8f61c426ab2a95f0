import { createParser } from "eventsource-parser";
import type { Failure, Turn } from "./conversation.js";
import { isAnswer, isCitations } from "./shapes.js";
import type { DocentAnswer, DocentCitation } from "./widget.js";

export type ServerEvent =
  | { type: "sources"; citations: DocentCitation[] }
  | { type: "delta"; text: string }
  | { type: "done"; answer: DocentAnswer };

/** A question that got no answer, with the reason in terms a reader can be told. */
export class AskError extends Error {
  override readonly name = "AskError";
  constructor(readonly failure: Failure) {
    super(failure.kind);
  }
}

/** Joins the server's address and a path below it; null if that is no http(s) address. */
export function serverUrl(endpoint: string, path: string): URL | null {
  const page = typeof document === "undefined" ? undefined : document.baseURI;
  const base = webUrl(`${endpoint.replace(/\/+$/, "")}/`, page);
  return base === null ? null : webUrl(path.replace(/^\/+/, ""), base.href);
}

/** An address that a reader may be sent to: http(s) only. */
export function webUrl(address: string, base?: string): URL | null {
  if (!URL.canParse(address, base)) return null;
  const url = new URL(address, base);
  return url.protocol === "https:" || url.protocol === "http:" ? url : null;
}

/**
 * Asks, and yields the server-sent events of the answer as they come; the last is `done`.
 *
 * @throws AskError where there is no whole answer, the signal's reason if it was aborted
 */
export async function* askServer(
  endpoint: string,
  body: { question: string; history: Turn[] },
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const response = await post(endpoint, "api/chat", body, "text/event-stream", signal);
  if (!response.ok) throw new AskError(await failureOf(response));
  const read = eventReader();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error: unknown) => {
        throw signal.aborted ? error : new AskError({ kind: "cut" });
      });
      for (const event of done ? [] : read(value)) {
        yield event;
        if (event.type === "done") return;
      }
      if (done) throw new AskError({ kind: "cut" });
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** @throws AskError if it was not kept */
export async function sendFeedback(
  endpoint: string,
  feedback: { answer_id: string; rating: "up" | "down"; comment?: string },
): Promise<void> {
  const response = await post(endpoint, "api/feedback", feedback, "application/json");
  if (!response.ok) throw new AskError(await failureOf(response));
}

/** Questions to begin with; none where the server has none or cannot be asked. */
export async function fetchSuggestions(endpoint: string): Promise<string[]> {
  try {
    const url = serverUrl(endpoint, "api/suggestions");
    if (url === null) return [];
    const response = await fetch(url);
    const list: unknown = response.ok ? await response.json() : [];
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

async function post(
  endpoint: string,
  path: string,
  body: object,
  accept: string,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const url = serverUrl(endpoint, path);
  if (url === null) throw new AskError({ kind: "offline" });
  const headers = { "Content-Type": "application/json", Accept: accept };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal }).catch((error: unknown) => {
    throw signal?.aborted ? error : new AskError({ kind: "offline" });
  });
}

/** Feeds text to a parser of server-sent events, and gives back the events it completes. */
function eventReader(): (text: string) => ServerEvent[] {
  let events: ServerEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      const parsed = eventOf(event, data);
      if (parsed !== null) events.push(parsed);
    },
  });
  return (text) => {
    events = [];
    parser.feed(text);
    return events;
  };
}

/** @throws AskError if the event tells of an error, or is not what it ought to be */
function eventOf(name: string | undefined, data: string): ServerEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new AskError({ kind: "server" });
  }
  if (name === "error") throw new AskError({ kind: kindOf(Number(field(value, "status"))) });
  if (name === "sources" && isCitations(value)) return { type: "sources", citations: value };
  if (name === "done" && isAnswer(value)) return { type: "done", answer: value };
  const text = field(value, "text");
  if (name === "delta" && typeof text === "string") return { type: "delta", text };
  if (name === "sources" || name === "delta" || name === "done") throw new AskError({ kind: "server" });
  return null; // An event of a later version.
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

async function failureOf(response: Response): Promise<Failure> {
  await response.body?.cancel().catch(() => undefined);
  const seconds = Number(response.headers.get("Retry-After") ?? "");
  const kind = kindOf(response.status);
  return kind === "busy" ? { kind, seconds: seconds > 0 ? Math.ceil(seconds) : 60 } : { kind };
}

function kindOf(status: number): Failure["kind"] {
  if (status === 400 || status === 415 || status === 422) return "invalid";
  if (status === 401) return "key";
  if (status === 403) return "forbidden";
  if (status === 413) return "tooLong";
  if (status === 429) return "busy";
  if (status === 503) return "notReady";
  return "server";
}
