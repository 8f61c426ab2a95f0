import { ulid } from "ulid";
import type { Embedder } from "../embed/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Answer, Document, Turn } from "../types.js";
import { type CitedText, cite } from "./cite.js";
import { composeExtractive } from "./compose.js";
import { weighEvidence, type WeightedTerm } from "./evidence.js";
import { composeFaq, FAQ_INSTEAD_OF_REFUSING, FAQ_NEAR, faqQuestionOf, nearestFaq, type NearFaq } from "./faq.js";
import { resolveFollowUp } from "./follow-up.js";
import { analyseQuestion, type Question, type QuestionTerm, splitQuestion } from "./question.js";
import { decide } from "./refuse.js";
import type { Block } from "./statement.js";
import { suggestQuestions } from "./suggest.js";
import type { PartTrace, Trace } from "./trace.js";

export interface AnswerDeps {
  index: PassageIndex;
  embedder: Embedder;
}

export interface AnswerRequest {
  question: string;
  history?: readonly Turn[] | undefined;
  /** Ids of the sources to search in; all if absent. */
  sources?: readonly string[] | undefined;
}

type AnswerEvent = { type: "sources"; citations: Answer["citations"] } | { type: "delta"; text: string };

export interface AnswerOptions {
  signal?: AbortSignal | undefined;
  /** Is told the citations first, then the answer piece by piece. */
  onEvent?: ((event: AnswerEvent) => void) | undefined;
  /** Is told once, before the answer is returned, how it came about. */
  onTrace?: ((trace: Trace) => void) | undefined;
}

/** Passages each question is answered from. */
const PASSAGES = 10;

const NOT_FOUND_TEXT = "The documents do not say.";
const PART_NOT_FOUND_TEXT = "The documents do not say more about the rest of the question.";

/**
 * The one way every caller asks.
 *
 * 1. resolve a follow-up into a question that stands alone, and split a double question
 * 2. match a FAQ item
 * 3. retrieve passages, weigh every sentence of them
 * 4. decide whether the corpus knows
 * 5. compose from quotes
 * 6. check every quote against its source
 *
 * @throws the signal's reason if the caller goes away
 */
export async function answerQuestion(
  deps: AnswerDeps,
  request: AnswerRequest,
  options: AnswerOptions = {},
): Promise<Answer> {
  const resolved = resolveFollowUp(request.question, request.history ?? []);
  const parts = splitQuestion(resolved);
  const blocks: Block[] = [];
  const vectors: Float32Array[] = [];
  const traces: PartTrace[] = [];
  let confidence = 0;
  let unanswered = 0;
  for (const part of parts) {
    options.signal?.throwIfAborted();
    const found = await answerPart(deps, part, request.sources);
    if (found.blocks.length === 0) unanswered++;
    else blocks.push(...found.blocks);
    confidence = Math.max(confidence, found.confidence);
    vectors.push(found.vector);
    traces.push(found.trace);
  }
  options.signal?.throwIfAborted();
  const cited = cite(withoutRepeats(blocks), await documentsOf(deps.index, blocks));
  const answered = cited.citations.length > 0;
  const suggestions = await suggestQuestions(deps.index, vectors[0]!, resolved, request.sources);
  const pieces = answered ? withGap(cited, unanswered) : [NOT_FOUND_TEXT];
  options.onTrace?.({ resolved, parts: traces });
  options.onEvent?.({ type: "sources", citations: cited.citations });
  for (const text of pieces) options.onEvent?.({ type: "delta", text });
  return {
    id: ulid(),
    status: answered ? "answered" : "not_found",
    answer: pieces.join(""),
    citations: cited.citations,
    // Of an answer: that it is right. Of "the documents do not say": that they do not.
    confidence: Math.round((answered ? confidence : 1 - confidence) * 100) / 100,
    suggestions,
    model: "extractive",
  };
}

/** The parts of a double question may find the same sentence: it is said once. */
function withoutRepeats(blocks: readonly Block[]): Block[] {
  const said = new Set<string>();
  return blocks.map((block) => {
    const statements = block.statements.filter(({ documentId, quote, text }) => {
      const key = JSON.stringify([documentId, quote.start, text]);
      return !said.has(key) && said.add(key);
    });
    return { ...block, statements };
  });
}

function withGap(cited: CitedText, unanswered: number): string[] {
  return unanswered > 0 ? [...cited.pieces, `\n\n${PART_NOT_FOUND_TEXT}`] : cited.pieces;
}

interface PartAnswer {
  /** Empty if the corpus does not say. */
  blocks: Block[];
  confidence: number;
  /** The question's embedding. */
  vector: Float32Array;
  trace: PartTrace;
}

async function answerPart(deps: AnswerDeps, text: string, sources?: readonly string[]): Promise<PartAnswer> {
  const { index, embedder } = deps;
  const question = analyseQuestion(text);
  const terms = await weighTerms(deps, question.terms);
  const vector = await embedder.embedQuery(question.searchText);
  const faq = await nearestFaq(index, vector, question, terms, sources);
  const trace: PartTrace = {
    question: text,
    kind: question.kind,
    faq: faq === null ? null : { question: faqQuestionOf(faq.passage), nearness: faq.nearness, used: false },
    passages: [],
    evidence: [],
    verdict: { answer: false, confidence: 0, signals: {} },
  };
  if (faq !== null && faq.nearness >= FAQ_NEAR) return faqAnswer(faq, vector, trace);

  const hits = await index.search({ text: searchTextOf(question, terms), vector, k: PASSAGES, sources });
  trace.passages = hits.map(({ passage, dense, lexical, score }) => ({ passage, dense, lexical, score }));
  const evidence = weighEvidence(question, terms, hits);
  const verdict = decide(question, terms, evidence);
  trace.verdict = { ...verdict, signals: {} };
  if (verdict.answer) {
    const blocks = composeExtractive(question, terms, evidence);
    return { blocks, confidence: verdict.confidence, vector, trace };
  }
  if (faq !== null && faq.nearness >= FAQ_INSTEAD_OF_REFUSING) return faqAnswer(faq, vector, trace);
  return { blocks: [], confidence: verdict.confidence, vector, trace };
}

/** The question's words with misspelt ones put right. */
function searchTextOf(question: Question, terms: readonly WeightedTerm[]): string {
  const respelled = terms.filter((term) => term.word !== term.searchWord).map((term) => term.searchWord);
  return [question.searchText, ...respelled].join(" ");
}

/** Looks up what each term weighs in this corpus; a word nobody knows is taken for a slip of the pen if one is near. */
async function weighTerms(deps: AnswerDeps, terms: readonly QuestionTerm[]): Promise<WeightedTerm[]> {
  const { index, embedder } = deps;
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

function faqAnswer({ passage, nearness }: NearFaq, vector: Float32Array, trace: PartTrace): PartAnswer {
  const confidence = Math.min(0.99, 0.5 + nearness / 2);
  const told = { ...trace, faq: { question: faqQuestionOf(passage), nearness, used: true } };
  return { blocks: composeFaq(passage), confidence, vector, trace: told };
}

async function documentsOf(index: PassageIndex, blocks: readonly Block[]): Promise<Map<string, Document>> {
  const ids = blocks.flatMap((block) =>
    block.statements.flatMap((statement) => [statement, ...statement.alsoAt].map((place) => place.documentId)),
  );
  const documents = await Promise.all([...new Set(ids)].map((id) => index.document(id)));
  return new Map(documents.flatMap((document) => (document === null ? [] : [[document.id, document]])));
}
