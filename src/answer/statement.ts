import { formatClock } from "../corpus/media.js";
import { isUnfinished } from "../corpus/sentences.js";
import { termsOf } from "../search/tokenize.js";
import type { Passage, Span, Unit } from "../types.js";
import { textOf } from "./unit-text.js";

/** A sentence of the answer: what it says, and the exact place it is quoted from. */
export interface Statement {
  documentId: string;
  passageId: string;
  headings: string[];
  quote: Span;
  /** The quoted words, to be compared with the source before the answer leaves. */
  quoted: string;
  /** What the reader sees, without markers: the quote, for a table row with its column names. */
  text: string;
  /** The line that introduces a list item, if there is one. */
  lead: string | null;
  seconds: number | null;
  /** Other places that say the same. */
  alsoAt: Statement[];
}

/** Statements that are shown together: prose, or a list under a line that introduces it. */
export interface Block {
  intro: string | null;
  asList: boolean;
  statements: Statement[];
}

/** Two statements with this share of terms in common, and the same numbers, say the same. */
const SAME_STATEMENT = 0.6;
/** A unit of a passage as a statement; `withTime` says at which moment of the recording it is said. */
export function statementOf(passage: Passage, unit: Unit, withTime = false): Statement {
  const quoted = textOf(passage, unit);
  const body = unit.kind === "row" ? rowText(quoted, unit.context) : readable(quoted);
  const time = withTime && unit.seconds !== null ? `At ${formatClock(unit.seconds)}: ` : "";
  return {
    documentId: passage.documentId,
    passageId: passage.id,
    headings: passage.headings,
    quote: { start: unit.start, end: unit.end },
    quoted,
    text: time + body,
    lead: leadOf(body, unit, passage.headings),
    seconds: unit.seconds,
    alsoAt: [],
  };
}

/** Names the place and the words of a statement. */
export function keyOf({ documentId, quote, text }: Statement): string {
  return JSON.stringify([documentId, quote.start, text]);
}

const MAX_LEAD_CHARS = 160;

/** Begins by pointing back to something said before. */
export const DANGLING =
  /^(this|these|those|it|its|they|their|such|he|she|his|her|both|here|there|one (came|is|was|of)|an?other|the (former|latter|same))\b/i;

/** A few words without a colon are the item above. */
const LEAST_LEAD_WORDS = 4;

function introduces(context: string): boolean {
  return context.endsWith(":") || (isUnfinished(context) && context.split(" ").length >= LEAST_LEAD_WORDS);
}

/** The line that introduces a list item, with the heading where the item points back and the line names nothing. */
function leadOf(text: string, unit: Unit, headings: readonly string[]): string | null {
  if (unit.kind !== "item" || !introduces(unit.context)) return null;
  const lead = readable(unit.context);
  const heading = headings.at(-1);
  const namesNothing = heading !== undefined && !/\s\p{Lu}/u.test(lead);
  const full = DANGLING.test(text) && namesNothing ? `${heading} – ${lead}` : lead;
  return full.length > MAX_LEAD_CHARS ? null : full;
}

/** Whether an item says enough without its lead-in: a sentence that does not point back. */
export function standsAlone({ text }: Statement): boolean {
  return !DANGLING.test(text) && (/[.!?]["'”’)]*$/.test(text) || text.split(" ").length > 12);
}

/** "SpaceX – Key Innovation: Reusable rockets; Global Impact: …" from a row and its column names. */
function rowText(row: string, header: string): string {
  const cells = row.split("|").map((cell) => readable(cell));
  const names = header.split("|").map((name) => readable(name));
  if (header === "" || names.length !== cells.length || cells.length < 2) return cells.join(", ");
  const [label, ...values] = cells;
  return `${label} – ${values.map((value, i) => `${names[i + 1]}: ${value}`).join("; ")}`;
}

/** A source's own reference marks, "[12]" or "[3, 4]". */
const REFERENCE_MARKS = /\s?\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]/g;

/** One line, as it reads in an answer: without the source's own reference marks, which would pass for ours. */
export function readable(text: string): string {
  return text.replace(REFERENCE_MARKS, "").replace(/\s+/g, " ").trim();
}

/** Statements that say the same become one with several places; a repeated place is dropped. */
export function mergeSame(statements: readonly Statement[]): Statement[] {
  const merged: Statement[] = [];
  for (const statement of statements) {
    const same = merged.find((other) => saysTheSame(other, statement));
    if (same === undefined) merged.push(statement);
    else if (same.documentId !== statement.documentId) same.alsoAt.push(statement);
  }
  return merged;
}

function saysTheSame(a: Statement, b: Statement): boolean {
  // The sentences of a FAQ answer share one quote.
  if (a.documentId === b.documentId && a.quote.start === b.quote.start) return a.text === b.text;
  const termsA = new Set(termsOf(a.text));
  const termsB = new Set(termsOf(b.text));
  const shared = [...termsA].filter((term) => termsB.has(term)).length;
  const numbers = (text: string): string => (text.match(/\d[\d.,]*/g) ?? []).join(" ");
  return shared / (termsA.size + termsB.size - shared) >= SAME_STATEMENT && numbers(a.text) === numbers(b.text);
}

const SPELT_NUMBERS =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );

/** The values in a text that can be compared: for a question after a date years and decades, otherwise all numbers. */
export function valuesIn(text: string, kind: string): string[] {
  if (kind === "date" || kind === "day") {
    const years = [...text.matchAll(/\b(1\d{3}|20\d\d)s?\b/g)].map((match) => match[0]);
    if (years.length > 0) return years;
    return [...text.matchAll(/\b\d{1,2}[:.]\d{2}\b/g)].map((match) => match[0].replace(".", ":"));
  }
  const digits = [...text.matchAll(/(?<![\p{L}\d-])\d[\d.,]*/gu)].map((match) =>
    match[0].replace(/[.,]+$/, "").replace(/,/g, ""),
  );
  const spelt = SPELT_NUMBERS.flatMap((word, i) =>
    new RegExp(`\\b${word}\\b`, "i").test(text) ? [String(i + 1)] : [],
  );
  return [...digits, ...spelt];
}
