import type { Response } from "express";
import { toDocentError } from "../problem.js";
import { type EventStream, openEventStream } from "../sse.js";
import { type Asked, chunkOf, lastChunksOf, usageChunkOf } from "./completion.js";
import { openAiErrorOf } from "./errors.js";
import { sourceList } from "./source-list.js";
import { stopCut } from "./stop.js";
import { usageOf } from "./usage.js";

/**
 * Sends a completion as chunks, then `[DONE]`. The stream is opened by the first thing there is to tell: until then an
 * error has a status of its own. One that comes later is the last event.
 *
 * @throws whatever the answer throws
 */
export async function streamCompletion(
  { head, request, promptChars, origin, answer }: Asked,
  response: Response,
  signal: AbortSignal,
): Promise<void> {
  const withUsage = request.stream_options?.include_usage === true;
  const chunks = chunkStream(response, withUsage);
  const cut = stopCut(request.stop);
  let chars = 0;
  const open = (): void => {
    if (!chunks.isOpen()) chunks.send(chunkOf(head, { role: "assistant", content: "", refusal: null }));
  };
  const sendText = (text: string): void => {
    open();
    chars += text.length;
    if (text !== "") chunks.send(chunkOf(head, { content: text }));
  };
  try {
    const told = await answer((event) => {
      if (event.type === "sources") open();
      else sendText(cut.push(event.text));
    });
    sendText(cut.push(sourceList(told.citations, origin)) + cut.end());
    for (const chunk of lastChunksOf(head, told, chars, origin)) chunks.send(chunk);
    if (withUsage) chunks.send(usageChunkOf(head, usageOf(told, promptChars, chars)));
    chunks.done();
  } catch (error) {
    if (!signal.aborted) chunks.fail(error);
    throw error;
  } finally {
    chunks.end();
  }
}

interface ChunkStream {
  isOpen: () => boolean;
  /** Opens the stream, if it is not open yet. */
  send: (chunk: object) => void;
  done: () => void;
  /** Tells of an error, if the stream is open. */
  fail: (thrown: unknown) => void;
  end: () => void;
}

/** @param withUsage whether chunks say that the usage is still to come */
function chunkStream(response: Response, withUsage: boolean): ChunkStream {
  let events: EventStream | null = null;
  return {
    isOpen: () => events !== null,
    send: (chunk) => {
      events ??= openEventStream(response);
      events.sendPlain(JSON.stringify(withUsage ? { usage: null, ...chunk } : chunk));
    },
    done: () => events?.sendPlain("[DONE]"),
    fail: (thrown) => events?.sendPlain(JSON.stringify(openAiErrorOf(toDocentError(thrown)))),
    end: () => events?.end(),
  };
}
