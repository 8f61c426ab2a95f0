import { type Figures, figuresOf } from "./figures.js";
import type { SetResult } from "./run-sets.js";
import type { Outcome } from "./types.js";

export interface Row {
  name: string;
  questions: number;
  figures: Figures;
}

/** A row for each set that was asked, then the golden sets taken together, by split where both were asked. */
export function rowsOf(results: readonly SetResult[]): Row[] {
  const asked = results.filter(({ skipped }) => skipped === null);
  const golden = asked.filter(({ format }) => format === "golden");
  const rows = asked.map(({ name, outcomes, figures }) => ({ name, questions: outcomes.length, figures }));
  const splits = new Set(golden.map(({ split }) => split));
  if (splits.size > 1)
    for (const split of splits)
      rows.push(
        total(
          `golden, ${split}`,
          golden.filter((set) => set.split === split),
        ),
      );
  if (golden.length > 1) rows.push(total("golden, all", golden));
  return rows;
}

function total(name: string, sets: readonly SetResult[]): Row {
  const outcomes = outcomesOf(sets);
  return { name, questions: outcomes.length, figures: figuresOf(outcomes) };
}

export function outcomesOf(sets: readonly SetResult[]): Outcome[] {
  return sets.flatMap(({ outcomes }) => outcomes);
}

interface Column {
  title: string;
  show: (row: Row) => string;
}

/** A table's columns with the title of each table: what was answered, what was found, how it looks. */
export const TABLES: readonly { title: string; columns: Column[] }[] = [
  {
    title: "Answers",
    columns: [
      { title: "asked", show: ({ questions }) => String(questions) },
      { title: "right", show: ({ figures }) => counted(figures, "right") },
      { title: "right, any length", show: ({ figures }) => percent(figures.rightAtAnyLength.value) },
      { title: "wrongly refused", show: ({ figures }) => percent(figures.wronglyRefused.value) },
      { title: "refused", show: ({ figures }) => counted(figures, "refused") },
      { title: "refusal precision", show: ({ figures }) => percent(figures.refusalPrecision.value) },
      { title: "false premise", show: ({ figures }) => counted(figures, "falsePremiseRight") },
      { title: "small talk", show: ({ figures }) => counted(figures, "smallTalkRight") },
    ],
  },
  {
    title: "Retrieval",
    columns: [
      { title: "recall@1", show: ({ figures }) => percent(figures["recall@1"].value) },
      { title: "recall@5", show: ({ figures }) => percent(figures["recall@5"].value) },
      { title: "recall@10", show: ({ figures }) => percent(figures["recall@10"].value) },
      { title: "MRR", show: ({ figures }) => decimal(figures.mrr.value) },
      { title: "nDCG@10", show: ({ figures }) => decimal(figures["ndcg@10"].value) },
    ],
  },
  {
    title: "Citations and form",
    columns: [
      { title: "quotes exact", show: ({ figures }) => percent(figures.quotesExact.value) },
      { title: "cit. precision", show: ({ figures }) => percent(figures.citationPrecision.value) },
      { title: "cit. recall", show: ({ figures }) => percent(figures.citationRecall.value) },
      { title: "calibration error", show: ({ figures }) => decimal(figures.calibrationError.value) },
      { title: "chars, median", show: ({ figures }) => decimal(figures.medianChars.value, 0) },
      { title: "95th", show: ({ figures }) => decimal(figures.p95Chars.value, 0) },
      { title: "ms, median", show: ({ figures }) => decimal(figures.medianMs.value, 1) },
      { title: "95th", show: ({ figures }) => decimal(figures.p95Ms.value, 1) },
    ],
  },
];

function counted(figures: Figures, name: "right" | "refused" | "falsePremiseRight" | "smallTalkRight"): string {
  const { value, count, against } = figures[name];
  return value === null ? "–" : `${percent(value)} ${count - against.length}/${count}`;
}

/** "97.5 %"; a share that is not whole never reads "100.0 %". */
export function percent(value: number | null): string {
  if (value === null) return "–";
  const rounded = value < 1 ? Math.min(99.9, Math.round(value * 1000) / 10) : 100;
  return `${rounded.toFixed(1)} %`;
}

export function decimal(value: number | null, digits = 3): string {
  return value === null ? "–" : value.toFixed(digits);
}
