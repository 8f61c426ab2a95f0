import OpenAI from "openai";
import supertest, { type Response, type Test } from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppDeps } from "../../../src/app.js";
import { PROJECT_DIR } from "../../../src/config.js";
import { OpenAiError } from "../../../src/http/openai/schemas.js";
import type { PassageIndex } from "../../../src/search/passage-index.js";
import { GatedEmbedder } from "../../helpers/odd-embedders.js";
import { HashEmbedder } from "../../helpers/hash-embedder.js";
import { appOver, folderForFile, listening, openIndex } from "../app-under-test.js";
import { clientOf, refusalOf, user } from "./client-under-test.js";

const CHAT = "/v1/chat/completions";
const embedder = new HashEmbedder();
const ASKED = { model: "docent", messages: [user("How long are herrings smoked?")] };
let index: PassageIndex;

beforeAll(async () => {
  index = await openIndex(folderForFile(), embedder, {
    "herrings.txt": "Herrings are smoked over beech wood for six hours.\n",
  });
});

const over = (settings: Partial<AppDeps> = {}) => supertest(appOver(index, embedder, settings).app);

async function clientOver(settings: Partial<AppDeps> = {}, apiKey = "none"): Promise<OpenAI> {
  const { url } = await listening(appOver(index, embedder, settings).app);
  return clientOf(url, { apiKey });
}

/** Status and error of an answer, which must be of OpenAI's shape and tell nothing of the server's inside. */
function errorIn({ status, headers, text }: Pick<Response, "status" | "headers" | "text">): object {
  expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(headers["cache-control"]).toBe("no-store");
  const body = OpenAiError.strict().parse(JSON.parse(text));
  for (const inside of [PROJECT_DIR, "node_modules", "node:internal", "    at "]) expect(text).not.toContain(inside);
  return { status, ...body.error };
}

const invalid = (param: string | null, message: unknown, code: string | null = null) => ({
  status: 400,
  type: "invalid_request_error",
  param,
  code,
  message,
});

