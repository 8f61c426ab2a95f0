import { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "../errors.js";
import {
  type JsonSchema,
  type MediaType,
  type OpenApi,
  type OpenApiOperation,
  type Parameter,
} from "./openapi-types.js";
import { OPENAI_COMPONENTS, OPENAI_OPERATIONS } from "./openai/operations.js";
import { PROBLEM_TITLES } from "./problem.js";
import {
  ChatAnswer,
  ChatDelta,
  ChatRequest,
  Explanation,
  Citation,
  FaqList,
  FeedbackRequest,
  LIMITS,
  Problem,
  SearchResult,
  Source,
  SourceList,
  SuggestionList,
} from "./schemas.js";

const COMPONENTS = {
  ChatRequest,
  Answer: ChatAnswer,
  Explanation,
  Citation,
  ChatDelta,
  FeedbackRequest,
  FaqList,
  SuggestionList,
  SearchResult,
  SourceList,
  Source,
  Problem,
  ...OPENAI_COMPONENTS,
};

type Component = keyof typeof COMPONENTS;

/** An endpoint, before it is written as OpenAPI has it. */
export interface Operation {
  summary: string;
  description?: string;
  body?: { schema: Component; example: object };
  parameters?: Parameter[];
  /** Null for an answer that nobody need read; "nothing" for one without a body. */
  answer: Component | "nothing" | null;
  /** What comes as server-sent events where the caller prefers them. */
  events?: MediaType;
  problems: ErrorCode[];
  /** The shape of its errors: Problem, unless it says otherwise. */
  problem?: "OpenAiError";
  /** Answered without a key even where API_KEYS is set. */
  open?: true;
}

/** What every guarded endpoint may answer. */
const GUARDED: ErrorCode[] = ["missing_key", "forbidden_host", "too_many_requests"];
const BODY: ErrorCode[] = ["invalid_request", "too_large", "not_json"];

const OPERATIONS: Record<string, Record<string, Operation>> = {
  "/api/chat": {
    post: {
      summary: "Answer a question from the documents, every sentence cited.",
      description:
        "Not knowing is an answer, too: status 200 with not_found. With the header Accept: text/event-stream the " +
        "answer comes as server-sent events; closing the connection stops the work.",
      body: { schema: "ChatRequest", example: { question: "What can you do?" } },
      answer: "Answer",
      events: {
        schema: {
          type: "string",
          description: "Server-sent events: sources, then delta after delta, then done; or error.",
        },
        "x-events": {
          sources: {
            description: "All citations so far, before the text that cites them; sent again where more are cited.",
            schema: listOf("Citation"),
          },
          delta: { description: "A piece of the answer's text; they come in order.", schema: referTo("ChatDelta") },
          done: { description: "The whole answer; the last event.", schema: referTo("Answer") },
          error: { description: "What went wrong; then the last event.", schema: referTo("Problem") },
        },
        example: 'event: delta\ndata: {"text":"…"}\n\nevent: done\ndata: {"id":"…","status":"answered",…}\n\n',
      },
      problems: [...BODY, ...GUARDED, "no_index", "overloaded"],
    },
  },
  "/api/feedback": {
    post: {
      summary: "Rate an answer.",
      description:
        "The rating is kept on the server, with the question and the answer while the server remembers them.",
      body: { schema: "FeedbackRequest", example: { answer_id: "THE ID", rating: "up" } },
      answer: "nothing",
      problems: [...BODY, ...GUARDED, "not_kept"],
    },
  },
  "/api/faq": {
    get: {
      summary: "The FAQ items found in the documents.",
      answer: "FaqList",
      problems: [...GUARDED, "no_index"],
    },
  },
  "/api/suggestions": {
    get: {
      summary: "Questions to begin with, each of which the documents answer.",
      answer: "SuggestionList",
      problems: [...GUARDED, "no_index"],
    },
  },
  "/api/search": {
    get: {
      summary: "The passages nearest to a query, best first.",
      answer: "SearchResult",
      parameters: [
        {
          name: "q",
          in: "query",
          required: true,
          description: "What to search for.",
          schema: { type: "string", minLength: 1, maxLength: LIMITS.questionChars },
          example: "opening hours",
        },
        {
          name: "k",
          in: "query",
          required: false,
          description: "How many passages.",
          schema: { type: "integer", minimum: 1, maximum: LIMITS.searchResults, default: 8 },
        },
      ],
      problems: ["invalid_request", ...GUARDED, "no_index", "overloaded"],
    },
  },
  "/api/sources": {
    get: { summary: "The documents.", answer: "SourceList", problems: [...GUARDED, "no_index"] },
  },
  "/api/sources/{id}": {
    get: {
      summary: "One document's text, which every quote is a slice of.",
      answer: "Source",
      parameters: [
        {
          name: "id",
          in: "path",
          required: true,
          description: "The source's id; it may hold slashes.",
          schema: { type: "string" },
          example: "ID",
        },
      ],
      problems: ["invalid_request", ...GUARDED, "not_found", "no_index"],
    },
  },
  ...OPENAI_OPERATIONS,
  "/healthz": { get: { summary: "200 while the process runs.", answer: null, problems: [], open: true } },
  "/readyz": {
    get: { summary: "200 once an index is loaded.", answer: null, problems: ["no_index", "no_database"], open: true },
  },
};

/** The OpenAPI 3.1 description, made from the schemas that check requests. */
export function openApiDocument(version: string): OpenApi {
  const schemas = componentSchemas();
  const paths = Object.fromEntries(
    Object.entries(OPERATIONS).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, describe(operation)])),
    ]),
  );
  return {
    openapi: "3.1.0",
    info: { title: "Docent", version, description: "Cited answers from a collection of documents." },
    paths,
    components: {
      schemas,
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "Only where API_KEYS is set." } },
    },
  };
}

