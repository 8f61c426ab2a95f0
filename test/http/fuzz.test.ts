import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { PROJECT_DIR } from "../../src/config.js";
import { answerUnreadable } from "../../src/http/unreadable.js";
import { appOver, bundledModel, folderForFile, listening, openIndex } from "./app-under-test.js";

/** Change it to make other requests; a failure names the number of the request that it makes again. */
const SEED = 20261124;
const REQUESTS = 10_000;
const AT_ONCE = 16;
const RAW = 400;
/** Heap that may be held more after the last 8,000 requests than after the first 2,000, in MB; 1.1 was measured. */
const MAX_GROWTH_MB = 8;

/** Mulberry32 (Tommy Ettinger, public domain): a small seeded generator of numbers from 0 to 1. */
function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

const PATHS = [
  "/",
  "/faq",
  "/sources",
  "/docs",
  "/healthz",
  "/readyz",
  "/openapi.json",
  "/widget.js",
  "/favicon.ico",
  "/api/chat",
  "/api/chat",
  "/api/chat",
  "/api/chat",
  "/api/feedback",
  "/api/faq",
  "/api/search",
  "/api/suggestions",
  "/api/sources",
  "/api/sources/herrings",
  "/sources/herrings",
  "/api",
  "/metrics",
  "/v1/models",
  "/v1/chat/completions",
  "/v1/chat/completions",
  "/mcp",
];
const METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"];
const STRINGS = [
  "",
  " ",
  "herrings",
  "How long are herrings smoked?",
  "a".repeat(2001),
  "é".repeat(500),
  "\ud800",
  "\udfff\ud800",
  "\u0000",
  "‮",
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "%",
  "%zz",
  "%00",
  "%c0%ae%c0%ae/",
  "[1]",
  "<script>alert(1)</script>",
  "' OR 1=1 --",
  "${7*7}",
  "{{7*7}}",
  "🚀".repeat(300),
  "\r\nX-Injected: 1",
  "NaN",
  "-1",
  "1e999",
  "\u202e\u0000\ufeff",
  "Why?",
  "yes",
  "Hello",
  "and ".repeat(400),
  "?".repeat(1999),
  "difference between and and and",
  "9".repeat(400),
];

function anything(random: Random, depth = 0): unknown {
  const roll = random();
  if (roll < 0.35) return pick(random, STRINGS);
  if (roll < 0.5) return pick<unknown>(random, [0, -1, 1e308, 2 ** 53, null, true, false, 0.1, -0]);
  if (depth > 3) return null;
  if (roll < 0.75) return Array.from({ length: Math.floor(random() * 6) }, () => anything(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: Math.floor(random() * 5) }, () => [
      pick(random, [
        "question",
        "history",
        "sources",
        "role",
        "content",
        "explain",
        "__proto__",
        "constructor",
        "answer_id",
        "",
      ]),
      anything(random, depth + 1),
    ]),
  );
}

function chatBody(random: Random): unknown {
  const body: Record<string, unknown> = { question: random() < 0.7 ? pick(random, STRINGS) : anything(random) };
  if (random() < 0.4) {
    body["history"] =
      random() < 0.5
        ? anything(random)
        : [{ role: pick(random, ["user", "assistant", "system"]), content: pick(random, STRINGS) }];
  }
  if (random() < 0.3) body["sources"] = random() < 0.5 ? anything(random) : ["herrings", pick(random, STRINGS)];
  if (random() < 0.2) body["explain"] = anything(random);
  return body;
}

function completionBody(random: Random): unknown {
  const message = (): unknown =>
    random() < 0.8
      ? {
          role: pick(random, ["system", "user", "user", "user", "assistant", "tool", "x"]),
          content:
            random() < 0.7
              ? pick(random, STRINGS)
              : [{ type: pick(random, ["text", "image_url"]), text: pick(random, STRINGS) }],
        }
      : anything(random);
  const body: Record<string, unknown> = {
    model: random() < 0.9 ? "docent" : anything(random),
    messages: random() < 0.9 ? Array.from({ length: Math.floor(random() * 5) }, message) : anything(random),
  };
  for (const name of ["stream", "stop", "n", "stream_options", "tool_choice", "response_format", "modalities"])
    if (random() < 0.1) body[name] = anything(random);
  if (random() < 0.3) body["stream"] = true;
  return body;
}

interface Made {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer | null;
}

