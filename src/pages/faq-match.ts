import { foldWord, isStopWord, termsOf, termsOfWord, wordsOf } from "../search/tokenize.js";

// The FAQ page's search: the server filters with it, and the page's script as one types.

/** A text's words as they are compared. */
export interface MatchedText {
  words: readonly string[];
  terms: ReadonlySet<string>;
}

export function matchedText(text: string): MatchedText {
  return { words: wordsOf(text).map(({ word }) => foldWord(word)), terms: new Set(termsOf(text)) };
}

/**
 * Whether a text has every word of the query, in any form ("mission" finds "missions") or, since people are still typing,
 * as the beginning of one. "The" and the like count only where the query has nothing else; no words match everything.
 */
export function matcherOf(query: string): (text: MatchedText) => boolean {
  const words = wordsOf(query).map(({ word }) => word);
  const telling = words.filter((word) => !isStopWord(word));
  const wanted = (telling.length > 0 ? telling : words).map((word) => ({
    prefix: foldWord(word),
    terms: termsOfWord(word),
  }));
  return (text) =>
    wanted.every(
      ({ prefix, terms }) =>
        terms.every((term) => text.terms.has(term)) || text.words.some((word) => word.startsWith(prefix)),
    );
}

/** How many questions are shown, for people who watch and those who listen. */
export function countLine(shown: number, total: number): string {
  if (shown === 0) return "No question here has these words.";
  const questions = total === 1 ? "question" : "questions";
  const all = total.toLocaleString("en");
  return shown === total ? `${all} ${questions}` : `${shown.toLocaleString("en")} of ${all} ${questions}`;
}
