import { readFile } from "node:fs/promises";
import { z } from "zod";
import { messageOf, StartupError } from "../errors.js";
import { FIGURES, type FigureName } from "./figures.js";
import type { SetResult } from "./run-sets.js";

const FLOORS = z.record(
  z.string(),
  z.partialRecord(z.enum(FIGURES), z.union([z.strictObject({ min: z.number() }), z.strictObject({ max: z.number() })])),
);

/** By set, the least or the most that a figure may be. */
export type Floors = z.infer<typeof FLOORS>;

export interface FloorCheck {
  set: string;
  figure: FigureName;
  value: number;
  /** "at least 0.95", "at most 350". */
  wanted: string;
  held: boolean;
  /** The questions that spoil the figure; none if the floor held. */
  against: { id: string; question: string }[];
}

/** @throws StartupError if the file is missing or names a figure that does not exist */
export async function readFloors(file: string): Promise<Floors> {
  try {
    return FLOORS.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new StartupError(`The floors in ${file} cannot be read: ${why}`);
  }
}

/**
 * Compares figures with their floors. Floors of sets that were skipped or left out are passed over.
 *
 * @param declared names of all sets there are
 * @throws StartupError if a floor names no set, or a figure that was not measured: it would never fail
 */
export function checkFloors(floors: Floors, results: readonly SetResult[], declared: readonly string[]): FloorCheck[] {
  const checks: FloorCheck[] = [];
  for (const [set, ofSet] of Object.entries(floors)) {
    if (!declared.includes(set)) throw new StartupError(`A floor is set for "${set}", which is no set of questions.`);
    const result = results.find(({ name }) => name === set);
    if (result === undefined || result.skipped !== null) continue;
    const texts = new Map(result.outcomes.map(({ question }) => [question.id, question.question]));
    for (const [name, floor] of Object.entries(ofSet)) {
      const figure = name as FigureName;
      const { value, against } = result.figures[figure];
      if (value === null) throw new StartupError(`A floor is set for ${figure} of "${set}", which was not measured.`);
      const held = "min" in floor ? value >= floor.min : value <= floor.max;
      checks.push({
        set,
        figure,
        value,
        wanted: "min" in floor ? `at least ${floor.min}` : `at most ${floor.max}`,
        held,
        against: held ? [] : against.map((id) => ({ id, question: texts.get(id)! })),
      });
    }
  }
  return checks;
}
