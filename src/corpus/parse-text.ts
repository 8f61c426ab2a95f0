import type { Block, ParsedDocument, Span } from "../types.js";
import { splitSentences } from "./sentences.js";

/**
 * Reads plain text, whose structure nobody marked: headings are lines that look like headings, lists are lines with
 * bullets, tables are lines with pipes. The text stays as it is in the file; only borders are found.
 *
 * 1. cut into lines, and tell whether the file is hard-wrapped (a paragraph spans lines) or has a paragraph per line
 * 2. group lines into items, table rows and paragraphs; marked headings (`#`, underlined, numbered) are taken as such
 * 3. find unmarked headings among the one-line paragraphs
 * 4. give the unmarked headings levels: one with hardly any text of its own is the parent of those after it
 */
export function parseText(text: string): ParsedDocument {
  const lines = cutLines(text);
  const wrapped = isHardWrapped(lines);
  const drafts = groupLines(text, lines, wrapped);
  markHeadings(drafts);
  const blocks = drafts.map((draft) => draft.block);
  assignLevels(blocks, text);
  const first = blocks.find((block) => block.kind !== "break");
  const title = first?.kind === "heading" ? text.slice(first.start, first.end) : null;
  return { title, text, blocks, times: [], faq: [], media: null, url: null };
}

const MAX_HEADING_CHARS = 100;
const MAX_HEADING_WORDS = 14;
/** More heading-like lines than this in a row are an address, a poem or a list without bullets. */
const MAX_HEADINGS_IN_A_ROW = 3;
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
    if (line.text.length < 40 || line.text.length > 160 || next === undefined || next.text === "") return;
    if (isPipeRow(line.text) || bulletOf(line) !== null || bulletOf(next) !== null) return;
    candidates++;
    if (/^\p{Ll}/u.test(next.text) && !/[.!?:;…]["'”’)\]]*$/.test(line.text)) continued++;
  });
  return candidates >= 2 && continued / candidates > 0.3;
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
    const next = lines[i + 1];
    const marked = markedHeading(line, next, lines[i - 1]);
    const bullet = bulletOf(line);
    if (isPipeRow(line.text) && next !== undefined && isTableRule(next.text)) {
      push(rowOf(line, true), 1);
      for (i += 2; i < lines.length && isPipeRow(lines[i]!.text); i++) push(rowOf(lines[i]!, false), 1);
      i--;
    } else if (marked !== null) {
      push(marked.block, 1);
      i += marked.extraLines;
    } else if (/^([-*_=~]\s*){3,}$/.test(line.text)) {
      push({ kind: "break", start: line.start, end: line.start }, 1);
    } else if (bullet !== null) {
      const last = lastLineOf(lines, i, (other) => other.indent > line.indent && bulletOf(other) === null);
      const depth = depthOf(itemIndents, line.indent);
      push({ kind: "item", depth, start: bullet.start, end: lines[last]!.end }, last - i + 1);
      i = last;
    } else {
      const last = wrapped ? lastLineOf(lines, i, (other) => bulletOf(other) === null && !isPipeRow(other.text)) : i;
      push({ kind: "paragraph", start: line.start, end: lines[last]!.end }, last - i + 1);
      i = last;
    }
  }
  return drafts;
}

/** The last of the lines after `from` that continue it: not empty and passing the test. */
function lastLineOf(lines: Line[], from: number, continues: (line: Line) => boolean): number {
  let last = from;
  while (last + 1 < lines.length && lines[last + 1]!.text !== "" && continues(lines[last + 1]!)) last++;
  return last;
}

/** How deep an item is nested, keeping the indents of the lists it stands in. */
function depthOf(indents: number[], indent: number): number {
  while (indents.length > 0 && indents.at(-1)! > indent) indents.pop();
  if (indents.at(-1) !== indent) indents.push(indent);
  return indents.length - 1;
}

/** Where an item's text starts, if the line has a bullet or a number before it. */
function bulletOf(line: Line): { start: number } | null {
  const match = /^(?:[-*+•‣◦▪●·–—]|\(?(?:\d{1,3}|[a-z])[.)])[ \t\u00a0]+(?=\S)/.exec(line.text);
  return match === null ? null : { start: line.start + match[0].length };
}

function isPipeRow(text: string): boolean {
  return text.startsWith("|") ? text.indexOf("|", 1) > 0 : (text.match(/\s\|\s/g)?.length ?? 0) >= 1;
}

function isTableRule(text: string): boolean {
  return /^\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?$/.test(text) && text.includes("|");
}

