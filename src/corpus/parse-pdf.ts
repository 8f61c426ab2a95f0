import { createRequire } from "node:module";
import path from "node:path";
import type * as PdfjsModule from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { messageOf, UnreadableFileError } from "../errors.js";
import type { ParsedDocument } from "../types.js";
import { TextBuilder } from "./text-builder.js";

type Pdfjs = typeof PdfjsModule;

/** A stretch of text set in one go. Lengths are points; `x` grows in reading direction, `y` (the baseline) down. */
interface Glyphs {
  text: string;
  x: number;
  y: number;
  width: number;
  size: number;
  bold: boolean;
  rightToLeft: boolean;
}

interface Line {
  page: number;
  text: string;
  /** The text cut at wide gaps: table cells, if there is more than one. */
  cells: string[];
  left: number;
  right: number;
  baseline: number;
  /** Font height most of the line is set in. */
  size: number;
  bold: boolean;
}

interface Page {
  height: number;
  lines: Line[];
}

type Draft = { lines: Line[]; text: string } & (
  | { kind: "paragraph" }
  | { kind: "heading" }
  | { kind: "item"; depth: number; marker: string }
  | { kind: "row"; header: boolean }
);

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

// ---- Reading the file -----------------------------------------------------------------------------------------------

async function readPdf(bytes: Uint8Array): Promise<{ pages: Page[]; title: string | null }> {
  if (!holdsPdfHeader(bytes)) throw new UnreadableFileError("this is not a PDF file, although its name says so");
  const pdfjs = await loadPdfjs();
  const loading = pdfjs.getDocument({
    // pdf.js takes the bytes away from whoever hands them over.
    data: new Uint8Array(bytes),
    verbosity: 0,
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    useWasm: false,
    // Images are never decoded.
    maxImageSize: 0,
    // Tables for East Asian fonts that embed none; part of the installed package.
    cMapUrl: `${path.dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"))}/cmaps/`,
    cMapPacked: true,
  });
  try {
    const pdf = await loading.promise;
    const title = await readTitle(pdf);
    const fonts = new Map<string, boolean>();
    const pages: Page[] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      pages.push(await readPage(page, pages.length, fonts));
      page.cleanup();
    }
    return { pages, title };
  } catch (thrown) {
    throw new UnreadableFileError(reasonOf(thrown));
  } finally {
    // Never fails the file: its text is already read or its fault already known.
    await loading.destroy().catch(() => undefined);
  }
}

/** The header may stand anywhere in the first kilobyte. */
function holdsPdfHeader(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 1024)).includes("%PDF-");
}

function reasonOf(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "PasswordException") {
    return "the PDF asks for a password; save a copy without a password and add that";
  }
  if (
    name === "InvalidPDFException" ||
    /xref|invalid pdf|missing pdf|bad end|dictionary|stream/i.test(messageOf(thrown))
  ) {
    return "the PDF is damaged or incomplete; download or export it again";
  }
  return "the PDF cannot be read; open it in a PDF viewer, save it again and add the new copy";
}

let pdfjsLoading: Promise<Pdfjs> | null = null;

/** Loads pdf.js when the first PDF comes, so that start-up does not wait for it. */
function loadPdfjs(): Promise<Pdfjs> {
  pdfjsLoading ??= importPdfjs();
  return pdfjsLoading;
}

/**
 * On import pdf.js looks for a drawing package that is optional and that text does not need: where it is not
 * installed, pdf.js would warn about that, then fail for want of a drawing class. So both are put right for the time of
 * the import.
 */
async function importPdfjs(): Promise<Pdfjs> {
  /* oxlint-disable no-console, typescript/no-extraneous-class -- what is put right is console.warn and missing classes */
  const globals = globalThis as Record<string, unknown>;
  const missing = ["DOMMatrix", "ImageData", "Path2D"].filter((name) => globals[name] === undefined);
  const warn = console.warn;
  console.warn = (...parts: unknown[]): void => {
    if (!String(parts[0]).includes("@napi-rs/canvas")) warn.apply(console, parts);
  };
  for (const name of missing) globals[name] = class {};
  try {
    return await import("pdfjs-dist/legacy/build/pdf.mjs");
  } finally {
    console.warn = warn;
    for (const name of missing) delete globals[name];
  }
  /* oxlint-enable no-console, typescript/no-extraneous-class */
}

