import { type Placed, type ReadText, readText, sameness } from "./read-text.js";
import type { ReadUnit } from "./read-unit.js";

const SAME = 0.9;

/** How many numbers of a claim stand in a table row under another column's name than the claim says. */
export function wrongColumns(claim: ReadText, { unit, own }: ReadUnit): number {
  if (unit.kind !== "row" || !unit.context.includes("|")) return 0;
  const names = unit.context.split("|").map((name) => readText(name));
  const cells = own.text.split("|").map((cell) => readText(cell));
  if (names.length !== cells.length) return 0;
  /** The columns whose name has a word that no other has. */
  const columnsOf = ({ token }: Placed): number[] =>
    token === null
      ? []
      : names.flatMap(({ tokens }, i) => (tokens.some((name) => sameness(token, name) >= SAME) ? [i] : []));
  const named = claim.sequence.flatMap((one) => {
    const columns = columnsOf(one);
    return columns.length === 1 ? [{ at: one.at, column: columns[0]! }] : [];
  });
  return claim.sequence.filter((one) => {
    const { number } = one;
    if (number === null) return false;
    const at = cells.flatMap(({ numbers }, i) => (numbers.some(({ value }) => value === number.value) ? [i] : []));
    const least = Math.min(...named.map((name) => Math.abs(name.at - one.at)));
    const nearest = named.filter((name) => Math.abs(name.at - one.at) === least);
    return at.length > 0 && nearest.length > 0 && !nearest.some(({ column }) => at.includes(column));
  }).length;
}
