import type { AnswerDeps } from "./answer-question.js";
import { faqQuestionOf } from "./faq.js";

const MAX_SUGGESTIONS = 3;

/** Questions this corpus answers, nearest to the one asked first: its FAQ items, which have answers of their own. */
export async function suggestQuestions(
  deps: AnswerDeps,
  question: string,
  sources?: readonly string[],
): Promise<string[]> {
  const { index, embedder } = deps;
  if (index.counts.faqItems === 0) return [];
  const matches = await index.searchFaq(await embedder.embedQuery(question), MAX_SUGGESTIONS + 1, sources);
  const suggestions: string[] = [];
  for (const { passage } of matches) {
    const written = faqQuestionOf(passage);
    if (written !== question) suggestions.push(written);
  }
  return suggestions.slice(0, MAX_SUGGESTIONS);
}
