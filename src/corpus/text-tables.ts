import type { Block, Span } from "../types.js";
import type { Line } from "./text-lines.js";

const MAX_TABLE_RULE_CHARS = 2000;
/** Rows of a table without a rule below its header; fewer lines with pipes are just lines with pipes. */
const MIN_UNRULED_ROWS = 3;

/**
 * The table that starts on a line: rows with pipes, the first of them the header if a rule follows it. Without a rule,
 * the first row is the header where it alone has no figures.
 */
export function readTable(lines: Line[], from: number): { rows: Block[]; last: number } | null {
  let first = from;
  if (lines[from]!.text.startsWith("+") && isTableRule(lines[from]!.text)) first++;
  if (!isPipeRow(lines[first]?.text ?? "")) return null;
  const isRuled = isTableRule(lines[first + 1]?.text ?? "");
  if (!isRuled && !isEvenTable(lines.slice(first, first + MIN_UNRULED_ROWS))) return null;
  const rows: Line[] = [];
  let last = first;
  for (let i = first; i < lines.length; i++) {
    const { text } = lines[i]!;
    if (isPipeRow(text) && !isTableRule(text)) rows.push(lines[i]!);
    else if (!isTableRule(text)) break;
    last = i;
  }
  const hasHeader = isRuled || (!/\d/.test(rows[0]!.text) && rows.slice(1).every((row) => /\d/.test(row.text)));
  return { rows: rows.map((row, i) => rowOf(row, hasHeader && i === 0)), last };
}

function isEvenTable(lines: Line[]): boolean {
  if (lines.length < MIN_UNRULED_ROWS || !lines.every(({ text }) => isPipeRow(text))) return false;
  const counts = lines.map((line) => cellsOf(line).length);
  return counts[0]! > 1 && counts.every((count) => count === counts[0]);
}

export function isPipeRow(text: string): boolean {
  return text.startsWith("|") ? text.indexOf("|", 1) > 0 : /\s\|\s/.test(text);
}

/** `|---|:--:|`, or the `+---+---+` of a drawn table. */
function isTableRule(text: string): boolean {
  if (text.length > MAX_TABLE_RULE_CHARS || !/[|+]/.test(text)) return false;
  return /^[|+]?\s*:?[-=]{2,}:?\s*([|+]\s*:?[-=]{2,}:?\s*)*[|+]?$/.test(text);
}

function rowOf(line: Line, header: boolean): Block {
  const cells = cellsOf(line);
  const start = cells[0]?.start ?? line.start;
  return { kind: "row", header, cells, start, end: cells.at(-1)?.end ?? line.end };
}

function cellsOf(line: Line): Span[] {
  const cells: Span[] = [];
  for (const match of line.text.matchAll(/(?:[^|\\]+|\\.)+/g)) {
    const cell = match[0].trim();
    if (cell === "") continue;
    const start = line.start + match.index + (match[0].length - match[0].trimStart().length);
    cells.push({ start, end: start + cell.length });
  }
  return cells;
}
