import { newAnswerId } from "./answer-id.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Answer, DocumentHead, Turn } from "../types.js";
import { answerPart, type PartAnswer, type PartOptions } from "./answer-part.js";
import { type CitedText, cite } from "./cite.js";
import { comparedSides } from "./comparison.js";
import { withoutCourtesies } from "./courtesies.js";
import { explanationOf } from "./explain.js";
import { fuseRankings, generate, type Generated, PART_NOT_FOUND_TEXT } from "./generate.js";
import { acceptsOffer, asksForMore, resolveFollowUp, toldSoFar } from "./follow-up.js";
import type { AnswerDeps } from "./look-up.js";
import { splitQuestion } from "./question.js";
import { smallTalk } from "./small-talk.js";
import { type Block, keyOf, type Statement } from "./statement.js";
import { steersTheBot } from "./steering.js";
import { type Nearest, suggestQuestions } from "./suggest.js";
import type { Trace } from "./trace.js";

export type { AnswerDeps } from "./look-up.js";

export interface AnswerRequest {
  question: string;
  history?: readonly Turn[] | undefined;
  /** Ids of the sources to search in; all if absent. */
  sources?: readonly string[] | undefined;
}

type AnswerEvent = { type: "sources"; citations: Answer["citations"] } | { type: "delta"; text: string };

export interface AnswerOptions {
  signal?: AbortSignal | undefined;
  /** Is told the citations first, then the answer piece by piece; where later pieces cite more, all citations again. */
  onEvent?: ((event: AnswerEvent) => void) | undefined;
  /** Is told once, before the answer is returned, how it came about. */
  onTrace?: ((trace: Trace) => void) | undefined;
  /** Gives the answer an explanation: every candidate, the signals of the decision, times. */
  explain?: boolean | undefined;
}

const NOT_FOUND_TEXT = "The documents do not say.";
const NO_MORE_TEXT = "The documents say no more about it.";
const NOTHING_OFFERED = "What would you like to know? Ask me a question about the documents.";
/** Quotes that are surer than this stand against a model that finds no answer. */
const SURE = 0.9;

/**
 * The one way every caller asks.
 *
 * 0. answer small talk, refuse instructions, leave courtesies aside
 * 1. resolve a follow-up into a question that stands alone, and split a double question
 * 2. answer each part (answer-part.ts): retrieve, weigh, decide, compose
 * 3. check every quote against its source
 * 4. where a chat model is set, let it answer from what was found, each sentence checked before it is told (generate.ts)
 * 5. suggest questions near it that are answered
 *
 * @throws the signal's reason if the caller goes away
 */
export async function answerQuestion(
  deps: AnswerDeps,
  request: AnswerRequest,
  options: AnswerOptions = {},
): Promise<Answer> {
  const started = performance.now();
  const asked = withoutCourtesies(request.question);
  const history = questionsOf(request.history ?? []);
  const isFirst = history.every(({ role }) => role !== "user");
  // "Yes" to nothing is no question.
  const talk =
    smallTalk(request.question) ??
    (isFirst && (acceptsOffer(asked) || asksForMore(asked)) ? { reply: NOTHING_OFFERED } : null);
  const steers = talk === null && steersTheBot(asked);
  const resolved = talk !== null || steers ? asked : await resolve(deps, asked, history, request.sources, options);
  const told = toldSoFar(asked, history);
  const found =
    talk !== null || steers ? [] : await answerParts(deps, splitQuestion(resolved), request.sources, options, told);
  const blocks = found.flatMap((part) => part.blocks);
  const cited = cite(withoutRepeats(blocks), await documentsOf(deps.index, blocks));
  const isFound = talk !== null || cited.citations.length > 0;
  const quoted: Said = {
    answered: isFound,
    citations: cited.citations,
    pieces:
      talk !== null ? [talk.reply] : isFound ? withGap(cited, found) : [told === null ? NOT_FOUND_TEXT : NO_MORE_TEXT],
    mode: { model: "extractive", mode: "extractive" },
  };
  const generated = found.length === 0 ? null : await askModel(deps, resolved, request, found, options);
  const { answered, citations, pieces, mode } =
    generated === null ? quoted : chosenOf(quoted, generated, confidenceOf(found, isFound), deps);
  if (generated === null || mode.mode === "extractive" || !answered) {
    options.onEvent?.({ type: "sources", citations });
    for (const text of pieces) options.onEvent?.({ type: "delta", text });
  }
  const near = found[0]?.near ?? null;
  const suggestions = await suggestionsFor(deps, near, resolved, request.sources, options, answered);
  const parts = found.map((part) => part.trace);
  const trace: Trace = {
    resolved,
    parts,
    smallTalk: talk !== null,
    rewritten: resolved !== asked,
    refusal: answered ? null : steers ? "instruction" : (parts[0]?.verdict.refusal ?? (isFound ? "model" : "no_quote")),
    generated,
    ms: performance.now() - started,
  };
  options.onTrace?.(trace);
  return {
    id: newAnswerId(),
    status: answered ? "answered" : "not_found",
    answer: pieces.join(""),
    citations,
    confidence: talk !== null || steers ? 1 : confidenceOf(found, answered),
    suggestions,
    ...mode,
    ...(options.explain === true && { explain: explanationOf(trace) }),
  };
}