describe("the client's typed errors", () => {
  it("AuthenticationError: no valid key", async () => {
    const guarded = await clientOver({ apiKeys: ["right"] }, "wrong");
    for (const call of [() => guarded.models.list(), () => guarded.chat.completions.create(ASKED)]) {
      const error = await refusalOf(OpenAI.AuthenticationError, call());
      expect([error.status, error.type, error.code, error.param]).toEqual([
        401,
        "invalid_request_error",
        "invalid_api_key",
        null,
      ]);
      expect(error.message).toContain("Send a valid key");
      expect(error.message).not.toMatch(/right|wrong/);
    }
    const { url } = await listening(appOver(index, embedder, { apiKeys: ["right"] }).app);
    const told = await clientOf(url, { apiKey: "right" }).chat.completions.create(ASKED);
    expect(told.choices).toHaveLength(1);
  });

  it("NotFoundError: another model", async () => {
    const client = await clientOver();
    const calls = [
      () => client.models.retrieve("gpt-5"),
      () => client.models.retrieve("some/gpt-5"),
      () => client.chat.completions.create({ ...ASKED, model: "gpt-5" }),
      () => client.chat.completions.create({ ...ASKED, model: "Docent", stream: true }),
    ];
    for (const call of calls) {
      const error = await refusalOf(OpenAI.NotFoundError, call());
      expect([error.status, error.code, error.param, error.type]).toEqual([
        404,
        "model_not_found",
        "model",
        "invalid_request_error",
      ]);
      expect(error.message).toMatch(/^404 There is no model ".*" here; the model to use is "docent"\.$/);
    }
  });

  it("NotFoundError: what this server does not do", async () => {
    const client = await clientOver();
    const error = await refusalOf(OpenAI.NotFoundError, client.embeddings.create({ model: "docent", input: "a" }));
    expect([error.code, error.message]).toEqual(["unknown_url", "404 There is nothing at /v1/embeddings."]);
  });

  it("BadRequestError: what a completion cannot be", async () => {
    const client = await clientOver();
    const refused: [object, string, RegExp][] = [
      [{ n: 2 }, "n", /n must be 1/],
      [{ logprobs: true }, "logprobs", /must be false/],
      [{ modalities: ["text", "audio"] }, "modalities", /nothing but text/],
      [{ response_format: { type: "json_object" } }, "response_format", /must have the type "text"/],
      [
        { response_format: { type: "json_schema", json_schema: { name: "a" } } },
        "response_format",
        /must have the type/,
      ],
      [{ tool_choice: "required" }, "tool_choice", /must not force a tool/],
      [{ tool_choice: { type: "function", function: { name: "f" } } }, "tool_choice", /must not force a tool/],
      [{ stop: ["a", "b", "c", "d", "e"] }, "stop", /at most 4 strings/],
      [{ stop: [1] }, "stop", /at most 4 strings/],
      [{ stream: "yes" }, "stream", /true or false/],
      [{ stream_options: { include_usage: 1 } }, "stream_options.include_usage", /true or false/],
      [{ messages: [user("a"), { role: "pirate", content: "b" }] }, "messages.1.role", /must be system, developer/],
      [{ messages: "Hello" }, "messages", /list of messages/],
      [{ messages: [] }, "messages", /at least one message/],
      [{ messages: [user("a".repeat(2001))] }, "messages", /at most 2000 characters/],
      [
        {
          messages: [
            {
              role: "user",
              content: [
                { type: "text", text: "a" },
                { type: "image_url", image_url: {} },
              ],
            },
          ],
        },
        "messages.0.content.1",
        /reads only text/,
      ],
      [{ model: undefined }, "model", /model must be a string/],
    ];
    for (const [more, param, message] of refused) {
      const error = await refusalOf(
        OpenAI.BadRequestError,
        client.chat.completions.create({ ...ASKED, ...more } as never),
      );
      expect([error.status, error.type, error.param]).toEqual([400, "invalid_request_error", param]);
      expect(error.message).toMatch(message);
    }
  });

  it("RateLimitError: too many requests a minute, counted with the rest of the API", async () => {
    const { url } = await listening(appOver(index, embedder, { rateLimitPerMinute: 2 }).app);
    const client = clientOf(url);
    await client.models.list();
    await supertest(url).get("/api/faq");
    const error = await refusalOf(OpenAI.RateLimitError, client.chat.completions.create(ASKED));
    expect([error.status, error.type, error.code]).toEqual([429, "requests", "rate_limit_exceeded"]);
    expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(error.requestID).toMatch(/\S/);
  });

  it("InternalServerError: no index yet, or too many questions at once", async () => {
    const { url } = await listening(appOver(null, null).app);
    const young = await refusalOf(OpenAI.InternalServerError, clientOf(url).chat.completions.create(ASKED));
    expect([young.status, young.type, young.code]).toEqual([503, "server_error", "no_index"]);
    expect(young.headers.get("retry-after")).toBe("2");
    // What models there are does not hang on the index.
    expect((await clientOf(url).models.list()).data).toHaveLength(1);

    const gated = new GatedEmbedder();
    const busy = await listening(appOver(index, gated, { admission: { atWork: 1, waiting: 0 } }).app);
    const first = clientOf(busy.url).chat.completions.create(ASKED);
    void Promise.resolve(first).catch(() => {});
    await Promise.race([gated.asked, first]);
    const error = await refusalOf(OpenAI.InternalServerError, clientOf(busy.url).chat.completions.create(ASKED));
    expect([error.status, error.type, error.code]).toEqual([503, "server_error", "overloaded"]);
    expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(0);
    gated.letGo();
    expect((await first).choices).toHaveLength(1);
  });

  it("PermissionDeniedError: another host name", async () => {
    const { url } = await listening(appOver(index, embedder, { allowedHosts: ["docs.example"] }).app);
    const error = await refusalOf(OpenAI.PermissionDeniedError, clientOf(url).models.list());
    expect([error.status, error.code]).toEqual([403, "forbidden_host"]);
  });
});

