import type { ChatModel } from "../chat-model/chat-model.js";
import type { Verifier } from "../gate/verifier.js";
import type { Embedder } from "../embed/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import { RERANKED } from "../search/rerank.js";
import type { ShortForm } from "../search/short-forms.js";
import type { RelatedTerm } from "../search/thesaurus.js";
import { turn } from "../threads/turns.js";
import type { Hit } from "../types.js";
import { answersOnlyItsQuestion, type Evidence, weighEvidence, type WeightedTerm } from "./evidence.js";
import { nounLikeness } from "./list-noun.js";
import { SentenceReader } from "./sentence-reader.js";
import { TermMatcher } from "./term-matcher.js";
import { analyseQuestion, type Question, type QuestionTerm } from "./question.js";

export interface AnswerDeps {
  index: PassageIndex;
  embedder: Embedder;
  /** What answers in its own words, if one is set. */
  chatModel?: ChatModel | null;
  /** What gives a second opinion on its sentences, if one is set. */
  verifier?: Verifier | null;
}

/** What the corpus has on one question that stands alone. */
export interface LookUp {
  question: Question;
  terms: WeightedTerm[];
  /** Finds the terms in passages. */
  matcher: TermMatcher;
  /** Reads sentences for the answer. */
  reader: SentenceReader;
  /** The question's embedding. */
  vector: Float32Array;
  /** Passages that are read, best first. */
  hits: Hit[];
  /** All that were retrieved, best first. */
  candidates: Hit[];
  /** What each step took, in milliseconds. */
  ms: Record<"embed" | "retrieve" | "weigh", number>;
  /** Every sentence, item and row of them, best first, and those of them that may answer. */
  ranked: Evidence[];
  evidence: Evidence[];
}

/** Passages each question is answered from: the best by the fused score, as the models that weigh evidence were fitted … */
const PASSAGES = 12;
/** … and those of the best in the search's better order that are not among them. */
const BEST_IN_ORDER = 8;
/** A passage whose heading names what is asked for counts when it is among so many. */
const SECTIONS_AMONG = 40;
/** What a related term counts beside the question's own: chosen by passage recall on three collections. */
const RELATED_SHARE = 0.5;
/** What each word of a spelt-out short form counts. */
const SPELLED_OUT_SHARE = 0.4;

/** A question as it is searched for. */
export interface ReadQuestion {
  question: Question;
  terms: WeightedTerm[];
  /** The corpus's short forms that it uses or spells out. */
  forms: ShortForm[];
  /** What the index is asked for. */
  query: { text: string; vector: Float32Array; related: RelatedTerm[] };
  /** What the embedding took, in milliseconds. */
  embedMs: number;
}

/** Reads a question: puts misspelt words right, embeds it, and finds words of like meaning in the corpus. */
export async function readQuestion({ index, embedder }: AnswerDeps, text: string): Promise<ReadQuestion> {
  const question = analyseQuestion(text);
  const terms = await weighTerms({ index, embedder }, question.terms);
  const started = performance.now();
  const vector = await embedder.embedQuery(respelt(question.searchText, terms));
  const embedMs = performance.now() - started;
  const forms = await shortFormsOf(index, terms);
  const related = [...(await relatedTo(index, terms)), ...spelledOut(forms, terms)];
  return { question, terms, forms, query: { text: searchTextOf(question, terms), vector, related }, embedMs };
}

/**
 * Reads a question, retrieves passages for it and weighs what they say.
 *
 * @param showAll gives all candidates back, for people who want to see them
 */
export async function lookUp(
  deps: AnswerDeps,
  text: string,
  sources?: readonly string[],
  showAll = false,
): Promise<LookUp> {
  const { index } = deps;
  await turn();
  const { question, terms, forms, query, embedMs } = await readQuestion(deps, text);
  const readAt = performance.now();
  const found = await index.search({ ...query, k: showAll ? Infinity : RERANKED, sources });
  const candidates = showAll ? found : found.slice(0, question.listNoun === null ? PASSAGES : SECTIONS_AMONG);
  const hits = passagesRead(question, found);
  const foundAt = performance.now();
  const matcher = new TermMatcher(terms, index.vocabulary, forms);
  const reader = new SentenceReader(question, terms, index.vocabulary);
  const ranked = weighEvidence(question, terms, hits, matcher, reader);
  const answering = ranked.filter((item) => !answersOnlyItsQuestion(question, item));
  const evidence = withTimeIfAsked(question, answering);
  const ms = { embed: embedMs, retrieve: foundAt - readAt, weigh: performance.now() - foundAt };
  return { question, terms, matcher, reader, vector: query.vector, hits, candidates, ranked, evidence, ms };
}