function rowOf(line: Line, header: boolean): Block {
  const cells: Span[] = [];
  for (const match of line.text.matchAll(/(?:[^|\\]|\\.)+/g)) {
    const cell = match[0].trim();
    if (cell === "") continue;
    const start = line.start + match.index + (match[0].length - match[0].trimStart().length);
    cells.push({ start, end: start + cell.length });
  }
  const start = cells[0]?.start ?? line.start;
  return { kind: "row", header, cells, start, end: cells.at(-1)?.end ?? line.end };
}

/** Headings somebody marked: `# Title`, a line underlined with `===`, `1.2 Title`. */
function markedHeading(
  line: Line,
  next: Line | undefined,
  previous: Line | undefined,
): { block: Block; extraLines: number } | null {
  const hashes = /^(#{1,6})\s+(\S.*?)\s*#*$/.exec(line.text);
  if (hashes !== null) {
    const start = line.start + line.text.indexOf(hashes[2]!, hashes[1]!.length);
    const block: Block = { kind: "heading", level: hashes[1]!.length, start, end: start + hashes[2]!.length };
    return { block, extraLines: 0 };
  }
  const startsBlock = previous === undefined || previous.text === "";
  const rule = next === undefined ? null : /^(={3,}|-{3,}|~{3,})$/.exec(next.text);
  if (startsBlock && rule !== null && rule !== undefined && looksLikeHeading(line.text)) {
    const level = rule[1]!.startsWith("=") ? 1 : 2;
    return { block: { kind: "heading", level, start: line.start, end: line.end }, extraLines: 1 };
  }
  const numbered = /^(\d{1,2}(?:\.\d{1,2}){1,4}\.?|\d{1,2}\.?)\s+\p{Lu}/u.exec(line.text);
  const standsAlone = startsBlock && (next === undefined || next.text === "");
  if (numbered !== null && standsAlone && looksLikeHeading(line.text)) {
    const level = 1 + numbered[1]!.split(".").filter((part) => part !== "").length;
    return { block: { kind: "heading", level, start: line.start, end: line.end }, extraLines: 0 };
  }
  return null;
}

/** Short, no full stop or comma at its end, begins with a capital, a digit or a quote. */
function looksLikeHeading(text: string): boolean {
  return (
    text.length <= MAX_HEADING_CHARS &&
    text.split(/\s+/).length <= MAX_HEADING_WORDS &&
    /^["“'‘(¿¡]?[\p{Lu}\p{Lt}\p{Lo}\p{N}]/u.test(text) &&
    /\p{L}{2}/u.test(text) &&
    !/[.!?:;,…]["'”’)\]]*$/.test(text)
  );
}

function markHeadings(drafts: Draft[]): void {
  const spaced = drafts.length > 1 && drafts.filter((draft) => draft.gap > 0).length / (drafts.length - 1) > 0.5;
  const candidates = drafts.map((draft, i) => isHeadingCandidate(drafts, draft, i, spaced));
  for (let i = 0; i < drafts.length; i++) {
    if (!candidates[i]) continue;
    let end = i;
    while (candidates[end]) end++;
    const isRun = end - i > MAX_HEADINGS_IN_A_ROW;
    for (; i < end; i++) {
      const { block } = drafts[i]!;
      if (!isRun) drafts[i]!.block = { kind: "heading", level: UNMARKED, start: block.start, end: block.end };
    }
  }
  insertBreaks(drafts, spaced);
}

function isHeadingCandidate(drafts: Draft[], draft: Draft, i: number, spaced: boolean): boolean {
  const next = drafts[i + 1];
  if (draft.block.kind !== "paragraph" || draft.lines > 1 || next === undefined) return false;
  if (i === 0 && isTitle(draft.text, next)) return true;
  if (!looksLikeHeading(draft.text)) return false;
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
function insertBreaks(drafts: Draft[], spaced: boolean): void {
  if (!spaced) return;
  for (let i = drafts.length - 1; i > 0; i--) {
    const { block, gap } = drafts[i]!;
    const previous = drafts[i - 1]!.block.kind;
    if (gap < 2 || block.kind !== "paragraph" || previous === "heading" || previous === "break") continue;
    const at = block.start;
    drafts.splice(i, 0, { block: { kind: "break", start: at, end: at }, text: "", gap: 0, lines: 0 });
  }
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
  const isTitleBlock = ({ i }: { i: number }): boolean => blocks.findIndex((block) => block.kind !== "break") === i;
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
