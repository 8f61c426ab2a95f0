import type { Block, Span } from "../../src/types.js";

/** One line for each block: its kind (with level or depth) and its text, for tests to compare with. */
export function outlineOf({ text, blocks }: { text: string; blocks: Block[] }): string[] {
  return blocks.map((block) => {
    const written = text.slice(block.start, block.end);
    if (block.kind === "heading") return `h${block.level} ${written}`;
    if (block.kind === "item") return `${"  ".repeat(block.depth)}* ${written}`;
    if (block.kind === "row") {
      const cells = block.cells.map((cell) => text.slice(cell.start, cell.end)).join(" ¦ ");
      return `${block.header ? "columns" : "row"} ${cells}`;
    }
    return block.kind === "break" ? "break" : `p ${written}`;
  });
}

/** The texts that spans stand for. */
export function quotes(text: string, spans: readonly Span[]): string[] {
  return spans.map(({ start, end }) => text.slice(start, end));
}