describe("requests that cannot be read", () => {
  const post = (body: string, type = "application/json"): Test =>
    over().post(CHAT).set("Content-Type", type).send(body);

  it("are errors in OpenAI's shape", async () => {
    expect(errorIn(await post('{"model":'))).toEqual(invalid(null, "The body is not well-formed JSON."));
    for (const body of ["null", "[]", "7", '"a"'])
      expect(errorIn(await post(body))).toEqual(invalid(null, "The body must be a JSON object."));
    expect(errorIn(await post("{}"))).toEqual(invalid("model", expect.stringContaining("messages must be a list")));
    expect(errorIn(await post("a=b", "application/x-www-form-urlencoded"))).toMatchObject({
      status: 415,
      type: "invalid_request_error",
      code: "unsupported_content_type",
    });
    const huge = JSON.stringify({ ...ASKED, messages: [user("a".repeat(300_000))] });
    expect(errorIn(await post(huge))).toMatchObject({ status: 413, code: "request_too_large" });
  });

  it("may be nested deeply", async () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    expect(errorIn(await post(deep))).toEqual(invalid(null, "The body must be a JSON object."));
    const content = `{"model":"docent","messages":[{"role":"user","content":${deep}}]}`;
    expect(errorIn(await post(content))).toMatchObject({ status: 400, param: "messages.0.content" });
    const passedOver = await post(`{"model":"docent","messages":[{"role":"user","content":"a"}],"metadata":${deep}}`);
    expect(passedOver.status).toBe(200);
  });

  it("change nothing by keys of prototypes", async () => {
    const keys = '"__proto__":{"role":"user","content":"a"},"constructor":{"prototype":{"polluted":1}}';
    const lone = await post(`{"model":"docent","messages":[{${keys}}]}`);
    expect(errorIn(lone)).toMatchObject({ status: 400, param: "messages.0.role" });
    expect((await post(`{"__proto__":{"stream":true},${JSON.stringify(ASKED).slice(1)}`)).type).toBe(
      "application/json",
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(errorIn(await over().get("/v1/models/__proto__"))).toMatchObject({ status: 404, code: "model_not_found" });
  });
});

describe("addresses below /v1", () => {
  it.each([
    ["get", "/v1", 404, "unknown_url"],
    ["get", "/v1/", 404, "unknown_url"],
    ["post", "/v1/responses", 404, "unknown_url"],
    ["get", "/V1/none", 404, "unknown_url"],
    ["get", "/v1/models/%ff", 400, null],
    ["get", `/v1/models/${"a".repeat(500)}`, 404, "model_not_found"],
    ["get", CHAT, 405, "method_not_supported"],
    ["delete", CHAT, 405, "method_not_supported"],
    ["post", "/v1/models", 405, "method_not_supported"],
  ] as const)("%s %s is an error (%i)", async (method, path, status, code) => {
    // A browser is told the same: programs ask here.
    const response = await over()[method](path).set("Accept", "text/html");
    expect(errorIn(response)).toMatchObject({ status, code, type: "invalid_request_error" });
    expect(response.headers["allow"]).toBe(status !== 405 ? undefined : path === CHAT ? "POST" : "GET, HEAD");
    expect(response.text.length).toBeLessThan(400);
  });

  it("leave those elsewhere their problems", async () => {
    for (const path of ["/api/none", "/v1x", "/v12/models"])
      expect((await over().get(path)).type).toBe("application/problem+json");
  });

  it("can be called from the listed origins with the headers of OpenAI's client", async () => {
    const listed = over({ corsOrigins: ["https://a.example"] });
    const headers = "authorization,content-type,x-stainless-lang,x-stainless-retry-count";
    const preflight = (origin: string) =>
      listed
        .options(CHAT)
        .set("Origin", origin)
        .set("Access-Control-Request-Method", "POST")
        .set("Access-Control-Request-Headers", headers);
    expect((await preflight("https://a.example")).headers).toMatchObject({
      "access-control-allow-origin": "https://a.example",
      "access-control-allow-headers": headers,
    });
    expect((await preflight("https://b.example")).headers).not.toHaveProperty("access-control-allow-origin");
    const called = await listed.get("/v1/models").set("Origin", "https://a.example");
    expect(called.headers["access-control-allow-origin"]).toBe("https://a.example");
  });
});
