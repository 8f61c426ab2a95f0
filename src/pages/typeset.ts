import type { Block, Document } from "../types.js";
import { fragmentNames } from "./fragments.js";
import { html, type Markup } from "./markup.js";

/** Writes a stretch of the text; called once for each in reading order. */
type Write = (start: number, end: number) => Markup;
type BlockOf<Kind extends Block["kind"]> = Extract<Block, { kind: Kind }>;

interface TypesetDocument {
  /** The heading that repeats the document's title, if the text begins with one; it is not in `body`. */
  title: Markup | null;
  body: Markup;
  /** Links to the headings; null where there are few. */
  contents: Markup | null;
}

const FEWEST_CONTENTS = 3;
/** A longer list of contents is folded. */
const MOST_OPEN_CONTENTS = 12;
/** Browsers stop nesting somewhere; nobody reads lists nested deeper than this. */
const MAX_LIST_DEPTH = 12;
const LAST_LEVEL = 6;
const MAX_ID_CHARS = 60;

/** A document as a page shows it: every block once and in order, and nothing of what stands between blocks. */
export function typesetDocument(document: Document, write: Write): TypesetDocument {
  const blocks = readableBlocks(document);
  const first = blocks.findIndex(({ kind }) => kind !== "break");
  const opening = blocks[first];
  const isTitle = opening?.kind === "heading" && oneLine(document.text, opening) === document.title;
  const title = isTitle ? write(opening.start, opening.end) : null;
  const shown = isTitle ? blocks.slice(first + 1) : blocks;
  const headings = headingsOf(shown, document.text);
  return {
    title,
    body: html`${typesetBlocks({ document, blocks: shown, write, level: 2, headings })}`,
    contents: contentsOf(headings),
  };
}

/** Part of a document, such as a FAQ item's answer, its headings from a level on. */
export function typesetPart(document: Document, start: number, end: number, level: number): Markup {
  const blocks: Block[] = [];
  for (let i = firstBlockAfter(document.blocks, start); i < document.blocks.length; i++) {
    const block = document.blocks[i]!;
    if (block.start >= end) break;
    blocks.push(clipped(block, start, end));
  }
  const write: Write = (from, to) => html`${document.text.slice(from, to)}`;
  const headings = headingsOf(blocks, document.text);
  return html`${typesetBlocks({ document, blocks, write, level, headings, anchors: false })}`;
}

/** The document's blocks; all of its text as one where a parser found none. */
function readableBlocks({ text, blocks }: Document): readonly Block[] {
  const isEmpty = blocks.every(({ kind }) => kind === "break");
  return isEmpty ? [{ kind: "paragraph", start: 0, end: text.length }] : blocks;
}

