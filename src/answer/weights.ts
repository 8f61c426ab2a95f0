import type { Features } from "./evidence.js";
import type { LogisticModel } from "./logistic.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 2.09,
  ownLike: 3.91,
  headings: 3.2,
  around: 2.43,
  missing: -1.47,
  namesOwn: 0.21,
  namesNear: 0.65,
  proximity: 0.02,
  pairs: 0.47,
  cosine: 4.73,
  gist: -0.26,
  gistPlaced: 2.39,
  kind: 1.14,
  focus: 0.28,
  counted: 1.01,
  defines: 2.25,
  label: 1.66,
  fused: 0.28,
  dense: 5.81,
  lexical: 2.79,
  length: -0.37,
  short: -0.12,
  item: 0.31,
  row: 0.26,
  news: -0.0,
  answers: 0.53,
  covers: 0.77,
};

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: LogisticModel<keyof Signals> = {
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
export const FACT_MODEL: LogisticModel<keyof Signals> = {
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
export const LEAST_FACT = 0.1;

/** … and of a question for a list: where every item answers a little, none leads, and none says it all. */
export const LEAST_FACT_OF_LIST = -0.5;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.4, fact: 0.6, lead: 2.7 };
