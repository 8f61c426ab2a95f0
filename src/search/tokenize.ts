import { stemmer } from "stemmer";
import { eng } from "stopword";
import { baseForm } from "./word-forms.js";

/** Raise it when the same text would give other terms, or terms other vectors: indexes built before are then rebuilt. */
export const TOKENIZER_VERSION = 5;

/** Words that carry no meaning of their own: the library's list and the question words and auxiliaries it lacks. */
const STOP_WORDS: ReadonlySet<string> = new Set([
  ...eng,
  ..."does doing done why whom whose please tell would shall ought am were isn aren wasn weren don doesn didn won't ll ve re".split(
    " ",
  ),
]);

/** The index terms of words met before (none for stop words): reading a question means reading the same words again. */
const termsOfWords = new Map<string, readonly string[]>();
/** Enough for the vocabulary of a large corpus; beyond it the cache starts anew rather than growing with every typo. */
const MAX_CACHED_WORDS = 200_000;

/** Lower case without diacritics, and British spelling as it comes: one form for "Île" and "ile". */
export function foldWord(word: string): string {
  return word
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}

/**
 * The words of a text as written, with where they stand. Hyphens and apostrophes inside a word do not end it, nor do the
 * separators of a number ("1,000").
 */
export function wordsOf(text: string): { word: string; start: number; end: number }[] {
  const words: { word: string; start: number; end: number }[] = [];
  for (const match of text.matchAll(
    /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:(?:[.'’‐‑–-]|(?<=\d),(?=\d{3}\b))[\p{L}\p{N}\p{M}]+)*/gu,
  )) {
    words.push({ word: match[0], start: match.index, end: match.index + match[0].length });
  }
  return words;
}

/**
 * The index terms of one word: the stem of its base form, and for a compound the stems of its parts beside the joined whole, so that
 * "S-band", "S band" and "sband" meet. A possessive ending is dropped; numbers keep their separators away ("1,000").
 */
export function termsOfWord(word: string): string[] {
  const folded = foldWord(word)
    .replaceAll(",", "")
    .replace(/['’]s?$/, "")
    .replace(/['’](s|ll|re|ve|d|m)$/, "");
  // "3.0" and "10.30" are what they are: neither 30 nor 3 and 0.
  if (!/[.'’‐‑–-]/.test(folded) || /^\d+(\.\d+)+$/.test(folded)) return [stem(folded)];
  const parts = folded.split(/[.'’‐‑–-]+/).filter((part) => part !== "");
  return [...new Set([stem(parts.join("")), ...parts.map((part) => stem(part))])];
}

/** The terms of a text without stop words, in order, repeated as they occur. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const { word } of wordsOf(text)) terms.push(...cachedTermsOf(word));
  return terms;
}

function cachedTermsOf(word: string): readonly string[] {
  let terms = termsOfWords.get(word);
  if (terms === undefined) {
    terms = isStopWord(word) ? [] : termsOfWord(word);
    if (termsOfWords.size >= MAX_CACHED_WORDS) termsOfWords.clear();
    termsOfWords.set(word, terms);
  }
  return terms;
}

/**
 * Whether a word is left out of the index ("the", "of"), also with an ending after an apostrophe ("what's", "don’t").
 * Short words in capitals are names: "IT", "US", "WHO".
 */
export function isStopWord(word: string): boolean {
  const bare = word.replace(/['’](s|ll|re|ve|d|m|t)?$/i, "");
  if (/^\p{Lu}{2,}$/u.test(bare)) return false;
  return STOP_WORDS.has(foldWord(bare)) || STOP_WORDS.has(foldWord(word).replace("’", "'"));
}

function stem(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer(baseForm(word)) : word;
}
