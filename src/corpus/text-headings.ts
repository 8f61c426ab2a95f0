import type { Block } from "../types.js";
import { splitSentences } from "./sentences.js";
import type { Draft } from "./text-lines.js";
import { isPipeRow } from "./text-tables.js";

const MAX_HEADING_CHARS = 100;
const MAX_HEADING_WORDS = 14;
/** More heading-like lines than this in a row are an address, a poem or a list without bullets. */
const MAX_HEADINGS_IN_A_ROW = 3;
/** Level given to unmarked headings until `assignLevels` has looked at all of them. */
const UNMARKED = 0;

/** Short, no full stop or comma at its end, begins with a capital, a digit or a quote. */
export function looksLikeHeading(text: string): boolean {
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
export function markHeadings(drafts: Draft[], timed: ReadonlySet<number>): Draft[] {
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
export function assignLevels(blocks: Block[], text: string): void {
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
