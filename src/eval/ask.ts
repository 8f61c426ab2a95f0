import { type AnswerDeps, answerQuestion } from "../answer/answer-question.js";
import { analyseQuestion } from "../answer/question.js";
import type { PartTrace, Trace } from "../answer/trace.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { DocumentHead, Passage } from "../types.js";
import { answerRight, holdsFact, quotesExact } from "./metrics.js";
import type { EvalQuestion, Outcome } from "./types.js";

/** As many passages as the deepest retrieval metric looks at. */
const PASSAGES = 10;

type Retrieved = PartTrace["passages"][number];

/** Asks the questions one after another, so that none waits for another and the times are an answer's own. */
export async function askAll(deps: AnswerDeps, questions: readonly EvalQuestion[]): Promise<Outcome[]> {
  const documents = new Map((await headsOf(deps.index)).map((document) => [document.id, document]));
  const passages: Passage[] = [];
  for (const id of documents.keys()) passages.push(...(await deps.index.passagesOf(id)));
  const outcomes: Outcome[] = [];
  for (const question of questions) outcomes.push(await ask(deps, question, documents, passages));
  return outcomes;
}

async function ask(
  deps: AnswerDeps,
  question: EvalQuestion,
  documents: ReadonlyMap<string, DocumentHead>,
  passages: readonly Passage[],
): Promise<Outcome> {
  let trace: Trace = {
    resolved: question.question,
    parts: [],
    smallTalk: false,
    rewritten: false,
    refusal: null,
    generated: null,
    ms: 0,
  };
  const started = performance.now();
  const answer = await answerQuestion(
    deps,
    { question: question.question, history: question.history },
    { onTrace: (told) => (trace = told) },
  );
  const milliseconds = performance.now() - started;
  const retrieved = await retrievedFor(deps, trace);
  return {
    question,
    resolved: trace.resolved,
    answer,
    milliseconds,
    ...answerRight(question, answer),
    quoteFaults: quotesExact(answer, (source) => documents.get(source)?.text ?? null),
    retrieved: retrieved.map((hit) => ({ ...hit, facts: factsIn(hit.passage, question) })),
    relevance: passages.map((passage) => factsIn(passage, question).length).filter((count) => count > 0),
    parts: trace.parts,
  };
}

/** Which of the question's facts a passage holds, if it is of a source that counts. */
function factsIn(passage: Passage, { facts, sources }: EvalQuestion): number[] {
  if (!sources.flat().includes(passage.documentId)) return [];
  return facts.flatMap((wordings, i) => (holdsFact(passage.text, wordings) ? [i] : []));
}

/** The passages behind the answer; where none were needed (a FAQ item), those that a search would have found. */
async function retrievedFor({ index, embedder }: AnswerDeps, { resolved, parts }: Trace): Promise<Retrieved[]> {
  const found = interleaved(parts.map((part) => part.passages));
  if (found.length > 0) return found;
  const { searchText } = analyseQuestion(resolved);
  const vector = await embedder.embedQuery(searchText);
  const hits = await index.search({ text: searchText, vector, k: PASSAGES });
  return hits.map(({ passage, dense, lexical, score }) => ({ passage, dense, lexical, score }));
}

/** The parts of a double question take turns; a passage counts where it comes first. */
function interleaved(lists: readonly (readonly Retrieved[])[]): Retrieved[] {
  const seen = new Set<string>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, rank) => lists.flatMap((list) => list.slice(rank, rank + 1)))
    .flat()
    .filter(({ passage }) => !seen.has(passage.id) && seen.add(passage.id));
}

async function headsOf(index: PassageIndex): Promise<DocumentHead[]> {
  const summaries = await index.documents();
  return Promise.all(summaries.map(async ({ id }) => (await index.documentHead(id))!));
}

/** What is wrong with the questions themselves: a source that is not there, a fact that no source states. */
export async function faultsInQuestions({ index }: AnswerDeps, questions: readonly EvalQuestion[]): Promise<string[]> {
  const texts = new Map((await headsOf(index)).map(({ id, text }) => [id, text]));
  return questions.flatMap(({ id, sources, facts }) => {
    const named = sources.flat();
    const missing = named.filter((source) => !texts.has(source)).map((source) => `${id}: no source "${source}"`);
    const unstated = facts
      .filter((wordings) => !named.some((source) => holdsFact(texts.get(source) ?? "", wordings)))
      .map((wordings) => `${id}: no source it names says ${wordings.map((wording) => `“${wording}”`).join(" or ")}`);
    return [...missing, ...unstated];
  });
}
