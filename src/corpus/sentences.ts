import type { Span } from "../types.js";

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** Abbreviations that are followed by more of the same sentence, compared in lower case without the final full stop. */
const ABBREVIATIONS = new Set(
  (
    "mr mrs ms dr prof rev fr sr jr st gen col lt sgt capt cmdr adm maj gov sen rep pres hon messrs mme mlle " +
    "vs etc al cf e.g i.e eg ie approx ca c. no nos vol vols ed eds fig figs eq pp p ch sec dept univ inc ltd co corp bros " +
    "mt ft jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k u.n a.m p.m ph.d b.sc m.sc est min max tel ext"
  ).split(" "),
);

/** A sentence that grows past this is left as the segmenter cut it: the guard has met an unclosed quote or bracket. */
const MAX_MERGED_CHARS = 700;

/**
 * The sentences of `text.slice(within.start, within.end)` as spans of `text`, without surrounding white space.
 * Unicode sentence borders (Intl.Segmenter) with a guard for abbreviations, initials, and quotes or brackets left open.
 */
export function splitSentences(text: string, within: Span = { start: 0, end: text.length }): Span[] {
  // A line break inside a paragraph is a border to the segmenter, but not to a reader of hard-wrapped text.
  const flat = text.slice(within.start, within.end).replace(/[\r\n\u2028\u2029]/g, " ");
  const sentences: Span[] = [];
  let start = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(flat)) {
    if (end > start && !continues(flat.slice(start, end), segment)) {
      pushTrimmed(sentences, flat, start, end, within.start);
      start = index;
    }
    end = index + segment.length;
  }
  pushTrimmed(sentences, flat, start, end, within.start);
  return sentences;
}

function pushTrimmed(sentences: Span[], flat: string, start: number, end: number, offset: number): void {
  while (start < end && /\s/.test(flat[start]!)) start++;
  while (end > start && /\s/.test(flat[end - 1]!)) end--;
  if (end > start) sentences.push({ start: start + offset, end: end + offset });
}

/** Whether `next` belongs to the sentence that `soFar` began. */
function continues(soFar: string, next: string): boolean {
  const head = soFar.trimEnd();
  const tail = next.trimStart();
  if (tail === "" || head === "") return true;
  if (/^[\p{Ll},;)\]]/u.test(tail) && !/[!?]["”’)]?$/.test(head)) return true;
  const lastWord = /([\p{L}][\p{L}.]*)\.$/u.exec(head)?.[1]?.toLowerCase();
  if (lastWord !== undefined && ABBREVIATIONS.has(lastWord)) return !startsNewSentence(lastWord, tail);
  // An initial ("S. Somanath"), but not the end of "plan B." before a new sentence's article or pronoun.
  if (/(^|[\s.(“"])\p{Lu}\.$/u.test(head)) return /^\p{Lu}[\p{L}'’-]*/u.test(tail) && !/^(The|A|An|It|This|In)\s/.test(tail);
  if (head.length + tail.length < MAX_MERGED_CHARS && leavesOpen(head) && closesFirst(tail)) return true;
  return false;
}

/** "etc.", "p.m." or "U.S." also end sentences; then the next word starts with a capital. Titles ("Dr.") never do. */
function startsNewSentence(abbreviation: string, tail: string): boolean {
  const mayEnd = /^(etc|al|a\.m|p\.m|u\.s|u\.k|u\.n|inc|ltd|co|corp|jr|sr|ph\.d)$/.test(abbreviation);
  return mayEnd && /^["“(]?\p{Lu}/u.test(tail);
}

function leavesOpen(head: string): boolean {
  const count = (pattern: RegExp): number => head.match(pattern)?.length ?? 0;
  return count(/"/g) % 2 === 1 || count(/“/g) > count(/”/g) || count(/\(/g) > count(/\)/g);
}

/** An opened quote or bracket is closed before another one opens. */
function closesFirst(tail: string): boolean {
  return /^[^"“(]*["”)]/.test(tail);
}
