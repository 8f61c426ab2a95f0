import { readFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Embedder } from "../../src/embed/embedder.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import type { DocumentHead } from "../../src/types.js";
import { appOver, bundledModel, folderForFile, listening, openIndex } from "../http/app-under-test.js";
import { ask, connectedTo, faultOf, FILES, IDS, QUESTION, read, search, UNANSWERABLE } from "./client.js";

const folder = folderForFile();
let index: PassageIndex;
let embedder: Embedder;
let url: string;
let logs: string[];
let client: Client;

beforeAll(async () => {
  embedder = await bundledModel();
  index = await openIndex(folder, embedder, FILES);
  const under = appOver(index, embedder, { dataDir: `${folder}/data` });
  ({ logs } = under);
  ({ url } = await listening(under.app));
});
beforeEach(async () => {
  client = await connectedTo(url);
});

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: { code: number; message: string }) => [error.code, error.message],
  );

describe("hello", () => {
  it("says what the server is and what the documents are", () => {
    expect(client.getServerVersion()).toMatchObject({ name: "docent", title: "Docent", version: "1.2.3" });
    expect(client.getServerCapabilities()).toEqual({ tools: {}, resources: {}, completions: {} });
    const instructions = client.getInstructions()!;
    expect(instructions).toContain("3 documents: “The harbour tour”, “");
    expect(instructions).toContain("word for word");
    expect(instructions).toContain("not_found is no error");
  });

  it("names a few documents of many, and of a long title the beginning", async () => {
    const heads = Array.from({ length: 9 }, (_, i) => ({ title: `${i} ${"🐟".repeat(90)}` }) as DocumentHead);
    const many = Object.assign(Object.create(index) as PassageIndex, { documents: async () => heads });
    const { url: other } = await listening(appOver(many, embedder).app);
    const first = (await connectedTo(other)).getInstructions()!.split("\n")[0]!;
    expect(first).toMatch(/^Docent answers questions from 9 documents, among them “0 (🐟){78}…”, .*“7 (🐟){78}…”\.$/u);
  });
});

