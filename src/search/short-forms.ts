import { foldWord, isStopWord, termsOf, termsOfWord } from "./tokenize.js";

/** A short form and what it stands for, as index terms: "ILL" and "inter-library loan". */
export interface ShortForm {
  short: string;
  long: string[];
}

/** Short forms that every reader knows and no text spells out. */
const GENERAL: [short: string, long: string][] = [
  ["UN", "United Nations"],
  ["EU", "European Union"],
  ["US", "United States"],
  ["USA", "United States"],
  ["UK", "United Kingdom"],
  ["CEO", "chief executive officer"],
  ["VAT", "value added tax"],
  ["ID", "identification"],
];

/** "(ILL)", "(ILLs)". */
const SHORT_IN_BRACKETS = /\((\p{Lu}[\p{Lu}\p{N}]{1,8})s?\)/gu;
/** "ILLs (inter-library loans)". */
const LONG_IN_BRACKETS = /(?<![\p{L}\p{N}-])(\p{Lu}[\p{Lu}\p{N}]{1,8})s? \(([\p{L}'’& -]{3,200})\)/gu;
const IN_LONG_FORM = /[\p{L}\p{N}'’& \u00a0-]/u;
/** How far back a long form may begin, in characters. */
const MAX_LONG_CHARS = 200;
const MAX_LONG_WORDS = 9;

/**
 * The short forms that texts spell out themselves, "Long Name (LN)" or "LN (Long Name)", with the general ones.
 * The letters must begin the words, in order; little words may be skipped.
 */
export function findShortForms(texts: Iterable<string>): ShortForm[] {
  const found = new Map<string, ShortForm>();
  const add = (short: string, long: string): void => {
    const key = `${short} ${long.toLowerCase()}`;
    if (found.has(key)) return;
    const terms = [...new Set(termsOf(long))];
    if (terms.length > 0) found.set(key, { short: termsOfWord(short)[0]!, long: terms });
  };
  for (const [short, long] of GENERAL) add(short, long);
  for (const text of texts) {
    for (const { 1: short, index } of text.matchAll(SHORT_IN_BRACKETS)) {
      const long = longFormAtEnd(wordsBefore(text, index), short!);
      if (long !== null) add(short!, long);
    }
    for (const [, short, inside] of text.matchAll(LONG_IN_BRACKETS)) {
      const words = inside!.split(/[ -]+/).length;
      if (words >= 2 && words <= MAX_LONG_WORDS && longFormAtEnd(inside!, short!) !== null) add(short!, inside!);
    }
  }
  return [...found.values()];
}

/** The words that end right before a place, with nothing but a space or hyphen between; "" if there are none. */
function wordsBefore(text: string, place: number): string {
  if (!/[ \u00a0-]/.test(text.charAt(place - 1))) return "";
  let start = place;
  const least = Math.max(0, place - MAX_LONG_CHARS);
  while (start > least && IN_LONG_FORM.test(text[start - 1]!)) start--;
  return text.slice(start, place);
}

/** The words at the end of a text whose first letters are the short form, or null. */
function longFormAtEnd(text: string, short: string): string | null {
  const words = text.split(/[\s\u00a0-]+/).filter((word) => word !== "");
  const letters = Array.from(foldWord(short));
  if (words.length > MAX_LONG_WORDS) words.splice(0, words.length - MAX_LONG_WORDS);
  for (let from = words.length - 1; from >= 0 && words.length - from <= letters.length + 3; from--) {
    const candidate = words.slice(from);
    if (foldWord(candidate[0]!)[0] === letters[0] && spells(candidate, letters)) return candidate.join(" ");
  }
  return null;
}

/** Whether the words' beginnings spell the letters: one letter a word or more; little words, and one other, may give none. */
function spells(words: readonly string[], letters: readonly string[], spare = 1): boolean {
  const [word, ...rest] = words;
  if (word === undefined) return letters.length === 0;
  const folded = foldWord(word);
  for (let taken = 1; taken <= letters.length && folded.startsWith(letters.slice(0, taken).join("")); taken++) {
    if (spells(rest, letters.slice(taken), spare)) return true;
  }
  return isStopWord(word) ? spells(rest, letters, spare) : spare > 0 && spells(rest, letters, spare - 1);
}

/** From so many letters on, words that begin with them in order do not stand beside the short form by chance. */
const LEAST_LETTERS = 3;

/** Whether words of one clause begin with a short form's letters, one each, little words aside: "an OTDR, an optical time-domain …". */
export function holdsWordsOf(text: string, short: string): boolean {
  const letters = foldWord(short);
  if (letters.length < LEAST_LETTERS) return false;
  return text.split(/[.;:!?]\s/).some((clause) => {
    const words = clause.split(/[\s\u00a0(),"“”–—-]+/).map((word) => (isStopWord(word) ? "" : foldWord(word)));
    const initials = words.flatMap((word) => (word === letters ? [] : word.slice(0, 1)));
    return initials.join("").includes(letters);
  });
}

/** Adds to a list of index terms what its short forms stand for, and the short forms it spells out. */
export function withShortForms(list: readonly string[], forms: readonly ShortForm[]): readonly string[] {
  if (forms.length === 0) return list;
  const set = new Set(list);
  const added = forms.flatMap(({ short, long }) => {
    if (set.has(short)) return long;
    return long.every((term) => set.has(term)) ? [short] : [];
  });
  return added.length === 0 ? list : [...list, ...added];
}
