import type { Features } from "./evidence.js";
import type { Signals } from "./refuse.js";

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
export const RANKING_WEIGHTS: Features = {
  own: 6.9,
  ownLike: 7.1,
  headings: 5.1,
  around: 3.1,
  missing: -1.05,
  namesOwn: -0.5,
  namesNear: 1.7,
  proximity: 0.4,
  pairs: 0.5,
  cosine: 4.3,
  kind: 1.55,
  focus: 1.05,
  counted: 2.3,
  fused: 4.4,
  dense: 0.9,
  lexical: -0.7,
  length: 0,
  short: 0.5,
  item: 0.25,
  row: 0.95,
  first: 0,
  news: 0,
};

/** Weights of the decision to answer, a logistic model. */
export const REFUSAL_WEIGHTS: Partial<Signals> & { bias: number } = {
  bias: -3.4,
  own: 1.6,
  ownLike: 0.6,
  headings: 0.5,
  around: 0.3,
  lexical: 1.6,
  closest: 3.4,
  namesNear: 1.4,
  unknownName: -1.6,
  missingKind: -1.8,
  missingPlain: -0.8,
  lead: 0.6,
};

/** The least logit that is answered. */
export const LEAST_LOGIT = -0.4;
