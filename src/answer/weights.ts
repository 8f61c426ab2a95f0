import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 1.99,
  ownLike: 4.31,
  headings: 1.88,
  around: 1.28,
  missing: -2.66,
  namesOwn: 0.21,
  namesNear: 1.68,
  proximity: 0.29,
  pairs: 0.69,
  cosine: 2.3,
  gist: -0.21,
  gistPlaced: 2.44,
  kind: 1.27,
  focus: 1.09,
  counted: 0.73,
  defines: 2.32,
  label: 1.95,
  fused: 3.43,
  dense: 2.01,
  lexical: 1.01,
  length: -0.35,
  short: 1.34,
  item: 0.37,
  row: 1.32,
  news: -0.06,
  answers: 0.58,
  covers: 0.86,
};

/** A logistic model over the signals. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -6.24,
  weights: {
    coverage: 1.87,
    cosine: 3.67,
    namesNear: 2.65,
    pairs: 1.06,
    dense: 6.46,
    closest: 2.71,
    missingYear: -3.92,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -3.98,
  weights: {
    namesNear: 1.54,
    unfoundTyped: -1.49,
    missingKind: -3.89,
    missingName: -2.37,
    missingCount: -1.65,
    missingYear: -6.69,
    lead: 1.2,
    fused: 3.54,
    outdone: -3.03,
    answers: 1.29,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = -0.25;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.61, fact: 1.13, lead: 2.03 };