async function readTitle(pdf: PDFDocumentProxy): Promise<string | null> {
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }));
  const title: unknown = "Title" in info ? info.Title : null;
  return typeof title === "string" ? sensibleTitle(title) : null;
}

const FILE_NAME = /\.(docx?|pdf|pptx?|xlsx?|odt|ods|odp|rtf|txt|tex|dvi|indd|qxp|html?|pages|md)$/i;
const PLACEHOLDER =
  /^(untitled|unbenannt|document|dokument|presentation|book|slide|titel?|title|about:blank)[\s_-]*\d*$/i;

/** A title a person would recognise; null for file names, addresses and what programs put in when nobody gave one. */
function sensibleTitle(stated: string): string | null {
  const title = stated
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .replace(/^Microsoft (Word|PowerPoint|Excel) - /i, "");
  const isName = FILE_NAME.test(title) || PLACEHOLDER.test(title) || /^([a-z]+:\/\/|[a-z]:\\|file:)/i.test(title);
  return isName || !/\p{L}{2}/u.test(title) ? null : title;
}

async function readPage(page: PDFPageProxy, index: number, fonts: Map<string, boolean>): Promise<Page> {
  const content = await page.getTextContent();
  const items = content.items.filter((item) => "str" in item);
  await learnFonts(page, new Set(items.map((item) => item.fontName)), fonts);
  const view = page.getViewport({ scale: 1 });
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = view.transform;
  const turned: { glyphs: Glyphs; turn: number }[] = items.map((item) => {
    const [ma = 1, mb = 0, mc = 0, md = 1, x = 0, y = 0] = item.transform as number[];
    const angle = Math.atan2(b * ma + d * mb, a * ma + c * mb);
    const glyphs = {
      text: item.str,
      x: a * x + c * y + e,
      y: b * x + d * y + f,
      width: item.width,
      size: item.height > 0 ? item.height : Math.hypot(mc, md),
      bold: fonts.get(item.fontName) ?? false,
      rightToLeft: item.dir === "rtl",
    };
    // Quarter turns clockwise: 0 for upright text.
    return { glyphs, turn: (Math.round(angle / (Math.PI / 2)) + 4) % 4 };
  });
  const turn = commonTurn(turned);
  const upright = turned
    .filter((item) => item.turn === turn)
    .map(({ glyphs }) => turnBack(glyphs, turn, view.width, view.height));
  return { height: turn % 2 === 0 ? view.height : view.width, lines: linesOf(upright, index) };
}

/** The direction most of a page's text runs in; the rest (stamps along the margin) is left out. */
function commonTurn(items: { glyphs: Glyphs; turn: number }[]): number {
  const characters = [0, 0, 0, 0];
  for (const { glyphs, turn } of items) characters[turn]! += glyphs.text.trim().length;
  return characters.indexOf(Math.max(...characters));
}

function turnBack(glyphs: Glyphs, turn: number, width: number, height: number): Glyphs {
  const { x, y } = glyphs;
  if (turn === 1) return { ...glyphs, x: y, y: width - x };
  if (turn === 2) return { ...glyphs, x: width - x, y: height - y };
  if (turn === 3) return { ...glyphs, x: height - y, y: x };
  return glyphs;
}

/** Notes which of the page's fonts are bold. Only drawing a page makes pdf.js tell font names, so it is done rarely. */
async function learnFonts(page: PDFPageProxy, names: Set<string>, fonts: Map<string, boolean>): Promise<void> {
  const unknown = [...names].filter((name) => !fonts.has(name));
  if (unknown.length === 0) return;
  // A page that cannot be drawn may still have been read.
  await page.getOperatorList().catch(() => null);
  for (const name of unknown) {
    const font: unknown = page.commonObjs.has(name) ? page.commonObjs.get(name) : null;
    fonts.set(name, isBoldFont(font));
  }
}

function isBoldFont(font: unknown): boolean {
  if (typeof font !== "object" || font === null) return false;
  if ("bold" in font && font.bold === true) return true;
  return "name" in font && typeof font.name === "string" && /bold|black|heavy|semibold|demi/i.test(font.name);
}

// ---- Lines ----------------------------------------------------------------------------------------------------------

/** Shares of the font height: a space, a gap between cells, and how far a superscript may stand off the baseline. */
const SPACE = 0.15;
const CELL_GAP = 1.5;
const SAME_LINE = 0.45;