function made(random: Random): Made {
  const isWild = random() < 0.3;
  let path = pick(random, PATHS);
  if (random() < 0.4) path += `/${encodeURIComponent(wellFormed(pick(random, STRINGS))).slice(0, 300)}`;
  if (random() < 0.15)
    path += pick(random, ["/..", "//", "/%2e%2e/%2e%2e/package.json", "/%zz", "/%c0%af", ";a=b", "/\\..\\"]);
  if (random() < 0.4) {
    const value = encodeURIComponent(wellFormed(pick(random, STRINGS)));
    path += `?${pick(random, ["q", "k", "q[]", "q[a]", "__proto__", "k=1&k", ""])}=${value}&k=${pick(random, ["8", "0", "51", "x", "1e9", ""])}`;
  }
  const method = isWild ? pick(random, METHODS) : /^\/(?:api\/chat|api\/feedback|v1\/chat)/.test(path) ? "POST" : "GET";
  const headers: Made["headers"] = {};
  const maybe = (name: string, share: number, values: readonly (string | string[])[]): void => {
    if (random() < share) headers[name] = pick(random, values);
  };
  maybe("Accept", 0.4, [
    "text/event-stream",
    "text/html",
    "application/json",
    "*/*",
    "image/png",
    ";;;",
    "text/event-stream;q=0",
    "a".repeat(900),
  ]);
  maybe("Authorization", 0.2, ["Bearer x", "Basic !!!", "Bearer", "Basic OmtleQ==", "bearer ".repeat(40)]);
  maybe("Origin", 0.2, [
    "null",
    "https://evil.example",
    "http://localhost",
    "file://",
    "https://a.example, https://b.example",
  ]);
  maybe("Host", 0.1, ["evil.example", "localhost:1", "[::1]", "a b", "127.0.0.1@evil.example", "x".repeat(300)]);
  maybe("X-Forwarded-For", 0.2, ["1.2.3.4", "::1", "garbage, 1.1.1.1", ",,,", "1.2.3.4:99999"]);
  maybe("X-Forwarded-Host", 0.1, ["evil.example", "a,b", "<script>"]);
  maybe("X-Forwarded-Proto", 0.1, ["javascript", "https", "https,http"]);
  maybe("X-Request-Id", 0.2, ["abc", "x".repeat(200), "a b", "../..", "{}"]);
  maybe("Range", 0.1, ["bytes=0-1", "bytes=-1", "bytes=9-1", "x=1"]);
  maybe("If-None-Match", 0.1, ["*", '"x"', "W/", ","]);
  maybe("Cookie", 0.1, ["a=b", "=;=;", "x".repeat(2000)]);
  maybe("Accept-Language", 0.1, ["de", "x-".repeat(200), "*"]);
  maybe("Expect", 0.03, ["200-ok"]);
  if (method === "GET" || method === "HEAD" || method === "TRACE") return { method, path, headers, body: null };
  const text =
    JSON.stringify(
      random() < 0.7 ? (path.startsWith("/v1") ? completionBody(random) : chatBody(random)) : anything(random),
    ) ?? "";
  let body = Buffer.from(text);
  const roll = random();
  if (roll < 0.05) body = body.subarray(0, Math.floor(body.length / 2));
  else if (roll < 0.08) body = Buffer.from("[".repeat(100_000));
  else if (roll < 0.1) body = Buffer.from(`{"question":"x","history":[${"0,".repeat(50_000)}0]}`);
  else if (roll < 0.12) body = Buffer.alloc(300_000, 97);
  else if (roll < 0.14) body = Buffer.from([0xff, 0xfe, 0x00, 0xd8, ...body]);
  else if (roll < 0.16) body = Buffer.alloc(0);
  headers["Content-Type"] = pick(random, [
    ...Array.from({ length: 6 }, () => "application/json"),
    "application/json; charset=utf-16",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "",
    "application/json;;;",
  ]);
  if (random() < 0.05) {
    headers["Content-Encoding"] = pick(random, ["gzip", "br", "x", "gzip, gzip"]);
    // A small body that is large once inflated.
    if (random() < 0.5) body = gzipSync(Buffer.alloc(20_000_000, 32));
  }
  return { method, path, headers, body };
}

const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "?");

/** Whether a body is an error as callers of /mcp read it. */
function isRpcFault(body: string): boolean {
  const { jsonrpc, error, id } = JSON.parse(body) as { jsonrpc?: string; error?: { message?: string }; id?: null };
  return jsonrpc === "2.0" && id === null && Boolean(error?.message);
}

interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

