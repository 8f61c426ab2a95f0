import { termLikeness } from "../search/thesaurus.js";
import { termsOf } from "../search/tokenize.js";
import type { Passage, Unit } from "../types.js";

/** Two nouns this near in meaning ask for the same. */
const SAME_NOUN = 0.55;

/** The terms of what introduces an item: the innermost heading and its lead-in. */
export function introducingTerms(passage: Passage, unit: Unit): string[] {
  return termsOf(`${passage.headings.at(-1) ?? passage.title} ${unit.context}`);
}

/**
 * How far an item's list is introduced as the very thing asked for, 0 to 1: "Main challenges", "Advantages" of benefits.
 *
 * @param listNoun the index term of what is asked for
 */
export function nounLikeness(listNoun: string | null, passage: Passage, unit: Unit): number {
  if (listNoun === null) return 0;
  const likeness = Math.max(0, ...introducingTerms(passage, unit).map((term) => termLikeness(listNoun, term)));
  return likeness >= SAME_NOUN ? likeness : 0;
}
