import type { PassageIndex } from "../search/passage-index.js";
import { foldWord, termsOf } from "../search/tokenize.js";
import type { Passage } from "../types.js";
import { answersItself, faqQuestionOf } from "./faq.js";
import { headingQuestions } from "./heading-question.js";

/** Where an answer was quoted from. */
export interface QuotedPlace {
  documentId: string;
  passageId: string;
  headings: readonly string[];
}

export interface SuggestDeps {
  index: PassageIndex;
  /** The places a question is answered from; none if it is not answered. */
  canAnswer: (question: string) => Promise<readonly QuotedPlace[]>;
  /** Whether a question is looked up just as it is written, whole. */
  isLookedUpWhole: (question: string) => boolean;
}

/** What is nearest to a question, best first. */
export interface Nearest {
  faq: readonly Passage[];
  passages: readonly Passage[];
}

interface Candidate {
  question: string;
  /** Whether a place is what the question was made from. */
  isFrom: (place: QuotedPlace) => boolean;
  /** The FAQ item it is the question of. */
  faq: Passage | null;
}

const MAX_SUGGESTIONS = 3;
/** Candidates are tried by asking them, which takes as long as an answer each; what was tried before is remembered. */
const MAX_CHECKS = 6;
/** Beside an answer, which is what was asked for. */
const MAX_CHECKS_BESIDE = 3;
/** FAQ items and passages that candidates are made from. */
const NEAREST_FAQ = 6;
const NEAREST_PASSAGES = 10;
/** Documents that starters are made from. */
const MAX_DOCUMENTS = 30;
/** Questions that share this much of their terms ask the same. */
const SAME_QUESTION = 0.6;
/** Outcomes remembered for one index; beyond it they are forgotten and tried again. */
const MAX_REMEMBERED = 50_000;

/** By index, so that a new build begins anew: whether a question is answered from where it was made. */
const outcomes = new WeakMap<PassageIndex, Map<string, boolean>>();

/**
 * Questions that this corpus answers, each from the place it was made from: FAQ items, then what headings announce.
 * Nearest to the question first; without a question, spread over the documents.
 *
 * @param near what is near to the question, null if there is nothing to be near to (a greeting)
 * @param answered whether they stand beside an answer
 */
export async function suggestQuestions(
  deps: SuggestDeps,
  near: Nearest | null,
  question: string,
  sources?: readonly string[],
  answered = false,
): Promise<string[]> {
  const candidates = near === null ? starters(deps.index, sources) : nearby(deps.index, near);
  const remembered = outcomes.get(deps.index) ?? new Map<string, boolean>();
  outcomes.set(deps.index, remembered);
  const chosen: string[] = [];
  let checks = 0;
  for await (const candidate of candidates) {
    if (sameWords(candidate.question, question) || chosen.some((other) => asksTheSame(candidate.question, other)))
      continue;
    const key = JSON.stringify([candidate.question, sources?.toSorted()]);
    let passes = remembered.get(key);
    if (passes === undefined && isSure(candidate, deps)) remembered.set(key, (passes = true));
    if (passes === undefined) {
      const isEnough = checks === (answered ? MAX_CHECKS_BESIDE : MAX_CHECKS);
      // Of a few nearest ones, one may be known to pass; of a whole corpus, too many would be looked at.
      if (isEnough && near === null) break;
      if (isEnough) continue;
      checks++;
      passes = (await deps.canAnswer(candidate.question)).some(candidate.isFrom);
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(key, passes);
    }
    if (passes) chosen.push(candidate.question);
    if (chosen.length === MAX_SUGGESTIONS) break;
  }
  return chosen;
}

/** A FAQ item that answers its own question need not be asked. */
function isSure({ question, faq }: Candidate, { isLookedUpWhole }: SuggestDeps): boolean {
  return faq !== null && isLookedUpWhole(question) && answersItself(faq);
}

/** What is nearest to the question: only its nearest passages' headings are read, however large the corpus. */
async function* nearby(index: PassageIndex, { faq, passages }: Nearest): AsyncGenerator<Candidate> {
  for (const passage of faq.slice(0, NEAREST_FAQ)) yield faqCandidate(passage);
  for (const passage of passages.slice(0, NEAREST_PASSAGES)) yield* headingCandidates(index, passage);
}

/** A FAQ item of each document, then a heading of each, then what is left. */
async function* starters(index: PassageIndex, sources?: readonly string[]): AsyncGenerator<Candidate> {
  const documents = (await index.documents()).filter(({ id }) => sources?.includes(id) ?? true);
  const withFaq = documents.filter(({ faq }) => faq.length > 0).slice(0, MAX_DOCUMENTS);
  const chosen = [...new Set([...withFaq, ...documents.slice(0, MAX_DOCUMENTS)])];
  const passages = await Promise.all(chosen.map(({ id }) => index.passagesOf(id)));
  const faq = passages.map((all) => all.filter(({ kind }) => kind === "faq"));
  for (const passage of inTurns(faq)) yield faqCandidate(passage);
  const sections = passages.map((all) => all.filter((one, i) => innermost(one) !== innermost(all[i - 1])));
  for (const passage of inTurns(sections)) yield* headingCandidates(index, passage);
}

/** The first of each, then the second of each, and so on. */
function* inTurns<T>(groups: readonly (readonly T[])[]): Generator<T> {
  const longest = Math.max(0, ...groups.map((group) => group.length));
  for (let i = 0; i < longest; i++) for (const group of groups) if (i < group.length) yield group[i]!;
}

function innermost(passage: Passage | undefined): string | undefined {
  return passage && JSON.stringify(passage.headings);
}

function faqCandidate(passage: Passage): Candidate {
  return { question: faqQuestionOf(passage), isFrom: (place) => place.passageId === passage.id, faq: passage };
}

async function* headingCandidates(index: PassageIndex, passage: Passage): AsyncGenerator<Candidate> {
  const document = passage.kind === "faq" ? null : await index.document(passage.documentId);
  if (document === null) return;
  const isFrom = ({ documentId, headings }: QuotedPlace): boolean =>
    documentId === document.id && passage.headings.every((heading, i) => headings[i] === heading);
  for (const question of headingQuestions(passage, document)) yield { question, isFrom, faq: null };
}

/** The same but for capitals and punctuation. */
function sameWords(a: string, b: string): boolean {
  const words = (text: string): string =>
    foldWord(text)
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  return words(a) === words(b);
}

function asksTheSame(a: string, b: string): boolean {
  const [termsA, termsB] = [new Set(termsOf(a)), new Set(termsOf(b))];
  const shared = [...termsA].filter((term) => termsB.has(term)).length;
  return sameWords(a, b) || shared >= SAME_QUESTION * Math.max(1, Math.min(termsA.size, termsB.size));
}
