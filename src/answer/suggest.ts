import type { PassageIndex } from "../search/passage-index.js";
import { faqQuestionOf } from "./faq.js";

const MAX_SUGGESTIONS = 3;

/**
 * Questions this corpus answers, nearest to the one asked first: its FAQ items, which have answers of their own.
 *
 * @param vector the question's embedding
 */
export async function suggestQuestions(
  index: PassageIndex,
  vector: Float32Array,
  question: string,
  sources?: readonly string[],
): Promise<string[]> {
  const matches = await index.searchFaq(vector, MAX_SUGGESTIONS + 1, sources);
  return matches
    .map(({ passage }) => faqQuestionOf(passage))
    .filter((written) => written !== question)
    .slice(0, MAX_SUGGESTIONS);
}