/** Groups a page's text, in the order it was written, into lines. */
function linesOf(items: Glyphs[], page: number): Line[] {
  const groups: Glyphs[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    if (item.text.trim() === "") {
      // Blanks have no reliable place; they only tell that a space follows the text before them.
      const last = group?.at(-1);
      if (last !== undefined && Math.abs(last.y - item.y) < SAME_LINE * last.size && item.text !== "") last.text += " ";
      continue;
    }
    if (group !== undefined && isSameLine(group, item)) {
      if (!isPrintedTwice(group.at(-1)!, item)) group.push({ ...item });
    } else {
      groups.push([{ ...item }]);
    }
  }
  return groups.map((group) => lineOf(group, page));
}

function isSameLine(group: Glyphs[], item: Glyphs): boolean {
  const main = group.reduce((largest, other) => (other.size > largest.size ? other : largest));
  return Math.abs(main.y - item.y) < SAME_LINE * Math.max(main.size, item.size);
}

/** Some programs make text bold by printing it again, a hair's breadth aside. */
function isPrintedTwice(last: Glyphs, item: Glyphs): boolean {
  const apart = Math.hypot(last.x - item.x, last.y - item.y);
  return last.text.trim() === item.text.trim() && apart < 0.1 * item.size;
}

const MARKER_ONLY = /^([•◦▪▫‣⁃∙●○■□➢➤✓✔·\uf0b7\uf0a7\uf0d8\uf076\uf0fc*–—-]|\(?(\d+|[a-z])[.)]|\d+(\.\d+)*\.?)$/;

function lineOf(glyphs: Glyphs[], page: number): Line {
  if (!glyphs.some((item) => item.rightToLeft)) glyphs.sort((a, b) => a.x - b.x);
  const cells = [""];
  let last: Glyphs | null = null;
  for (const item of glyphs) {
    const gap: number = last === null ? 0 : item.x - (last.x + last.width);
    const height = Math.max(item.size, last?.size ?? 0);
    const written = cells.at(-1)!;
    // A bullet or number stands apart from its text, but is no cell.
    if (gap > CELL_GAP * height && !MARKER_ONLY.test(cells.join("").trim())) cells.push(item.text);
    else cells[cells.length - 1] = written + (gap > SPACE * height ? " " : "") + item.text;
    last = item;
  }
  const clean = cells.map((cell) => cell.replace(/[\s\u00a0]+/g, " ").trim()).filter((cell) => cell !== "");
  const size = commonSize(glyphs);
  return {
    page,
    text: clean.join(" "),
    cells: clean,
    left: Math.min(...glyphs.map((item) => item.x)),
    right: Math.max(...glyphs.map((item) => item.x + item.width)),
    baseline: glyphs.find((item) => item.size === size)?.y ?? glyphs[0]!.y,
    size,
    bold: glyphs.every((item) => item.bold || !/[\p{L}\p{N}]/u.test(item.text)),
  };
}

/** The font height that most characters have. */
function commonSize(texts: { text: string; size: number }[]): number {
  const characters = new Map<number, number>();
  let best = 0;
  let most = -1;
  for (const { text, size } of texts) {
    const count = (characters.get(size) ?? 0) + text.length;
    characters.set(size, count);
    if (count > most) {
      most = count;
      best = size;
    }
  }
  return best;
}

/** The font height in the middle when all characters are sorted by theirs. */
function medianSize(lines: Line[]): number {
  const sorted = lines.toSorted((a, b) => a.size - b.size);
  let left = sorted.reduce((sum, line) => sum + line.text.length, 0) / 2;
  for (const line of sorted) {
    left -= line.text.length;
    if (left <= 0) return line.size;
  }
  return 0;
}

// ---- Running heads --------------------------------------------------------------------------------------------------

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

// ---- Blocks ---------------------------------------------------------------------------------------------------------

