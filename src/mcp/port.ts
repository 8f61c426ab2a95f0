import type { AnswerDeps, AnswerRequest } from "../answer/answer-question.js";
import { DocentError } from "../errors.js";
import { type FoundPassage, findPassages } from "../http/corpus-routes.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Answer, DocumentHead, DocumentSummary } from "../types.js";

/** What the Model Context Protocol server offers, whatever carries it. Every function may throw a DocentError. */
export interface McpPort {
  /** @throws DocentError also if a source is named that there is none of */
  ask(request: AskRequest, signal: AbortSignal): Promise<Answer>;
  /** The `k` passages nearest to a query, best first. */
  search(query: string, k: number, signal: AbortSignal): Promise<FoundPassage[]>;
  /** All documents, in the order of the corpus. */
  sources(): Promise<readonly DocumentSummary[]>;
  /** One document, or null if there is none of this id. */
  source(id: string): Promise<DocumentHead | null>;
  /** Where people open what `Citation.url` names, such as `https://docs.example.org`; null if nobody serves pages. */
  readonly origin: string | null;
}

type AskRequest = Pick<AnswerRequest, "question" | "sources">;

export interface PortSettings {
  /** Index and model of the moment. @throws DocentError while there are none */
  deps: () => Promise<AnswerDeps>;
  answer: (deps: AnswerDeps, request: AskRequest, signal: AbortSignal) => Promise<Answer>;
  origin: string | null;
}

/** How many wrong source ids an error names, and how much of each. */
const NAMED = 5;
const NAMED_CHARS = 100;

export function portOver({ deps, answer, origin }: PortSettings): McpPort {
  return {
    origin,
    async ask(request, signal) {
      const current = await deps();
      await checkSources(current.index, request.sources ?? []);
      signal.throwIfAborted();
      return answer(current, request, signal);
    },
    async search(query, k, signal) {
      const current = await deps();
      signal.throwIfAborted();
      return findPassages(current, query, k);
    },
    sources: async () => (await deps()).index.documents(),
    source: async (id) => (await deps()).index.documentHead(id),
  };
}

async function checkSources(index: PassageIndex, ids: readonly string[]): Promise<void> {
  const heads = await Promise.all(ids.map((id) => index.documentHead(id)));
  const unknown = ids.filter((_, i) => heads[i] === null);
  if (unknown.length === 0) return;
  const named = unknown.slice(0, NAMED).map((id) => JSON.stringify(id.slice(0, NAMED_CHARS)));
  const more = unknown.length > NAMED ? ` and ${unknown.length - NAMED} more` : "";
  throw new DocentError(
    "not_found",
    `There is no source of the id ${named.join(", ")}${more}. The resources of this server are its sources.`,
  );
}
