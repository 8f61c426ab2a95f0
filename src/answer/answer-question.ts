import { ulid } from "ulid";
import type { PassageIndex } from "../search/passage-index.js";
import type { Answer, Document, Turn } from "../types.js";
import { answerPart } from "./answer-part.js";
import { type CitedText, cite } from "./cite.js";
import { resolveFollowUp } from "./follow-up.js";
import type { AnswerDeps } from "./look-up.js";
import { splitQuestion } from "./question.js";
import type { Block } from "./statement.js";
import { suggestQuestions } from "./suggest.js";
import type { PartTrace, Trace } from "./trace.js";

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
  /** Is told the citations first, then the answer piece by piece. */
  onEvent?: ((event: AnswerEvent) => void) | undefined;
  /** Is told once, before the answer is returned, how it came about. */
  onTrace?: ((trace: Trace) => void) | undefined;
}

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

async function documentsOf(index: PassageIndex, blocks: readonly Block[]): Promise<Map<string, Document>> {
  const ids = blocks.flatMap((block) =>
    block.statements.flatMap((statement) => [statement, ...statement.alsoAt].map((place) => place.documentId)),
  );
  const documents = await Promise.all([...new Set(ids)].map((id) => index.document(id)));
  return new Map(documents.flatMap((document) => (document === null ? [] : [[document.id, document]])));
}
