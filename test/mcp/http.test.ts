import { request as httpRequest } from "node:http";
import fc from "fast-check";
import supertest, { type Response } from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppDeps } from "../../src/app.js";
import { PROJECT_DIR } from "../../src/config.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, folderForFile, listening, openIndex, problem, problemIn } from "../http/app-under-test.js";
import { ask, connectedTo, FILES, QUESTION, search } from "./client.js";

const folder = folderForFile();
const embedder = new HashEmbedder();
const LISTED = "https://www.example.org";
let index: PassageIndex;
beforeAll(async () => {
  index = await openIndex(folder, embedder, FILES);
});

const over = (settings: Partial<AppDeps> = {}) => supertest(appOver(index, embedder, settings).app);
const listen = async (settings: Partial<AppDeps> = {}): Promise<string> =>
  (await listening(appOver(index, embedder, settings).app)).url;
const message = (method: string, params: object = {}, id: number | string | null = 1): object => ({
  jsonrpc: "2.0",
  ...(id === null ? {} : { id }),
  method,
  params,
});
const called = (name: string, given: object, id = 1): object => message("tools/call", { name, arguments: given }, id);
const HELLO = message("initialize", {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "test", version: "1" },
});
const BOTH = "application/json, text/event-stream";

/** Sends a body as the protocol wants it, with other headers where given; a text goes as it is. */
async function post(server: ReturnType<typeof over>, body: unknown, headers: Record<string, string> = {}) {
  const sent = { Accept: BOTH, "Content-Type": "application/json", ...headers };
  const response = await server
    .post("/mcp")
    .set(sent)
    .send(typeof body === "string" ? body : JSON.stringify(body));
  const leaks = [/\bat \S+:\d+:\d+/, /node_modules/, /\.[jt]s\b/].filter((stack) => stack.test(response.text));
  expect([leaks, response.text.includes(PROJECT_DIR)]).toEqual([[], false]);
  return response;
}

/** What a JSON-RPC error says. */
const faultIn = ({ status, text }: Response): unknown[] => {
  const { jsonrpc, error } = JSON.parse(text) as { jsonrpc: string; error: { code: number; message: string } };
  return [status, jsonrpc, error.code, error.message];
};

describe("origins", () => {
  const withList = () => over({ corsOrigins: [LISTED] });

  it.each([undefined, LISTED, "http://docs.test:3000"])("%s may call", async (origin) => {
    const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    const response = await post(withList(), HELLO, { Host: "docs.test:3000", ...headers });
    expect(response.status).toBe(200);
    expect(response.headers["access-control-allow-origin"]).toBe(origin === LISTED ? LISTED : undefined);
  });

  it.each(["https://evil.example", "null", "https://docs.test:3000", "http://docs.test", "http://docs.test:3000.evil"])(
    "%s may not",
    async (origin) => {
      const response = await post(withList(), called("ask", { question: QUESTION }), {
        Host: "docs.test:3000",
        Origin: origin,
      });
      expect(problemIn(response)).toEqual(problem("forbidden-origin", /^Pages of this origin may not call/));
      expect(response.headers).not.toHaveProperty("access-control-allow-origin");
    },
  );

  it("all may where the operator says so", async () => {
    expect((await post(over({ corsOrigins: ["*"] }), HELLO, { Origin: "https://a.example" })).status).toBe(200);
  });

  it("of the list may send and read what the protocol needs", async () => {
    const asked = await withList()
      .options("/mcp")
      .set("Origin", LISTED)
      .set("Access-Control-Request-Method", "POST")
      .set("Access-Control-Request-Headers", "mcp-protocol-version");
    expect([asked.status, asked.headers["access-control-allow-origin"]]).toEqual([204, LISTED]);
    expect(asked.headers["access-control-allow-headers"]).toBe(
      "Content-Type,Authorization,Accept,Mcp-Session-Id,Mcp-Protocol-Version",
    );
    const response = await post(withList(), HELLO, { Origin: LISTED });
    expect(response.headers["access-control-expose-headers"]).toBe("Retry-After,X-Request-Id,Mcp-Session-Id");
  });

  it("a page that lets its own name point here is turned away", async () => {
    const response = await post(over({ allowedHosts: "loopback" }), HELLO, {
      Host: "evil.example:3000",
      Origin: "http://evil.example:3000",
    });
    expect(problemIn(response)).toEqual(problem("forbidden-host", /host name/));
  });
});

