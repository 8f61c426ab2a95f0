import { ulid } from "ulid";
import type { Embedder } from "../embed/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Answer, Document, Turn } from "../types.js";
import { type CitedText, cite } from "./cite.js";
import { composeExtractive } from "./compose.js";
import { withoutCourtesies } from "./courtesies.js";
import { weighEvidence, type WeightedTerm } from "./evidence.js";
import { composeFaq, FAQ_INSTEAD_OF_REFUSING, FAQ_NEAR, nearestFaq, type NearFaq } from "./faq.js";
import { resolveFollowUp } from "./follow-up.js";
import { analyseQuestion, type Question, type QuestionTerm, splitQuestion } from "./question.js";
import { decide } from "./refuse.js";
import { smallTalk } from "./small-talk.js";
import type { Block, Statement } from "./statement.js";
import { steersTheBot } from "./steering.js";
import { suggestQuestions } from "./suggest.js";

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
}

/** Passages each question is answered from. */
const PASSAGES = 10;

const NOT_FOUND_TEXT = "The documents do not say.";
const PART_NOT_FOUND_TEXT = "The documents do not say more about the rest of the question.";

/**
 * The one way every caller asks.
 *
 * 0. answer small talk, refuse instructions, leave courtesies aside
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
  const talk = smallTalk(request.question);
  const asked = withoutCourtesies(request.question);
  const resolved = resolveFollowUp(asked, questionsOf(request.history ?? []));
  const parts = talk !== null || steersTheBot(asked) ? [] : splitQuestion(resolved);
  const blocks: Block[] = [];
  const vectors: Float32Array[] = [];
  let confidence = talk === null ? 0 : 1;
  let unanswered = 0;
  for (const part of parts) {
    options.signal?.throwIfAborted();
    const found = await answerPart(deps, part, request.sources);
    if (found.blocks.length === 0) unanswered++;
    else blocks.push(...found.blocks);
    confidence = Math.max(confidence, found.confidence);
    vectors.push(found.vector);
  }
  options.signal?.throwIfAborted();
  const cited = cite(withoutRepeats(blocks), await documentsOf(deps.index, blocks));
  const answered = talk !== null || cited.citations.length > 0;
  const pieces = talk !== null ? [talk.reply] : answered ? withGap(cited, unanswered) : [NOT_FOUND_TEXT];
  options.onEvent?.({ type: "sources", citations: cited.citations });
  for (const text of pieces) options.onEvent?.({ type: "delta", text });
  const canAnswer = (question: string): Promise<Statement[]> => statementsFor(deps, question, request.sources, options);
  const suggestDeps = { index: deps.index, canAnswer };
  const suggestions = await suggestQuestions(suggestDeps, vectors[0] ?? null, resolved, request.sources);
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

/** Follow-ups go back to the last question, over what was none. */
function questionsOf(history: readonly Turn[]): Turn[] {
  return history
    .filter(({ content }) => smallTalk(content) === null && !steersTheBot(withoutCourtesies(content)))
    .map(({ role, content }) => ({ role, content: withoutCourtesies(content) }));
}

/** Where a question alone would be answered from; empty if it would not be. */
async function statementsFor(
  deps: AnswerDeps,
  question: string,
  sources: readonly string[] | undefined,
  { signal }: AnswerOptions,
): Promise<Statement[]> {
  signal?.throwIfAborted();
  const asked = withoutCourtesies(question);
  if (smallTalk(asked) !== null || steersTheBot(asked)) return [];
  const parts = await Promise.all(splitQuestion(asked).map((part) => answerPart(deps, part, sources)));
  return parts.flatMap(({ blocks }) =>
    blocks.flatMap(({ statements }) => statements.flatMap((statement) => [statement, ...statement.alsoAt])),
  );
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
}

async function answerPart(deps: AnswerDeps, text: string, sources?: readonly string[]): Promise<PartAnswer> {
  const { index, embedder } = deps;
  const question = analyseQuestion(text);
  const terms = await weighTerms(deps, question.terms);
  const vector = await embedder.embedQuery(question.searchText);
  const faq = await nearestFaq(index, vector, question, terms, sources);
  if (faq !== null && faq.nearness >= FAQ_NEAR) return faqAnswer(faq, vector);

  const hits = await index.search({ text: searchTextOf(question, terms), vector, k: PASSAGES, sources });
  const evidence = weighEvidence(question, terms, hits);
  const verdict = decide(question, terms, evidence);
  if (verdict.answer)
    return { blocks: composeExtractive(question, terms, evidence), confidence: verdict.confidence, vector };
  if (faq !== null && faq.nearness >= FAQ_INSTEAD_OF_REFUSING) return faqAnswer(faq, vector);
  return { blocks: [], confidence: verdict.confidence, vector };
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

function faqAnswer({ passage, nearness }: NearFaq, vector: Float32Array): PartAnswer {
  return { blocks: composeFaq(passage), confidence: Math.min(0.99, 0.5 + nearness / 2), vector };
}

async function documentsOf(index: PassageIndex, blocks: readonly Block[]): Promise<Map<string, Document>> {
  const ids = blocks.flatMap((block) =>
    block.statements.flatMap((statement) => [statement, ...statement.alsoAt].map((place) => place.documentId)),
  );
  const documents = await Promise.all([...new Set(ids)].map((id) => index.document(id)));
  return new Map(documents.flatMap((document) => (document === null ? [] : [[document.id, document]])));
}
