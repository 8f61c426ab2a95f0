import supertest, { type Test } from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppDeps } from "../../src/app.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, problem, problemIn, folderForFile, openIndex } from "./app-under-test.js";

const folder = folderForFile();
const embedder = new HashEmbedder();
const NEEDS_KEY = 'Send a valid key as "Authorization: Bearer KEY".';
let index: PassageIndex;

beforeAll(async () => {
  index = await openIndex(folder, embedder, { "plain.txt": "Herrings are smoked over beech wood.\n" });
});

const over = (settings: Partial<AppDeps>) => supertest(appOver(index, embedder, settings).app);
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

describe("API keys", () => {
  const API = ["/api/faq", "/api/search?q=a", "/api/sources", "/api/sources/plain"];
  const PAGES = ["/", "/?q=herrings", "/sources/plain"];
  const OPEN = ["/healthz", "/readyz", "/openapi.json", "/docent.css"];
  const guarded = () => over({ apiKeys: ["first-key", "second~key!"] });

  it.each([...API, ...PAGES, ...OPEN])("are not asked for where none is set: %s", async (path) => {
    expect((await over({}).get(path)).status).toBe(200);
  });

  it.each(OPEN)("are never asked for at %s", async (path) => {
    expect((await guarded().get(path)).status).toBe(200);
  });

  it.each(API)("guard %s", async (path) => {
    const response = await guarded().get(path);
    expect(problemIn(response)).toEqual(problem("missing-key", NEEDS_KEY));
    expect(response.headers["www-authenticate"]).toBe('Bearer realm="Docent"');
    expect((await guarded().get(path).set("Authorization", "Bearer first-key")).status).toBe(200);
  });

  it("guard questions, before anything of the body is read", async () => {
    const response = await guarded().post("/api/chat").set("Content-Type", "application/json").send("{");
    expect(problemIn(response)).toEqual(problem("missing-key", NEEDS_KEY));
    const asked = await guarded()
      .post("/api/chat")
      .set("Authorization", "Bearer second~key!")
      .send({ question: "What are herrings smoked over?" });
    expect(asked.status).toBe(200);
  });

  it.each(PAGES)("guard the page %s by a dialog of the browser", async (path) => {
    const response = await guarded().get(path);
    expect(problemIn(response)).toEqual(problem("missing-key", NEEDS_KEY));
    expect(response.headers["www-authenticate"]).toBe('Basic realm="Docent"');
    expect((await guarded().get(path).set("Authorization", basic("anyone:first-key"))).status).toBe(200);
    expect((await guarded().get(path).set("Authorization", basic(":second~key!"))).status).toBe(200);
    expect((await guarded().get(path).set("Authorization", "Bearer first-key")).status).toBe(200);
  });

  it.each(["Bearer first-key", "bearer first-key", "BEARER second~key!", "Bearer   first-key", basic("a:first-key")])(
    "let %j in",
    async (value) => {
      expect((await guarded().get("/api/faq").set("Authorization", value)).status).toBe(200);
    },
  );

  it.each([
    "Bearer wrong",
    "Bearer first-ke",
    "Bearer first-key2",
    "Bearer FIRST-KEY",
    "Bearer first-key,second~key!",
    "Bearer first-key second~key!",
    "Bearer",
    "Bearer ",
    "first-key",
    "Digest first-key",
    "Basic first-key",
    basic("first-key:"),
    basic("first-key:wrong"),
    "",
  ])("keep %j out", async (value) => {
    const response = await guarded().get("/api/faq").set("Authorization", value);
    expect(problemIn(response)).toEqual(problem("missing-key", NEEDS_KEY));
    expect(response.text).not.toContain("first-key");
  });

  it("are not taken from the address", async () => {
    expect((await guarded().get("/api/faq?key=first-key&api_key=first-key")).status).toBe(401);
  });
});

