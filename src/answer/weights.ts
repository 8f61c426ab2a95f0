import type { Features } from "./evidence.js";
import type { LogisticModel } from "./logistic.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 2.87,
  ownLike: 3.57,
  headings: 3.8,
  around: 2.51,
  missing: -0.19,
  namesOwn: 0.07,
  namesNear: 0.33,
  proximity: 0.25,
  pairs: 0.14,
  cosine: 5.76,
  gist: 0.21,
  gistPlaced: 1.08,
  kind: 0.84,
  focus: -0.09,
  counted: 0.95,
  defines: 2.02,
  label: 2.02,
  fused: -0.74,
  dense: 7.4,
  lexical: 2.8,
  length: -0.6,
  short: 0.16,
  item: 0.11,
  row: -0.33,
  news: -0.09,
  answers: 0.55,
  covers: 0.92,
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
  bias: -2.97,
  weights: {
    namesNear: 0.85,
    unfoundTyped: -0.89,
    missingKind: -2.0,
    missingName: -0.82,
    missingCount: -1.42,
    missingYear: -5.01,
    lead: 0.39,
    fused: 2.36,
    outdone: -1.65,
    answers: 2.53,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = 0.4;

/** … and of a question for a list: where every item answers a little, none leads, and none says it all. */
export const LEAST_FACT_OF_LIST = -0.5;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.04, fact: 0.46, lead: 2.78 };
