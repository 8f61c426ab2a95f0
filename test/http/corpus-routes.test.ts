import type { Express } from "express";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "../../src/errors.js";
import { ChatCompletion, Model, ModelList, OpenAiError } from "../../src/http/openai/schemas.js";
import { PROBLEM_TITLES } from "../../src/http/problem.js";
import { ChatAnswer, ChatRequest, FaqList, Problem, SearchResult, Source, SourceList } from "../../src/http/schemas.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, problem, problemIn, folderForFile, openIndex } from "./app-under-test.js";

const folder = folderForFile();
const embedder = new HashEmbedder();
const IDS = ["faq", "guides/v1.2/tour notes", "guides/ünï/Ärger 50% & mehr #1?", "plain", "talk"];
const TALK = `---
title: A talk
videoId: a1B2-c3_D4e
---

## Opening

Lanterns are lit at dusk in the harbour.
<a class="yt-timestamp" data-t="00:01:05">[00:01:05]</a>
`;
let index: PassageIndex;
let app: Express;

beforeAll(async () => {
  index = await openIndex(folder, embedder, {
    "faq.csv":
      'question,answer\nWhen does the ferry leave?,"At nine,\nfrom pier four."\nIs there a café?,"Yes, ""Kai"""\n',
    "guides/v1.2/tour notes.md": "# The tour\n\n## Meeting point\n\nThe tour starts at the old mill.\n",
    "guides/ünï/Ärger 50% & mehr #1?.txt": "Complaints are heard on Mondays by the mayor.\n",
    "plain.txt": "Herrings are smoked over beech wood for six hours.\n",
    "talk.md": TALK,
  });
  ({ app } = appOver(index, embedder));
});

async function json(path: string): Promise<unknown> {
  const response = await supertest(app).get(path);
  expect(response.status).toBe(200);
  expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
  return response.body as unknown;
}

const pathOf = (id: string): string => id.split("/").map(encodeURIComponent).join("/");
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("GET /api/sources", () => {
  it("lists the documents in the order of their paths", async () => {
    const list = (await json("/api/sources")) as { id: string; title: string; passages: number; format: string }[];
    expect(list.map(({ id }) => id)).toEqual(IDS);
    expect(list.map(({ format }) => format)).toEqual(["csv", "md", "txt", "txt", "md"]);
    expect(list[4]).toEqual({
      id: "talk",
      title: "A talk",
      passages: (await index.passagesOf("talk")).length,
      format: "md",
      updated_at: expect.stringMatching(ISO),
    });
    for (const source of list) {
      expect(Object.keys(source)).toEqual(["id", "title", "passages", "format", "updated_at"]);
      expect(source.passages).toBe((await index.passagesOf(source.id)).length);
      expect(source.passages).toBeGreaterThan(0);
    }
  });
});

describe("GET /api/sources/:id", () => {
  it.each(IDS)("serves the text that quotes are slices of: %s", async (id) => {
    const source = (await json(`/api/sources/${pathOf(id)}`)) as z.infer<typeof Source>;
    const document = (await index.document(id))!;
    expect(Object.keys(source)).toEqual([
      "id",
      "title",
      "passages",
      "format",
      "updated_at",
      "text",
      "sections",
      "external_url",
    ]);
    expect(source).toMatchObject({ id, title: document.title, text: document.text });
    // Sections partition the text.
    expect(source.sections.map(({ start, end }) => source.text.slice(start, end)).join("")).toBe(source.text);
    expect(source.sections[0]!.start).toBe(0);
    expect((await json("/api/sources")) as unknown[]).toContainEqual({
      id,
      title: source.title,
      passages: source.passages,
      format: source.format,
      updated_at: source.updated_at,
    });
  });

  it("takes a slash of the id encoded, too", async () => {
    expect(await json("/api/sources/guides%2Fv1.2%2Ftour%20notes")).toMatchObject({ id: "guides/v1.2/tour notes" });
  });

  it("names the headings and where the source comes from", async () => {
    expect(await json("/api/sources/talk")).toMatchObject({
      external_url: "https://www.youtube.com/watch?v=a1B2-c3_D4e",
      sections: [{ heading: ["Opening"], start: 0 }],
    });
    expect(await json("/api/sources/plain")).toMatchObject({ external_url: null });
  });

  it("is a 404 problem for a source there is not", async () => {
    const response = await supertest(app).get("/api/sources/plain.txt");
    expect(problemIn(response)).toEqual(
      problem("not-found", "There is no source of this id. GET /api/sources lists them."),
    );
  });
});

