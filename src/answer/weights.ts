import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Partial<Features> = {
  own: 6.44,
  ownLike: 6.73,
  headings: 4.97,
  around: 2.51,
  missing: -1.83,
  namesOwn: -0.51,
  namesNear: 1.84,
  proximity: 0.35,
  pairs: 0.52,
  cosine: 4.68,
  kind: 1.56,
  focus: 1.1,
  counted: 2.63,
  defines: 1.71,
  fused: 5.01,
  dense: 0.27,
  lexical: -0.83,
  length: 0.16,
  short: 0.58,
  item: 0.14,
  row: 1.05,
  first: -0.15,
};

/** A logistic model over the signals, and the least logit that passes. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
  least: number;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -7.23,
  weights: {
    coverage: 1.43,
    cosine: 1.75,
    namesNear: 2.84,
    pairs: 1.35,
    dense: 7.3,
    closest: 3.01,
    missingYear: -0.82,
    score: 1.45,
  },
  least: -1.2,
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -1.26,
  weights: {
    namesNear: 1.02,
    closest: 0.63,
    missingKind: -2.99,
    missingPlain: -0.33,
    missingName: -2.45,
    missingCount: -1.12,
    missingYear: -2.82,
    lead: 1.66,
  },
  least: -0.25,
};

/** Probability that an answer is right, from both logits. */
export const CALIBRATION = { bias: -0.4, subject: 0, fact: 1.98 };
