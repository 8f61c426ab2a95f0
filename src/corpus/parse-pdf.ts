import { UnreadableFileError } from "../errors.js";
import type { ParsedDocument } from "../types.js";
import { HEADING_RATIO, Layout, medianSize, WORD, writeDrafts } from "./pdf-layout.js";
import { type Line, type Page, readPdf } from "./pdf-pages.js";
import { TextBuilder } from "./text-builder.js";

/**
 * Reads a PDF's text layer. Lines, paragraphs, headings, list items and simple tables are rebuilt from where the text
 * stands and how large it is; running heads and page numbers are left out.
 *
 * @throws UnreadableFileError if the file is damaged, asks for a password, or holds no text
 */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedDocument> {
  const { pages, title } = await readPdf(bytes);
  const vocabulary = new Set<string>();
  const lines = withoutRunningHeads(pages);
  for (const { text } of lines) {
    for (const [word] of text.toLowerCase().matchAll(WORD)) vocabulary.add(word);
  }
  const drafts = new Layout(lines, vocabulary).drafts();
  const builder = new TextBuilder();
  writeDrafts(drafts, builder);
  const { text, blocks } = builder;
  if (!/[\p{L}\p{N}]/u.test(text)) {
    throw new UnreadableFileError(
      "the PDF holds no text (its pages are probably scanned images); run text recognition (OCR) on it and add it anew",
    );
  }
  return { title, text, blocks, times: [], faq: [], media: null, url: null };
}

/** How many lines from the page's edge, and which share of its height, may be running heads. */
const EDGE_LINES = 3;
const EDGE_SHARE = 0.16;
const PAGE_NUMBER =
  /^[\s–—|-]*(?:(?:page|seite|p\.|s\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|von|\/)\s*\d{1,4})?[\s–—|-]*$/i;

/** All lines in reading order, less what is repeated at the top or foot of most pages. */
function withoutRunningHeads(pages: Page[]): Line[] {
  const body = medianSize(pages.flatMap(({ lines }) => lines));
  // A large line is a heading, even if every page opens with "Chapter" and a number.
  const edges = pages.flatMap(edgeLines).filter(({ line }) => line.size <= HEADING_RATIO * body);
  // Left and right pages may differ, and title pages have none.
  const enough = Math.max(2, Math.ceil(pages.length * 0.4));
  const dropped = new Set([...repeatedLines(edges, enough), ...numberedLines(edges, Math.max(3, enough))]);
  return pages.flatMap(({ lines }) => lines.filter((line) => !dropped.has(line)));
}

interface EdgeLine {
  line: Line;
  edge: "top" | "foot";
}

/** Lines at the edge that say the same, numbers aside, on enough pages. */
function repeatedLines(edges: EdgeLine[], enough: number): Line[] {
  const linesByKey = new Map<string, Line[]>();
  for (const { line, edge } of edges) {
    const words = PAGE_NUMBER.test(line.text) ? "#" : line.text.toLowerCase().replace(/\d+/g, "#");
    const key = `${edge} ${words}`;
    linesByKey.set(key, [...(linesByKey.get(key) ?? []), line]);
  }
  return [...linesByKey.values()].filter((lines) => pagesOf(lines) >= enough).flat();
}

/** Lines at the edge that hold the number of their page, such as `Chapter 2: Seeds 17`, and other bare page numbers. */
function numberedLines(edges: EdgeLine[], enough: number): Line[] {
  const linesByOffset = new Map<number, Line[]>();
  for (const { line } of edges) {
    for (const number of new Set([/^\d{1,4}\b/.exec(line.text)?.[0], /\b\d{1,4}$/.exec(line.text)?.[0]])) {
      if (number === undefined) continue;
      const offset = Number(number) - line.page;
      linesByOffset.set(offset, [...(linesByOffset.get(offset) ?? []), line]);
    }
  }
  const numbered = [...linesByOffset.values()].filter((lines) => pagesOf(lines) >= enough).flat();
  if (numbered.length === 0) return [];
  const bare = edges.filter(({ line }) => PAGE_NUMBER.test(line.text)).map(({ line }) => line);
  return [...numbered, ...bare];
}

function pagesOf(lines: Line[]): number {
  return new Set(lines.map((line) => line.page)).size;
}

function edgeLines(page: Page): EdgeLine[] {
  const sorted = page.lines.toSorted((a, b) => a.baseline - b.baseline);
  const top = sorted.slice(0, EDGE_LINES).filter((line) => line.baseline < page.height * EDGE_SHARE);
  const foot = sorted.slice(-EDGE_LINES).filter((line) => line.baseline > page.height * (1 - EDGE_SHARE));
  return [
    ...top.map((line) => ({ line, edge: "top" as const })),
    ...foot.map((line) => ({ line, edge: "foot" as const })),
  ];
}
