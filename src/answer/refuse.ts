import { isBroad, isNarrow } from "./answer-kind.js";
import { type Evidence, READ, type WeightedTerm } from "./evidence.js";
import { logitOf, probabilityOf } from "./logistic.js";
import type { RefusalFit } from "../search/manifest.js";
import { type Question, YEAR_OR_VERSION } from "./question.js";
import { CALIBRATION, FACT_MODEL, LEAST_FACT, LEAST_FACT_OF_LIST, SUBJECT_MODEL } from "./weights.js";

/** Evidence below the best few says nothing about whether there is an answer. */
const CONSIDERED = 3;
/** Evidence is about the names asked for if it has this share of what the best has of them. */
const NAMED = 0.6;
/** What a term counts that only headings and lead-in, or only the neighbouring sentences, hold. */
const HEADING_SHARE = 0.8;
const AROUND_SHARE = 0.5;
/** A short form that a text spells out is hardly ever spelt out wrongly. */
const SPELT_OUT = 0.95;
/** Evidence this near the best in score may be what answers. */
const CLOSE = 1;

/**
 * What the decision is made from, each about 0 to 1. "Share" is a share of the question's term weight; the best evidence is
 * meant where nothing else is said.
 */
export interface Signals {
  /** Share found in the best evidence, less for headings and lead-in, less still for what stands around it. */
  coverage: number;
  cosine: number;
  namesNear: number;
  pairs: number;
  /**
   * For a question after a person, place or number, which many a sentence holds: share of the words that are no names which
   * is not found in evidence near the best that holds one; the least of them.
   */
  unfoundTyped: number;
  /** Share of terms that the corpus does not have at all, and that none of the best few pieces of evidence has or has like. */
  unknown: number;
  unfound: number;
  /** The highest dense score of any passage, and the highest cosine of the best few pieces of evidence. */
  dense: number;
  closest: number;
  /** 1 if nothing near the best holds the kind of thing asked for: of a kind with a narrow shape, a name. */
  missingKind: number;
  missingName: number;
  /** 1 if a question counts something ("How many countries …") and nothing near the best counts it. */
  missingCount: number;
  /** 1 if the question names a year or a version that the best few pieces of evidence do not have. */
  missingYear: number;
  /** The best's share of the probability, softmax over the scores. */
  lead: number;
  /** The best's passage's fused score: 1 if retrieval ranks it first, too. */
  fused: number;
  /** How much nearer than the best, by cosine, the nearest evidence is: 0 if meaning and words agree on the best. */
  outdone: number;
  /**
   * The sentence reader's estimate that any of the best dozen holds an answer, as it learned to tell: the logistic of the log
   * of the sum of their odds (sentence-reader.ts).
   */
  answers: number;
}

/** Why evidence does not answer. Of several reasons, the first that holds. */
export type Refusal =
  /** Nothing was found that could be quoted, or the question has no words to look for. */
  | "no_evidence"
  /** It asks what the bot thinks. */
  | "opinion"
  /** The corpus has none of its words, nor any like them. */
  | "unknown_words"
  /** Nothing spells out the short form it asks about. */
  | "not_spelt_out"
  /** The corpus does not seem to be about this. */
  | "subject"
  /** It does, but does not seem to say what is asked. */
  | "fact";

export interface Verdict {
  answer: boolean;
  /** Null if it is answered. */
  refusal: Refusal | null;
  /** Estimated probability that the evidence answers the question, 0 to 1. */
  confidence: number;
  signals: Partial<Signals> & { subjectLogit?: number; factLogit?: number };
}

/**
 * Decides from the best evidence whether the corpus answers the question. Two logistic models, because two things can be
 * missing: the subject (nothing like it is in the corpus) and the fact (the subject is there, what is asked of it is not).
 *
 * @param isSide one side of a comparison is asked about: a question that the program made, and a vague one
 */
export function decide(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  { leastSubject }: Pick<RefusalFit, "leastSubject">,
  isSide = false,
): Verdict {
  const signals = signalsOf(question, terms, evidence);
  const refused = (refusal: Refusal): Verdict => ({ answer: false, refusal, confidence: 0, signals: signals ?? {} });
  if (question.asksOpinion) return refused("opinion");
  if (signals === null) return refused("no_evidence");
  // The corpus has none of the question's words, nor any like them: what is nearest in meaning is so by chance.
  if (signals.unknown === 1 && signals.unfound === 1) return refused("unknown_words");
  // A short form is spelt out somewhere or it is not: nothing near it will do.
  if (question.kind === "expansion" && evidence.every((item) => item.features.kind !== 1))
    return refused("not_spelt_out");
  const subjectLogit = logitOf(SUBJECT_MODEL, signals);
  const factLogit = logitOf(FACT_MODEL, signals);
  const told = { ...signals, subjectLogit, factLogit };
  if (question.kind === "expansion") return { answer: true, refusal: null, confidence: SPELT_OUT, signals: told };
  const isVague = isSide || question.listNoun !== null || isOneList(evidence);
  const leastFact = isVague ? LEAST_FACT_OF_LIST : LEAST_FACT;
  const refusal = subjectLogit < leastSubject ? "subject" : factLogit < leastFact ? "fact" : null;
  const confidence = calibrated(factLogit, signals.lead);
  // A corpus that is not about it does not say it, however well a sentence fits.
  const ofSubject = refusal === "subject" ? probabilityOf(subjectLogit - leastSubject) : 1;
  return { answer: refusal === null, refusal, confidence: Math.min(confidence, ofSubject), signals: told };
}

