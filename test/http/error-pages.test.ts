import supertest, { type Response } from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppDeps } from "../../src/app.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, folderForFile, openIndex } from "./app-under-test.js";
import { elementsOf, expectHarmless, textsOf } from "./page-under-test.js";

/** What browsers send for a page. */
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
const HTML = "text/html; charset=utf-8";
const PROBLEM = "application/problem+json; charset=utf-8";
const folder = folderForFile();
const embedder = new HashEmbedder();
let index: PassageIndex;

beforeAll(async () => {
  index = await openIndex(folder, embedder, { "plain.txt": "Herrings are smoked over beech wood.\n" });
});

const over = (settings: Partial<AppDeps> = {}) => supertest(appOver(index, embedder, settings).app);
const typeOf = ({ headers }: Response): string => headers["content-type"]!;

function expectPage(response: Response, status: number, title: string): void {
  expect([response.status, typeOf(response)]).toEqual([status, HTML]);
  expect(textsOf(response.text, "h1")).toEqual([title]);
  expect(textsOf(response.text, "title")).toEqual([`${title} – Docent`]);
  expectHarmless(response.text);
  expect(response.headers["vary"]).toContain("Accept");
  expect(response.headers["cache-control"]).toBe("no-store");
}

describe("a browser that meets an error on a page", () => {
  it("is told of a page there is not, and can ask instead", async () => {
    for (const path of ["/nothing", "/sources/none", "/apiary", "/v12", "/<script>alert(1)</script>"]) {
      const response = await over().get(path).set("Accept", BROWSER);
      expectPage(response, 404, "There is no page here");
      const form = elementsOf(response.text).find(({ tagName }) => tagName === "form");
      expect(form!.attrs).toContainEqual({ name: "action", value: "/" });
    }
  });

  it("is told that documents are being prepared, and looks again", async () => {
    const response = await over({ index: () => null })
      .get("/")
      .set("Accept", BROWSER);
    expectPage(response, 503, "The documents are being prepared");
    expect(response.headers).toMatchObject({ refresh: "3", "retry-after": "2" });
    const missing = await over({ index: () => null })
      .get("/nothing")
      .set("Accept", BROWSER);
    expectPage(missing, 404, "There is no page here");
    expect(missing.headers).not.toHaveProperty("refresh");
  });

  it("is asked for a key by its own dialog", async () => {
    const response = await over({ apiKeys: ["k"] })
      .get("/")
      .set("Accept", BROWSER);
    expectPage(response, 401, "A key is needed");
    expect(response.headers["www-authenticate"]).toBe('Basic realm="Docent"');
  });

  it("is told how long to wait", async () => {
    const limited = over({ rateLimitPerMinute: 1 });
    await limited.get("/");
    const response = await limited.get("/").set("Accept", BROWSER);
    expectPage(response, 429, "Too many requests");
    expect(response.text).toContain(`Wait ${response.headers["retry-after"]} seconds, then reload this page.`);
  });

  it("is told of an address that cannot be read, and of a page that takes nothing", async () => {
    expectPage(await over().get("/sources/%ff").set("Accept", BROWSER), 400, "This address cannot be read");
    const posted = await over().post("/").set("Accept", BROWSER).type("form").send({ q: "a" });
    expectPage(posted, 405, "Nothing can be sent to this page");
    expect(posted.headers["allow"]).toBe("GET, HEAD");
  });

  it("is told of a fault of the server, whose log says why", async () => {
    const { app, logs } = appOver(index, embedder, {
      index: () => {
        throw new Error("a secret of the server");
      },
    });
    const response = await supertest(app).get("/").set("Accept", BROWSER);
    expectPage(response, 500, "Something went wrong on the server");
    expect(response.text).not.toContain("secret");
    expect(logs.join()).toContain("a secret of the server");
  });

  it("gets no body for HEAD", async () => {
    const response = await over().head("/nothing").set("Accept", BROWSER);
    expect([response.status, typeOf(response), response.text]).toEqual([404, HTML, undefined]);
  });
});

describe("everybody else gets a problem", () => {
  it.each(["*/*", "application/json", "application/json, text/html;q=0.9", "image/png", ""])(
    "on a page: Accept %j",
    async (accept) => {
      const response = await over().get("/nothing").set("Accept", accept);
      expect([response.status, typeOf(response)]).toEqual([404, PROBLEM]);
    },
  );

  it.each(["/api", "/api/none", "/api/sources/none", "/mcp/x", "/healthz", "/openapi.json", "/readyz"])(
    "where programs ask: %s",
    async (path) => {
      const method = ["/healthz", "/openapi.json", "/readyz"].includes(path) ? "post" : "get";
      const response = await over()[method](path).set("Accept", BROWSER);
      expect([response.status, typeOf(response)]).toEqual([method === "post" ? 405 : 404, PROBLEM]);
    },
  );
});
