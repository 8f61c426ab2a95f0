import { z } from "zod";
import { ChatAnswer, ChatRequest, Citation, LIMITS, SearchResult } from "../http/schemas.js";
import { parseRequest } from "../http/validate.js";
import type { McpPort } from "./port.js";
import { answerText, passagesText } from "./texts.js";

/** What a call of a tool gives back: text for people and models, and the same for programs. */
interface ToolResult {
  content: { type: "text"; text: string }[];
  structuredContent: Record<string, unknown>;
}

export interface Tool {
  /** What tools/list says of it. */
  definition: Record<string, unknown> & { name: string };
  /** @throws DocentError in plain words if the arguments are wrong or nothing can be asked yet */
  call(port: McpPort, given: unknown, signal: AbortSignal): Promise<ToolResult>;
}

const USUAL_RESULTS = 8;

const AskArguments = ChatRequest.pick({ question: true, sources: true });

/** The answer of POST /api/chat. A schema of a name would be put aside and referred to, which not every client follows. */
const AskResult = z.object({
  ...ChatAnswer.omit({ explain: true }).shape,
  citations: z.array(z.object(Citation.shape)).describe(ChatAnswer.shape.citations.description!),
});

const SearchArguments = z.object({
  query: z
    .string("must be a string")
    .trim()
    .min(1, "must not be empty")
    .max(LIMITS.questionChars, `must be at most ${LIMITS.questionChars} characters`)
    .describe("What to search for: a question, or words."),
  k: z
    .int("must be a whole number")
    .min(1, `must be from 1 to ${LIMITS.searchResults}`)
    .max(LIMITS.searchResults, `must be from 1 to ${LIMITS.searchResults}`)
    .default(USUAL_RESULTS)
    .describe("How many passages."),
});

/** The answer of GET /api/search. */
const FoundPassages = z.object(SearchResult.shape);

const ask: Tool = {
  definition: {
    name: "ask",
    title: "Ask the documents",
    description:
      "Answers a question from the documents. Every statement carries a marker such as [1] that names the quote it rests " +
      "on, with its source. The status not_found means that the documents do not say.",
    ...schemas(AskArguments, AskResult),
    annotations: annotations("Ask the documents"),
  },
  async call(port, given, signal) {
    const answer = await port.ask(parseRequest(AskArguments, given), signal);
    return resultOf(answerText(answer, port.origin), AskResult.parse(answer));
  },
};

const search: Tool = {
  definition: {
    name: "search",
    title: "Search the documents",
    description: "Finds the passages of the documents that are nearest to a query in meaning and words, best first.",
    ...schemas(SearchArguments, FoundPassages),
    annotations: annotations("Search the documents"),
  },
  async call(port, given, signal) {
    const { query, k } = parseRequest(SearchArguments, given);
    const passages = await port.search(query, k, signal);
    return resultOf(passagesText(passages), FoundPassages.parse({ passages }));
  },
};

export const TOOLS: readonly Tool[] = [ask, search];

function resultOf(text: string, structuredContent: Record<string, unknown>): ToolResult {
  return { content: [{ type: "text", text }], structuredContent };
}

/** Nothing is changed, and only the documents are asked. */
function annotations(title: string): object {
  return { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
}

function schemas(given: z.ZodType, result: z.ZodType): { inputSchema: object; outputSchema: object } {
  return {
    inputSchema: z.toJSONSchema(given, { target: "draft-7", io: "input" }),
    outputSchema: z.toJSONSchema(result, { target: "draft-7", io: "output" }),
  };
}