/** Whether the best few are items under one heading: by itself each says little of an answer. */
function isOneList(evidence: readonly Evidence[]): boolean {
  const best = evidence.slice(0, CONSIDERED);
  return best.length === CONSIDERED && best.every(({ unit, hit }) => unit.kind === "item" && hit === best[0]!.hit);
}

function calibrated(fact: number, lead: number): number {
  return probabilityOf(CALIBRATION.bias + CALIBRATION.fact * fact + CALIBRATION.lead * lead);
}

/** "How much leave" and "what size" are not counted in leaves and sizes. */
const COUNTS = /\bhow many\b/i;

function lacks(item: Evidence, t: number, word: string): boolean {
  return item.found[t]! < 1 && !item.hit.passage.text.includes(word);
}

/** The log of the sum of what the logarithms of are given. */
function logOfSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

/** The least share of the words that are no names which is not found in evidence that holds the kind asked for; 1 without any. */
function unfoundWords(terms: readonly WeightedTerm[], evidence: readonly Evidence[]): number {
  const total = terms.reduce((sum, { idf, isName }) => sum + (isName ? 0 : idf), 0);
  const shares = evidence
    .filter(({ features }) => features.kind === 1)
    .map(({ found }) => terms.reduce((sum, { idf, isName }, t) => sum + (isName ? 0 : idf * (1 - found[t]!)), 0));
  return Math.min(1, ...shares.map((sum) => (total === 0 ? 0 : sum / total)));
}

/** Null without terms or evidence. */
function signalsOf(question: Question, terms: readonly WeightedTerm[], evidence: readonly Evidence[]): Signals | null {
  const best = evidence[0];
  if (best === undefined || terms.length === 0) return null;
  const considered = evidence.slice(0, CONSIDERED);
  const close = evidence.filter((item) => item.score >= best.score - CLOSE);
  // A date or a number in a sentence about something else is not what was asked for.
  const named = NAMED * Math.max(...close.map(({ features: { namesNear } }) => namesNear));
  const lacksKind = close.every(({ features: { kind, namesNear } }) => kind === -1 || namesNear < named) ? 1 : 0;
  const countsNothing = close.every((item) => item.features.counted === 0) ? 1 : 0;
  const odds = evidence.reduce((sum, item) => sum + Math.exp(item.score - best.score), 0);
  const total = terms.reduce((sum, term) => sum + term.idf, 0);
  const share = (weight: (term: WeightedTerm, t: number) => number): number =>
    total === 0 ? 0 : terms.reduce((sum, term, t) => sum + term.idf * weight(term, t), 0) / total;
  const { features } = best;
  const { own, ownLike, headings, around } = features;
  const lacksYear = terms.some(
    ({ word }, t) => YEAR_OR_VERSION.test(word) && considered.every((item) => lacks(item, t, word)),
  );
  return {
    coverage: own + ownLike + HEADING_SHARE * headings + AROUND_SHARE * around,
    cosine: features.cosine,
    namesNear: features.namesNear,
    pairs: features.pairs,
    unfoundTyped: isBroad(question.kind) ? unfoundWords(terms, close) : 0,
    unknown: share((term) => (term.known ? 0 : 1)),
    unfound: share((_, t) => 1 - Math.max(...considered.map((item) => item.found[t]!))),
    dense: Math.max(...evidence.map((item) => item.features.dense)),
    closest: Math.max(...considered.map((item) => item.features.cosine)),
    missingKind: isNarrow(question.kind) ? lacksKind : 0,
    missingName: question.kind === "person" || question.kind === "place" ? lacksKind : 0,
    missingCount:
      question.kind === "number" && question.focus.length > 0 && COUNTS.test(question.text) ? countsNothing : 0,
    missingYear: lacksYear ? 1 : 0,
    lead: 1 / odds,
    fused: features.fused,
    outdone: Math.max(...evidence.map((item) => item.features.cosine)) - features.cosine,
    answers: probabilityOf(logOfSum(evidence.slice(0, READ).map((item) => item.features.answers))),
  };
}
