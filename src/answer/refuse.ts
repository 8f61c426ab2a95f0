import { hasPlainShape, isNarrow } from "./answer-kind.js";
import type { Evidence, WeightedTerm } from "./evidence.js";
import type { Question } from "./question.js";

/**
 * Weights of the decision, a logistic model: near a fit with fixed signs on questions over the shipped corpus (answerable
 * ones against unanswerable ones and against the same ones with their passage taken away), then set by hand where real
 * questions showed it wrong; see ARCHITECTURE.md.
 */
const WEIGHTS = {
  bias: -3.4,
  coverage: 0.6,
  own: 1.0,
  lexical: 1.6,
  cosine: 3.4,
  names: 1.4,
  unknownName: -1.6,
  missingKind: -1.8,
  missingDateOrSum: -2.6,
  lead: 0.6,
};
/** What a term counts that only the headings, or only the neighbouring sentences, hold. */
const HEADING_SHARE = 0.8;
const NEIGHBOUR_SHARE = 0.5;
/** Evidence below the best few says nothing about whether there is an answer. */
const CONSIDERED = 5;
/** Evidence this near the best in score may be what answers. */
const CLOSE = 1;
/**
 * The least logit that is answered: the point where few answerable questions are lost and all but a few questions about
 * other subjects are refused.
 */
const LEAST_LOGIT = -0.4;

export interface Verdict {
  answer: boolean;
  /** Estimated probability that the evidence answers the question, 0 to 1. */
  confidence: number;
}

/** Decides from the best evidence whether the corpus answers the question. */
export function decide(question: Question, terms: readonly WeightedTerm[], evidence: readonly Evidence[]): Verdict {
  const best = evidence[0];
  if (best === undefined || terms.length === 0) return { answer: false, confidence: 0 };
  // A short form is spelt out somewhere or it is not: nothing near it will do.
  if (question.kind === "expansion" && evidence.every((item) => item.features.kind !== 1)) {
    return { answer: false, confidence: 0 };
  }
  const considered = evidence.slice(0, CONSIDERED).map((item) => item.features);
  const { own, headings, around, namesNear } = best.features;
  const unknownName = terms.some((term) => term.isName && !term.known) ? 1 : 0;
  const close = evidence.filter((item) => item.score >= best.score - CLOSE);
  const missingKind = isNarrow(question.kind) && close.every((item) => item.features.kind === -1) ? 1 : 0;
  const odds = evidence.reduce((sum, item) => sum + Math.exp(item.score - best.score), 0);
  const logit =
    WEIGHTS.bias +
    WEIGHTS.coverage * (own + HEADING_SHARE * headings + NEIGHBOUR_SHARE * around) +
    WEIGHTS.own * own +
    WEIGHTS.lexical * Math.max(...evidence.map((item) => item.features.lexical)) +
    WEIGHTS.cosine * Math.max(...considered.map((features) => features.cosine)) +
    WEIGHTS.names * namesNear +
    WEIGHTS.unknownName * unknownName +
    (hasPlainShape(question.kind) ? WEIGHTS.missingDateOrSum : WEIGHTS.missingKind) * missingKind +
    WEIGHTS.lead / odds;
  const confidence = 1 / (1 + Math.exp(-(logit - LEAST_LOGIT)));
  return { answer: logit >= LEAST_LOGIT, confidence };
}
