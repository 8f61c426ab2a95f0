import type { z } from "zod";
import type { Answer } from "../../types.js";
import type { Usage } from "./schemas.js";

/** Where no model was asked, nobody counts tokens; this is what one of English comes to. */
const CHARS_PER_TOKEN = 4;

/**
 * The tokens of an answer: what the chat model's server counted, where one was asked, else an estimate from the lengths.
 * Both lengths are UTF-16 units.
 */
export function usageOf({ usage }: Answer, promptChars: number, completionChars: number): z.output<typeof Usage> {
  const prompt = usage?.prompt_tokens ?? Math.ceil(promptChars / CHARS_PER_TOKEN);
  const completion = usage?.completion_tokens ?? Math.ceil(completionChars / CHARS_PER_TOKEN);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
