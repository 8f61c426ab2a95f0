import type { Block, ParsedDocument, Span } from "../types.js";
import { cutMarks, findClockMarks, timesOf } from "./clock-marks.js";
import { splitSentences } from "./sentences.js";

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

const MAX_HEADING_CHARS = 100;
const MAX_HEADING_WORDS = 14;
/** Of a line with a `#` before it; longer ones are no headings, whatever stands before them. */
const MAX_MARKED_HEADING_CHARS = 300;
const MAX_TABLE_RULE_CHARS = 2000;
/** More heading-like lines than this in a row are an address, a poem or a list without bullets. */
const MAX_HEADINGS_IN_A_ROW = 3;
/** A line shorter than this was not broken off by an editor. */
const MIN_FULL_LINE_CHARS = 40;
const SENTENCE_END = /[.!?:;…]["'”’)\]]*$/;
/** Level given to unmarked headings until `assignLevels` has looked at all of them. */
const UNMARKED = 0;

interface Line extends Span {
  /** Columns of white space before the text. */
  indent: number;
  text: string;
}

interface Draft {
  block: Block;
  text: string;
  /** Empty lines before it. */
  gap: number;
  lines: number;
}

function cutLines(text: string): Line[] {
  const lines: Line[] = [];
  for (const match of text.matchAll(/[^\r\n]*(\r\n|\n|\r|$)/g)) {
    const raw = match[0].slice(0, match[0].length - (match[1]?.length ?? 0));
    if (match.index === text.length && lines.length > 0) break;
    const body = raw.trim();
    const lead = raw.length - raw.trimStart().length;
    const start = match.index + lead;
    lines.push({ start, end: start + body.length, indent: columns(raw.slice(0, lead)), text: body });
  }
  return lines;
}

function columns(whiteSpace: string): number {
  return whiteSpace.replaceAll("\t", "    ").length;
}

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

/** Rows of a table without a rule below its header; fewer lines with pipes are just lines with pipes. */
const MIN_UNRULED_ROWS = 3;

/**
 * The table that starts on a line: rows with pipes, the first of them the header if a rule follows it. Without a rule,
 * the first row is the header where it alone has no figures.
 */
function readTable(lines: Line[], from: number): { rows: Block[]; last: number } | null {
  let first = from;
  if (lines[from]!.text.startsWith("+") && isTableRule(lines[from]!.text)) first++;
  if (!isPipeRow(lines[first]?.text ?? "")) return null;
  const isRuled = isTableRule(lines[first + 1]?.text ?? "");
  if (!isRuled && !isEvenTable(lines.slice(first, first + MIN_UNRULED_ROWS))) return null;
  const rows: Line[] = [];
  let last = first;
  for (let i = first; i < lines.length; i++) {
    const { text } = lines[i]!;
    if (isPipeRow(text) && !isTableRule(text)) rows.push(lines[i]!);
    else if (!isTableRule(text)) break;
    last = i;
  }
  const hasHeader = isRuled || (!/\d/.test(rows[0]!.text) && rows.slice(1).every((row) => /\d/.test(row.text)));
  return { rows: rows.map((row, i) => rowOf(row, hasHeader && i === 0)), last };
}

function isEvenTable(lines: Line[]): boolean {
  if (lines.length < MIN_UNRULED_ROWS || !lines.every(({ text }) => isPipeRow(text))) return false;
  const counts = lines.map((line) => cellsOf(line).length);
  return counts[0]! > 1 && counts.every((count) => count === counts[0]);
}

function isPipeRow(text: string): boolean {
  return text.startsWith("|") ? text.indexOf("|", 1) > 0 : /\s\|\s/.test(text);
}

/** `|---|:--:|`, or the `+---+---+` of a drawn table. */
function isTableRule(text: string): boolean {
  if (text.length > MAX_TABLE_RULE_CHARS || !/[|+]/.test(text)) return false;
  return /^[|+]?\s*:?[-=]{2,}:?\s*([|+]\s*:?[-=]{2,}:?\s*)*[|+]?$/.test(text);
}

function rowOf(line: Line, header: boolean): Block {
  const cells = cellsOf(line);
  const start = cells[0]?.start ?? line.start;
  return { kind: "row", header, cells, start, end: cells.at(-1)?.end ?? line.end };
}

function cellsOf(line: Line): Span[] {
  const cells: Span[] = [];
  for (const match of line.text.matchAll(/(?:[^|\\]+|\\.)+/g)) {
    const cell = match[0].trim();
    if (cell === "") continue;
    const start = line.start + match.index + (match[0].length - match[0].trimStart().length);
    cells.push({ start, end: start + cell.length });
  }
  return cells;
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

/** Short, no full stop or comma at its end, begins with a capital, a digit or a quote. */
function looksLikeHeading(text: string): boolean {
  return (
    text.length <= MAX_HEADING_CHARS &&
    text.split(/\s+/).length <= MAX_HEADING_WORDS &&
    /^["“'‘(¿¡]?[\p{Lu}\p{Lt}\p{Lo}\p{N}]/u.test(text) &&
    /\p{L}{2}/u.test(text) &&
    // Columns: the header of a page, a table without borders.
    !/\S\s{3,}\S/.test(text) &&
    !/[.!?:;,…]["'”’)\]]*$/.test(text)
  );
}

/** Makes headings of the paragraphs that look like some, and inserts breaks; of lines with times, only the last may. */
function markHeadings(drafts: Draft[], timed: ReadonlySet<number>): Draft[] {
  const spaced = drafts.length > 1 && drafts.filter((draft) => draft.gap > 0).length / (drafts.length - 1) > 0.5;
  const isTimed = (draft: Draft | undefined): boolean => draft !== undefined && timed.has(draft.block.start);
  const candidates = drafts.map(
    (draft, i) => isHeadingCandidate(drafts, draft, i, spaced) && !(isTimed(draft) && isTimed(drafts[i + 1])),
  );
  // Lines that stand together: more than a few are no headings, nor are those that end in front of an empty line.
  forEachRun(drafts, candidates, true, (start, end) => {
    const after = drafts[end];
    const isLast = end === drafts.length - 1 && looksLikeHeading(after?.text ?? "");
    const closed = after === undefined || after.gap > 0 || isLast;
    if (end - start + Number(isLast) <= (closed ? MAX_HEADINGS_IN_A_ROW - 1 : MAX_HEADINGS_IN_A_ROW)) return;
    const isTitled = start === 0 && after !== undefined && (closed || !looksLikeHeading(after.text));
    candidates.fill(false, isTitled ? 1 : start, end);
  });
  forEachRun(drafts, candidates, false, (start, end) => {
    if (end - start > MAX_HEADINGS_IN_A_ROW) candidates.fill(false, start, end);
  });
  drafts.forEach((draft, i) => {
    const { start, end } = draft.block;
    if (candidates[i]) draft.block = { kind: "heading", level: UNMARKED, start, end };
  });
  return spaced ? withBreaks(drafts) : drafts;
}

/** Calls back for each run of candidates, with empty lines between them or (if `together`) without. */
function forEachRun(
  drafts: Draft[],
  candidates: boolean[],
  together: boolean,
  callback: (start: number, end: number) => void,
): void {
  for (let start = 0; start < drafts.length; start++) {
    if (!candidates[start]) continue;
    let end = start + 1;
    for (; candidates[end]; end++) if (together && drafts[end]!.gap > 0) break;
    callback(start, end);
    start = end - 1;
  }
}

function isHeadingCandidate(drafts: Draft[], draft: Draft, i: number, spaced: boolean): boolean {
  const next = drafts[i + 1];
  if (draft.block.kind !== "paragraph" || draft.lines > 1 || next === undefined) return false;
  if (i === 0 && isTitle(draft.text, next)) return true;
  if (!looksLikeHeading(draft.text) || (i > 0 && isPipeRow(draft.text))) return false;
  if (spaced && i > 0 && (draft.gap === 0 || next.gap === 0)) return false;
  const previous = drafts[i - 1];
  return !(previous?.block.kind === "paragraph" && previous.text.endsWith(":") && draft.gap === 0);
}

/** A first line may be a title even when it is a question, as long as no answer in one line follows it. */
function isTitle(text: string, next: Draft): boolean {
  if (looksLikeHeading(text)) return true;
  return text.endsWith("?") && looksLikeHeading(text.slice(0, -1)) && (next.gap > 1 || next.text.length > 200);
}

/** Where a file usually leaves one line empty, a wider gap before a paragraph ends what the last heading covers. */
function withBreaks(drafts: Draft[]): Draft[] {
  return drafts.flatMap((draft, i) => {
    const { block, gap } = draft;
    const previous = drafts[i - 1]?.block.kind ?? "break";
    if (gap < 2 || block.kind !== "paragraph" || previous === "heading" || previous === "break") return [draft];
    const at = block.start;
    return [{ block: { kind: "break" as const, start: at, end: at }, text: "", gap: 0, lines: 0 }, draft];
  });
}

/** Headings that stand on the outermost level whatever came before them. */
const CLOSING_HEADING =
  /^(conclusions?|summary|frequently asked questions|faqs?|references|sources|further reading|appendix|glossary|contact)\b/i;

/**
 * Levels for unmarked headings: 1 for the title, 2 and 3 for the rest. A heading directly followed by another is its
 * parent; where a document does that, a heading with at most two sentences of its own and no list is one as well.
 */
function assignLevels(blocks: Block[], text: string): void {
  const headings = blocks.flatMap((block, i) => (block.kind === "heading" ? [{ block, i }] : []));
  const unmarked = headings.filter(({ block }) => block.level === UNMARKED);
  if (unmarked.length === 0) return;
  const weights = new Map(unmarked.map(({ block, i }) => [block, bodyWeight(blocks, i, text)]));
  const titleIndex = blocks.findIndex((block) => block.kind !== "break");
  const isTitleBlock = ({ i }: { i: number }): boolean => i === titleIndex;
  const hasParents = unmarked.some((heading) => !isTitleBlock(heading) && weights.get(heading.block) === 0);
  let underParent = false;
  for (const heading of unmarked) {
    const { block } = heading;
    if (isTitleBlock(heading)) {
      block.level = 1;
      continue;
    }
    const isParent = hasParents && weights.get(block)! <= 2;
    if (isParent || CLOSING_HEADING.test(text.slice(block.start, block.end))) {
      block.level = 2;
      underParent = isParent;
    } else {
      block.level = underParent ? 3 : 2;
    }
  }
}

/** Sentences between a heading and the next one; infinite if there is a list or table, or no next heading. */
function bodyWeight(blocks: Block[], heading: number, text: string): number {
  let sentences = 0;
  for (let i = heading + 1; i < blocks.length; i++) {
    const block = blocks[i]!;
    if (block.kind === "heading") return sentences;
    if (block.kind !== "paragraph") return Infinity;
    sentences += splitSentences(text, block).length;
  }
  return Infinity;
}
