import type { Block, Span } from "../types.js";

export interface Line extends Span {
  /** Columns of white space before the text. */
  indent: number;
  text: string;
}

/** A block on the way, with what tells whether it is a heading. */
export interface Draft {
  block: Block;
  text: string;
  /** Empty lines before it. */
  gap: number;
  lines: number;
}

export function cutLines(text: string): Line[] {
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