/** Font height of a heading over that of the body, at least. */
const HEADING_RATIO = 1.12;
const MAX_HEADING_CHARS = 200;
const MAX_BOLD_HEADING_CHARS = 90;
const SENTENCE_END = /[.!?:;…]["'”’»)\]]*$/;
const BULLET = /^(?:[•◦▪▫‣⁃∙●○■□➢➤✓✔·\uf0b7\uf0a7\uf0d8\uf076\uf0fc]\s*|[*–—-]\s+)(?=\S)/;
const NUMBER = /^(\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+(?=\S)/;
/** The dots of a table of contents, whose entries are often set like headings. */
const LEADERS = /(?:[.…]\s?){4,}/;
const WORD = /\p{L}+(?:-\p{L}+)*/gu;
/** Ends the first half of "pre- and post-war", where the hyphen stands for what follows later. */
const AFTER_SUSPENDED_HYPHEN = /^(?:and|or|to|nor|und|oder|bis)\b/;

/** Joins a document's lines into blocks. */
class Layout {
  readonly #lines: Line[];
  readonly #vocabulary: Set<string>;
  readonly #body: number;
  /** Distance of baselines within a paragraph, over the font height. */
  readonly #pitch: number;
  readonly #bodyIsBold: boolean;
  #drafts: Draft[] = [];
  /** Left edges of the lists that are open, outermost first. */
  #listEdges: number[] = [];

  /** @param vocabulary the document's words in lower case, for telling real hyphens from those at line ends */
  constructor(lines: Line[], vocabulary: Set<string>) {
    this.#lines = lines;
    this.#vocabulary = vocabulary;
    this.#body = medianSize(lines);
    this.#pitch = this.#commonPitch();
    const bold = lines.filter((line) => line.bold).reduce((sum, line) => sum + line.text.length, 0);
    this.#bodyIsBold = bold * 2 > lines.reduce((sum, line) => sum + line.text.length, 0);
  }

  drafts(): Draft[] {
    this.#lines.forEach((line, i) => this.#place(line, i));
    return this.#drafts;
  }

  /** Paragraphs are the closest lines there are, so a low quartile tells their pitch even among many short blocks. */
  #commonPitch(): number {
    const pitches: number[] = [];
    this.#lines.forEach((line, i) => {
      const before = this.#lines[i - 1];
      if (before === undefined || before.page !== line.page || !isClose(line.size, this.#body)) return;
      const pitch = (line.baseline - before.baseline) / this.#body;
      if (isClose(before.size, this.#body) && pitch > 0.8 && pitch < 3) pitches.push(pitch);
    });
    pitches.sort((a, b) => a - b);
    return pitches[Math.floor(pitches.length / 4)] ?? 1.3;
  }

  #place(line: Line, i: number): void {
    if (line.text === "") return;
    const before = this.#drafts.at(-1);
    const bullet = this.#isRow(i) ? null : this.#markerOf(line, i);
    if (bullet !== null) {
      this.#drafts.push({ kind: "item", lines: [line], depth: this.#depthOf(line), ...bullet });
      return;
    }
    const kind = this.#kindOf(line, i);
    if (before !== undefined && before.kind === kind && kind === "heading" && this.#continuesHeading(before, line)) {
      this.#append(before, line);
      return;
    }
    if (kind === "paragraph" && before !== undefined && this.#continues(before, line)) {
      this.#append(before, line);
      return;
    }
    this.#listEdges = [];
    const draft = { lines: [line], text: line.text };
    this.#drafts.push(kind === "row" ? { ...draft, kind, header: this.#isHeaderRow(i) } : { ...draft, kind });
  }

  #append(draft: Draft, line: Line): void {
    draft.lines.push(line);
    draft.text = this.#join(draft.text, line.text);
  }

  #kindOf(line: Line, i: number): "heading" | "row" | "paragraph" {
    if (this.#isRow(i)) return "row";
    return this.#isHeading(line, i) ? "heading" : "paragraph";
  }

  /** One of at least two lines below each other with the same number of cells. */
  #isRow(i: number): boolean {
    const line = this.#lines[i]!;
    const isAlike = (other: Line | undefined): boolean =>
      other !== undefined && other.cells.length === line.cells.length && isClose(other.size, line.size);
    return line.cells.length > 1 && (isAlike(this.#lines[i - 1]) || isAlike(this.#lines[i + 1]));
  }

  #isHeaderRow(i: number): boolean {
    const before = this.#lines[i - 1];
    const opensTable = before === undefined || before.cells.length !== this.#lines[i]!.cells.length;
    return opensTable && this.#lines[i]!.bold && this.#lines[i + 1]?.bold === false;
  }

  #isHeading(line: Line, i: number): boolean {
    if (!/\p{L}.*\p{L}/u.test(line.text) || line.text.length > MAX_HEADING_CHARS) return false;
    if (LEADERS.test(line.text)) return false;
    if (line.size >= this.#body * HEADING_RATIO) return true;
    return this.#isBoldHeading(line, i);
  }

  /** A short bold line that begins a block and does not run on into a sentence. */
  #isBoldHeading(line: Line, i: number): boolean {
    if (!line.bold || this.#bodyIsBold || line.cells.length > 1) return false;
    if (line.size < this.#body * 0.95 || line.text.length > MAX_BOLD_HEADING_CHARS || /[.,;]$/.test(line.text))
      return false;
    const before = this.#lines[i - 1];
    const after = this.#lines[i + 1];
    const opensBlock =
      before === undefined || before.bold || this.#isApart(before, line) || this.#isCutShort(before, line);
    return opensBlock && (after === undefined || this.#isApart(line, after) || this.#isCutShort(line, after));
  }

  #continuesHeading(heading: Draft, line: Line): boolean {
    const last = heading.lines.at(-1)!;
    if (last.page !== line.page || last.bold !== line.bold || !isClose(last.size, line.size)) return false;
    if (heading.text.length + line.text.length > MAX_HEADING_CHARS) return false;
    const isLarge = line.size >= this.#body * HEADING_RATIO;
    const distance = line.baseline - last.baseline;
    return distance > 0 && distance <= line.size * 1.6 && (isLarge || !this.#isCutShort(last, line));
  }

  /** The marker of a line that begins a list item, and its text without it. */
  #markerOf(line: Line, i: number): { marker: string; text: string } | null {
    const bullet = BULLET.exec(line.text);
    const number = bullet === null ? NUMBER.exec(line.text) : null;
    const match = bullet ?? number;
    if (match === null || (number !== null && this.#isHeading(line, i))) return null;
    // A dash or a number that happens to open a line amid a sentence begins no item.
    const isPlain = bullet === null || /^[*–—-]/.test(line.text);
    if (isPlain && !this.#mayOpenItem(line, i)) return null;
    return { marker: number?.[1] ?? "-", text: line.text.slice(match[0].length) };
  }

  #mayOpenItem(line: Line, i: number): boolean {
    const before = this.#lines[i - 1];
    if (before === undefined || this.#drafts.at(-1)?.kind !== "paragraph") return true;
    return SENTENCE_END.test(before.text) || this.#isApart(before, line) || this.#isCutShort(before, line);
  }

  #depthOf(line: Line): number {
    const slack = line.size * 0.4;
    while (this.#listEdges.length > 0 && this.#listEdges.at(-1)! > line.left + slack) this.#listEdges.pop();
    const innermost = this.#listEdges.at(-1);
    if (innermost === undefined || line.left > innermost + slack) this.#listEdges.push(line.left);
    return this.#listEdges.length - 1;
  }

  /** Whether a line goes on with the paragraph or item above it. */
  #continues(draft: Draft, line: Line): boolean {
    if (draft.kind === "heading" || draft.kind === "row") return false;
    const last = draft.lines.at(-1)!;
    if (!isClose(last.size, line.size)) return false;
    const hasEnded = SENTENCE_END.test(draft.text);
    const isCutShort = this.#isCutShort(last, line);
    if (last.page !== line.page || line.baseline < last.baseline) {
      // On the next page or at the head of the next column.
      return !hasEnded && (/^\p{Ll}/u.test(line.text) || !isCutShort);
    }
    if (this.#isApart(last, line)) return false;
    if (isCutShort && hasEnded) return false;
    if (this.#isVerse(last, line)) return isCentred(last, line);
    return draft.kind === "item" ? this.#continuesItem(draft, line) : !(hasEnded && isIndented(draft, line));
  }

  /** Further lines of an item stand below its text, not left of its marker nor back at the margin. */
  #continuesItem(item: Draft, line: Line): boolean {
    const [first, second] = item.lines;
    const edge = second === undefined ? first!.left - line.size * 0.2 : second.left - line.size * 0.5;
    return line.left >= edge;
  }

  /** Whether there is more room between two lines of a page than between the lines of a paragraph. */
  #isApart(before: Line, line: Line): boolean {
    if (before.page !== line.page) return true;
    const distance = line.baseline - before.baseline;
    return distance < 0 || distance > this.#pitch * Math.max(before.size, line.size) * 1.22 + 0.5;
  }

  /** Whether a line was ended although the next line's first word would have found room in it. */
  #isCutShort(line: Line, next: Line): boolean {
    const word = /^\S+/.exec(next.text)?.[0] ?? "";
    const characterWidth = (next.right - next.left) / Math.max(1, next.text.length);
    const needed = characterWidth * (word.length + 1) + line.size * 0.5;
    return line.right + needed < this.#columnEdge(line);
  }

  /** Whether a line ends far before the edge without ending a sentence, as lines of addresses and opening hours do. */
  #isVerse(line: Line, next: Line): boolean {
    if (/[,\u2010\u00ad-]$/.test(line.text) || /^\p{Ll}/u.test(next.text)) return false;
    const edge = this.#columnEdge(line);
    return this.#isCutShort(line, next) && edge - line.right > 0.25 * (edge - line.left);
  }

  /** The right edge of the lines around a line that begin about where it does. */
  #columnEdge(line: Line): number {
    const at = this.#indexOf(line);
    let edge = line.right;
    for (const other of this.#lines.slice(Math.max(0, at - 8), at + 9)) {
      const isSameColumn = other.page === line.page && Math.abs(other.left - line.left) < line.size * 5;
      if (isSameColumn && isClose(other.size, line.size)) edge = Math.max(edge, other.right);
    }
    return edge;
  }

  #indices: Map<Line, number> | null = null;

  #indexOf(line: Line): number {
    this.#indices ??= new Map(this.#lines.map((each, i) => [each, i]));
    return this.#indices.get(line) ?? 0;
  }

  /** Joins two lines by a space, or puts a word together again that was divided at the line's end. */
  #join(before: string, line: string): string {
    const divided = /\p{L}([-\u2010\u00ad])$/u.exec(before);
    if (divided === null) return `${before} ${line}`;
    const [hyphen] = divided.slice(1);
    const stem = before.slice(0, -1);
    if (!/^\p{L}/u.test(line)) return `${before} ${line}`;
    if (hyphen !== "\u00ad" && AFTER_SUSPENDED_HYPHEN.test(line)) return `${stem}- ${line}`;
    if (!/^\p{Ll}/u.test(line)) return `${stem}-${line}`;
    const start = /[\p{L}-]+$/u.exec(stem)?.[0].toLowerCase() ?? "";
    const rest = /^\p{L}+/u.exec(line)?.[0] ?? "";
    // Words the document itself writes with a hyphen keep it.
    const isCompound = this.#vocabulary.has(`${start}-${rest}`) && !this.#vocabulary.has(start + rest);
    return isCompound ? `${stem}-${line}` : stem + line;
  }
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.1 * Math.max(a, b);
}

