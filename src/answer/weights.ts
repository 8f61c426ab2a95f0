import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 3.26,
  ownLike: 5.1,
  headings: 2.44,
  around: 1.88,
  missing: -2.29,
  namesOwn: 0.06,
  namesNear: 1.64,
  proximity: 0.31,
  pairs: 0.82,
  cosine: 2.97,
  gist: 0,
  gistPlaced: 2.38,
  kind: 1.26,
  focus: 1.22,
  counted: 1.1,
  defines: 2.03,
  label: 1.81,
  fused: 3.82,
  dense: 1.7,
  lexical: 0.9,
  length: 0,
  short: 1.12,
  item: 0.43,
  row: 1.23,
  news: 0,
  answers: 0.52,
  covers: 0.76,
};

/** A logistic model over the signals. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -6.29,
  weights: {
    coverage: 2.15,
    cosine: 3.57,
    namesNear: 2.59,
    pairs: 0.96,
    dense: 7.14,
    closest: 2.06,
    missingYear: -3.93,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -3.91,
  weights: {
    namesNear: 1.4,
    unfoundTyped: -1.43,
    missingKind: -3.69,
    missingName: -2.35,
    missingCount: -1.85,
    missingYear: -6.68,
    lead: 0.97,
    fused: 3.6,
    outdone: -2.4,
    answers: 1.5,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = -0.25;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.62, fact: 0.88, lead: 2.71 };
