import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import supertest from "supertest";
import { describe, expect, it } from "vitest";
import type { AppDeps } from "../../src/app.js";
import { PROJECT_DIR } from "../../src/config.js";
import type { OpenApi } from "../../src/http/openapi-types.js";
import { appOver } from "./app-under-test.js";
import { elementsOf, expectHarmless, metadataOf, textsOf, wordsOf } from "./page-under-test.js";

const appWith = (settings: Partial<AppDeps> = {}) => supertest(appOver(null, null, settings).app);

async function docs(settings: Partial<AppDeps> = {}, headers: Record<string, string> = {}): Promise<string> {
  const response = await appWith(settings).get("/docs").set(headers);
  expect([response.status, response.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  expectHarmless(response.text);
  return response.text;
}

/** The rows of the table under a caption, cell by cell. */
function rowsOf(markup: string, caption: string): string[][] {
  const lines = elementsOf(markup).filter(({ tagName }) => /^(caption|t[rhd])$/.test(tagName));
  const from = lines.findIndex((one) => one.tagName === "caption" && wordsOf(one) === caption) + 1;
  const to = lines.findIndex((one, i) => i >= from && one.tagName === "caption");
  const rows: string[][] = [];
  for (const one of lines.slice(from, to === -1 ? undefined : to)) {
    if (one.tagName === "tr") rows.push([]);
    else rows.at(-1)!.push(wordsOf(one));
  }
  return rows;
}

describe("GET /docs", () => {
  it("describes every operation of the OpenAPI document, without an index or a key", async () => {
    const settings = { apiKeys: ["k"] };
    const markup = await docs(settings);
    const api = (await appWith().get("/openapi.json")).body as OpenApi;
    const headings = textsOf(markup, "h3");
    for (const [route, methods] of Object.entries(api.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        expect(headings).toContain(`${method.toUpperCase()} ${route}`);
        expect(textsOf(markup, "p").some((text) => text.startsWith(operation.summary))).toBe(true);
        const statuses = rowsOf(markup, `Responses of ${method.toUpperCase()} ${route}`).slice(1);
        expect(statuses.map(([status]) => status)).toEqual(Object.keys(operation.responses));
      }
    }
    for (const name of Object.keys(api.components.schemas)) expect(headings).toContain(name);
  });

  it("tells the fields of a body with types and limits, the nested ones too", async () => {
    const markup = await docs();
    expect(rowsOf(markup, "Body of POST /api/chat (JSON)")).toEqual([
      ["Field", "Type", "What it is"],
      ["question", "string", "What to answer; spaces around it do not count. 1 to 2,000 characters"],
      ["history optional", "list of object", "Earlier turns, oldest first; 8,000 characters in all. at most 20 items"],
      ["history[].role", '"user" or "assistant"', "Who said it."],
      ["history[].content", "string", "What was said."],
      [
        "sources optional",
        "list of string",
        "Ids of the sources to search in; all if absent. 1 to 200 items, each at most 500 characters",
      ],
      [
        "explain optional",
        "boolean",
        "Adds how the answer came about: every candidate with its ranks, signals, times.",
      ],
    ]);
    expect(rowsOf(markup, "Parameters of GET /api/search").slice(1)).toEqual([
      ["q", "string", "What to search for. In the query. 1 to 2,000 characters"],
      ["k optional", "integer", "How many passages. In the query. 1 to 50, 8 if absent"],
    ]);
    expect(rowsOf(markup, "Server-sent events").map(([event, data]) => [event, data])).toEqual([
      ["Event", "Data"],
      ["sources", "list of Citation"],
      ["delta", "ChatDelta"],
      ["done", "Answer"],
      ["error", "Problem"],
    ]);
    expect(rowsOf(markup, "Body of POST /v1/chat/completions (JSON)")).toEqual(
      expect.arrayContaining([
        ["stop optional", "string or list of string or null", expect.stringMatching(/^The text ends before/)],
        ["stream_options.include_usage optional", "boolean or null", expect.any(String)],
        ["n optional", "1 or null", expect.any(String)],
        ["messages[].content optional", "string or list of object or null", expect.any(String)],
      ]),
    );
    // Bounds that only say "a whole number" are not shown.
    expect(markup).not.toContain("9,007,199");
  });

  it("gives lines to copy for this server", async () => {
    const code = textsOf(await docs({}, { Host: "docs.example:8080" }), "pre");
    expect(code).toContain("curl -s 'http://docs.example:8080/api/search?q=opening%20hours'");
    expect(code).toContain(
      `curl -s 'http://docs.example:8080/api/chat' -H 'content-type: application/json' -d '{"question":"What can you do?"}'`,
    );
    expect(code).toContain("curl -s 'http://docs.example:8080/healthz'");
    const guarded = textsOf(await docs({ apiKeys: ["k"] }, { Host: "a.example" }), "pre");
    expect(guarded).toContain("curl -s 'http://a.example/api/faq' -H 'authorization: Bearer KEY'");
    expect(guarded).toContain("curl -s 'http://a.example/healthz'");
  });

  it("gives the lines of the widget with what the file's bytes hash to", async () => {
    const headers = { Host: "inner", "X-Forwarded-Host": "chat.example", "X-Forwarded-Proto": "https" };
    const [snippet] = textsOf(await docs({ trustProxy: 1 }, headers), "pre");
    const script = await appWith().get("/widget@1.js").responseType("blob");
    const integrity = `sha384-${createHash("sha384")
      .update(script.body as Buffer)
      .digest("base64")}`;
    expect(snippet).toBe(
      `<script type="module" src="https://chat.example/widget@1.js" integrity="${integrity}" crossorigin></script> ` +
        '<docent-chat endpoint="https://chat.example"></docent-chat>',
    );
    // A caller who is no proxy is not believed.
    expect(textsOf(await docs({}, headers), "pre")[0]).toContain('src="http://inner/widget@1.js"');
  });

  it.each(['x"><script>alert(1)</script>', "a'$(id)", "a b", "a/b", "a@b", "a;id", "a.example:99999", "[::zz]"])(
    "does not repeat the host %j",
    async (host) => {
      const markup = await docs({ trustProxy: 1 }, { "X-Forwarded-Host": host });
      expect(markup).not.toContain(host);
      expect(textsOf(markup, "pre")[0]).toContain('src="https://docent.example.org/widget@1.js"');
      expect(metadataOf(markup)).not.toHaveProperty("canonical");
    },
  );

  it("does not repeat a protocol that is none of the web", async () => {
    const markup = await docs({ trustProxy: 1 }, { "X-Forwarded-Proto": "javascript" });
    expect(markup).not.toContain("javascript");
  });

  it("tells of everything the element's types have", async () => {
    const markup = await docs();
    const types = readFileSync(path.join(PROJECT_DIR, "src/widget/widget.d.ts"), "utf8");
    const element = /interface DocentChatElement[^{]*\{([\s\S]*?)\n\}/.exec(types)![1]!;
    const names = (caption: string): string[] =>
      rowsOf(markup, caption)
        .slice(1)
        .map(([name]) => name!.replace(/\(.*/, ""));
    const properties = [...element.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => (name === "isOpen" ? "open" : name!));
    expect(names("Attributes of docent-chat").toSorted()).toEqual(properties.toSorted());
    const methods = [...element.matchAll(/^ {2}(\w+)\(/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== "addEventListener");
    expect(names("Methods of docent-chat")).toEqual(methods);
    const events = [...types.matchAll(/^ {2}"([\w-]+)": CustomEvent/gm)].map(([, name]) => name);
    expect(names("Events of docent-chat")).toEqual(events);
  });

  it("tells of every custom property and part that the element has", async () => {
    const markup = await docs();
    const folder = path.join(PROJECT_DIR, "src/widget");
    const sources = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    const code = sources.map((name) => readFileSync(path.join(folder, name), "utf8")).join("\n");
    const parts = new Set([...code.matchAll(/\bpart="(\w+)"/g)].map(([, name]) => name!));
    const told = textsOf(markup, "p").find((text) => text.includes("::part(panel)"))!;
    expect(told.split(": ").at(-1)!.replace(".", "").split(", ").toSorted()).toEqual([...parts].toSorted());
    const colours = /const LIGHT = \{([^}]*)\}/.exec(code)![1]!.matchAll(/^ {2}"?([\w-]+)"?: "/gm);
    const others = code.matchAll(/var\(--docent-([\w]+)[,)]/g);
    const properties = new Set([...colours, ...others].map(([, name]) => `--docent-${name}`));
    const rows = rowsOf(markup, "Custom properties of docent-chat").slice(1);
    expect(rows.map(([name]) => name!).toSorted()).toEqual([...properties].toSorted());
  });
});

describe("links shared elsewhere", () => {
  it("show a picture, and name whole addresses", async () => {
    const metadata = metadataOf(await docs({}, { Host: "docs.example" }));
    expect(metadata).toMatchObject({
      canonical: "http://docs.example/docs",
      "og:url": "http://docs.example/docs",
      "og:image": "http://docs.example/social.png",
      "twitter:card": "summary_large_image",
    });
    const { status, headers, body } = await appWith().get("/social.png");
    expect([status, headers["content-type"]]).toEqual([200, "image/png"]);
    const png = body as Buffer;
    // IHDR: width and height (PNG, W3C).
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(png.length).toBeLessThan(60_000);
  });

  it("find an icon, and crawlers what is not for them", async () => {
    const icon = await appWith().get("/favicon.ico");
    expect([icon.status, icon.headers["location"]]).toEqual([301, "/favicon.svg"]);
    const robots = await appWith().get("/robots.txt");
    expect(robots.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(robots.text).toContain("User-agent: *\nDisallow: /api/\n");
  });
});