/** All components at once, so that one refers to another by the address it has in the document. */
function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  const uri = (id: string): string => referTo(id as Component).$ref!;
  const { schemas } = z.toJSONSchema(registry, { io: "input", target: "draft-2020-12", uri });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _dialect, $id: _address, id: _name, ...rest } = schema as Record<string, unknown>;
      return [name, rest];
    }),
  );
}

function describe({
  summary,
  description,
  parameters,
  body,
  answer,
  events,
  problems,
  problem,
  open,
}: Operation): OpenApiOperation {
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    // Either of both: a key is asked for only where the operator has set some.
    ...(open ? {} : { security: [{ key: [] }, {}] }),
    ...(parameters ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: referTo(body.schema), example: body.example } },
          },
        }
      : {}),
    responses: {
      ...(answer === "nothing" ? { "204": { description: "Done; no body" } } : { "200": ok(answer, events) }),
      ...problemResponses(problems, problem),
    },
  };
}

function ok(answer: Component | null, events: MediaType | undefined): OpenApiOperation["responses"][string] {
  if (answer === null) return { description: "OK" };
  const content: Record<string, MediaType> = { "application/json": { schema: referTo(answer) } };
  if (events !== undefined) content["text/event-stream"] = events;
  return { description: "OK", content };
}

function problemResponses(codes: ErrorCode[], shape: Operation["problem"]): OpenApiOperation["responses"] {
  const content: Record<string, MediaType> =
    shape === undefined
      ? { "application/problem+json": { schema: referTo("Problem") } }
      : { "application/json": { schema: referTo(shape) } };
  const titles = new Map<number, string[]>();
  for (const code of codes) {
    titles.set(ERROR_STATUS[code], [...(titles.get(ERROR_STATUS[code]) ?? []), PROBLEM_TITLES[code]]);
  }
  return Object.fromEntries(
    [...titles].map(([status, named]) => [String(status), { description: named.join("; or: "), content }]),
  );
}

function referTo(name: Component): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function listOf(name: Component): JsonSchema {
  return { type: "array", items: referTo(name) };
}