describe("other origins", () => {
  const listed = () => over({ corsOrigins: ["https://a.example", "http://localhost:5173"], apiKeys: ["k"] });
  const preflight = (request: ReturnType<typeof over>, origin: string, path = "/api/chat"): Test =>
    request
      .options(path)
      .set("Origin", origin)
      .set("Access-Control-Request-Method", "POST")
      .set("Access-Control-Request-Headers", "content-type,authorization");

  it.each(["https://a.example", "http://localhost:5173"])("%s, listed, may call", async (origin) => {
    const asked = await preflight(listed(), origin);
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "Content-Type,Authorization,Accept",
      "access-control-max-age": "86400",
    });
    const called = await listed().get("/api/faq").set("Origin", origin).set("Authorization", "Bearer k");
    expect(called.status).toBe(200);
    expect(called.headers["access-control-allow-origin"]).toBe(origin);
    expect(called.headers["access-control-expose-headers"]).toBe("Retry-After,X-Request-Id");
    expect(called.headers["vary"]).toContain("Origin");
    expect(called.headers).not.toHaveProperty("access-control-allow-credentials");
  });

  it("may read what went wrong, too", async () => {
    const response = await listed().get("/api/faq").set("Origin", "https://a.example");
    expect(response.status).toBe(401);
    expect(response.headers["access-control-allow-origin"]).toBe("https://a.example");
  });

  it.each([
    "https://b.example",
    "http://a.example",
    "https://a.example:8443",
    "https://a.example.evil.example",
    "https://sub.a.example",
    "https://a.example/",
    "null",
  ])("%s, not listed, may not", async (origin) => {
    const asked = await preflight(listed(), origin);
    expect(asked.headers).not.toHaveProperty("access-control-allow-origin");
    const called = await listed().get("/api/faq").set("Origin", origin).set("Authorization", "Bearer k");
    expect(called.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("may not where none is listed", async () => {
    const asked = await preflight(over({}), "https://a.example");
    expect(asked.headers).not.toHaveProperty("access-control-allow-origin");
    expect((await over({}).get("/api/faq").set("Origin", "https://a.example")).headers).not.toHaveProperty(
      "access-control-allow-origin",
    );
  });

  it("may all where * is listed", async () => {
    const any = over({ corsOrigins: ["https://a.example", "*"] });
    expect((await preflight(any, "https://b.example")).headers["access-control-allow-origin"]).toBe("*");
    expect((await any.get("/openapi.json").set("Origin", "null")).headers["access-control-allow-origin"]).toBe("*");
  });

  it.each(["/", "/sources/plain", "/healthz"])("may not read %s even if listed", async (path) => {
    const response = await listed().get(path).set("Origin", "https://a.example");
    expect(response.headers).not.toHaveProperty("access-control-allow-origin");
  });
});

describe("the rate limit", () => {
  const detail = "At most 3 requests a minute are answered. Wait as long as Retry-After says.";

  it("answers so many requests a minute, then 429 problems", async () => {
    const limited = over({ rateLimitPerMinute: 3 });
    const rest: (string | undefined)[] = [];
    for (const path of ["/api/faq", "/", "/api/sources"]) {
      const response = await limited.get(path);
      expect(response.status).toBe(200);
      rest.push(response.headers["ratelimit"]);
    }
    expect(rest).toEqual(
      [2, 1, 0].map((left) => expect.stringMatching(new RegExp(`^limit=3, remaining=${left}, reset=`))),
    );
    for (const send of [() => limited.get("/api/faq"), () => limited.get("/"), () => limited.get("/sources/plain")]) {
      const response = await send();
      expect(problemIn(response)).toEqual(problem("too-many-requests", detail));
      expect(Number(response.headers["retry-after"])).toBeGreaterThan(0);
      expect(Number(response.headers["retry-after"])).toBeLessThanOrEqual(60);
    }
    expect(problemIn(await limited.post("/api/chat").send({ question: "a" }))).toEqual(
      problem("too-many-requests", detail),
    );
    for (const path of ["/healthz", "/readyz", "/openapi.json", "/docent.css"]) {
      expect((await limited.get(path)).status).toBe(200);
    }
  });

  it("counts requests without a key, so that keys cannot be tried out", async () => {
    const limited = over({ rateLimitPerMinute: 3, apiKeys: ["k"] });
    for (const key of ["a", "b", "c"]) {
      expect((await limited.get("/api/faq").set("Authorization", `Bearer ${key}`)).status).toBe(401);
    }
    const response = await limited.get("/api/faq").set("Authorization", "Bearer k");
    expect(problemIn(response)).toEqual(problem("too-many-requests", detail));
  });

  it("of 0 is none", async () => {
    const free = over({ rateLimitPerMinute: 0 });
    for (let i = 0; i < 30; i++) expect((await free.get("/api/faq")).status).toBe(200);
    expect((await free.get("/api/faq")).headers).not.toHaveProperty("ratelimit");
  });

  const from = (request: ReturnType<typeof over>, addresses: string): Test =>
    request.get("/api/faq").set("X-Forwarded-For", addresses);

  it("does not believe X-Forwarded-For without a proxy, and says nothing about it", async () => {
    const limited = over({ rateLimitPerMinute: 2, trustProxy: false });
    expect((await from(limited, "203.0.113.1")).status).toBe(200);
    expect((await from(limited, "203.0.113.2").set("Forwarded", "for=203.0.113.2")).status).toBe(200);
    expect((await from(limited, "203.0.113.3")).status).toBe(429);
  });

  it("counts by the address that the trusted proxy saw", async () => {
    const limited = over({ rateLimitPerMinute: 1, trustProxy: 1 });
    expect((await from(limited, "203.0.113.1")).status).toBe(200);
    expect((await from(limited, "203.0.113.2")).status).toBe(200);
    expect((await from(limited, "203.0.113.1")).status).toBe(429);
    // What the caller itself wrote before the proxy's entry counts for nothing.
    expect((await from(limited, "198.51.100.9, 203.0.113.1")).status).toBe(429);
  });

  it("counts by the address behind as many proxies as there are", async () => {
    const limited = over({ rateLimitPerMinute: 1, trustProxy: 2 });
    expect((await from(limited, "203.0.113.1, 10.0.0.1")).status).toBe(200);
    expect((await from(limited, "203.0.113.2, 10.0.0.1")).status).toBe(200);
    expect((await from(limited, "203.0.113.1, 10.0.0.1")).status).toBe(429);
  });

  it("takes the addresses of one IPv6 network for one", async () => {
    const limited = over({ rateLimitPerMinute: 1, trustProxy: 1 });
    expect((await from(limited, "2001:db8:1:1::1")).status).toBe(200);
    expect((await from(limited, "2001:db8:1:1:ffff::2")).status).toBe(429);
    expect((await from(limited, "2001:db8:2:1::1")).status).toBe(200);
  });
});
