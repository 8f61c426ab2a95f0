import type { Line } from "./pdf-pages.js";
import type { TextBuilder } from "./text-builder.js";

type Draft = { lines: Line[]; text: string } & (
  | { kind: "paragraph" }
  | { kind: "heading" }
  | { kind: "item"; depth: number; marker: string }
  | { kind: "row"; header: boolean }
);

/** Font height of a heading over that of the body, at least. */
export const HEADING_RATIO = 1.12;
const MAX_HEADING_CHARS = 200;
const MAX_BOLD_HEADING_CHARS = 90;
const SENTENCE_END = /[.!?:;…]["'”’»)\]]*$/;
const BULLET = /^(?:[•◦▪▫‣⁃∙●○■□➢➤✓✔·\uf0b7\uf0a7\uf0d8\uf076\uf0fc]\s*|[*–—-]\s+)(?=\S)/;
const NUMBER = /^(\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+(?=\S)/;
/** The dots of a table of contents, whose entries are often set like headings. */
const LEADERS = /(?:[.…]\s?){4,}/;
export const WORD = /\p{L}+(?:-\p{L}+)*/gu;
/** Ends the first half of "pre- and post-war", where the hyphen stands for what follows later. */
const AFTER_SUSPENDED_HYPHEN = /^(?:and|or|to|nor|und|oder|bis)\b/;

/** Joins a document's lines into blocks. */
export class Layout {
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
export function writeDrafts(drafts: Draft[], builder: TextBuilder): void {
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

/** The font height in the middle when all characters are sorted by theirs. */
export function medianSize(lines: Line[]): number {
  const sorted = lines.toSorted((a, b) => a.size - b.size);
  let left = sorted.reduce((sum, line) => sum + line.text.length, 0) / 2;
  for (const line of sorted) {
    left -= line.text.length;
    if (left <= 0) return line.size;
  }
  return 0;
}
