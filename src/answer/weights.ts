import type { Features } from "./evidence.js";
import type { LogisticModel } from "./logistic.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 2.78,
  ownLike: 2.86,
  headings: 3.23,
  around: 2.06,
  missing: -1.16,
  namesOwn: -0.31,
  namesNear: 0.59,
  proximity: 0.17,
  pairs: -0.25,
  cosine: 4.28,
  gist: -0.06,
  gistPlaced: 1.32,
  kind: 1.13,
  focus: 0.26,
  counted: 0.82,
  defines: 1.56,
  label: 1.88,
  fused: -0.06,
  dense: 5.58,
  lexical: 3.96,
  length: -0.21,
  short: 0.27,
  item: 0.16,
  row: -0.12,
  news: -0.19,
  answers: 0.67,
  covers: 0.35,
};

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: LogisticModel<keyof Signals> = {
  bias: -8.15,
  weights: {
    coverage: 1.8,
    cosine: 2.29,
    namesNear: 2.15,
    pairs: 1.16,
    dense: 4.43,
    closest: 6.87,
    missingYear: -3,
    answers: 2.27,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: LogisticModel<keyof Signals> = {
  bias: -4.89,
  weights: {
    namesNear: 0.57,
    unfoundTyped: -0.58,
    missingKind: -1.63,
    missingName: -0.99,
    missingCount: -0.97,
    missingYear: -4.11,
    lead: 0.96,
    fused: 2.09,
    outdone: -1.23,
    answers: 4.21,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = -0.1;

/** … and of a question for a list or of a side of a comparison: every item answers a little, none leads, none says it all. */
export const LEAST_FACT_OF_LIST = -0.5;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.42, fact: 0.84, lead: 2.47 };