describe("10,000 strange requests", () => {
  let port: number;
  let logs: string[];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  beforeAll(async () => {
    const folder = folderForFile();
    const embedder = await bundledModel();
    const corpus = {
      "herrings.txt":
        "Herrings\n\nHerrings are smoked over beech wood for six hours.\n\nFAQ\n\nMay I eat them cold?\nYes, with bread.\n",
    };
    const under = appOver(await openIndex(folder, embedder, corpus), embedder, {
      dataDir: `${folder}/data`,
      corsOrigins: ["https://a.example"],
    });
    const { server, port: listeningAt } = await listening(under.app);
    answerUnreadable(server);
    [port, logs] = [listeningAt, under.logs];
  });

  function send({ method, path, headers, body }: Made): Promise<Got | null> {
    return new Promise((resolve, reject) => {
      let request;
      try {
        request = httpRequest(
          { port, method, path, headers, agent, setHost: headers["Host"] === undefined },
          (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
              resolve({
                status: response.statusCode!,
                headers: response.headers,
                body: Buffer.concat(chunks).toString(),
              }),
            );
            response.on("error", () => resolve(null));
          },
        );
      } catch {
        resolve(null); // Node's own client refuses to send it; the raw sockets below are for that.
        return;
      }
      request.on("error", (error: NodeJS.ErrnoException) =>
        error.code === "ECONNREFUSED" ? reject(error) : resolve(null),
      );
      request.end(body ?? undefined);
    });
  }

  const faultOf = ({ path }: Made, { status, headers, body }: Got): string | null => {
    if (status >= 500 && status !== 503) return `status ${status}`;
    if (status === 503 && headers["retry-after"] === undefined) return "503 without Retry-After";
    for (const leak of [
      /node_modules/,
      /node:internal/,
      /\bat .+:\d+:\d+/,
      new RegExp(PROJECT_DIR.replace(/\W/g, "\\$&")),
    ]) {
      if (leak.test(body)) return `it tells of the inside: ${String(leak)}`;
    }
    const type = String(headers["content-type"] ?? "");
    if (status >= 400 && body !== "" && /^\/v1(?:[/?]|$)/i.test(path) && type.startsWith("application/json")) {
      const { error } = JSON.parse(body) as { error?: { message?: string; type?: string } };
      return error?.message && error.type ? null : "an error that says nothing";
    }
    if (status >= 400 && body !== "" && !/^application\/problem\+json|^text\/html/.test(type) && !isRpcFault(body))
      return `an error as "${type}"`;
    if (body !== "" && type.startsWith("application/problem+json")) {
      const problem = JSON.parse(body) as { status?: number; title?: string; detail?: string };
      if (problem.status !== status || !problem.title || !problem.detail) return "a problem that says nothing";
    }
    if (headers["x-powered-by"] !== undefined || headers["x-injected"] !== undefined)
      return "a header it must not have";
    return null;
  };

  it("are answered without a fault of the server, a leak or growing memory", { timeout: 240_000 }, async () => {
    setFlagsFromString("--expose_gc");
    const collect = runInNewContext("gc") as () => void;
    const random = randomBy(SEED);
    const requests = Array.from({ length: REQUESTS }, () => made(random));
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    let at = 0;
    const until = async (end: number): Promise<void> => {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (at < end) {
            const number = at++;
            const sent = requests[number]!;
            const got = await send(sent);
            if (got === null) continue;
            statuses.set(got.status, (statuses.get(got.status) ?? 0) + 1);
            const fault = faultOf(sent, got);
            if (fault !== null)
              faults.push(
                `#${number} ${sent.method} ${sent.path.slice(0, 80)} ${JSON.stringify(sent.headers).slice(0, 200)} ${String(sent.body).slice(0, 120)}: ${fault}`,
              );
          }
        }),
      );
    };
    await until(REQUESTS / 5);
    collect();
    const before = process.memoryUsage().heapUsed;
    await until(REQUESTS);
    collect();
    const growth = (process.memoryUsage().heapUsed - before) / 2 ** 20;
    expect(faults).toEqual([]);
    expect(logs).toEqual([]);
    // Every kind of answer was met, so the requests are not all turned away at the door.
    for (const status of [200, 400, 404, 405, 413, 415]) expect(statuses.get(status) ?? 0).toBeGreaterThan(5);
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(REQUESTS * 0.9);
    expect(growth).toBeLessThan(MAX_GROWTH_MB);
    expect((await send({ method: "GET", path: "/healthz", headers: {}, body: null }))?.status).toBe(200);
  });

  it("that are no HTTP at all end the connection and nothing else", { timeout: 60_000 }, async () => {
    const random = randomBy(SEED + 1);
    const lines = [
      "GET / HTTP/1.1",
      "POST /api/chat HTTP/1.1",
      "GET / HTTP/9.9",
      "\u0016\u0003\u0001",
      "GET",
      "",
      "PRI * HTTP/2.0",
      `GET /${"a".repeat(20_000)} HTTP/1.1`,
    ];
    const heads = [
      "Host: a",
      "Content-Length: -1",
      "Content-Length: 5",
      "Content-Length: 5\r\nContent-Length: 6",
      "Transfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length: 3",
      "Host a",
      ": x",
      "X: \u0000",
      `X: ${"b".repeat(17_000)}`,
    ];
    const tails = ["", "abc", "ffffffff\r\n", "5\r\nabc", "0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"];
    for (let i = 0; i < RAW; i += 20) {
      await Promise.all(
        Array.from({ length: 20 }, () => {
          const text = `${pick(random, lines)}\r\n${pick(random, heads)}\r\n${random() < 0.5 ? `${pick(random, heads)}\r\n` : ""}\r\n${pick(random, tails)}`;
          return new Promise<void>((resolve) => {
            const socket = connect(port, "127.0.0.1", () => (random() < 0.5 ? socket.end(text) : socket.write(text)));
            socket.setTimeout(300, () => socket.destroy());
            socket.on("data", () => {});
            socket.on("error", () => {});
            socket.on("close", () => resolve());
          });
        }),
      );
    }
    expect((await send({ method: "GET", path: "/healthz", headers: {}, body: null }))?.status).toBe(200);
    expect(logs).toEqual([]);
  });
});
