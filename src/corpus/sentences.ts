import type { Span } from "../types.js";

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

const words = (list: string): Set<string> => new Set(list.split(" "));

/** Abbreviations, in lower case without the final full stop, that more of the same sentence follows whatever it is. */
const ALWAYS_CONTINUED = words(
  "mr mrs ms dr prof rev fr gen col lt sgt capt cmdr adm maj gov sen rep pres hon messrs mme mlle " +
    "vs cf e.g i.e eg ie approx ca eds bzw vgl ggf inkl dept univ sept",
);
/** Those that come before a name or a number, but may also end a sentence. */
const CONTINUED_BY_NAMES = words("st mt ave u.s u.k u.n jan feb mar apr jun jul aug sep oct nov dec");
/** Those that come before a number or end a sentence ("No. 5", "No. It does not"). */
const CONTINUED_BY_NUMBERS = words(
  "no nos nr vol vols ed fig figs eq pp ch sec min max est ext tel ft etc al a.m p.m " +
    "inc ltd co corp bros jr sr ph.d b.sc m.sc",
);
/** A capital letter at the start of one of these words is that of a new sentence, not of a name. */
const OPENER =
  /^["“‘(]?(The|An?|It|This|That|These|Those|There|In|On|At|For|And|But|If|When|While|As|So|Then|He|She|They|We|You|I|Its|His|Her|Their|Our|My|However|No|Yes|Please)[\s,]/;

/** A sentence that grows past this is left as the segmenter cut it: the guard has met an unclosed quote or bracket. */
const MAX_MERGED_CHARS = 700;
/** How much of a sentence is looked at to tell whether it has ended. */
const LOOK_BACK = 40;
const WINDOW_CHARS = 2000;

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
  for (const { segment, index } of segmentsOf(flat)) {
    if (end > start && !continues(flat, start, end, segment)) {
      pushTrimmed(sentences, flat, start, end, within.start);
      start = index;
    }
    end = index + segment.length;
  }
  pushTrimmed(sentences, flat, start, end, within.start);
  return sentences;
}

/**
 * The segmenter's sentences. It is given a window at a time, because it takes quadratic time (20 s for 200,000
 * characters); the last segment of a window may be cut off, so the next window begins there.
 */
function* segmentsOf(flat: string): Generator<{ segment: string; index: number }> {
  let from = 0;
  let size = WINDOW_CHARS;
  while (from < flat.length) {
    const found = [...segmenter.segment(flat.slice(from, from + size))];
    const isLast = from + size >= flat.length;
    const whole = isLast ? found : found.slice(0, -1);
    for (const { segment, index } of whole) yield { segment, index: from + index };
    if (isLast) return;
    from += found.at(-1)!.index;
    size = whole.length === 0 ? size * 2 : WINDOW_CHARS;
  }
}

function pushTrimmed(sentences: Span[], flat: string, start: number, end: number, offset: number): void {
  while (start < end && /\s/.test(flat[start]!)) start++;
  while (end > start && /\s/.test(flat[end - 1]!)) end--;
  if (end > start) sentences.push({ start: start + offset, end: end + offset });
}

/** Whether the segment `next` belongs to the sentence that `flat.slice(start, end)` began. */
function continues(flat: string, start: number, end: number, next: string): boolean {
  let headEnd = end;
  while (headEnd > start && /\s/.test(flat[headEnd - 1]!)) headEnd--;
  const tail = next.trimStart();
  if (tail === "" || headEnd === start) return true;
  // Only the last words matter; looking through all of a sentence at each of its full stops would be quadratic.
  const head = flat.slice(Math.max(start, headEnd - LOOK_BACK), headEnd);
  if (/^[\p{Ll},;)\]]/u.test(tail) && !/[!?]$/.test(head)) return true;
  // The number of a clause ("5.1. Chairs must …").
  if (headEnd - start < LOOK_BACK && /^[\d.()§\s]+$/.test(head)) return true;
  const lastWord = /(\p{L}[\p{L}.]*)\.$/u.exec(head)?.[1]?.toLowerCase();
  if (lastWord !== undefined && ALWAYS_CONTINUED.has(lastWord)) return true;
  if (lastWord !== undefined && CONTINUED_BY_NAMES.has(lastWord) && !OPENER.test(tail)) return true;
  if (lastWord !== undefined && CONTINUED_BY_NUMBERS.has(lastWord) && !/^["“(]?\p{Lu}/u.test(tail)) return true;
  // An initial ("S. Somanath", "z. B."), but neither a unit ("5 m.") nor the end of "plan B." before a new sentence.
  if (/(?<!\d)(^|[\s.(“"])\p{L}\.$/u.test(head) && /^\p{Lu}/u.test(tail) && !OPENER.test(tail)) return true;
  // "(c. 1455", "p. 12".
  if (/(^|[\s.(“"])\p{Ll}\.$/u.test(head) && /^\d/.test(tail)) return true;
  if (headEnd - start + tail.length >= MAX_MERGED_CHARS) return false;
  return leavesOpen(flat.slice(start, headEnd)) && closesFirst(tail);
}

function leavesOpen(head: string): boolean {
  const count = (pattern: RegExp): number => head.match(pattern)?.length ?? 0;
  return count(/"/g) % 2 === 1 || count(/“/g) > count(/”/g) || count(/\(/g) > count(/\)/g);
}

/** An opened quote or bracket is closed before another one opens. */
function closesFirst(tail: string): boolean {
  return /^[^"“(]*["”)]/.test(tail);
}

/** Whether a text is to be continued: it ends with a colon or in mid-sentence, as "You can join if you" does above a list. */
export function isUnfinished(text: string): boolean {
  return /(?::|[\p{L}\p{N},])$/u.test(text);
}
