import type { Block, ParsedDocument } from "../types.js";
import { cutMarks, findClockMarks, timesOf } from "./clock-marks.js";
import { assignLevels, looksLikeHeading, markHeadings } from "./text-headings.js";
import { cutLines, type Draft, type Line } from "./text-lines.js";
import { isPipeRow, readTable } from "./text-tables.js";

/**
 * Reads plain text, whose structure nobody marked: headings are lines that look like headings, lists are lines with
 * bullets, tables are lines with pipes. The text stays as it is in the file, but for a transcript's times; only borders are found.
 *
 * 1. cut into lines, and tell whether the file is hard-wrapped (a paragraph spans lines) or has a paragraph per line
 * 2. group lines into items, table rows and paragraphs; marked headings (`#`, underlined, numbered) are taken as such
 * 3. find unmarked headings among the one-line paragraphs
 * 4. give the unmarked headings levels: one with hardly any text of its own is the parent of those after it
 */
export function parseText(source: string): ParsedDocument {
  const clocks = findClockMarks(source);
  const { text, marks } = cutMarks(source, clocks?.marks ?? []);
  const lines = cutLines(text);
  const timed = new Set(marks.map(({ at }) => at));
  const wrapped = isHardWrapped(lines) || isCutByTimes(lines, timed);
  const drafts = markHeadings(groupLines(text, lines, wrapped), timed);
  const blocks = drafts.map((draft) => draft.block);
  assignLevels(blocks, text);
  const first = blocks.find((block) => block.kind !== "break");
  const title = first?.kind === "heading" ? text.slice(first.start, first.end) : null;
  const times = timesOf(text, blocks, marks, clocks?.lead ?? false);
  return { title, text, blocks, times, faq: [], media: clocks?.media ?? null, url: null };
}

/** Of a line with a `#` before it; longer ones are no headings, whatever stands before them. */
const MAX_MARKED_HEADING_CHARS = 300;
/** A line shorter than this was not broken off by an editor. */
const MIN_FULL_LINE_CHARS = 40;
const SENTENCE_END = /[.!?:;…]["'”’)\]]*$/;

/** In a hard-wrapped file, long lines often break off in the middle of a sentence, which goes on in lower case. */
function isHardWrapped(lines: Line[]): boolean {
  let candidates = 0;
  let continued = 0;
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    if (line.text.length < MIN_FULL_LINE_CHARS || line.text.length > 160 || next === undefined || next.text === "")
      return;
    if (isPipeRow(line.text) || bulletOf(line) !== null || bulletOf(next) !== null) return;
    candidates++;
    if (breaksOff(line, next)) continued++;
  });
  return candidates >= 2 && continued / candidates > 0.3;
}

/** Captions with a time before each line break off anywhere; those with full stops can be put together again. */
function isCutByTimes(lines: Line[], timed: ReadonlySet<number>): boolean {
  const spoken = lines.filter(({ start, text }) => timed.has(start) && text !== "");
  const ended = spoken.filter(({ text }) => SENTENCE_END.test(text)).length;
  const goOn = spoken.filter(({ text }, i) => /^\p{Ll}/u.test(text) && !SENTENCE_END.test(spoken[i - 1]?.text ?? "."));
  return ended > 0 && goOn.length / spoken.length > 0.3;
}

function groupLines(text: string, lines: Line[], wrapped: boolean): Draft[] {
  const drafts: Draft[] = [];
  const itemIndents: number[] = [];
  let gap = 0;
  const push = (block: Block, lineCount: number): void => {
    drafts.push({ block, text: text.slice(block.start, block.end), gap, lines: lineCount });
    if (block.kind !== "item") itemIndents.length = 0;
    gap = 0;
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.text === "") {
      gap++;
      continue;
    }
    const table = readTable(lines, i);
    const marked = markedHeading(lines, i);
    const bullet = bulletOf(line);
    if (table !== null) {
      for (const row of table.rows) push(row, 1);
      i = table.last;
    } else if (marked !== null) {
      push(marked.block, 1);
      i += marked.extraLines;
    } else if (isSeparator(line.text)) {
      push({ kind: "break", start: line.start, end: line.start }, 1);
    } else if (bullet !== null) {
      const last = lastLineOf(lines, i, (other, before) => {
        if (bulletOf(other) !== null) return false;
        return other.indent > line.indent || (wrapped && breaksOff(before, other));
      });
      const depth = depthOf(itemIndents, line.indent);
      push({ kind: "item", depth, start: bullet.start, end: lines[last]!.end }, last - i + 1);
      i = last;
    } else {
      const inList = gap === 0 && drafts.at(-1)?.block.kind === "item";
      const startsItem = (other: Line): boolean => bulletOf(other) !== null && (inList || !isStrayNumber(other.text));
      const last = wrapped ? lastLineOf(lines, i, (other) => !startsItem(other) && !isPipeRow(other.text)) : i;
      push({ kind: "paragraph", start: line.start, end: lines[last]!.end }, last - i + 1);
      i = last;
    }
  }
  return drafts;
}

