import type { Side } from "./comparison.js";
import { type Composed, composeExtractive } from "./compose.js";
import {
  composeFaq,
  composeFaqOfOtherForm,
  faqCandidates,
  FAQ_INSTEAD_OF_REFUSING,
  FAQ_NEAR,
  FAQ_NEAR_OF_OTHER_FORM,
  isOfOtherForm,
  faqQuestionOf,
  nearestFaq,
  type NearFaq,
} from "./faq.js";
import { composeFurther, withoutTold } from "./further.js";
import { type AnswerDeps, type LookUp, lookUp } from "./look-up.js";
import { termsOf } from "../search/tokenize.js";
import { type Evidence, holds } from "./evidence.js";
import { decide } from "./refuse.js";
import type { Block } from "./statement.js";
import type { Nearest } from "./suggest.js";
import type { PartTrace } from "./trace.js";

/** What the corpus says to one question that stands alone. */
export interface PartAnswer {
  /** Empty if the corpus does not say. */
  blocks: Block[];
  /** Estimated probability that the corpus answers the question with these blocks, 0 to 1. */
  confidence: number;
  near: Nearest;
  trace: PartTrace;
}

export interface PartOptions {
  /** Ids of the sources to search in; all if absent. */
  sources?: readonly string[] | undefined;
  /** What is quoted must speak of this side of a comparison, and briefly. */
  about?: Side;
  /** What was said to this question already: more is wanted. */
  told?: string | null;
  /** Traces all candidates of the retrieval. */
  showAll?: boolean | undefined;
}

/** So many statements are made of each side of a comparison. */
const SIDE_STATEMENTS = 2;
/** A term held this well is named. */
const NAMED = 0.6;

/** Answers one question: by the FAQ item that asks the same, else from the best evidence, else not at all. */
export async function answerPart(
  deps: AnswerDeps,
  text: string,
  { sources, about, told = null, showAll }: PartOptions = {},
): Promise<PartAnswer> {
  const found = await lookUp(deps, text, sources, showAll);
  const started = performance.now();
  const { question, terms, vector } = found;
  const evidence = about === undefined ? found.evidence : speakingOf(about, found);
  const faqMatches = await faqCandidates(deps.index, vector, sources);
  const faq = nearestFaq(faqMatches, found);
  const verdict = decide(question, terms, evidence, deps.index.refusal, about !== undefined);
  const decidedAt = performance.now();
  // "No. Only guide dogs may" is no answer to "Who may bring a dog?", unless it is all but the same question.
  const isOtherForm = faq !== null && isOfOtherForm(question, faq);
  const asIs = verdict.answer || question.asksOpinion ? FAQ_NEAR : FAQ_INSTEAD_OF_REFUSING;
  const nearEnough = isOtherForm ? FAQ_NEAR_OF_OTHER_FORM : asIs;
  // Where the documents have none of the words, nor any like them, what an item has of the evidence is chance.
  const byFaq = faq !== null && faq.nearness >= nearEnough && verdict.refusal !== "unknown_words";
  const composeItem = isOtherForm ? composeFaqOfOtherForm : composeFaq;
  const item = byFaq ? composeItem(faq.passage) : [];
  const itemBlocks = told === null ? item : withoutTold(item, told);
  const composed: Composed =
    itemBlocks.length > 0 || (!verdict.answer && !byFaq)
      ? NOTHING
      : told === null
        ? composeExtractive(question, terms, evidence, about && SIDE_STATEMENTS)
        : composeFurther(question, terms, evidence, told);
  const blocks = itemBlocks.length > 0 ? itemBlocks : composed.blocks;
  const confidence = byFaq ? Math.min(0.99, faq.nearness) : verdict.confidence;
  const ms = { ...found.ms, decide: decidedAt - started, compose: performance.now() - decidedAt };
  const near = {
    faq: faqMatches.map(({ passage }) => passage),
    passages: found.candidates.map(({ passage }) => passage),
  };
  return { blocks, confidence, near, trace: { ...traceOf(found, faq, byFaq, verdict, composed), ms } };
}

/**
 * The evidence that names a side of a comparison itself, or stands under a heading that names it and not the other, or goes
 * on from a sentence that does. Where an item or row is labelled with it ("Adults: …"), only that.
 */
function speakingOf({ own, other }: Side, { terms, evidence }: LookUp): Evidence[] {
  const asked = terms.flatMap((term, t) => (own.includes(term.word) ? [{ term, t }] : []));
  const others = termsOf(other.join(" "));
  const named = evidence.filter((item) => {
    const above = new Set(termsOf([...item.hit.passage.headings, item.unit.context].join(" ")));
    const isBoth = others.some((term) => above.has(term));
    return asked.every(({ term, t }) => item.own[t]! >= NAMED || (!isBoth && holds(above, term)));
  });
  const units = new Set(named.map(({ unit }) => unit));
  const goesOn = ({ hit, unit }: Evidence): boolean =>
    units.has(hit.passage.units[hit.passage.units.indexOf(unit) - 1]!);
  const labelled = named.filter(({ features }) => features.label === 1);
  return labelled.length > 0 ? labelled : evidence.filter((item) => units.has(item.unit) || goesOn(item));
}

const NOTHING: Composed = { blocks: [], why: new Map() };

function traceOf(
  { question, hits, candidates, evidence }: LookUp,
  faq: NearFaq | null,
  byFaq: boolean,
  verdict: ReturnType<typeof decide>,
  { why }: Composed,
): Omit<PartTrace, "ms"> {
  const unused = byFaq ? "a FAQ item answers" : verdict.answer ? "weaker than those used" : "too weak: refused";
  return {
    question: question.text,
    kind: question.kind,
    faq: faq === null ? null : { question: faqQuestionOf(faq.passage), nearness: faq.nearness, used: byFaq },
    passages: hits.map(({ passage, dense, lexical, score }) => ({ passage, dense, lexical, score })),
    candidates,
    evidence: evidence.map((item) => ({
      passageId: item.hit.passage.id,
      text: item.text,
      score: item.score,
      used: why.has(item),
      why: why.get(item) ?? unused,
    })),
    verdict: { ...verdict, signals: { ...verdict.signals } },
  };
}
