import { gzipSync } from "node:zlib";
import type { Express } from "express";
import { connect, type Socket } from "node:net";
import supertest, { type Response, type Test } from "supertest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { answerUnreadable } from "../../src/http/unreadable.js";
import type { Answer } from "../../src/types.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, problem, problemIn, folderForFile, listening, openIndex } from "./app-under-test.js";

const folder = folderForFile();
let app: Express;
let logs: string[];

beforeAll(async () => {
  const embedder = new HashEmbedder();
  ({ app, logs } = appOver(await openIndex(folder, embedder), embedder));
});

// Whatever was sent, the same app goes on answering: a FAQ item as it is written, whatever embeds it.
afterEach(async () => {
  const response = await supertest(app)
    .post("/api/chat")
    .send({ question: "Which joint mission of NASA and ISRO matters most?" });
  expect(response.status).toBe(200);
  expect((response.body as Answer).status).toBe("answered");
});

afterAll(() => {
  expect(logs, "a caller's fault is no fault of the server").toEqual([]);
});

const post = (type?: string): Test => {
  const request = supertest(app).post("/api/chat");
  return type === undefined ? request : request.set("Content-Type", type);
};
const postJson = (text: string): Promise<Response> => post("application/json").send(text);

describe("a body that is no JSON", () => {
  it.each([
    "{",
    '{"question": "a"',
    "{question: 'a'}",
    "question=a",
    "undefined",
    '{"question": "a"} x',
    "\ufffd",
    "NaN",
  ])("%j is a 400 problem", async (text) => {
    expect(problemIn(await postJson(text))).toEqual(problem("invalid-request", "The body is not well-formed JSON."));
  });

  it.each(["null", "[]", '[{"question":"a"}]', '"question"', "7", "true"])("%s is not an object", async (text) => {
    expect(problemIn(await postJson(text))).toEqual(
      problem("invalid-request", "The body must be a JSON object.", [{ path: "", message: "must be a JSON object" }]),
    );
  });

  it("an empty body lacks the question", async () => {
    expect(problemIn(await postJson(""))).toEqual(
      problem("invalid-request", "question must be a string.", [{ path: "question", message: "must be a string" }]),
    );
  });

  it("no body at all is not an object", async () => {
    const { port } = await listening(app);
    const raw = await exchange(port, "POST /api/chat HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(problemIn(parsedHttp(raw))).toEqual(
      problem("invalid-request", "The body must be a JSON object.", [{ path: "", message: "must be a JSON object" }]),
    );
  });

  it("nested 100,000 deep does not upset the parser", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(problemIn(await postJson(deep))).toEqual(
      problem("invalid-request", "The body must be a JSON object.", [{ path: "", message: "must be a JSON object" }]),
    );
    const nested = `{"question":${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}}`;
    expect(problemIn(await postJson(nested))).toEqual(
      problem("invalid-request", "question must be a string.", [{ path: "question", message: "must be a string" }]),
    );
  });
});

describe("a body of another type", () => {
  const detail = 'Send the body as JSON with "Content-Type: application/json".';

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/vnd.api+json", "text/json", "nonsense"])(
    "%s is a 415 problem",
    async (type) => {
      expect(problemIn(await post(type).send('{"question":"a"}'))).toEqual(problem("not-json", detail));
    },
  );

  it("no content type is a 415 problem", async () => {
    const { port } = await listening(app);
    const raw = await exchange(
      port,
      "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    );
    expect(problemIn(parsedHttp(raw))).toEqual(problem("not-json", detail));
  });

  it.each(["application/json;charset=latin1", "application/json; charset=x-unknown"])(
    "%s is a 415 problem",
    async (type) => {
      expect(problemIn(await post(type).send('{"question":"a"}'))).toEqual(
        problem("not-json", "The body must be JSON in UTF-8, plain or compressed with gzip, deflate or br."),
      );
    },
  );

  it.each(["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])(
    "%s is read",
    async (type) => {
      const response = await post(type).send('{"question":"Wer war’s? NISAR"}');
      expect(response.status).toBe(200);
    },
  );
});

describe("a compressed body", () => {
  const send = (encoding: string, bytes: Buffer): Promise<Response> => {
    const request = post("application/json").set("Content-Encoding", encoding);
    request.write(bytes);
    return request;
  };

  it("is read", async () => {
    expect((await send("gzip", gzipSync('{"question":"NISAR"}'))).status).toBe(200);
  });

  it("that is damaged is a 400 problem", async () => {
    expect(problemIn(await send("gzip", Buffer.from("no gzip")))).toEqual(
      problem("invalid-request", "The request could not be read."),
    );
    const cut = gzipSync('{"question":"NISAR"}').subarray(0, 20);
    expect(problemIn(await send("gzip", cut))).toEqual(problem("invalid-request", "The request could not be read."));
  });

  it("of an unknown encoding is a 415 problem", async () => {
    expect(problemIn(await send("compress", Buffer.from("{}")))).toEqual(
      problem("not-json", "The body must be JSON in UTF-8, plain or compressed with gzip, deflate or br."),
    );
  });

  it("that unpacks to more than the limit is a 413 problem", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    expect(bomb.length).toBeLessThan(30_000);
    expect(problemIn(await send("gzip", bomb))).toEqual(problem("too-large", "The body is larger than 256 kB."));
  });
});

