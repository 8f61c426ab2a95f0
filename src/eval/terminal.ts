import { byKind } from "./figures.js";
import type { FloorCheck } from "./floors.js";
import type { SetResult } from "./run-sets.js";
import { outcomesOf, rowsOf, TABLES } from "./totals.js";

/** The tables for a terminal: a row for each set and the totals, then the golden sets' questions by kind. */
export function tableLines(results: readonly SetResult[]): string[] {
  const rows = rowsOf(results);
  const lines = results.flatMap(({ name, skipped }) => (skipped === null ? [] : [`${name} skipped: ${skipped}.`]));
  for (const { title, columns } of TABLES) {
    const cells = rows.map((row) => [row.name, ...columns.map(({ show }) => show(row))]);
    lines.push("", ...aligned([[title, ...columns.map((column) => column.title)], ...cells]));
  }
  return [...lines, ...kindLines(results.filter(({ format }) => format === "golden"))];
}

function kindLines(golden: readonly SetResult[]): string[] {
  const of = (sets: readonly SetResult[]): ReturnType<typeof byKind> => byKind(outcomesOf(sets));
  const all = of(golden);
  if (all.length === 0) return [];
  const splits = (["tune", "report"] as const).map((split) => of(golden.filter((set) => set.split === split)));
  const cells = all.map(({ kind, count, right, refused }) => [
    kind,
    `${right}/${count}`,
    `${refused}/${count}`,
    ...splits.map((rows) => {
      const row = rows.find((one) => one.kind === kind);
      return row === undefined ? "–" : `${row.right}/${row.count}`;
    }),
  ]);
  return ["", ...aligned([["Golden by kind", "right", "refused", "right in tune", "in report"], ...cells])];
}

/** The first column to the left, figures to the right. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "),
  );
}

const NAMED = 40;

/** What is below its floor, with the questions to look at; empty if every floor held. */
export function floorLines(checks: readonly FloorCheck[]): string[] {
  return checks
    .filter(({ held }) => !held)
    .flatMap(({ set, figure, value, wanted, against }) => [
      `Below its floor: ${figure} of ${set} is ${shown(value)}, wanted ${wanted}.`,
      ...against.slice(0, NAMED).map(({ id, question }) => `  ${id}  ${question.replace(/\s+/g, " ")}`),
      ...(against.length > NAMED ? [`  and ${against.length - NAMED} more, see the report`] : []),
    ]);
}

/** Enough digits to see on which side of its floor a figure lies. */
export function shown(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}
