import type { SupportFeatures } from "./features.js";

/** Why a sentence is not let through. */
export type Unsupported = "number" | "name" | "denial" | "place" | "words" | "meaning" | "entailment";

/**
 * Least and most of what a sentence may show to be let through. Chosen on the tuning sets of labelled sentences
 * (test/golden/sentences-tune.jsonl, claims-tune.jsonl) for few false sentences let through: one that is stopped is
 * replaced by the source's own words, one that is let through misleads.
 */
const LIMITS = { covered: 0.45, leastClause: 0.45, literal: 0.75, heaviestDistant: 1.1, cosine: 0.3 };

/** Why a claim with these features is not let through; null if it is. */
export function verdictOn(features: SupportFeatures): Unsupported | null {
  if (features.strangeNumbers > 0) return "number";
  if (features.strangeNames > 0 || features.distantNames > 0) return "name";
  if (features.denied > 0) return "denial";
  if (features.misplaced > 0) return "place";
  const isThin =
    features.covered < LIMITS.covered ||
    features.leastClause < LIMITS.leastClause ||
    features.literal < LIMITS.literal ||
    features.heaviestDistant > LIMITS.heaviestDistant;
  if (isThin || features.substituted > 0) return "words";
  return features.cosine < LIMITS.cosine ? "meaning" : null;
}

/** A claim that cites the wrong passage must be said by another in nearly the same words. */
const LEAST_LITERAL = 0.8;

/** Whether one unit of a passage that was not cited says a claim that is let through. */
export function isRecited({ joined, literal }: SupportFeatures): boolean {
  return joined === 0 && literal >= LEAST_LITERAL;
}