describe("GET /api/faq", () => {
  it("lists the items of the corpus with their own answers, cited to the letter", async () => {
    const list = (await json("/api/faq")) as z.infer<typeof FaqList>;
    expect(list.map(({ id, question, answer }) => [id, question, answer])).toEqual([
      ["faq#faq1", "When does the ferry leave?", "At nine, from pier four."],
      ["faq#faq2", "Is there a café?", 'Yes, "Kai"'],
    ]);
    const { text } = (await json("/api/sources/faq")) as { text: string };
    list.forEach((item, i) => {
      expect(Object.keys(item)).toEqual(["id", "question", "answer", "citations"]);
      expect(item.citations).toHaveLength(1);
      const [citation] = item.citations;
      expect(citation).toEqual({
        n: 1,
        source: "faq",
        title: expect.any(String),
        heading: expect.any(Array),
        quote: text.slice(citation!.start, citation!.end),
        start: expect.any(Number),
        end: expect.any(Number),
        url: `/sources/faq#p${i + 1}`,
        external_url: null,
        timestamp: null,
      });
      expect(citation!.quote.replace(/\s+/g, " ").trim()).toBe(item.answer);
    });
  });

  it("keeps pace with thousands of items", async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `What is rule ${i} about?,Rule ${i} is about item ${i * 7}.`);
    const many = await openIndex(`${folder}/many`, new HashEmbedder({ dimensions: 8 }), {
      "rules.csv": `question,answer\n${rows.join("\n")}\n`,
    });
    const large = appOver(many, embedder);
    const began = performance.now();
    const response = await supertest(large.app).get("/api/faq");
    expect((response.body as unknown[]).length).toBe(3000);
    // Looking the passages up anew for every item took 20 seconds here.
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("GET /api/search", () => {
  it("gives passages with what scored them, best first", async () => {
    const { passages } = (await json("/api/search?q=herrings%20smoked%20over%20beech")) as z.infer<typeof SearchResult>;
    expect(passages[0]).toEqual({
      source: "plain",
      title: expect.any(String),
      heading: [],
      text: "Herrings are smoked over beech wood for six hours.",
      start: 0,
      end: 50,
      timestamp: null,
      scores: { dense: expect.any(Number), lexical: expect.any(Number), fused: expect.any(Number) },
    });
    expect(Object.keys(passages[0]!)).toEqual([
      "source",
      "title",
      "heading",
      "text",
      "start",
      "end",
      "timestamp",
      "scores",
    ]);
    const fused = passages.map(({ scores }) => scores.fused);
    expect(fused).toEqual(fused.toSorted((a, b) => b - a));
    for (const { source, text, start, end } of passages) {
      expect((await index.document(source))!.text.slice(start, end)).toBe(text);
    }
  });

  it("says when a passage was spoken, and under which headings it stands", async () => {
    const { passages } = (await json("/api/search?q=lanterns+dusk+harbour&k=1")) as z.infer<typeof SearchResult>;
    expect(passages).toHaveLength(1);
    expect(passages[0]).toMatchObject({ source: "talk", title: "A talk", heading: ["Opening"], timestamp: "00:01:05" });
  });

  it("gives as many as asked for: 8 unless told, from 1 to 50", async () => {
    const corpus = await openIndex(`${folder}/own`, new HashEmbedder());
    const own = supertest(appOver(corpus, embedder).app);
    const count = async (query: string): Promise<number> =>
      ((await own.get(`/api/search?q=space+agencies${query}`)).body as { passages: unknown[] }).passages.length;
    expect(await count("")).toBe(8);
    expect(await count("&k=1")).toBe(1);
    expect(await count("&k=20")).toBe(20);
    expect(await count("&k=50")).toBe(50);
  });

  it.each(["%3Cscript%3E", "%F0%9F%9A%80", "a".repeat(2000), "AND+OR+NOT+%28%22*", "%00"])(
    "takes any words: %s",
    async (q) => {
      const { passages } = (await json(`/api/search?q=${q}`)) as { passages: unknown[] };
      expect(Array.isArray(passages)).toBe(true);
    },
  );
});

describe("health", () => {
  it("lives, and is ready with an index", async () => {
    expect(await json("/healthz")).toEqual({ status: "ok" });
    expect(await json("/readyz")).toEqual({ status: "ready", index: index.buildId });
  });

  it.each([
    ["no index", () => appOver(null, embedder)],
    ["no model", () => appOver(index, null)],
  ])("lives, but is not ready with %s", async (_name, make) => {
    const young = supertest(make().app);
    expect((await young.get("/healthz")).body).toEqual({ status: "ok" });
    expect((await young.get("/openapi.json")).status).toBe(200);
    for (const path of [
      "/readyz",
      "/api/faq",
      "/api/sources",
      "/api/sources/plain",
      "/api/search?q=a",
      "/",
      "/sources/plain",
    ]) {
      const response = await young.get(path);
      expect(problemIn(response)).toEqual(
        problem("no-index", "The index is still being made. Try again in a few seconds."),
      );
      expect(response.headers["retry-after"]).toBe("2");
    }
    const chat = await young.post("/api/chat").send({ question: "a" });
    expect(problemIn(chat)).toEqual(problem("no-index", "The index is still being made. Try again in a few seconds."));
  });

  it("serves the index of the moment", async () => {
    let current: PassageIndex | null = null;
    const young = supertest(appOver(null, embedder, { index: () => current }).app);
    expect((await young.get("/readyz")).status).toBe(503);
    current = index;
    expect((await young.get("/readyz")).status).toBe(200);
    expect((await young.get("/api/sources/plain")).status).toBe(200);
  });
});

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, unknown> };
}
interface ApiOperation {
  summary: string;
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: { $ref?: string } }> }>;
  security?: Record<string, string[]>[];
}
type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