describe("a large body", () => {
  const bodyOf = (bytes: number): string => `{"question":"NISAR","pad":"${"x".repeat(bytes - 29)}"}`;

  it("of 256 kB is read, of one byte more is a 413 problem", async () => {
    expect(bodyOf(1000)).toHaveLength(1000);
    expect((await postJson(bodyOf(256 * 1024))).status).toBe(200);
    expect(problemIn(await postJson(bodyOf(256 * 1024 + 1)))).toEqual(
      problem("too-large", "The body is larger than 256 kB."),
    );
  });

  it("of 2 MB is a 413 problem", async () => {
    expect(problemIn(await postJson(bodyOf(2_000_000)))).toEqual(
      problem("too-large", "The body is larger than 256 kB."),
    );
  });
});

describe("a question that is none", () => {
  it.each([
    ["missing", {}, "must be a string"],
    ["null", { question: null }, "must be a string"],
    ["a number", { question: 7 }, "must be a string"],
    ["a list", { question: ["a"] }, "must be a string"],
    ["an object", { question: { toString: "a" } }, "must be a string"],
    ["empty", { question: "" }, "must not be empty"],
    ["blank", { question: " \n\t\u00a0\u3000\ufeff" }, "must not be empty"],
    ["3,000 characters long", { question: "a".repeat(3000) }, "must be at most 2000 characters"],
    ["2,001 characters long", { question: "a".repeat(2001) }, "must be at most 2000 characters"],
  ])("%s is a 400 problem", async (_name, body, message) => {
    expect(problemIn(await post().send(body))).toEqual(
      problem("invalid-request", `question ${message}.`, [{ path: "question", message }]),
    );
  });

  it.each(['{"__proto__":{"question":"NISAR"}}', '{"constructor":{"prototype":{"question":"NISAR"}}}'])(
    "is not taken from a prototype: %s",
    async (text) => {
      expect(problemIn(await postJson(text))).toEqual(
        problem("invalid-request", "question must be a string.", [{ path: "question", message: "must be a string" }]),
      );
      expect("question" in {}).toBe(false);
    },
  );

  it("may stand beside prototype keys, which have no effect", async () => {
    const response = await postJson(
      '{"question":"NISAR","__proto__":{"sources":["none"]},"constructor":{"prototype":1}}',
    );
    expect(response.status).toBe(200);
    expect((response.body as Answer).status).toBe("answered");
    expect("sources" in {}).toBe(false);
  });
});

describe("history and sources out of bounds", () => {
  const turn = (content: unknown, role: unknown = "user") => ({ role, content });

  it.each([
    ["history of 21 turns", { history: Array(21).fill(turn("a")) }, "history", "must hold at most 20 turns"],
    [
      "history of 8,001 characters",
      { history: [turn("a".repeat(4000)), turn("b".repeat(4001))] },
      "history",
      "must hold at most 8000 characters in all",
    ],
    ["a role of its own", { history: [turn("a", "system")] }, "history.0.role", 'must be "user" or "assistant"'],
    ["no role", { history: [{ content: "a" }] }, "history.0.role", 'must be "user" or "assistant"'],
    ["no content", { history: [turn("a"), { role: "user" }] }, "history.1.content", "must be a string"],
    ["content that is no text", { history: [turn([])] }, "history.0.content", "must be a string"],
    ["a turn that is a text", { history: ["a"] }, "history.0", "must be an object with role and content"],
    ["history that is no list", { history: { 0: turn("a") } }, "history", "must be a list of turns"],
    ["history null", { history: null }, "history", "must be a list of turns"],
    ["no sources in the list", { sources: [] }, "sources", "must name at least one source"],
    ["201 sources", { sources: Array(201).fill("a") }, "sources", "must name at most 200 sources"],
    ["a source that is a number", { sources: ["a", 7] }, "sources.1", "must be a string"],
    ["a source of 501 characters", { sources: ["a".repeat(501)] }, "sources.0", "must be at most 500 characters"],
    ["sources that are no list", { sources: "a" }, "sources", "must be a list of source ids"],
  ])("%s is a 400 problem", async (_name, body, path, message) => {
    const response = await post().send({ question: "NISAR", ...body });
    expect(problemIn(response)).toEqual(problem("invalid-request", `${path} ${message}.`, [{ path, message }]));
  });

  it("names all faults, at most twenty in full and 500 characters of them in the detail", async () => {
    const two = await post().send({ question: "", sources: [] });
    expect(problemIn(two)).toEqual(
      problem("invalid-request", "question must not be empty; sources must name at least one source.", [
        { path: "question", message: "must not be empty" },
        { path: "sources", message: "must name at least one source" },
      ]),
    );
    const many = await post().send({ question: "NISAR", sources: Array(200).fill(0) });
    const { detail, errors } = many.body as { detail: string; errors: unknown[] };
    expect(detail).toHaveLength(501);
    expect(errors).toHaveLength(20);
  });
});

