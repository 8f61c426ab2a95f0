import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Partial<Features> = {
  own: 5.36,
  ownLike: 5.87,
  headings: 3.73,
  around: 2.74,
  missing: -2.52,
  namesOwn: -0.42,
  namesNear: 1.76,
  proximity: 0.32,
  pairs: 0.37,
  cosine: 4.71,
  gist: 0.28,
  gistPlaced: 2.93,
  kind: 1.63,
  focus: 1.05,
  counted: 2.44,
  defines: 2.09,
  fused: 4.52,
  dense: 0.92,
  lexical: 0.3,
  length: 0.26,
  short: 1.16,
  item: 0.39,
  row: 1.71,
  first: -0.23,
};

/** A logistic model over the signals. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -6.68,
  weights: {
    coverage: 1.77,
    cosine: 3.01,
    namesNear: 3.17,
    pairs: 1.19,
    dense: 6.81,
    closest: 2.19,
    missingYear: -1.15,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -1.58,
  weights: {
    namesNear: 1.3,
    closest: 0.78,
    missingKind: -3.4,
    missingName: -2.54,
    missingCount: -0.84,
    missingYear: -3.05,
    lead: 1.74,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = -0.4;

/** Probability that an answer is right, from both logits. */
export const CALIBRATION = { bias: -0.83, subject: 0.03, fact: 2.14 };