describe("tools", () => {
  it("are two, with all that a client needs to know", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["ask", "search"]);
    for (const tool of tools) {
      expect(tool.annotations).toMatchObject({ readOnlyHint: true, idempotentHint: true, openWorldHint: false });
      expect(tool.description!.length).toBeGreaterThan(50);
      // Not every client follows references.
      expect(JSON.stringify([tool.inputSchema, tool.outputSchema])).not.toContain("$ref");
      for (const one of Object.values({ ...tool.inputSchema.properties, ...tool.outputSchema!.properties }).slice(0, 2))
        expect(one).toHaveProperty("type");
    }
    expect(tools[0]!.inputSchema).toMatchObject({
      properties: {
        question: { type: "string", minLength: 1, maxLength: 2000 },
        sources: { type: "array", minItems: 1, maxItems: 200, items: { type: "string" } },
      },
      required: ["question"],
    });
    expect(tools[1]!.inputSchema).toMatchObject({
      properties: {
        query: { type: "string", minLength: 1, maxLength: 2000 },
        k: { type: "integer", minimum: 1, maximum: 50, default: 8 },
      },
      required: ["query"],
    });
  });

  it("ask gives the answer of the API, as text and for programs", async () => {
    const { tools } = await client.listTools();
    const { text, ...answer } = await ask(client, QUESTION);
    const schema = z.fromJSONSchema(tools[0]!.outputSchema as Parameters<typeof z.fromJSONSchema>[0]);
    expect(schema.safeParse(answer).error).toBeUndefined();
    expect(schema.safeParse({ ...answer, citations: [{ n: 1 }] }).success).toBe(false);
    expect(answer).toMatchObject({ status: "answered", model: "extractive", mode: "extractive" });
    expect(answer.answer).toBe("Herrings are smoked over beech wood for six hours [1].");
    expect(answer.citations).toHaveLength(1);
    const [{ quote, start, end, url: page }] = answer.citations as [(typeof answer.citations)[0]];
    expect(quote).toBe((await read(client, "docent://sources/herrings")).slice(start, end));
    expect(text).toBe(
      `${answer.answer}\n\nSources:\n\n[1] ${answer.citations[0]!.title}\n“${quote}”\n` +
        `docent://sources/herrings (${start}–${end})\n${url}${page}`,
    );
    const posted = await fetch(`${url}/api/chat`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: QUESTION }),
    });
    expect(answer).toEqual({ ...((await posted.json()) as object), id: answer.id });
    expect((await fetch(url + page)).status).toBe(200);
  });

  it("ask says that the documents do not say, and what they do", async () => {
    const { text, ...answer } = await ask(client, UNANSWERABLE);
    expect(answer).toMatchObject({ status: "not_found", citations: [] });
    expect(answer.suggestions.length).toBeGreaterThan(0);
    const list = answer.suggestions.map((one) => `- ${one}`).join("\n");
    expect(text).toBe(`${answer.answer}\n\nQuestions the documents answer:\n${list}`);
  });

  it("ask heeds the sources it is given", async () => {
    expect((await ask(client, QUESTION, { sources: ["herrings"] })).status).toBe("answered");
    expect((await ask(client, QUESTION, { sources: ["guides/a tour (1)"] })).status).toBe("not_found");
  });

  it("what ask answered can be rated", async () => {
    const { id } = await ask(client, QUESTION);
    const rated = await fetch(`${url}/api/feedback`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ answer_id: id, rating: "up" }),
    });
    expect(rated.status).toBe(204);
    const kept = readFileSync(path.join(folder, "data", "feedback.jsonl"), "utf8");
    expect(JSON.parse(kept)).toMatchObject({ answer_id: id, question: QUESTION });
  });

  it("search gives the passages of the API", async () => {
    const passages = await search(client, "harbour tour");
    const fetched = await fetch(`${url}/api/search?q=harbour+tour`);
    expect({ passages }).toEqual(await fetched.json());
    expect(passages).toHaveLength(3);
    expect(passages[0]!.source).toBe("guides/a tour (1)");
    for (const { source, text, start, end } of passages)
      expect(text).toBe((await read(client, `docent://sources/${encodeURIComponent(source)}`)).slice(start, end));
    expect(await search(client, "harbour tour", 1)).toEqual(passages.slice(0, 1));
  });

  it.each([
    ["ask", {}, "question must be a string."],
    ["ask", { question: 5 }, "question must be a string."],
    ["ask", { question: "  " }, "question must not be empty."],
    ["ask", { question: "a".repeat(2001) }, "question must be at most 2000 characters."],
    ["ask", { question: "a", sources: "herrings" }, "sources must be a list of source ids."],
    ["ask", { question: "a", sources: [] }, "sources must name at least one source."],
    ["search", { k: 3 }, "query must be a string."],
    ["search", { query: "a", k: 0 }, "k must be from 1 to 50."],
    ["search", { query: "a", k: 51 }, "k must be from 1 to 50."],
    ["search", { query: "a", k: 1.5 }, "k must be a whole number."],
    ["search", { query: "", k: "x" }, "query must not be empty; k must be a whole number."],
    [
      "ask",
      { question: QUESTION, sources: ["herrings", "nets", "../x"] },
      'There is no source of the id "nets", "../x". The resources of this server are its sources.',
    ],
  ])("%s of %j says what is wrong", async (name, given, fault) => {
    expect(await faultOf(client, name, given)).toBe(fault);
  });

  it("take the longest question there may be", async () => {
    expect((await ask(client, "herrings ".repeat(222).trim())).status).toMatch(/answered|not_found/);
    expect((await search(client, "a".repeat(2000), 50)).length).toBeGreaterThan(0);
  });

  it("there are no others", async () => {
    for (const name of ["delete", "constructor", "__proto__"])
      expect(await code(client.callTool({ name }))).toEqual([-32602, expect.stringMatching(/There is no tool/)]);
  });
});

