import { type Composed, composeExtractive } from "./compose.js";
import { composeFaq, FAQ_INSTEAD_OF_REFUSING, FAQ_NEAR, faqQuestionOf, nearestFaq, type NearFaq } from "./faq.js";
import { type AnswerDeps, type LookUp, lookUp } from "./look-up.js";
import { decide } from "./refuse.js";
import type { Block } from "./statement.js";
import type { PartTrace } from "./trace.js";

/** What the corpus says to one question that stands alone. */
export interface PartAnswer {
  /** Empty if the corpus does not say. */
  blocks: Block[];
  /** Estimated probability that the corpus answers the question with these blocks, 0 to 1. */
  confidence: number;
  /** The question's embedding. */
  vector: Float32Array;
  trace: PartTrace;
}

/** Answers one question: by the FAQ item that asks the same, else from the best evidence, else not at all. */
export async function answerPart(deps: AnswerDeps, text: string, sources?: readonly string[]): Promise<PartAnswer> {
  const found = await lookUp(deps, text, sources);
  const { question, terms, vector, evidence } = found;
  const faq = await nearestFaq(deps.index, vector, question, terms, sources);
  const verdict = decide(question, terms, evidence, deps.index.refusal);
  const nearEnough = verdict.answer || question.asksOpinion ? FAQ_NEAR : FAQ_INSTEAD_OF_REFUSING;
  const byFaq = faq !== null && faq.nearness >= nearEnough;
  const composed: Composed = verdict.answer && !byFaq ? composeExtractive(question, terms, evidence) : NOTHING;
  const trace = traceOf(found, faq, byFaq, verdict, composed);
  if (byFaq) {
    const confidence = Math.min(0.99, 0.5 + faq.nearness / 2);
    return { blocks: composeFaq(faq.passage), confidence, vector, trace };
  }
  return { blocks: composed.blocks, confidence: verdict.confidence, vector, trace };
}

const NOTHING: Composed = { blocks: [], why: new Map() };

function traceOf(
  { question, hits, evidence }: LookUp,
  faq: NearFaq | null,
  byFaq: boolean,
  verdict: ReturnType<typeof decide>,
  { why }: Composed,
): PartTrace {
  const unused = byFaq ? "a FAQ item answers" : verdict.answer ? "weaker than those used" : "too weak: refused";
  return {
    question: question.text,
    kind: question.kind,
    faq: faq === null ? null : { question: faqQuestionOf(faq.passage), nearness: faq.nearness, used: byFaq },
    passages: hits.map(({ passage, dense, lexical, score }) => ({ passage, dense, lexical, score })),
    evidence: evidence.map((item) => ({
      passageId: item.hit.passage.id,
      text: item.text,
      score: item.score,
      used: why.has(item),
      why: why.get(item) ?? unused,
    })),
    verdict: { answer: verdict.answer, confidence: verdict.confidence, signals: { ...verdict.signals } },
  };
}
