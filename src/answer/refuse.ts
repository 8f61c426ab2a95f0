import { isNarrow } from "./answer-kind.js";
import type { Evidence, WeightedTerm } from "./evidence.js";
import type { Question } from "./question.js";

/**
 * Weights of the decision, set by hand on the shipped corpus; the signals are those that told answerable from
 * unanswerable questions best (largest single-signal AUC first): lexical strength, coverage with context, cosine.
 */
const WEIGHTS = {
  bias: -4.2,
  coverage: 3.2,
  lexical: 2.6,
  cosine: 4.0,
  names: 1.4,
  unknownName: -1.6,
  missingKind: -1.4,
};
/** Answers less likely right than this are not given. */
const MIN_CONFIDENCE = 0.5;

export interface Verdict {
  answer: boolean;
  /** Estimated probability that the evidence answers the question, 0 to 1. */
  confidence: number;
}

/** Decides from the best evidence whether the corpus answers the question. */
export function decide(question: Question, terms: readonly WeightedTerm[], evidence: readonly Evidence[]): Verdict {
  const best = evidence[0];
  if (best === undefined || terms.length === 0) return { answer: false, confidence: 0 };
  const unknownName = terms.some((term) => term.isName && !term.known) ? 1 : 0;
  const missingKind = isNarrow(question.kind) && best.kind === false ? 1 : 0;
  const lexical = Math.max(...evidence.map((item) => item.hit.lexical));
  const logit =
    WEIGHTS.bias +
    WEIGHTS.coverage * best.contextCoverage +
    WEIGHTS.lexical * lexical +
    WEIGHTS.cosine * best.cosine +
    WEIGHTS.names * best.nameCoverage +
    WEIGHTS.unknownName * unknownName +
    WEIGHTS.missingKind * missingKind;
  const confidence = 1 / (1 + Math.exp(-logit));
  return { answer: confidence >= MIN_CONFIDENCE, confidence };
}