describe("documents", () => {
  it("are resources, each with its whole text", async () => {
    const { resources, nextCursor } = await client.listResources();
    expect(nextCursor).toBeUndefined();
    expect(resources.map(({ name }) => name)).toEqual(IDS);
    for (const { uri, name, title, mimeType } of resources) {
      const document = (await index.document(name))!;
      expect(uri).toMatch(/^docent:\/\/sources\/[\w.~%-]+$/);
      expect([title, mimeType]).toEqual([document.title, "text/plain"]);
      expect(await read(client, uri)).toBe(document.text);
    }
    expect(resources[0]!.uri).toBe("docent://sources/guides%2Fa%20tour%20%281%29");
  });

  it("are read where the address is written otherwise, too", async () => {
    const { text } = (await index.document("guides/a tour (1)"))!;
    for (const id of ["guides/a tour (1)", "guides/a%20tour%20(1)", "guides%2fa%20tour%20%281%29"])
      expect(await read(client, `docent://sources/${id}`)).toBe(text);
  });

  it("fill a template, whose ids are completed", async () => {
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(["docent://sources/{id}"]);
    const complete = async (typed: string) =>
      (
        await client.complete({
          ref: { type: "ref/resource", uri: "docent://sources/{id}" },
          argument: { name: "id", value: typed },
        })
      ).completion;
    expect(await complete("")).toEqual({ values: IDS, total: 3, hasMore: false });
    expect((await complete("HER")).values).toEqual(["herrings"]);
    expect((await complete("harbour")).values).toEqual(["guides/a tour (1)"]);
    // What begins so stands before what holds it.
    expect((await complete("g")).values[0]).toBe("guides/a tour (1)");
    expect((await complete("zzz")).values).toEqual([]);
    const other = client.complete({ ref: { type: "ref/prompt", name: "x" }, argument: { name: "id", value: "" } });
    expect(await code(other)).toEqual([-32602, expect.stringMatching(/can be completed/)]);
  });

  it.each([
    "docent://sources/nets",
    "docent://sources/",
    "docent://sources/%",
    "docent://sources/..%2Fpackage.json",
    "docent://other/herrings",
    "file:///etc/passwd",
    "herrings",
    "",
  ])("there is none at %j", async (uri) => {
    expect(await code(client.readResource({ uri }))).toEqual([
      -32002,
      expect.stringMatching(/There is no source at this address\. Addresses are docent:\/\/sources\/\{id\}/),
    ]);
  });

  it("are listed in parts where there are many", async () => {
    const heads = Array.from(
      { length: 1001 },
      (_, i) => ({ id: `é/${i}`, title: "a", updatedAt: "2024-01-01T00:00:00Z" }) as DocumentHead,
    );
    const many = Object.assign(Object.create(index) as PassageIndex, { documents: async () => heads });
    const other = await connectedTo((await listening(appOver(many, embedder).app)).url);
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await other.listResources({ cursor });
      names.push(...page.resources.map(({ name }) => name));
      cursor = page.nextCursor;
      pages++;
    } while (cursor !== undefined);
    expect([pages, names]).toEqual([3, heads.map(({ id }) => id)]);
    expect(await code(other.listResources({ cursor: "bm9uZQ" }))).toEqual([-32602, expect.stringMatching(/List anew/)]);
  });
});

describe("faults", () => {
  it("a missing index is told, and hello works all the same", async () => {
    const young = await connectedTo((await listening(appOver(null, embedder).app)).url);
    expect(young.getInstructions()).toContain("from a collection of documents.");
    expect((await young.listTools()).tools).toHaveLength(2);
    const message = "The index is still being made. Try again in a few seconds.";
    expect(await faultOf(young, "ask", { question: QUESTION })).toBe(message);
    expect(await faultOf(young, "search", { query: "a" })).toBe(message);
    expect(await code(young.listResources())).toEqual([-32603, expect.stringContaining(message)]);
  });

  it("what goes wrong inside is logged, not told", async () => {
    const broken = Object.assign(Object.create(index) as PassageIndex, {
      search: () => Promise.reject(new Error(`/secret/place is broken for Herrings of Lisbon`)),
      documents: () => Promise.reject(new Error("/secret/list")),
    });
    const under = appOver(broken, embedder);
    const other = await connectedTo((await listening(under.app)).url);
    const told = "The request could not be handled. The server's log says why.";
    expect(await faultOf(other, "search", { query: "Herrings of Lisbon" })).toBe(told);
    expect(await code(other.listResources())).toEqual([-32603, expect.stringContaining(told)]);
    expect(under.logs).toHaveLength(2);
    const [first] = under.logs.map((line) => JSON.parse(line) as { route: string; err: { message: string } });
    expect(first).toMatchObject({ route: "/mcp", err: { message: "/secret/place is broken for […]" } });
  });

  it("leave no line in the log where all went well", () => {
    expect(logs).toEqual([]);
  });
});