describe("GET /api/search out of bounds", () => {
  it.each([
    ["", "q", "is required"],
    ["?q=", "q", "must not be empty"],
    ["?q=%20%09", "q", "must not be empty"],
    [`?q=${"a".repeat(2001)}`, "q", "must be at most 2000 characters"],
    ["?q=a&q=b", "q", "must be given once"],
    ["?q[]=a", "q", "is required"],
    ["?q[__proto__]=a", "q", "is required"],
    ["?q=a&k=0", "k", "must be from 1 to 50"],
    ["?q=a&k=51", "k", "must be from 1 to 50"],
    ["?q=a&k=-1", "k", "must be a whole number"],
    ["?q=a&k=1.5", "k", "must be a whole number"],
    ["?q=a&k=1e1", "k", "must be a whole number"],
    ["?q=a&k=ten", "k", "must be a whole number"],
    ["?q=a&k=99999999999999999999", "k", "must be a whole number"],
    ["?q=a&k=", "k", "must be a whole number"],
    ["?q=a&k=1&k=2", "k", "must be given once"],
  ])("%s is a 400 problem", async (query, path, message) => {
    const response = await supertest(app).get(`/api/search${query}`);
    expect(problemIn(response)).toEqual(problem("invalid-request", `${path} ${message}.`, [{ path, message }]));
  });

  it("with broken percent-encoding searches for what can be read", async () => {
    expect((await supertest(app).get("/api/search?q=NISAR%E0%A4%A")).status).toBe(200);
  });
});

describe("addresses", () => {
  it.each([
    "/nothing",
    "/api",
    "/api/",
    "/api/nothing",
    "//api/sources",
    "/api//sources",
    "//evil.example/%2e%2e",
    "/api/chat/more",
    "/.env",
    "/package.json",
    "/..%2fpackage.json",
    "/corpus/nasa-spacex-isro.txt",
    "/__proto__",
  ])("%s is a 404 problem", async (path) => {
    const response = await rawGet(path);
    expect(problemIn(response)).toEqual(problem("not-found", `There is nothing at ${path}.`));
  });

  it("says only the beginning of a long address", async () => {
    const response = await supertest(app).get(`/${"a".repeat(5000)}`);
    expect(problemIn(response)).toEqual(problem("not-found", `There is nothing at /${"a".repeat(199)}.`));
  });

  it.each(["/api/sources/%E0%A4%A", "/api/sources/%", "/sources/%zz", "/sources/a/%C3"])(
    "%s, broken percent-encoding, is a 400 problem",
    async (path) => {
      expect(problemIn(await rawGet(path))).toEqual(problem("invalid-request", "The request could not be read."));
    },
  );

  it.each(["/api/sources", "/sources"])("%s does not lead out of the index", async (base) => {
    for (const id of [
      "../../package.json",
      "..%2f..%2fpackage.json",
      "%2e%2e%2f%2e%2e%2fpackage.json",
      "..%5c..%5cpackage.json",
      "%2Fetc%2Fpasswd",
      "nasa-spacex-isro.txt",
      "nasa-spacex-isro%00",
      "nasa-spacex-isro/",
      "NASA-SPACEX-ISRO",
      "__proto__",
      "constructor",
      "toString",
      "a".repeat(8000),
    ]) {
      const response = await rawGet(`${base}/${id}`);
      expect(problemIn(response)).toEqual(
        problem("not-found", "There is no source of this id. GET /api/sources lists them."),
      );
    }
  });

  it.each(["/api/sources/", "/api/faq/", "/healthz/", "/API/FAQ"])(
    "%s is answered: a last slash and case are free",
    async (path) => {
      expect((await supertest(app).get(path)).status).toBe(200);
    },
  );
});