/** What an answer says, and how it was made. */
interface Said {
  answered: boolean;
  citations: Answer["citations"];
  pieces: string[];
  mode: Pick<Answer, "model" | "mode" | "fallback" | "cut_short" | "verification" | "usage">;
}

/** Asks the chat model, if there is one, and tells each sentence as soon as it is checked. */
async function askModel(
  deps: AnswerDeps,
  question: string,
  { history = [], sources }: AnswerRequest,
  found: readonly PartAnswer[],
  { signal, onEvent }: AnswerOptions,
): Promise<Generated | null> {
  const { chatModel } = deps;
  if (chatModel === undefined || chatModel === null) return null;
  const passages = fuseRankings(
    found.map(({ near, trace }) => [...near.faq.slice(0, trace.faq?.used === true ? 1 : 0), ...near.passages]),
  );
  let shown = 0;
  const onSentence = (text: string, citations: Answer["citations"]): void => {
    if (citations.length > shown) onEvent?.({ type: "sources", citations });
    shown = citations.length;
    onEvent?.({ type: "delta", text });
  };
  return generate({ ...deps, chatModel }, { question, history, passages, sources }, { signal, onSentence });
}

/**
 * What is said: what the model said, where any of it was borne out; else the quotes. That the documents do not say is
 * believed of the model unless the quotes are all but sure.
 */
function chosenOf(quoted: Said, generated: Generated, confidence: number, { chatModel }: AnswerDeps): Said {
  const { pieces, citations, verification, fault, saysNotFound, usage } = generated;
  const told = {
    verification,
    ...(usage !== null && { usage: { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens } }),
  };
  const mode = { model: chatModel!.name, mode: "generated" as const, ...told };
  if (pieces.length > 0) {
    return { answered: true, citations, pieces, mode: { ...mode, ...(fault !== null && { cut_short: fault }) } };
  }
  if (saysNotFound && (!quoted.answered || confidence < SURE)) {
    return { answered: false, citations: [], pieces: [NOT_FOUND_TEXT], mode };
  }
  return { ...quoted, mode: { ...quoted.mode, ...told, ...(fault !== null && { fallback: fault }) } };
}

/** Questions to begin with, spread over the documents; each is answered from where it was made. */
export function starterQuestions(deps: AnswerDeps): Promise<string[]> {
  return suggestionsFor(deps, null, "", undefined, {});
}

/** Of an answer: that it is right. Of "the documents do not say": that they do not. */
function confidenceOf(found: readonly PartAnswer[], answered: boolean): number {
  const confidence = Math.max(0, ...found.map((part) => part.confidence));
  return Math.round((answered ? confidence : 1 - confidence) * 100) / 100;
}

