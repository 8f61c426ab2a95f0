import { createRequire } from "node:module";
import path from "node:path";
import type * as PdfjsModule from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { messageOf, UnreadableFileError } from "../errors.js";

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

export interface Line {
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

export interface Page {
  height: number;
  lines: Line[];
}

/**
 * The lines of each page, from where the text stands; the title from the metadata, if it is sensible.
 *
 * @throws UnreadableFileError if the file is damaged or asks for a password
 */
export async function readPdf(bytes: Uint8Array): Promise<{ pages: Page[]; title: string | null }> {
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
