/** Questions that only serve to report figures are never looked at while answering is being improved. */
type Split = "tune" | "report";

/** A set of questions over one corpus. Paths are relative to the project. */
export interface EvalSet {
  name: string;
  split: Split;
  format: "golden" | "encyclopedia";
  questions: string;
  corpus: string;
}

const golden = (name: string, split: Split, corpus: string): EvalSet => {
  return { name, split, format: "golden", questions: `test/golden/${name}.jsonl`, corpus };
};

/** Every set. One whose corpus lies outside the project is skipped where that is missing. */
export const EVAL_SETS: readonly EvalSet[] = [
  golden("corpus-tune", "tune", "corpus"),
  golden("corpus-report", "report", "corpus"),
  golden("seeds-tune", "tune", "../shared/seeds"),
  golden("seeds-report", "report", "../shared/seeds"),
  golden("other-a", "tune", "test/golden/other-a"),
  golden("other-b", "tune", "test/golden/other-b"),
  golden("other-c", "report", "test/golden/other-c"),
  golden("other-d", "tune", "test/golden/other-d"),
  golden("other-e", "report", "test/golden/other-e"),
  golden("other-f", "tune", "test/golden/other-f"),
  golden("other-g", "report", "test/golden/other-g"),
  {
    name: "encyclopedia",
    // Nobody here wrote its questions, but numbers were chosen by it: it cannot count as unseen.
    split: "tune",
    format: "encyclopedia",
    questions: "../shared/eval/encyclopedia/questions.jsonl",
    corpus: "../shared/eval/encyclopedia/corpus",
  },
];