/** Index of the first block that ends after an offset. */
function firstBlockAfter(blocks: readonly Block[], offset: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function clipped(block: Block, start: number, end: number): Block {
  const clip = <T extends { start: number; end: number }>(span: T): T => {
    const from = Math.min(Math.max(span.start, start), end);
    return { ...span, start: from, end: Math.max(from, Math.min(span.end, end)) };
  };
  return block.kind === "row" ? { ...clip(block), cells: block.cells.map(clip) } : clip(block);
}

interface Heading {
  text: string;
  /** How many headings stand above it; the first has none, and none is left out on the way down. */
  depth: number;
  id: string;
}

function headingsOf(blocks: readonly Block[], text: string): Map<Block, Heading> {
  const nameOf = fragmentNames(MAX_ID_CHARS);
  const headings = new Map<Block, Heading>();
  const above: number[] = [];
  for (const block of blocks) {
    if (block.kind !== "heading") continue;
    while (above.length > 0 && above.at(-1)! >= block.level) above.pop();
    const written = oneLine(text, block);
    // Named after its words, but never as a passage is.
    headings.set(block, { text: written, depth: above.length, id: `s-${nameOf(written)}` });
    above.push(block.level);
  }
  return headings;
}

function contentsOf(headings: ReadonlyMap<Block, Heading>): Markup | null {
  if (headings.size < FEWEST_CONTENTS) return null;
  const entries = [...headings.values()].map(({ text, depth, id }) => ({
    depth,
    number: null,
    content: html`<a href="#${encodeURIComponent(id)}">${text}</a>`,
  }));
  const open = entries.length <= MOST_OPEN_CONTENTS ? html` open` : null;
  return html`<nav class="contents" aria-label="Contents"><details${open}><summary>Contents</summary>${nestedList(entries)}</details></nav>`;
}

interface Part {
  document: Document;
  blocks: readonly Block[];
  write: Write;
  /** The level of its outermost headings. */
  level: number;
  headings: ReadonlyMap<Block, Heading>;
  /** Whether headings carry their ids. */
  anchors?: boolean;
}

function typesetBlocks({ document, blocks, write, level, headings, anchors = true }: Part): Markup[] {
  const { text } = document;
  const parts: Markup[] = [];
  const linesOf = (start: number, end: number): Markup | null => lineBreaks(document, start, end);
  for (let i = 0; i < blocks.length;) {
    const block = blocks[i]!;
    const run = runFrom(blocks, i);
    if (block.kind === "heading") {
      const { depth, id } = headings.get(block)!;
      const tag = `h${Math.min(LAST_LEVEL, level + depth)}`;
      const anchor = anchors ? html` id="${id}"` : null;
      parts.push(html`<${tag}${anchor} dir="auto">${write(block.start, block.end)}</${tag}>`);
    } else if (block.kind === "paragraph") {
      parts.push(html`<p dir="auto" ${linesOf(block.start, block.end)}>${write(block.start, block.end)}</p>`);
    } else if (block.kind === "item") {
      const items = run.map((item, k) => {
        const lines = linesOf(item.start, item.end);
        const written = write(item.start, item.end);
        return {
          depth: Math.min((item as BlockOf<"item">).depth, MAX_LIST_DEPTH),
          number: numberBefore(text, (run[k - 1] ?? blocks[i - 1])?.end ?? 0, item.start),
          content: lines === null ? written : html`<span${lines}>${written}</span>`,
        };
      });
      parts.push(nestedList(items));
    } else if (block.kind === "row") {
      parts.push(table(run as BlockOf<"row">[], write, linesOf));
    } else if (parts.length > 0 && i + run.length < blocks.length) {
      // A gap at the very beginning or end separates nothing.
      parts.push(html`<hr />`);
    }
    i += run.length;
  }
  return parts;
}

/** The blocks from one on that make a list, a table or a gap together; a table ends where the next header begins. */
function runFrom(blocks: readonly Block[], from: number): Block[] {
  const first = blocks[from]!;
  if (first.kind === "heading" || first.kind === "paragraph") return [first];
  let end = from + 1;
  let hasBody = false;
  for (; blocks[end]?.kind === first.kind; end++) {
    const [before, block] = [blocks[end - 1]!, blocks[end]!];
    hasBody ||= before.kind === "row" && !before.header;
    if (hasBody && block.kind === "row" && block.header) break;
  }
  return blocks.slice(from, end);
}

/** Plain text may be wrapped anywhere; where another format has line breaks within a block, they are meant. */
function lineBreaks({ text, format }: Document, start: number, end: number): Markup | null {
  const isMeant = format !== "txt" && text.slice(start, end).includes("\n");
  return isMeant ? html` class="lines"` : null;
}

/** The number that stands before an item in the text, if one does. */
function numberBefore(text: string, previousEnd: number, start: number): number | null {
  const between = text.slice(Math.max(previousEnd, start - 20), start);
  const digits = /(\d{1,9})[.)]\s*$/.exec(between)?.[1];
  return digits === undefined ? null : Number(digits);
}

interface ListItem {
  depth: number;
  /** Null in a list without numbers. */
  number: number | null;
  content: Markup;
}

/** A list with lists in it, from items that tell how deep they stand. */
function nestedList(items: readonly ListItem[]): Markup {
  const parts: Markup[] = [];
  const open: { depth: number; tag: string }[] = [];
  const close = (): void => void parts.push(html`</li></${open.pop()!.tag}>`);
  for (const { depth, number, content } of items) {
    const tag = number === null ? "ul" : "ol";
    while (open.length > 0 && open.at(-1)!.depth > depth) close();
    if (open.at(-1)?.depth === depth && open.at(-1)!.tag !== tag) close();
    if (open.at(-1)?.depth === depth) {
      parts.push(html`</li>`);
    } else {
      parts.push(html`<${tag} dir="auto">`);
      open.push({ depth, tag });
    }
    parts.push(html`<li${number === null ? null : html` value="${number}"`}>${content}`);
  }
  while (open.length > 0) close();
  return html`${parts}`;
}

function table(
  rows: readonly BlockOf<"row">[],
  write: Write,
  linesOf: (start: number, end: number) => Markup | null,
): Markup {
  const shown = rows.map((row) => {
    const cells = row.cells.length > 0 ? row.cells : [row];
    const columns = cells.map(({ start, end }) => {
      const tag = row.header && end > start ? "th" : "td";
      const scope = tag === "th" ? html` scope="col"` : null;
      return html`<${tag}${scope} dir="auto"${linesOf(start, end)}>${write(start, end)}</${tag}>`;
    });
    return html`<tr>
      ${columns}
    </tr>`;
  });
  const heads = rows.findIndex(({ header }) => !header);
  const headRows = heads === -1 ? shown : shown.slice(0, heads);
  const bodyRows = shown.slice(headRows.length);
  return html`<div class="table" role="group" aria-label="Table" tabindex="0">
    <table dir="auto">
      ${
        headRows.length > 0 &&
        html`<thead>
          ${headRows}
        </thead>`
      }${
        bodyRows.length > 0 &&
        html`<tbody>
          ${bodyRows}
        </tbody>`
      }
    </table>
  </div>`;
}

function oneLine(text: string, { start, end }: { start: number; end: number }): string {
  return text.slice(start, end).replace(/\s+/g, " ").trim();
}