/** Whether two lines share their middle, as the lines of a centred text do. */
function isCentred(a: Line, b: Line): boolean {
  const offset = Math.abs((a.left + a.right) / 2 - (b.left + b.right) / 2);
  return offset < a.size * 0.3 && Math.abs(a.left - b.left) > a.size * 0.5;
}

/** Whether a line begins further right than the lines of the paragraph above. */
function isIndented(draft: Draft, line: Line): boolean {
  const edge = (draft.lines[1] ?? draft.lines[0]!).left;
  return line.left > edge + line.size * 0.7;
}

/** Writes the drafts as blocks; headings are ranked by font height, with bold lines of the body's height last. */
function writeDrafts(drafts: Draft[], builder: TextBuilder): void {
  const body = medianSize(drafts.flatMap((draft) => draft.lines));
  const sizes: number[] = [];
  const headings = drafts.filter((draft) => draft.kind === "heading");
  for (const size of headings.map((draft) => draft.lines[0]!.size).sort((a, b) => b - a)) {
    // Rounding sets the same heading in slightly different heights.
    if (size >= body * HEADING_RATIO && (sizes.length === 0 || size < sizes.at(-1)! * 0.96)) sizes.push(size);
  }
  const levelOf = (size: number): number => {
    const rank = size >= body * HEADING_RATIO ? sizes.findIndex((step) => size > step * 0.96) : -1;
    return Math.min(6, (rank < 0 ? sizes.length : rank) + 1);
  };
  for (const draft of drafts) {
    if (draft.kind === "row") writeRow(draft, builder);
    else {
      if (draft.kind === "heading") builder.begin({ kind: "heading", level: levelOf(draft.lines[0]!.size) });
      else if (draft.kind === "item") builder.begin({ kind: "item", depth: draft.depth, marker: draft.marker });
      else builder.begin({ kind: "paragraph" });
      builder.write(draft.text.replaceAll("\u00ad", ""));
    }
    builder.end();
  }
}

function writeRow(row: Draft & { kind: "row" }, builder: TextBuilder): void {
  builder.begin({ kind: "row", header: row.header });
  for (const cell of row.lines[0]!.cells) {
    builder.write(cell.replaceAll("\u00ad", ""));
    builder.nextCell();
  }
}
