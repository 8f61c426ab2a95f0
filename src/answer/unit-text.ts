import type { Passage, Unit } from "../types.js";

/** The text of a unit, from the passage it stands in. */
export function textOf(passage: Passage, unit: Unit): string {
  return passage.text.slice(unit.start - passage.start, unit.end - passage.start);
}