describe("methods", () => {
  it.each([
    ["get", "/api/chat", "POST"],
    ["put", "/api/chat", "POST"],
    ["delete", "/api/chat", "POST"],
    ["patch", "/api/chat", "POST"],
    ["post", "/api/faq", "GET, HEAD"],
    ["post", "/api/search", "GET, HEAD"],
    ["post", "/api/sources", "GET, HEAD"],
    ["delete", "/api/sources/nasa-spacex-isro", "GET, HEAD"],
    ["post", "/", "GET, HEAD"],
    ["post", "/sources/nasa-spacex-isro", "GET, HEAD"],
    ["post", "/healthz", "GET, HEAD"],
    ["options", "/healthz", "GET, HEAD"],
    ["post", "/readyz", "GET, HEAD"],
    ["post", "/openapi.json", "GET, HEAD"],
    ["post", "/docent.css", "GET, HEAD"],
    ["trace", "/", "GET, HEAD"],
  ] as const)("%s %s is a 405 problem that says what is allowed", async (method, path, allow) => {
    const response = await supertest(app)[method](path);
    const named = allow.replace(", ", " or ");
    expect(problemIn(response)).toEqual(
      problem("method-not-allowed", `${method.toUpperCase()} is not answered here; use ${named}.`),
    );
    expect(response.headers["allow"]).toBe(allow);
  });

  it("HEAD is a 405 without a body where only POST is answered", async () => {
    const response = await supertest(app).head("/api/chat");
    expect([response.status, response.headers["allow"], response.text]).toEqual([405, "POST", undefined]);
  });

  it.each(["/api/faq", "/api/sources", "/api/sources/nasa-spacex-isro", "/api/search?q=NISAR", "/", "/healthz"])(
    "HEAD %s has the headers of GET and no body",
    async (path) => {
      const [head, got] = [await supertest(app).head(path), await supertest(app).get(path)];
      expect(head.status).toBe(200);
      expect(head.text).toBeUndefined();
      expect(head.headers["content-type"]).toBe(got.headers["content-type"]);
      expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(got.text)));
    },
  );
});

describe("what is not HTTP", () => {
  const listen = async (): Promise<number> => {
    const { server, port } = await listening(app);
    answerUnreadable(server);
    return port;
  };

  it.each([
    ["garbage", "\u0016\u0003\u0001 hello\r\n\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["a bad header", "GET /healthz HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n"],
    ["two lengths", "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
    [
      "a length beside chunks",
      "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
  ])("%s is a 400 problem and ends the connection", async (_name, sent) => {
    const response = parsedHttp(await exchange(await listen(), sent));
    expect(problemIn(response)).toEqual(problem("invalid-request", "This is not an HTTP request."));
    expect(response.headers["connection"]).toBe("close");
    expect(response.headers["content-length"]).toBe(String(Buffer.byteLength(response.text)));
  });

  it("headers of more than 16 kB are a 413 problem", async () => {
    const sent = `GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: ${"a".repeat(17_000)}\r\n\r\n`;
    const response = parsedHttp(await exchange(await listen(), sent));
    expect(problemIn(response)).toEqual(problem("too-large", "The headers are larger than 16 kB."));
  });

  it("a request that does not arrive in time is a 400 problem", async () => {
    const { server, port } = await listening(app);
    answerUnreadable(server);
    server.emit(
      "clientError",
      Object.assign(new Error("late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }),
      await held(server, port),
    );
    const response = parsedHttp(await heldAnswer!);
    expect(problemIn(response)).toEqual(problem("invalid-request", "The request did not arrive in time."));
  });

  it("a connection that was cut is let go without a word", async () => {
    const { server, port } = await listening(app);
    answerUnreadable(server);
    server.emit("clientError", Object.assign(new Error("cut"), { code: "ECONNRESET" }), await held(server, port));
    expect(await heldAnswer!).toBe("");
  });
});

let heldAnswer: Promise<string> | null = null;

/** The server's end of a connection on which nothing was sent. */
function held(server: Awaited<ReturnType<typeof listening>>["server"], port: number) {
  const socket = new Promise<Socket>((resolve) => server.once("connection", resolve));
  heldAnswer = exchange(port, "");
  return socket;
}

/** Sends bytes as they are and returns all that comes back. */
function exchange(port: number, sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(sent));
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => (received += piece));
    socket.on("close", () => resolve(received));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") reject(error);
    });
  });
}

/** Taken apart as far as the checks need it. */
function parsedHttp(raw: string): { status: number; headers: Record<string, string>; text: string } {
  const [head, text] = raw.split("\r\n\r\n", 2);
  const [first, ...lines] = head!.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
  return { status: Number(first!.split(" ")[1]), headers, text: text! };
}

/** A path just as it is written; HTTP clients resolve ".." and double slashes themselves. */
async function rawGet(path: string): Promise<ReturnType<typeof parsedHttp>> {
  const { server, port } = await listening(app);
  const raw = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  server.close();
  return parsedHttp(raw);
}