/** The best passages, and lists further down under a heading or line that names what is asked for ("Main challenges"). */
function passagesRead({ listNoun }: Question, found: readonly Hit[]): Hit[] {
  const byScore = found.toSorted((a, b) => b.score - a.score);
  const best = new Set([...byScore.slice(0, PASSAGES), ...found.slice(0, BEST_IN_ORDER)]);
  const names = ({ passage }: Hit): boolean =>
    listNoun !== null &&
    passage.units.some((unit) => unit.kind === "item" && nounLikeness(listNoun, passage, unit) > 0);
  return byScore.filter((hit, i) => best.has(hit) || (i < SECTIONS_AMONG && names(hit)));
}

/** "When in the video is … said?" is answered by what has a time in a recording, if any of what was found has. */
function withTimeIfAsked({ asksForTime }: Question, evidence: Evidence[]): Evidence[] {
  const timed = asksForTime ? evidence.filter(({ unit }) => unit.seconds !== null) : [];
  return timed.length === 0 ? evidence : timed;
}

/** The question with misspelt words put right. */
function respelt(text: string, terms: readonly WeightedTerm[]): string {
  return terms.reduce(
    (put, { word, searchWord }) => (word === searchWord ? put : put.replaceAll(word, searchWord)),
    text,
  );
}

/** The corpus's short forms that the question uses or spells out. */
async function shortFormsOf(index: PassageIndex, terms: readonly WeightedTerm[]): Promise<ShortForm[]> {
  const asked = new Set(terms.flatMap((term) => term.terms));
  return (await index.shortForms()).filter(
    ({ short, long }) => asked.has(short) || long.every((term) => asked.has(term)),
  );
}

/** What the question's short forms stand for, and the short forms of what it spells out, for the search. */
function spelledOut(forms: readonly ShortForm[], terms: readonly WeightedTerm[]): RelatedTerm[] {
  const asked = new Set(terms.flatMap((term) => term.terms));
  return forms.flatMap(({ short, long }) =>
    asked.has(short)
      ? long.map((term) => ({ term, weight: SPELLED_OUT_SHARE }))
      : [{ term: short, weight: 2 * SPELLED_OUT_SHARE }],
  );
}

/** Words of the corpus that mean much the same as the question's; a name has no other. */
async function relatedTo(index: PassageIndex, terms: readonly WeightedTerm[]): Promise<RelatedTerm[]> {
  const common = terms.filter((term) => !term.isName);
  const related = await Promise.all(common.map((term) => index.relatedTerms(term.terms[0]!)));
  return related.flat().map(({ term, weight }) => ({ term, weight: weight * RELATED_SHARE }));
}

/** The question's words, and those that misspelt ones stand for. */
function searchTextOf(question: Question, terms: readonly WeightedTerm[]): string {
  const respelled = terms.filter((term) => term.word !== term.searchWord).map((term) => term.searchWord);
  return [question.searchText, ...respelled].join(" ");
}

/** Looks up what each term weighs in this corpus; a word nobody knows is taken for a slip of the pen if one is near. */
async function weighTerms({ index, embedder }: AnswerDeps, terms: readonly QuestionTerm[]): Promise<WeightedTerm[]> {
  return Promise.all(
    terms.map(async (term) => {
      const weighed = await weigh(index, term);
      if (weighed.known || isShortForm(term) || embedder.knowsWord(term.word)) return weighed;
      const respelled = await index.respell(term.terms[0]!);
      if (respelled === null) return weighed;
      const mended = await weigh(index, { ...term, terms: [respelled] });
      return { ...mended, searchWord: respelled };
    }),
  );
}

/** "JWST" in a question that is not all capitals is a name, never a slip of the pen. */
function isShortForm({ word, isName }: QuestionTerm): boolean {
  return isName && /^[\p{Lu}\p{N}]{2,}s?$/u.test(word);
}

async function weigh(index: PassageIndex, term: QuestionTerm): Promise<WeightedTerm> {
  const [whole, ...parts] = await index.termWeights(term.terms);
  const known = whole!.known || (parts.length > 0 && parts.every((part) => part.known));
  const idf = whole!.known || parts.length === 0 ? whole!.idf : Math.max(...parts.map((part) => part.idf));
  return { ...term, idf, known, searchWord: term.word };
}