const V1_CHAT = "/v1/chat/completions";
const QUESTION = { question: "How long are herrings smoked over beech wood?" };

/** What a status may mean: one of these, or several. */
function titlesOf(status: number): string[] {
  const codes = (Object.keys(ERROR_STATUS) as ErrorCode[]).filter((code) => ERROR_STATUS[code] === status);
  return codes.map((code) => PROBLEM_TITLES[code]);
}

describe("GET /openapi.json", () => {
  let api: OpenApi;
  beforeAll(async () => {
    api = (await json("/openapi.json")) as OpenApi;
  });

  it("is an OpenAPI 3.1 document of every endpoint", () => {
    expect(Object.keys(api)).toEqual(["openapi", "info", "paths", "components"]);
    expect(api.openapi).toBe("3.1.0");
    expect(api.info).toMatchObject({ title: "Docent", version: "1.2.3" });
    const operations = Object.entries(api.paths).map(([path, methods]) => `${Object.keys(methods).join()} ${path}`);
    expect(operations).toEqual([
      "post /api/chat",
      "post /api/feedback",
      "get /api/faq",
      "get /api/suggestions",
      "get /api/search",
      "get /api/sources",
      "get /api/sources/{id}",
      "post /v1/chat/completions",
      "get /v1/models",
      "get /v1/models/{model}",
      "get /healthz",
      "get /readyz",
    ]);
    expect(api.components.securitySchemes).toEqual({
      key: { type: "http", scheme: "bearer", description: expect.any(String) },
    });
  });

  it("describes every operation whole: summary, parameters, key, a description a response", () => {
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation.summary).toMatch(/\.$/);
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const parameters = operation.parameters ?? [];
        expect(parameters.filter((one) => one.in === "path").map(({ name }) => name)).toEqual(inPath);
        for (const parameter of parameters) expect(parameter.schema).toHaveProperty("type");
        expect(operation.security).toEqual(/^\/(api|v1)\//.test(path) ? [{ key: [] }, {}] : undefined);
        const { "200": ok, "204": done, ...problems } = operation.responses;
        expect([ok?.description, done?.description]).toEqual(
          path === "/api/feedback" ? [undefined, "Done; no body"] : ["OK", undefined],
        );
        for (const [status, response] of Object.entries(problems)) {
          const told = response.description.split("; or: ");
          expect(titlesOf(Number(status))).toEqual(expect.arrayContaining(told));
          const shape = path.startsWith("/v1/")
            ? { "application/json": { schema: { $ref: "#/components/schemas/OpenAiError" } } }
            : { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
          expect(response).toEqual({ description: expect.any(String), content: shape });
        }
      }
    }
    const chat = api.paths["/api/chat"]!["post"]!;
    expect(Object.keys(chat.responses)).toEqual(["200", "400", "401", "403", "413", "415", "429", "503"]);
    expect(Object.keys(chat.responses["200"]!.content!)).toEqual(["application/json", "text/event-stream"]);
    expect(chat.requestBody).toEqual({
      required: true,
      content: {
        "application/json": { schema: { $ref: "#/components/schemas/ChatRequest" }, example: expect.any(Object) },
      },
    });
    const example = chat.requestBody!.content["application/json"] as { example?: unknown };
    expect(ChatRequest.safeParse(example.example).success).toBe(true);
  });

  it("says what events a stream has", async () => {
    const stream = api.paths["/api/chat"]!["post"]!.responses["200"]!.content!["text/event-stream"] as object;
    const response = await supertest(app).post("/api/chat").set("Accept", "text/event-stream").send(QUESTION);
    const sent = [...new Set([...response.text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name!))];
    expect(stream).toHaveProperty("x-events");
    expect(Object.keys((stream as { "x-events": object })["x-events"])).toEqual([...sent, "error"]);
  });

  it("refers only to schemas it holds, and leaves none unused but the shared one", () => {
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference!);
    const names = new Set(references.map((reference) => reference.replace("#/components/schemas/", "")));
    expect([...names].sort()).toEqual(Object.keys(api.components.schemas).sort());
    expect(JSON.stringify(api)).not.toContain("$defs");
  });

  it("states the limits of a question", () => {
    const { properties, required } = api.components.schemas["ChatRequest"] as {
      properties: Record<string, object>;
      required: string[];
    };
    expect(required).toEqual(["question"]);
    expect(properties["question"]).toMatchObject({ type: "string", minLength: 1, maxLength: 2000 });
    expect(properties["history"]).toMatchObject({ type: "array", maxItems: 20 });
    expect(properties["sources"]).toMatchObject({ type: "array", minItems: 1, maxItems: 200 });
  });

  /** The schema a response names, with what it refers to, closed to other properties. */
  const schemaOf = (path: string, method: string, status: number, type: string): z.ZodType => {
    const reference = api.paths[path]![method]!.responses[String(status)]!.content![type]!.schema.$ref!;
    const $defs = JSON.parse(
      JSON.stringify(api.components.schemas).replaceAll("#/components/schemas/", "#/$defs/"),
    ) as Record<string, object>;
    for (const schema of Object.values($defs)) close(schema);
    return z.fromJSONSchema({ $ref: reference.replace("#/components/schemas/", "#/$defs/"), $defs } as JsonSchema);
  };
  const close = (schema: unknown): void => {
    if (typeof schema !== "object" || schema === null) return;
    if ("properties" in schema) Object.assign(schema, { additionalProperties: false });
    for (const part of Object.values(schema)) close(part);
  };

  it.each([
    ["post", "/api/chat", "/api/chat", QUESTION, 200, ChatAnswer],
    ["post", "/api/chat", "/api/chat", { question: "zzz" }, 200, ChatAnswer],
    ["post", "/api/chat", "/api/chat", { question: "" }, 400, Problem],
    ["get", "/api/faq", "/api/faq", undefined, 200, FaqList],
    ["get", "/api/search", "/api/search?q=ferry", undefined, 200, SearchResult],
    ["get", "/api/search", "/api/search", undefined, 400, Problem],
    ["get", "/api/sources", "/api/sources", undefined, 200, SourceList],
    ["get", "/api/sources/{id}", "/api/sources/talk", undefined, 200, Source],
    ["get", "/api/sources/{id}", "/api/sources/none", undefined, 404, Problem],
    ["get", "/api/sources/{id}", "/api/sources/%ff", undefined, 400, Problem],
    [
      "post",
      V1_CHAT,
      V1_CHAT,
      { model: "docent", messages: [{ role: "user", content: QUESTION.question }] },
      200,
      ChatCompletion,
    ],
    ["post", V1_CHAT, V1_CHAT, { model: "docent", messages: [{ role: "user", content: "zzz" }] }, 200, ChatCompletion],
    ["post", V1_CHAT, V1_CHAT, { model: "docent", messages: [] }, 400, OpenAiError],
    ["post", V1_CHAT, V1_CHAT, { model: "another", messages: [] }, 404, OpenAiError],
    ["get", "/v1/models", "/v1/models", undefined, 200, ModelList],
    ["get", "/v1/models/{model}", "/v1/models/docent", undefined, 200, Model],
    ["get", "/v1/models/{model}", "/v1/models/none", undefined, 404, OpenAiError],
    ["get", "/v1/models/{model}", "/v1/models/%ff", undefined, 400, OpenAiError],
  ] as const)(
    "%s %s: the real response of %s fits its schema (%o, %i)",
    async (method, path, url, body, status, own) => {
      const response = await supertest(app)[method](url).send(body);
      expect(response.status).toBe(status);
      const type = response.headers["content-type"]!.split(";")[0]!;
      const described = schemaOf(path, method, status, type).safeParse(JSON.parse(response.text));
      expect(described.error?.issues).toBeUndefined();
      expect(own.safeParse(JSON.parse(response.text)).error?.issues).toBeUndefined();
    },
  );

  it("would see a response that does not fit", () => {
    const schema = schemaOf("/api/chat", "post", 400, "application/problem+json");
    const fitting = { type: "urn:a", title: "a", status: 400, detail: "a" };
    expect(schema.safeParse(fitting).success).toBe(true);
    expect(schema.safeParse({ ...fitting, stack: "a" }).success).toBe(false);
    expect(schema.safeParse({ ...fitting, status: "400" }).success).toBe(false);
    expect(schema.safeParse({ type: "urn:a", title: "a", status: 400 }).success).toBe(false);
  });
});
