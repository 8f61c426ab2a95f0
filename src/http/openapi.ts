import { z } from "zod";
import {
  ChatAnswer,
  ChatRequest,
  Citation,
  FaqList,
  Problem,
  SearchResult,
  Source,
  SourceList,
  SuggestionList,
} from "./schemas.js";

const COMPONENTS = {
  ChatRequest,
  Answer: ChatAnswer,
  Citation,
  FaqList,
  SuggestionList,
  SearchResult,
  SourceList,
  Source,
  Problem,
};

interface Operation {
  summary: string;
  answer: keyof typeof COMPONENTS | null;
  body?: keyof typeof COMPONENTS;
  parameters?: object[];
  problems: number[];
  /** Answered without a key even where API_KEYS is set. */
  open?: true;
}

const parameter = (name: string, where: "query" | "path", description: string, schema: object): object => ({
  name,
  in: where,
  required: name !== "k",
  description,
  schema,
});

const OPERATIONS: Record<string, Record<string, Operation>> = {
  "/api/chat": {
    post: {
      summary: "Answer a question from the documents, every sentence cited.",
      body: "ChatRequest",
      answer: "Answer",
      problems: [400, 401, 413, 415, 429, 503],
    },
  },
  "/api/faq": {
    get: { summary: "The FAQ items found in the documents.", answer: "FaqList", problems: [401, 429, 503] },
  },
  "/api/suggestions": {
    get: {
      summary: "Questions to begin with, each of which the documents answer.",
      answer: "SuggestionList",
      problems: [401, 429, 503],
    },
  },
  "/api/search": {
    get: {
      summary: "The passages nearest to a query, best first.",
      answer: "SearchResult",
      parameters: [
        parameter("q", "query", "What to search for.", { type: "string", minLength: 1, maxLength: 2000 }),
        parameter("k", "query", "How many passages.", { type: "integer", minimum: 1, maximum: 50, default: 8 }),
      ],
      problems: [400, 401, 429, 503],
    },
  },
  "/api/sources": { get: { summary: "The documents.", answer: "SourceList", problems: [401, 429, 503] } },
  "/api/sources/{id}": {
    get: {
      summary: "One document's text, which every quote is a slice of.",
      answer: "Source",
      parameters: [parameter("id", "path", "The source's id; it may hold slashes.", { type: "string" })],
      problems: [400, 401, 404, 429, 503],
    },
  },
  "/healthz": { get: { summary: "200 while the process runs.", answer: null, problems: [], open: true } },
  "/readyz": { get: { summary: "200 once an index is loaded.", answer: null, problems: [503], open: true } },
};

/** The OpenAPI 3.1 description, made from the schemas that check requests. */
export function openApiDocument(version: string): object {
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
function componentSchemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { io: "input", target: "draft-2020-12", uri });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _dialect, $id: _address, id: _name, ...rest } = schema as Record<string, unknown>;
      return [name, rest];
    }),
  );
}

function describe(operation: Operation): object {
  const json = (name: string): object => ({ "application/json": { schema: { $ref: `#/components/schemas/${name}` } } });
  const ok: object =
    operation.answer === null
      ? { description: "OK" }
      : {
          description: "OK",
          content: operation.body
            ? { ...json(operation.answer), "text/event-stream": { schema: { type: "string" } } }
            : json(operation.answer),
        };
  const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const problems = operation.problems.map((status) => [String(status), { description: "Problem", content: problem }]);
  return {
    summary: operation.summary,
    // Either of both: a key is asked for only where the operator has set some.
    ...(operation.open ? {} : { security: [{ key: [] }, {}] }),
    ...(operation.parameters ? { parameters: operation.parameters } : {}),
    ...(operation.body ? { requestBody: { required: true, content: json(operation.body) } } : {}),
    responses: { "200": ok, ...Object.fromEntries(problems) },
  };
}