/** The last of the lines after `from` that continue it: not empty and passing the test. */
function lastLineOf(lines: Line[], from: number, continues: (line: Line, before: Line) => boolean): number {
  let last = from;
  for (let next = lines[from + 1]; next !== undefined && next.text !== ""; next = lines[last + 1]) {
    if (!continues(next, lines[last]!)) break;
    last++;
  }
  return last;
}

/** A full line that ends in the middle of a sentence, which the next line goes on with. */
function breaksOff(line: Line, next: Line): boolean {
  return line.text.length >= MIN_FULL_LINE_CHARS && /^\p{Ll}/u.test(next.text) && !SENTENCE_END.test(line.text);
}

/** How deep an item is nested, keeping the indents of the lists it stands in. */
function depthOf(indents: number[], indent: number): number {
  while (indents.length > 0 && indents.at(-1)! > indent) indents.pop();
  if (indents.at(-1) !== indent) indents.push(indent);
  return indents.length - 1;
}

/** Where an item's text starts, if the line has a bullet or a number before it. */
function bulletOf(line: Line): { start: number } | null {
  const match = BULLET.exec(line.text);
  return match === null ? null : { start: line.start + match[0].length };
}

/** A bullet, a number or a letter; the letter o only where it stands as far apart as a bullet does. */
const BULLET =
  /^(?:(?:[-*+•‣◦▪●·–—]|\(?(?:\d{1,3}|[a-z]|[ivx]{2,5})[.)])[ \t\u00a0]+|o(?:\t|[ \u00a0]{2})[ \t\u00a0]*)(?=\S)/;

/** In the middle of a paragraph, "12. of them" is no item: lists begin at the beginning. */
function isStrayNumber(text: string): boolean {
  return /^(?:\d|[a-z][.)])/.test(text) && !/^(?:0?[01]|a|i)[.)]/.test(text);
}

/** A line of dashes or the like, which separates what stands above it from what stands below. */
function isSeparator(text: string): boolean {
  return /^[-*_=~\s]+$/.test(text) && text.replace(/\s/g, "").length >= 3;
}

/** Headings somebody marked: `# Title`, a line underlined with `===`, `1.2 Title`. */
function markedHeading(lines: Line[], i: number): { block: Block; extraLines: number } | null {
  const line = lines[i]!;
  const next = lines[i + 1];
  const { start, end, text } = line;
  const hashes = text.length > MAX_MARKED_HEADING_CHARS ? null : /^(#{1,6})\s+(?=\S)/.exec(text);
  if (hashes !== null) {
    const title = text.slice(hashes[0].length).replace(/\s+#+$/, "");
    const from = start + hashes[0].length;
    const block: Block = { kind: "heading", level: hashes[1]!.length, start: from, end: from + title.length };
    return { block, extraLines: 0 };
  }
  const startsBlock = i === 0 || lines[i - 1]!.text === "";
  if (!startsBlock || !looksLikeHeading(text)) return null;
  const rule = /^(={3,}|-{3,}|~{3,})$/.exec(next?.text ?? "");
  if (rule !== null) {
    return { block: { kind: "heading", level: rule[1]!.startsWith("=") ? 1 : 2, start, end }, extraLines: 1 };
  }
  const number = numberOf(text);
  if (number === null) return null;
  const standsAlone = next === undefined || next.text === "";
  const isHeading = standsAlone ? !isListedLine(lines, i) : number.endsWith(".") && opensText(line, next);
  const level = 1 + number.split(".").filter((part) => part !== "").length;
  return isHeading ? { block: { kind: "heading", level, start, end }, extraLines: 0 } : null;
}

/** The number before a heading: `2`, `2.`, `2.1`, `2.1.`. */
function numberOf(text: string): string | null {
  return /^(\d{1,2}(?:\.\d{1,2}){1,4}\.?|\d{1,2}\.?)\s+\p{Lu}/u.exec(text)?.[1] ?? null;
}

/** Numbered lines with nothing but empty lines between them are a list. */
function isListedLine(lines: Line[], i: number): boolean {
  const isListed = (step: number): boolean => {
    let at = i + step;
    while (lines[at]?.text === "") at += step;
    return /^\d{1,2}\.$/.test(numberOf(lines[at]?.text ?? "") ?? "") && looksLikeHeading(lines[at]!.text);
  };
  return /^\d{1,2}\.\s/.test(lines[i]!.text) && (isListed(-1) || isListed(1));
}

/** Whether the next line begins the text below a heading rather than going on with a list. */
function opensText(line: Line, next: Line): boolean {
  if (next.indent > line.indent || bulletOf(next) !== null || looksLikeHeading(next.text)) return false;
  return /^["“'‘(]?[\p{Lu}\p{N}]/u.test(next.text);
}
