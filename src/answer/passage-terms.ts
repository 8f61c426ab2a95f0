import { gistOf } from "../search/thesaurus.js";
import { termsOf } from "../search/tokenize.js";
import type { Passage, Unit } from "../types.js";

/** What weighing a passage needs to know of it, whatever the question. */
export interface PassageTerms {
  /** The text of each unit. */
  texts: readonly string[];
  /** The index terms of each unit, of what introduces it, of the headings (with a FAQ item's question) and of the title. */
  units: readonly (readonly string[])[];
  contexts: readonly (readonly string[])[];
  headings: readonly string[];
  title: readonly string[];
  /** The gist of each unit alone, and of the unit with its headings and what introduces it. */
  gists: readonly (Float32Array | null)[];
  placedGists: readonly (Float32Array | null)[];
}

/** Passages met before: the same ones are found again and again, and reading them takes longest. */
const known = new WeakMap<Passage, PassageTerms>();

/** Whether a passage's terms are at hand without its corpus's term weights. */
export function isKnown(passage: Passage): boolean {
  return known.has(passage);
}

/** Every index term that `passageTerms` needs the weight of. */
export function termsIn(passage: Passage): string[] {
  return termsOf([...headingsOf(passage), ...passage.units.map((unit) => unit.context), passage.text].join("\n"));
}

/** @param idf inverse passage frequency of the passage's terms */
export function passageTerms(passage: Passage, idf: ReadonlyMap<string, number>): PassageTerms {
  const before = known.get(passage);
  if (before !== undefined) return before;
  const texts = passage.units.map((unit) => textOf(passage, unit));
  const units = texts.map((text) => termsOf(text));
  const contexts = passage.units.map((unit) => termsOf(unit.context));
  const headings = termsOf(headingsOf(passage).join(" "));
  const gist = (terms: readonly string[]): Float32Array | null =>
    gistOf([...new Set(terms)].map((term) => [term, idf.get(term) ?? 1]));
  const read: PassageTerms = {
    texts,
    units,
    contexts,
    headings,
    title: termsOf(passage.title),
    gists: units.map((terms) => gist(terms)),
    placedGists: units.map((terms, i) => gist([...terms, ...headings, ...contexts[i]!])),
  };
  known.set(passage, read);
  return read;
}

/** The question of a FAQ item heads its answer. */
function headingsOf(passage: Passage): string[] {
  return [...passage.headings, ...(passage.kind === "faq" ? [textOf(passage, passage.units[0]!)] : [])];
}

/** The text of a unit, from the passage it stands in. */
export function textOf(passage: Passage, unit: Unit): string {
  return passage.text.slice(unit.start - passage.start, unit.end - passage.start);
}
