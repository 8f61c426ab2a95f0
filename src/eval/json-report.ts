import { byKind, reliabilityOf } from "./figures.js";
import type { FloorCheck } from "./floors.js";
import type { GateResult } from "./gate-sets.js";
import type { SetResult } from "./run-sets.js";
import { rowsOf } from "./totals.js";
import type { Outcome } from "./types.js";

/** Everything there is to know of a run, for programs. Passages are named by id, with their texts beside the questions. */
export function jsonReport(
  results: readonly SetResult[],
  checks: readonly FloorCheck[],
  gate: readonly GateResult[] = [],
): object {
  return {
    madeAt: new Date().toISOString(),
    node: process.version,
    totals: rowsOf(results),
    floors: checks,
    gate,
    sets: results.map(({ outcomes, ...set }) => ({
      ...set,
      byKind: byKind(outcomes),
      reliability: reliabilityOf(outcomes),
      questions: outcomes.map(questionRecord),
      passages: passagesOf(outcomes),
    })),
  };
}

function questionRecord({ question, retrieved, parts, ...outcome }: Outcome): object {
  return {
    ...question,
    ...outcome,
    retrieved: retrieved.map(({ passage, ...scores }) => ({ passage: passage.id, ...scores })),
    // Without the candidates: they hold the whole text of their passages as numbers, half a gigabyte in all.
    parts: parts.map(({ passages, candidates: _, ...part }) => ({
      ...part,
      passages: passages.map(({ passage }) => passage.id),
    })),
  };
}

function passagesOf(outcomes: readonly Outcome[]): Record<string, { title: string; headings: string[]; text: string }> {
  const passages = outcomes.flatMap(({ retrieved }) => retrieved.map(({ passage }) => passage));
  return Object.fromEntries(passages.map(({ id, title, headings, text }) => [id, { title, headings, text }]));
}
