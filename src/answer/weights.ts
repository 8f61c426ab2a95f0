import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Partial<Features> = {
  own: 5.21,
  ownLike: 5.14,
  headings: 3.94,
  around: 2.42,
  missing: -1.71,
  namesOwn: -0.33,
  namesNear: 1.93,
  proximity: 0.32,
  pairs: 0.59,
  cosine: 4.34,
  gist: -0.44,
  gistPlaced: 3.97,
  kind: 1.58,
  focus: 1,
  counted: 2.69,
  defines: 1.74,
  fused: 4.5,
  dense: 0.87,
  lexical: -0.44,
  length: 0.22,
  short: 0.6,
  item: 0.2,
  row: 0.97,
  first: -0.17,
};

/** A logistic model over the signals, and the least logit that passes. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
  least: number;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -7.21,
  weights: {
    coverage: 1.59,
    cosine: 2.1,
    namesNear: 2.86,
    pairs: 1.28,
    dense: 7.3,
    closest: 2.72,
    missingYear: -0.76,
    score: 1.17,
  },
  least: -1.2,
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -1.32,
  weights: {
    namesNear: 1.04,
    closest: 0.73,
    missingKind: -2.92,
    missingPlain: -1.26,
    missingName: -2.49,
    missingCount: -1.12,
    missingYear: -2.79,
    lead: 1.63,
  },
  least: -0.25,
};

/** Probability that an answer is right, from both logits. */
export const CALIBRATION = { bias: -0.37, subject: 0, fact: 1.96 };