/** The question as it stands alone. "Yes" after a refusal asks what was suggested there. */
async function resolve(
  deps: AnswerDeps,
  asked: string,
  history: readonly Turn[],
  sources: readonly string[] | undefined,
  options: AnswerOptions,
): Promise<string> {
  const resolved = resolveFollowUp(asked, history);
  if (!acceptsOffer(asked) || resolved === asked) return resolved;
  const found = await answerParts(deps, splitQuestion(resolved), sources, options);
  if (found.some((part) => part.blocks.length > 0)) return resolved;
  const [offered] = await suggestionsFor(deps, found[0]?.near ?? null, resolved, sources, options);
  return offered ?? resolved;
}

/** Follow-ups go back to the last question, over what was none. */
function questionsOf(history: readonly Turn[]): Turn[] {
  return history
    .filter(({ content }) => smallTalk(content) === null && !steersTheBot(withoutCourtesies(content)))
    .map(({ role, content }) => ({ role, content: withoutCourtesies(content) }));
}

async function answerParts(
  deps: AnswerDeps,
  parts: readonly string[],
  sources: readonly string[] | undefined,
  { signal, explain }: AnswerOptions,
  told: string | null = null,
): Promise<PartAnswer[]> {
  const found: PartAnswer[] = [];
  for (const part of parts) {
    signal?.throwIfAborted();
    found.push(...(await answerSides(deps, part, { sources, told, showAll: explain })));
  }
  signal?.throwIfAborted();
  return found;
}

/** A question that sets two things beside each other gets what is said of each, where both are found; else it is asked as it is. */
async function answerSides(deps: AnswerDeps, text: string, options: PartOptions): Promise<PartAnswer[]> {
  const asked = comparedSides(text);
  if (asked !== null) {
    const [left, right] = [
      await answerPart(deps, asked[0].question, { ...options, about: asked[0] }),
      await answerPart(deps, asked[1].question, { ...options, about: asked[1] }),
    ];
    if (left.blocks.length > 0 && right.blocks.length > 0) return [left, right];
  }
  return [await answerPart(deps, text, options)];
}

function suggestionsFor(
  deps: AnswerDeps,
  near: Nearest | null,
  question: string,
  sources: readonly string[] | undefined,
  options: AnswerOptions,
  answered = false,
): Promise<string[]> {
  const canAnswer = async (suggested: string): Promise<Statement[]> => {
    const asked = withoutCourtesies(suggested);
    if (smallTalk(asked) !== null || steersTheBot(asked)) return [];
    const found = await answerParts(deps, splitQuestion(asked), sources, { signal: options.signal });
    const statements = found.flatMap(({ blocks }) => blocks.flatMap((block) => block.statements));
    return statements.flatMap((statement) => [statement, ...statement.alsoAt]);
  };
  const isLookedUpWhole = (suggested: string): boolean =>
    withoutCourtesies(suggested) === suggested &&
    smallTalk(suggested) === null &&
    !steersTheBot(suggested) &&
    splitQuestion(suggested)[0] === suggested &&
    comparedSides(suggested) === null;
  return suggestQuestions({ index: deps.index, canAnswer, isLookedUpWhole }, near, question, sources, answered);
}

/** The parts of a double question may find the same sentence: it is said once. */
function withoutRepeats(blocks: readonly Block[]): Block[] {
  const said = new Set<string>();
  return blocks.map((block) => {
    const statements = block.statements.filter((statement) => {
      const key = keyOf(statement);
      return !said.has(key) && said.add(key);
    });
    return { ...block, statements };
  });
}

function withGap(cited: CitedText, found: readonly PartAnswer[]): string[] {
  const complete = found.every((part) => part.blocks.length > 0);
  return complete ? cited.pieces : [...cited.pieces, `\n\n${PART_NOT_FOUND_TEXT}`];
}

async function documentsOf(index: PassageIndex, blocks: readonly Block[]): Promise<Map<string, DocumentHead>> {
  const ids = blocks.flatMap((block) =>
    block.statements.flatMap((statement) => [statement, ...statement.alsoAt].map((place) => place.documentId)),
  );
  const documents = await Promise.all([...new Set(ids)].map((id) => index.documentHead(id)));
  return new Map(documents.flatMap((document) => (document === null ? [] : [[document.id, document]])));
}
