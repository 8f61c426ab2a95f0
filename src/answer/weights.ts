import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Partial<Features> = {
  own: 5.36,
  ownLike: 5.86,
  headings: 3.73,
  around: 2.74,
  missing: -2.51,
  namesOwn: -0.42,
  namesNear: 1.76,
  proximity: 0.32,
  pairs: 0.38,
  cosine: 4.71,
  gist: 0.28,
  gistPlaced: 2.94,
  kind: 1.64,
  focus: 1.04,
  counted: 2.46,
  defines: 2.08,
  fused: 4.53,
  dense: 0.9,
  lexical: 0.29,
  length: 0.27,
  short: 1.14,
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
  bias: -6.64,
  weights: {
    coverage: 1.78,
    cosine: 3.73,
    namesNear: 3.18,
    pairs: 1.15,
    dense: 7.06,
    closest: 1.21,
    missingYear: -1.78,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -0.66,
  weights: {
    namesNear: 0.75,
    unfoundTyped: -0.93,
    closest: 0.32,
    missingKind: -2.67,
    missingName: -3.09,
    missingCount: -0.74,
    missingYear: -4.01,
    lead: 2.01,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = 0.2;

/** Probability that an answer is right, from both logits. */
export const CALIBRATION = { bias: -1.17, subject: 0.07, fact: 1.94 };
