import type { Block, Span } from "../types.js";

type BlockShape =
  | { kind: "heading"; level: number }
  | { kind: "paragraph" }
  | { kind: "item"; depth: number; marker?: string }
  | { kind: "row"; header: boolean };

/**
 * Writes the visible text of a marked-up document and records where each block ended up.
 *
 * Usage: `begin(shape)`, any number of `write(text)` (and `nextCell()` in rows), `end()`. White space is collapsed as a
 * browser would; blocks that stay empty leave no trace. Blocks are separated by a blank line, items of a list and rows of
 * a table by a line break. List markers and cell borders are written outside the blocks' spans.
 */
export class TextBuilder {
  readonly blocks: Block[] = [];
  #text = "";
  #open: { shape: BlockShape; written: string; cells: Span[]; cellStart: number } | null = null;

  /** The text finished so far (without a block still open). */
  get text(): string {
    return this.#text;
  }

  /** True between `begin` and `end`. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  begin(shape: BlockShape): void {
    this.end();
    this.#open = { shape, written: "", cells: [], cellStart: 0 };
  }

  /** Appends visible text to the open block (opening a paragraph if there is none). */
  write(text: string): void {
    if (this.#open === null) {
      if (text.trim() === "") return;
      this.begin({ kind: "paragraph" });
    }
    const open = this.#open!;
    const collapsed = text.replace(/[\s\u00a0]+/g, " ");
    // Looks at the last character only: a search through all of `written` would make long blocks quadratic.
    open.written += /\s/.test(open.written.at(-1) ?? " ") ? collapsed.replace(/^ /, "") : collapsed;
  }

  /** Appends text as it stands, line breaks included (code, poems). */
  writePreformatted(text: string): void {
    if (this.#open === null) this.begin({ kind: "paragraph" });
    this.#open!.written += text;
  }

  /** Ends the current cell of a row. */
  nextCell(): void {
    const open = this.#open;
    if (open === null) return;
    // Only the cell itself is trimmed: an empty cell must not eat the border before it.
    open.written = open.written.slice(0, open.cellStart) + open.written.slice(open.cellStart).trimEnd();
    open.cells.push({ start: open.cellStart, end: open.written.length });
    if (open.written !== "") open.written += " | ";
    open.cellStart = open.written.length;
  }

  /** Finishes the open block and returns where it stands, or null if it was empty. */
  end(): Span | null {
    const open = this.#open;
    this.#open = null;
    if (open === null) return null;
    const { shape } = open;
    const written = shape.kind === "row" ? withoutEmptyTail(open) : open.written.trim();
    if (written.replaceAll("|", "").trim() === "") return null;
    this.#text += this.#separatorBefore(shape);
    if (shape.kind === "item") this.#text += "  ".repeat(shape.depth) + (shape.marker ?? "-") + " ";
    const start = this.#text.length;
    this.#text += written;
    const span = { start, end: this.#text.length };
    if (shape.kind === "row") {
      const place = (offset: number): number => start + Math.min(offset, written.length);
      const cells = open.cells.map((cell) => ({ start: place(cell.start), end: place(cell.end) }));
      this.blocks.push({ kind: "row", header: shape.header, cells, ...span });
    } else if (shape.kind === "item") {
      this.blocks.push({ kind: "item", depth: shape.depth, ...span });
    } else {
      this.blocks.push({ ...shape, ...span });
    }
    return span;
  }

  #separatorBefore(shape: BlockShape): string {
    if (this.#text === "") return "";
    const previous = this.blocks.at(-1)?.kind;
    const sameRun = previous === shape.kind && (shape.kind === "item" || (shape.kind === "row" && !shape.header));
    return sameRun ? "\n" : "\n\n";
  }
}

/** A row's text up to its last cell that is not empty, so that it does not end in borders or white space. */
function withoutEmptyTail(row: { written: string; cells: Span[]; cellStart: number }): string {
  if (row.written.slice(row.cellStart).trim() !== "") return row.written.trimEnd();
  const last = row.cells.findLast((cell) => cell.end > cell.start);
  return row.written.slice(0, last?.end ?? 0);
}
