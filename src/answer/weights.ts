import type { Features } from "./evidence.js";
import type { LogisticModel } from "./logistic.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 2.79,
  ownLike: 3.06,
  headings: 3.24,
  around: 1.89,
  missing: -1.31,
  namesOwn: -0.02,
  namesNear: 0.7,
  proximity: 0.16,
  pairs: 0.22,
  cosine: 3.95,
  gist: -0.34,
  gistPlaced: 1.61,
  kind: 1.14,
  focus: 0.09,
  counted: 0.85,
  defines: 1.85,
  label: 1.76,
  fused: -0.08,
  dense: 5.37,
  lexical: 3.88,
  length: -0.26,
  short: 0.29,
  item: 0.23,
  row: 0.08,
  news: -0.25,
  answers: 0.61,
  covers: 0.77,
};

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: LogisticModel<keyof Signals> = {
  bias: -6.74,
  weights: {
    coverage: 2.09,
    cosine: 1.46,
    namesNear: 2.35,
    pairs: 1.41,
    dense: 4.86,
    closest: 7.66,
    missingYear: -3.18,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: LogisticModel<keyof Signals> = {
  bias: -4.87,
  weights: {
    namesNear: 0.94,
    unfoundTyped: -0.83,
    missingKind: -1.83,
    missingName: -0.82,
    missingCount: -1.21,
    missingYear: -4.48,
    lead: 1.04,
    fused: 2.05,
    outdone: -1.96,
    answers: 3.89,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = 0.2;

/** … and of a question for a list: where every item answers a little, none leads, and none says it all. */
export const LEAST_FACT_OF_LIST = -0.5;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.35, fact: 0.66, lead: 2.8 };
