import type { z } from "zod";
import type { AnswerOptions } from "../../answer/answer-question.js";
import type { Answer } from "../../types.js";
import { citedIn } from "./annotations.js";
import { type ChatCompletion, type ChatCompletionChunk, type ChatCompletionRequest, MODEL } from "./schemas.js";
import type { usageOf } from "./usage.js";

type Completion = z.output<typeof ChatCompletion>;
type Chunk = z.output<typeof ChatCompletionChunk>;
type Usage = ReturnType<typeof usageOf>;

/** What a completion and all its chunks have alike. */
export type Head = Pick<Completion, "id" | "created" | "model" | "system_fingerprint">;

/** A completion that is asked for, whichever way it is sent. */
export interface Asked {
  head: Head;
  request: ChatCompletionRequest;
  /** UTF-16 units of all messages. */
  promptChars: number;
  /** Of this server; null where it is not known. */
  origin: string | null;
  answer: (onEvent?: AnswerOptions["onEvent"]) => Promise<Answer>;
}

export function headOf(answerId: string, indexBuild: string): Head {
  return {
    id: `chatcmpl-${answerId}`,
    created: Math.floor(Date.now() / 1000),
    model: MODEL,
    system_fingerprint: indexBuild,
  };
}

/**
 * A completion in one piece.
 *
 * @param content the answer's text and its sources, up to a stop
 */
export function completionOf(
  head: Head,
  answer: Answer,
  content: string,
  origin: string | null,
  usage: Usage,
): Completion {
  const { annotations, citations } = citedIn(answer, content.length, origin);
  const message = { role: "assistant" as const, content, refusal: null, annotations };
  return {
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage,
    citations,
    docent: extensionOf(answer),
  };
}

/** A piece of a streamed completion. */
export function chunkOf(head: Head, delta: Chunk["choices"][number]["delta"]): Chunk {
  return {
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
  };
}

/** The chunks after the last piece of content: the annotations, where there are some, and the end. */
export function lastChunksOf(head: Head, answer: Answer, contentChars: number, origin: string | null): Chunk[] {
  const { annotations, citations } = citedIn(answer, contentChars, origin);
  const end: Chunk = {
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }],
    citations,
    docent: extensionOf(answer),
  };
  return annotations.length === 0 ? [end] : [chunkOf(head, { annotations }), end];
}

/** The chunk that only tells the usage. */
export function usageChunkOf(head: Head, usage: Usage): Chunk {
  return { ...head, object: "chat.completion.chunk", choices: [], usage };
}

function extensionOf({ id, status, confidence, suggestions }: Answer): Completion["docent"] {
  return { answer_id: id, status, confidence, suggestions };
}
