import { de } from "./languages/de.js";
import { en, type Words } from "./languages/en.js";
import { es } from "./languages/es.js";
import { fr } from "./languages/fr.js";
import { hi } from "./languages/hi.js";
import type { DocentWord, DocentWords } from "./widget.js";

/**
 * The languages of the interface, by the first part of their tag. To add one for everybody, copy languages/en.ts,
 * translate it and name it here; to add one on a page, call `customElements.get("docent-chat").addLanguage`.
 */
const LANGUAGES = new Map<string, Words>([
  ["en", en],
  ["de", de],
  ["fr", fr],
  ["es", es],
  ["hi", hi],
]);

/** Scripts written from right to left (ISO 15924), by which a language's direction is told. */
const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"]);

export interface Language {
  /** BCP 47 tag of the words. */
  tag: string;
  words: Words;
  direction: "ltr" | "rtl";
}

/** Adds a language, or changes words of one; words left out are English, and what is no word is left out. */
export function addLanguage(tag: string, words: DocentWords): void {
  const known = (Object.keys(en) as DocentWord[]).filter((name) => typeof words[name] === "string");
  const name = firstPart(tag);
  const added = Object.fromEntries(known.map((word) => [word, words[word]]));
  LANGUAGES.set(name, { ...(LANGUAGES.get(name) ?? en), ...added });
}

/** The first of the wished languages that there is; English if none is. */
export function chooseLanguage(wished: readonly string[]): Language {
  const tag = wished.map(firstPart).find((part) => LANGUAGES.has(part)) ?? "en";
  const script = new Intl.Locale(tag).maximize().script ?? "";
  return { tag, words: LANGUAGES.get(tag)!, direction: RIGHT_TO_LEFT.has(script) ? "rtl" : "ltr" };
}

/** Fills in `{name}`. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function firstPart(tag: string): string {
  return tag.trim().toLowerCase().split(/[-_]/)[0]!;
}
