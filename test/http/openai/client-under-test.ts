import OpenAI, { type ClientOptions } from "openai";
import type { z } from "zod";
import type { ChatCompletion, ChatCompletionChunk } from "../../../src/http/openai/schemas.js";

/** What this server sends, which has a little more than the client's own types. */
export type Completion = z.output<typeof ChatCompletion>;
export type Chunk = z.output<typeof ChatCompletionChunk>;

/** The published client, which tries nothing twice. */
export function clientOf(url: string, options: ClientOptions = {}): OpenAI {
  return new OpenAI({ apiKey: "none", baseURL: `${url}/v1`, maxRetries: 0, ...options });
}

export const user = (content: string) => ({ role: "user" as const, content });
export const assistant = (content: string) => ({ role: "assistant" as const, content });

/** What a client's call was refused with. */
export async function refusalOf<Kind extends Error>(
  kind: new (...args: never[]) => Kind,
  call: PromiseLike<unknown>,
): Promise<Kind> {
  try {
    await call;
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
