import type { Features } from "./evidence.js";
import type { LogisticModel } from "./logistic.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 2.87,
  ownLike: 2.73,
  headings: 3.03,
  around: 2.07,
  missing: -1.22,
  namesOwn: -0.2,
  namesNear: 0.56,
  proximity: 0.18,
  pairs: -0.37,
  cosine: 4.08,
  gist: -0.52,
  gistPlaced: 1.46,
  kind: 1.08,
  focus: 0.26,
  counted: 0.97,
  defines: 1.51,
  label: 1.97,
  fused: 0,
  dense: 5.23,
  lexical: 3.67,
  length: -0.14,
  short: 0.85,
  item: 0.21,
  row: 0.07,
  news: -0.2,
  answers: 0.67,
  covers: 0.36,
};

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: LogisticModel<keyof Signals> = {
  bias: -8.4,
  weights: {
    coverage: 1.53,
    cosine: 1.62,
    namesNear: 2.09,
    pairs: 1.18,
    dense: 4.33,
    closest: 7.42,
    missingYear: -2.43,
    answers: 2.95,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: LogisticModel<keyof Signals> = {
  bias: -4.95,
  weights: {
    namesNear: 0.57,
    unfoundTyped: -0.44,
    missingKind: -1.39,
    missingName: -1.18,
    missingCount: -1.12,
    missingYear: -4.06,
    lead: 0.68,
    fused: 2.28,
    outdone: -1.57,
    answers: 4.39,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = -0.3;

/** … and of a question for a list or of a side of a comparison: every item answers a little, none leads, none says it all. */
export const LEAST_FACT_OF_LIST = -0.5;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.21, fact: 0.73, lead: 2.34 };
