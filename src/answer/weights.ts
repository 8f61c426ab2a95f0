import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Partial<Features> = {
  own: 6.7,
  ownLike: 7.03,
  headings: 5.13,
  around: 2.87,
  missing: -1.27,
  namesOwn: -0.51,
  namesNear: 1.68,
  proximity: 0.37,
  pairs: 0.47,
  cosine: 4.48,
  kind: 1.59,
  focus: 1.07,
  counted: 2.34,
  defines: 1.57,
  fused: 4.48,
  dense: 0.98,
  lexical: -0.87,
  short: 0.5,
  item: 0.23,
  row: 0.9,
};

/** A logistic model over the signals, and the least logit that passes. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
  least: number;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -7.75,
  weights: {
    coverage: 1.73,
    cosine: 2.41,
    namesNear: 2.82,
    pairs: 1.38,
    dense: 7.9,
    closest: 2.5,
    missingYear: -0.64,
    score: 1.49,
  },
  least: -1.4,
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -4.95,
  weights: {
    namesNear: 0.9,
    fused: 4.57,
    missingKind: -2.62,
    missingName: -1.8,
    missingCount: -0.89,
    missingYear: -2.41,
    lead: 1.06,
  },
  least: -0.7,
};

/** Probability that an answer is right, from both logits. */
export const CALIBRATION = { bias: -0.14, subject: 0.07, fact: 1.66 };
