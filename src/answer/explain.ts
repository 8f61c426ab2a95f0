import type { ExplainedPart, Explanation, Hit } from "../types.js";
import type { PartTrace, Trace } from "./trace.js";

/** A trace in the form that leaves the process: plain data, figures to four places. */
export function explanationOf({ resolved, parts, ms }: Trace): Explanation {
  return { question: resolved, parts: parts.map((part) => explainedPart(part)), ms: rounded(ms) };
}

function explainedPart({ question, kind, faq, passages, candidates, evidence, verdict, ms }: PartTrace): ExplainedPart {
  const read = new Set(passages.map(({ passage }) => passage));
  const sourceOf = new Map(passages.map(({ passage }) => [passage.id, passage.documentId]));
  const ranks = {
    dense: ranksBy(candidates, ({ dense }) => dense),
    lexical: ranksBy(candidates, ({ lexical }) => lexical),
    fused: ranksBy(candidates, ({ order }) => order),
  };
  return {
    question,
    kind,
    faq: faq === null ? null : { ...faq, nearness: rounded(faq.nearness) },
    candidates: candidates.map((hit, i) => ({
      source: hit.passage.documentId,
      heading: hit.passage.headings,
      start: hit.passage.start,
      end: hit.passage.end,
      read: read.has(hit.passage),
      scores: { dense: rounded(hit.dense), lexical: rounded(hit.lexical), fused: rounded(hit.order) },
      ranks: { dense: ranks.dense[i]!, lexical: ranks.lexical[i]!, fused: ranks.fused[i]! },
    })),
    evidence: evidence.map(({ passageId, text, score, used, why }) => ({
      text,
      source: sourceOf.get(passageId) ?? "",
      score: rounded(score),
      used,
      why,
    })),
    decision: { ...verdict, confidence: rounded(verdict.confidence), signals: roundedAll(verdict.signals) },
    ms: roundedAll(ms),
  };
}

/** The rank of each hit, 1 for the largest; equal values share the better one. */
function ranksBy(hits: readonly Hit[], valueOf: (hit: Hit) => number): number[] {
  const sorted = hits.map((hit) => valueOf(hit)).sort((a, b) => b - a);
  const rankOf = new Map<number, number>();
  sorted.forEach((value, i) => rankOf.has(value) || rankOf.set(value, i + 1));
  return hits.map((hit) => rankOf.get(valueOf(hit))!);
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function roundedAll(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rounded(value)]));
}
