import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 5.4,
  ownLike: 5.9,
  headings: 3.57,
  around: 2.72,
  missing: -2.4,
  namesOwn: -0.62,
  namesNear: 1.87,
  proximity: 0.34,
  pairs: 0.5,
  cosine: 4.7,
  gist: 0.16,
  gistPlaced: 3.07,
  kind: 1.65,
  focus: 1.07,
  counted: 2.46,
  defines: 2.03,
  label: 2.15,
  fused: 4.46,
  dense: 1.09,
  lexical: 0.34,
  length: 0.17,
  short: 1.22,
  item: 0.33,
  row: 1.3,
  news: 0.24,
  answers: 0,
  covers: 0,
};

/** A logistic model over the signals. */
export interface Model {
  bias: number;
  weights: Partial<Signals>;
}

/** Whether the corpus is about what is asked. */
export const SUBJECT_MODEL: Model = {
  bias: -6.64,
  weights: {
    coverage: 1.72,
    cosine: 2.74,
    namesNear: 3.18,
    pairs: 1.16,
    dense: 6.82,
    closest: 2.42,
    missingYear: -1.8,
  },
};

/** Whether it says what is asked of its subject. */
export const FACT_MODEL: Model = {
  bias: -3.84,
  weights: {
    namesNear: 1.4,
    unfoundTyped: -1.56,
    missingKind: -4.84,
    missingName: -3.24,
    missingCount: -1.42,
    missingYear: -5.95,
    lead: 1.28,
    fused: 3.81,
    outdone: -2.8,
  },
};

/** The least logit of the fact model that is answered; the subject model's is fitted to each corpus (fit-refusal.ts). */
export const LEAST_FACT = -0.25;

/** Probability that an answer is right, from the fact model's logit and the best evidence's lead. */
export const CALIBRATION = { bias: -1.35, fact: 0.75, lead: 2 };