describe("keys", () => {
  it("are asked for, before anything of the body is read", async () => {
    const guarded = () => over({ apiKeys: ["first-key"] });
    for (const [body, headers] of [
      [HELLO, {}],
      ["{", { Authorization: "Bearer wrong" }],
    ] as const) {
      const response = await post(guarded(), body, headers);
      expect(problemIn(response)).toEqual(problem("missing-key", /Authorization: Bearer KEY/));
      expect(response.headers["www-authenticate"]).toBe('Bearer realm="Docent"');
    }
    expect((await post(guarded(), HELLO, { Authorization: "Bearer first-key" })).status).toBe(200);
  });

  it("let a client in", async () => {
    const url = await listen({ apiKeys: ["first-key"] });
    await expect(connectedTo(url)).rejects.toThrow(/401|key/i);
    const client = await connectedTo(url, { Authorization: "Bearer first-key" });
    expect((await search(client, "herrings", 1))[0]!.source).toBe("herrings");
  });
});

describe("requests", () => {
  it.each(["get", "delete", "put", "patch"] as const)("%s is not answered", async (method) => {
    const response = await over()[method]("/mcp").set("Accept", "text/event-stream");
    expect(problemIn(response)).toEqual(problem("method-not-allowed", /is not answered here; use POST\.$/));
    expect(response.headers["allow"]).toBe("POST");
  });

  it("are answered with JSON that nobody keeps", async () => {
    const response = await post(over(), message("ping"));
    expect([response.status, response.body]).toEqual([200, { jsonrpc: "2.0", id: 1, result: {} }]);
    expect(response.headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    expect(response.headers).toHaveProperty("x-request-id");
  });

  it("without an answer are accepted", async () => {
    const response = await post(over(), message("notifications/initialized", {}, null));
    expect([response.status, response.text]).toEqual([202, ""]);
  });

  it.each([
    ["{", 400, -32700, "The body is not well-formed JSON."],
    ["", 400, -32700, expect.stringContaining("Parse error")],
    ["null", 400, -32700, expect.stringContaining("Parse error")],
    ["5", 400, -32700, expect.stringContaining("Parse error")],
    ["[]", 400, -32600, "A batch holds from 1 to 10 messages."],
    [{ method: "ping", id: 1 }, 400, -32700, expect.stringContaining("Parse error")],
    [{ jsonrpc: "2.0", id: null, method: "ping" }, 400, -32700, expect.stringContaining("Parse error")],
    [`"${"x".repeat(270_000)}"`, 413, -32600, "The body is larger than 256 kB."],
  ])("with a body that is none are told so (%#)", async (body, status, code, fault) => {
    const response = await post(over(), body);
    expect(faultIn(response)).toEqual([status, "2.0", code, fault]);
  });

  it.each([
    [{ "Content-Type": "text/plain" }, 415, -32600, expect.stringContaining("Content-Type: application/json")],
    [{ "Content-Encoding": "rot13" }, 415, -32600, expect.stringContaining("UTF-8")],
    [{ Accept: "application/json" }, 406, -32000, expect.stringContaining("Not Acceptable")],
    [{ Accept: "text/html" }, 406, -32000, expect.stringContaining("Not Acceptable")],
    [{ "MCP-Protocol-Version": "1999-01-01" }, 400, -32000, expect.stringContaining("Unsupported protocol version")],
  ])("with the header %j are told so", async (headers, status, code, fault) => {
    expect(faultIn(await post(over(), message("ping"), headers))).toEqual([status, "2.0", code, fault]);
  });

  it.each([
    [message("nothing/such"), -32601, "There is no method of this name."],
    [message("toString"), -32601, "There is no method of this name."],
    [message("tools/call"), -32602, "params.name must be a string."],
    [message("tools/call", { name: "ask", arguments: "x" }), -32602, "params.arguments must be an object."],
    [message("tools/call", { name: "ask", arguments: [] }), -32602, "params.arguments must be an object."],
    [message("resources/read"), -32602, "params.uri must be a string."],
    [message("resources/read", { uri: 5 }), -32602, "params.uri must be a string."],
    [message("resources/list", { cursor: 5 }), -32602, "params.cursor must be a string."],
    [message("completion/complete", { ref: {} }), -32602, expect.stringMatching(/params\.argument must be an object/)],
  ])("for %j are told what is wrong", async (body, code, fault) => {
    expect(faultIn(await post(over(), body))).toEqual([200, "2.0", code, fault]);
  });

  it("may come under a Host that no address can have", async () => {
    const response = await post(over(), called("ask", { question: QUESTION }), { Host: "a b<c" });
    expect(response.status).toBe(200);
    expect(response.text).not.toContain("a b<c");
  });
});

describe("batches", () => {
  const batch = [message("ping"), message("notifications/initialized", {}, null), called("ask", { question: "a" }, 2)];

  it("are answered in the versions that have them", async () => {
    for (const headers of [{}, { "MCP-Protocol-Version": "2025-03-26" }] as Record<string, string>[]) {
      const { status, body } = await post(over(), batch, headers);
      expect([status, (body as { id: number }[]).map(({ id }) => id)]).toEqual([200, [1, 2]]);
    }
  });

  it("are not in later ones, nor long ones", async () => {
    const later = await post(over(), batch, { "MCP-Protocol-Version": "2025-06-18" });
    expect(faultIn(later)).toEqual([400, "2.0", -32600, "Send one message at a time: this version has no batches."]);
    const long = await post(over(), Array(11).fill(message("ping")));
    expect(faultIn(long)).toEqual([400, "2.0", -32600, "A batch holds from 1 to 10 messages."]);
  });

  it("count as many requests as they hold", async () => {
    const server = supertest(await listen({ rateLimitPerMinute: 5 }));
    expect((await post(server, [message("ping"), message("ping", {}, 2), message("ping", {}, 3)])).status).toBe(200);
    const second = await post(server, [message("ping"), message("ping", {}, 2), message("ping", {}, 3)]);
    expect(problemIn(second)).toEqual(problem("too-many-requests", /At most 5 requests a minute/));
  });
});

describe("limits", () => {
  it("of requests a minute hold", async () => {
    const server = supertest(await listen({ rateLimitPerMinute: 2 }));
    expect((await post(server, HELLO)).status).toBe(200);
    expect((await fetch(`${server.get("/").url}api/faq`)).status).toBe(200);
    const third = await post(server, HELLO);
    expect(problemIn(third)).toEqual(problem("too-many-requests", /At most 2 requests a minute/));
    expect(Number(third.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("of answers at once hold for tools, and for nothing else", async () => {
    const gated = new GatedEmbedder();
    const admission = { atWork: 1, waiting: 0 };
    const server = supertest((await listening(appOver(index, gated, { admission }).app)).url);
    const first = post(server, called("search", { query: "herrings" }));
    await gated.asked();
    const second = await post(server, called("search", { query: "herrings" }));
    expect(problemIn(second)).toEqual(problem("overloaded", /Ask again as Retry-After says/));
    expect((await post(server, message("resources/list"))).status).toBe(200);
    gated.letGo();
    expect((await first).status).toBe(200);
    expect((await post(server, called("search", { query: "herrings" }))).status).toBe(200);
  });
});

describe("strange messages", () => {
  // initialize and ping are the library's own.
  const METHODS = ["tools/call", "tools/list", "resources/list", "resources/read", "completion/complete", "none"];
  const params = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record({ name: fc.constantFrom("ask", "search", "x"), arguments: fc.jsonValue({ maxDepth: 2 }) }),
    fc.record({
      name: fc.constantFrom("ask", "search"),
      arguments: fc.dictionary(fc.constantFrom("question", "sources", "query", "k"), fc.jsonValue({ maxDepth: 1 })),
    }),
    fc.record({ uri: fc.string({ unit: "binary" }).map((end) => `docent://sources/${end}`) }),
  );

  it("are answered in words, without a fault of the server", async () => {
    const under = appOver(index, embedder);
    const server = supertest((await listening(under.app)).url);
    const sent = fc.record(
      {
        jsonrpc: fc.constant("2.0"),
        id: fc.oneof(fc.integer(), fc.string()),
        method: fc.constantFrom(...METHODS),
        params,
      },
      { requiredKeys: ["jsonrpc", "method"] },
    );
    const property = fc.asyncProperty(sent, async (body) => {
      const { status, text } = await post(server, body);
      expect([200, 202, 400]).toContain(status);
      // A dump of what a library's validation found, or of an error, is for nobody to read.
      expect(text).not.toMatch(/invalid_type|TypeError|could not be handled/);
    });
    await fc.assert(property, { numRuns: 300 });
    expect(under.logs).toEqual([]);
  });
});

/** An embedder whose answers wait until they are let go. */
class GatedEmbedder extends HashEmbedder {
  queries = 0;
  #open = (): void => {};
  readonly #gate = new Promise<void>((resolve) => (this.#open = resolve));

  override async embedQuery(text: string): Promise<Float32Array> {
    this.queries++;
    await this.#gate;
    return super.embedQuery(text);
  }

  async asked(queries = 1): Promise<void> {
    await until(() => this.queries >= queries);
  }

  letGo(): void {
    this.#open();
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

describe("calls", () => {
  // Two parts, so that there is work left after the first embedding.
  const DOUBLE = "What are herrings smoked over? And where does the harbour tour start?";
  const outcomes = async (url: string): Promise<string[]> =>
    (await (await fetch(`${url}/metrics`)).text())
      .split("\n")
      .filter((line) => line.startsWith("docent_answer_duration_seconds_count"));

  it("by many clients at once are each answered with their own", async () => {
    const url = await listen();
    const clients = await Promise.all([0, 1, 2, 3].map(() => connectedTo(url)));
    const queries = ["herrings smoked", "harbour tour lighthouse", "season ticket euros"];
    const found = await Promise.all(
      clients.flatMap((client) => queries.map(async (query) => (await search(client, query, 1))[0]!.source)),
    );
    const each = ["herrings", "guides/a tour (1)", "günstig & gut/50% off?"];
    expect(found).toEqual([...each, ...each, ...each, ...each]);
  });

  it("are counted as questions of the API are", async () => {
    const url = await listen();
    const client = await connectedTo(url);
    await ask(client, QUESTION);
    await ask(client, "Hello!");
    const counted = await outcomes(url);
    expect(counted).toContain('docent_answer_duration_seconds_count{outcome="small_talk"} 1');
    expect(counted).toHaveLength(2);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('method="POST",route="/mcp",status="200"');
  });

  it("stop when they are cancelled, and the connection is free again", async () => {
    const gated = new GatedEmbedder();
    const under = appOver(index, gated);
    const { url } = await listening(under.app);
    const client = await connectedTo(url);
    const cancelling = new AbortController();
    const other = client.callTool({ name: "ask", arguments: { question: QUESTION } });
    await gated.asked();
    const asked = client.callTool({ name: "ask", arguments: { question: DOUBLE } }, undefined, {
      signal: cancelling.signal,
    });
    await gated.asked(2);
    cancelling.abort("no longer wanted");
    await expect(asked).rejects.toThrow(/no longer wanted/);
    // The embeddings under way are finished; of the question cancelled, no more are made.
    await new Promise((resolve) => setTimeout(resolve, 100));
    gated.letGo();
    expect((await other).isError).toBeUndefined();
    await until(() => gated.queries >= 2);
    const counted = await outcomes(url);
    expect(counted).toContain('docent_answer_duration_seconds_count{outcome="cancelled"} 1');
    expect(counted).toHaveLength(2);
    expect(under.logs).toEqual([]);
    expect((await ask(client, QUESTION)).id).not.toBe("");
  });

  it("that are cancelled are answered with a stream of nothing, also while they wait for their turn", async () => {
    const gated = new GatedEmbedder();
    const { url } = await listening(appOver(index, gated, { admission: { atWork: 1, waiting: 5 } }).app);
    const server = supertest(url);
    const session = (await post(server, HELLO)).headers["mcp-session-id"] as string;
    expect(session).toMatch(/^[\da-f-]{36}$/);
    const headers = { "Mcp-Session-Id": session };
    const [atWork, inLine] = [
      post(server, called("ask", { question: QUESTION }, 7), headers),
      gated.asked().then(() => post(server, called("ask", { question: QUESTION }, 8), headers)),
    ];
    await gated.asked();
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const requestId of [8, 7])
      expect((await post(server, message("notifications/cancelled", { requestId }, null), headers)).status).toBe(202);
    for (const { status, headers: sent, text } of await Promise.all([atWork, inLine]))
      expect([status, sent["content-type"], text]).toEqual([200, "text/event-stream; charset=utf-8", ""]);
    gated.letGo();
    expect((await post(server, called("ask", { question: QUESTION }), headers)).status).toBe(200);
    expect(gated.queries).toBeLessThan(5);
  });

  it("of others cannot be cancelled", async () => {
    const gated = new GatedEmbedder();
    const server = supertest((await listening(appOver(index, gated).app)).url);
    const [mine, other] = await Promise.all(
      [1, 2].map(async () => (await post(server, HELLO)).headers["mcp-session-id"] as string),
    );
    expect(mine).not.toBe(other);
    const asked = post(server, called("search", { query: "herrings" }, 7), { "Mcp-Session-Id": mine! });
    await gated.asked();
    const cancelled = (requestId: unknown) => message("notifications/cancelled", { requestId }, null);
    await post(server, cancelled(7));
    await post(server, cancelled(7), { "Mcp-Session-Id": other! });
    await post(server, cancelled("7"), { "Mcp-Session-Id": mine! });
    await post(server, cancelled({}), { "Mcp-Session-Id": mine! });
    gated.letGo();
    expect((await asked).body).toMatchObject({ id: 7, result: { structuredContent: {} } });
  });

  it("stop when the caller goes away", async () => {
    const gated = new GatedEmbedder();
    const under = appOver(index, gated);
    const { url } = await listening(under.app);
    const gone = new Promise<string>((resolve) => {
      const headers = { "Content-Type": "application/json", Accept: BOTH };
      const request = httpRequest(`${url}/mcp`, { method: "POST", headers });
      request.on("error", (error) => resolve(error.message));
      request.end(JSON.stringify(called("ask", { question: DOUBLE })));
      void gated.asked().then(() => request.destroy());
    });
    expect(await gone).toMatch(/socket hang up/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    gated.letGo();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await outcomes(url)).toEqual(['docent_answer_duration_seconds_count{outcome="cancelled"} 1']);
    expect(gated.queries).toBe(1);
    expect(under.logs).toEqual([]);
  });
});
