import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 2.29,
  ownLike: 4.09,
  headings: 2.18,
  around: 1.66,
  missing: -2.6,
  namesOwn: 0.21,
  namesNear: 1.5,
  proximity: 0.29,
  pairs: 0.38,
  cosine: 2.95,
  gist: -0.35,
  gistPlaced: 2.8,
  kind: 1.47,
  focus: 0.9,
  counted: 1.02,
  defines: 1.73,
  label: 1.89,
  fused: 3.61,
  dense: 1.65,
  lexical: 0.55,
  length: -0.24,
  short: 1.09,
  item: 0.45,
  row: 1.23,
  news: 0.17,
  answers: 0.48,
  covers: 0.73,
};

/** A logistic model over the signals. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -6.46,
  weights: {
    coverage: 2.18,
    cosine: 3.18,
    namesNear: 2.64,
    pairs: 1.0,
    dense: 6.71,
    closest: 3.05,
    missingYear: -3.89,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -4.11,
  weights: {
    namesNear: 1.53,
    unfoundTyped: -1.67,
    missingKind: -3.97,
    missingName: -2.02,
    missingCount: -1.57,
    missingYear: -6.66,
    lead: 1.12,
    fused: 3.7,
    outdone: -2.36,
    answers: 1.27,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = 0;

/** … and of a question for a list: where every item answers a little, none leads, and none says it all. */
export const LEAST_FACT_OF_LIST = -0.5;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.3, fact: 0.8, lead: 2 };
