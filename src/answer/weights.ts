import type { Features } from "./evidence.js";
import type { LogisticModel } from "./logistic.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 1.74,
  ownLike: 3.15,
  headings: 2.25,
  around: 2.27,
  missing: -1.31,
  namesOwn: -0.09,
  namesNear: 0.53,
  proximity: 0.1,
  pairs: 0.58,
  cosine: 7.24,
  gist: -0.74,
  gistPlaced: 2.0,
  kind: 0.98,
  focus: 0.27,
  counted: 0.91,
  defines: 2.11,
  label: 1.95,
  fused: -1.26,
  dense: 8.97,
  lexical: 3.04,
  length: -0.04,
  short: 0.07,
  item: 0.03,
  row: -0.05,
  news: -0.31,
  answers: 0.5,
  covers: 0.89,
};

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: LogisticModel<keyof Signals> = {
  bias: -5.69,
  weights: {
    coverage: 1.59,
    cosine: 0.4,
    namesNear: 2.1,
    pairs: 1.09,
    dense: 4.67,
    closest: 7.0,
    missingYear: -4.72,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: LogisticModel<keyof Signals> = {
  bias: -3.01,
  weights: {
    namesNear: 0.8,
    unfoundTyped: -0.92,
    missingKind: -2.21,
    missingName: -1.18,
    missingCount: -1.64,
    missingYear: -7.27,
    lead: 0.48,
    fused: 3.09,
    outdone: -2.32,
    answers: 2.2,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = 0.45;

/** … and of a question for a list: where every item answers a little, none leads, and none says it all. */
export const LEAST_FACT_OF_LIST = -0.5;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -0.9, fact: 0.55, lead: 2.3 };
