import type { Express } from "express";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { Embedder } from "../../src/embed/embedder.js";
import { quoteUrl, sourceUrl } from "../../src/pages/links.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import type { Answer } from "../../src/types.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, bundledModel, folderForFile, openIndex } from "./app-under-test.js";
import { attribute, HOSTILE, open, type Page, textOf, textWithoutClocks } from "./page-under-test.js";

const folder = folderForFile();

function marked(page: Page): string[] {
  return page.all("mark").map(textOf);
}

function noteOf(page: Page): string | null {
  const note = page.all("p").find((one) => attribute(one, "class") === "note");
  return note === undefined ? null : textOf(note).replace(/\s+/g, " ").trim();
}

describe("pages of sources over the corpus", () => {
  let embedder: Embedder;
  let index: PassageIndex;
  let app: Express;
  beforeAll(async () => {
    embedder = await bundledModel();
    index = await openIndex(folder, embedder);
    ({ app } = appOver(index, embedder));
  });

  it("GET /sources lists every document with what is known of it, and each opens", async () => {
    const page = await open(app, "/sources");
    const documents = await index.documents();
    const counts = await index.passageCounts();
    const entries = page.all("li").map((entry) => ({
      href: attribute(page.all("a", entry)[0]!, "href"),
      title: textOf(page.all("a", entry)[0]!),
      facts: textOf(page.all("p", entry)[0]!).replace(/\s+/g, " ").trim(),
      date: attribute(page.all("time", entry)[0]!, "datetime"),
    }));
    expect(entries).toEqual(
      documents.map(({ id, title, path, format, updatedAt }) => ({
        href: sourceUrl(id),
        title,
        facts: expect.stringMatching(
          `^${path} · ${format.toUpperCase()} · ${counts.get(id)} passages · \\d{1,2} [A-Z][a-z]+ \\d{4}$`,
        ),
        date: updatedAt,
      })),
    );
    for (const { href, title } of entries) expect(textOf((await open(app, href!)).all("h1")[0]!)).toBe(title);
  });

  it.each([
    ["Who built the S-band radar of NISAR?"],
    ["Do NASA, SpaceX, and ISRO cooperate on missions to the Moon?"],
    ["What are the main goals of NISAR?"],
    ["What does each space power do best?"],
  ])("every citation opens at exactly the words quoted: %s", async (question) => {
    const { citations } = (await supertest(app).post("/api/chat").send({ question })).body as Answer;
    expect(citations.length).toBeGreaterThan(0);
    for (const citation of citations) {
      const [path, anchor] = quoteUrl(citation).split("#");
      const page = await open(app, path!);
      const squeezed = (text: string): string => text.replace(/\s+/g, "");
      expect(squeezed(marked(page).join(""))).toBe(squeezed(citation.quote));
      expect(noteOf(page)).toBe("The marked words are the ones quoted. Take the marks away");
      const [start] = page.byId(anchor!);
      expect(attribute(start!, "data-passage")).toBe(anchor);
      const cited = page.all("span").filter((one) => attribute(one, "class") === "cited");
      expect(new Set(cited.map((one) => attribute(one, "data-passage")))).toEqual(new Set([anchor]));
      expect(squeezed(cited.map(textWithoutClocks).join(""))).toContain(squeezed(citation.quote));
    }
  });

  it.each([
    "?from=5",
    "?to=5",
    "?from=9&to=5",
    "?from=5&to=5",
    "?from=-1&to=5",
    "?from=1.5&to=5",
    "?from=1&to=999999",
    "?from=1&to=99999999999999999999",
    "?from=1e1&to=20",
    "?from=&to=",
    "?from=a&to=b",
    "?from=1&from=2&to=5",
    "?from[]=1&to=5",
    "?from=%2B1&to=5",
  ])("%s marks nothing", async (query) => {
    const plain = await open(app, "/sources/nasa-spacex-isro");
    expect((await open(app, `/sources/nasa-spacex-isro${query}`)).main).toBe(plain.main);
    expect([marked(plain), noteOf(plain)]).toEqual([[], null]);
  });

  it("marks across headings, paragraphs and items what stands between two offsets", async () => {
    const { text } = (await index.document("nasa-spacex-isro"))!;
    const start = text.indexOf("Brings NASA");
    const page = await open(app, `/sources/nasa-spacex-isro?from=${start}&to=${start + 400}`);
    expect(marked(page).length).toBeGreaterThan(3);
    // The markers of list items are no words.
    const squeezed = (written: string): string => written.replace(/[\s-]+/g, "");
    expect(squeezed(marked(page).join(""))).toBe(squeezed(text.slice(start, start + 400)));
    const clear = page.all("a").find((link) => textOf(link) === "Take the marks away")!;
    expect(attribute(clear, "href")).toBe("/sources/nasa-spacex-isro");
  });

  it("tells where the document is from, and where to get its text", async () => {
    const page = await open(app, "/sources/talk-on-agency-cooperation");
    const facts = page.byClass("soft");
    expect(textOf(facts).replace(/\s+/g, " ").trim()).toBe(
      "talk-on-agency-cooperation.md · MD · 9 passages · Video · JSON",
    );
    const links = page.all("a", facts).map((link) => attribute(link, "href"));
    expect(links).toEqual(["https://www.youtube.com/watch?v=_ziODBruqdA", "/api/sources/talk-on-agency-cooperation"]);
    expect((await supertest(app).get(links[1]!)).status).toBe(200);
  });

  it.each([
    ["/sources?page=1&x", "/sources"],
    ["/sources/nasa-spacex-isro?from=1&to=9", "/sources/nasa-spacex-isro"],
    ["/faq?q=moon", "/faq"],
  ])("%s is one of the addresses of %s", async (path, address) => {
    const page = await open(app, path);
    const canonical = page.all("link").find((link) => attribute(link, "rel") === "canonical")!;
    expect(new URL(attribute(canonical, "href")!).href.replace(/^http:\/\/127\.0\.0\.1(?::\d+)?/, "")).toBe(address);
  });

  it("lists its headings, each of which is on the page once", async () => {
    const page = await open(app, "/sources/nasa-spacex-isro");
    const contents = page.all("nav").find((nav) => attribute(nav, "aria-label") === "Contents")!;
    const links = page.all("a", contents).map((link) => attribute(link, "href")!.slice(1));
    expect(links.length).toBeGreaterThan(10);
    expect(links).toContain("s-the-nisar-mission-nasa-isro-synthetic-aperture-radar");
    for (const link of links)
      expect(page.byId(decodeURIComponent(link)).map(({ tagName }) => tagName)).toEqual([
        expect.stringMatching(/^h[2-6]$/),
      ]);
  });
});

describe("pages of sources over hostile documents", () => {
  const { SCRIPT, IMAGE, TURNED } = HOSTILE;
  let index: PassageIndex;
  let app: Express;
  beforeAll(async () => {
    const embedder = new HashEmbedder();
    index = await openIndex(`${folder}/hostile`, embedder, {
      // A file name is a title where there is no other, and part of every address of the source.
      "x \"onclick=alert(1) '<b>&.txt": `${SCRIPT} keeps the lamp oil. Also ${IMAGE} is there.\n`,
      "deep/er/% ?#.txt": "A file in folders, with a name that addresses must not take for their own.\n",
      "json.json": JSON.stringify([
        { question: `Where is ${IMAGE} kept?`, answer: `In ${SCRIPT}, half \ud83d a rocket.` },
      ]),
      "page.html": `<title>&lt;script&gt;x${TURNED}</title><h2>&lt;img onerror=a&gt; ${TURNED}</h2><p>&lt;script&gt;beacons&lt;/script&gt; shine all night.</p><h2>"onclick=a</h2><p>b</p><h2>' x</h2><p>c</p>`,
      "linked.md":
        '---\ntitle: \'</title><script>alert(2)</script>\'\nurl: "javascript:alert(1)"\n---\n\n## "><svg onload=a>\n\nPuffins nest below the `</div><script>` line.\n\n| </td><script> | b |\n|---|---|\n| <b> | </table> |\n',
      "elsewhere.md":
        '---\ntitle: Elsewhere\nurl: "https://example.org/?a=1&b=\\"><script>"\n---\n\nGannets dive from forty metres.\n',
      "emoji.txt": "A 😀 laughs.\n",
    });
    ({ app } = appOver(index, embedder));
  });

  it("show every text as text, marked or not", async () => {
    for (const { id } of await index.documents()) {
      const document = (await index.document(id))!;
      for (const query of ["", "?from=0&to=9", `?from=3&to=${document.text.length}`]) {
        const page = await open(app, sourceUrl(document.id) + query);
        const seen = document.blocks
          .flatMap((block) => (block.kind === "row" ? block.cells : [block]))
          .map(({ start, end }) => document.text.slice(start, end).replace(/[\ud800-\udfff]/gu, "\ufffd"));
        expect(textOf(page.byClass("text")).replace(/\s+/g, "")).toBe(seen.join("").replace(/\s+/g, ""));
        expect(textOf(page.all("h1")[0]!)).toBe(document.title);
      }
    }
  });

  it("never mark half a surrogate pair", async () => {
    for (const [from, to] of [
      [2, 3],
      [3, 4],
      [3, 5],
      [0, 3],
    ]) {
      const page = await open(app, `/sources/emoji?from=${from}&to=${to}`);
      expect(marked(page).join("")).toContain("😀");
      expect(page.markup).not.toContain("\ufffd");
    }
  });

  it("are listed as text, and each opens", async () => {
    const page = await open(app, "/sources");
    const links = page.all("a", page.byClass("shelf"));
    expect(links.map(textOf)).toEqual((await index.documents()).map(({ title }) => title));
    for (const link of links) await open(app, attribute(link, "href")!);
  });

  it("link to the web only", async () => {
    const linked = await open(app, "/sources/linked");
    expect(textOf(linked.byClass("soft"))).not.toContain("Original");
    const elsewhere = await open(app, "/sources/elsewhere");
    const [original] = elsewhere.all("a", elsewhere.byClass("soft"));
    expect(textOf(original!)).toBe("Original");
    expect(new URL(attribute(original!, "href")!).origin).toBe("https://example.org");
    expect(attribute(original!, "rel")).toBe("noreferrer noopener");
  });
});

describe("pages of many sources", () => {
  it("hold 200 each", async () => {
    const embedder = new HashEmbedder();
    const files = Array.from({ length: 401 }, (_, i) => [
      `note-${String(i).padStart(3, "0")}.txt`,
      `Note ${i} is short.\n`,
    ]);
    const index = await openIndex(`${folder}/many`, embedder, Object.fromEntries(files) as Record<string, string>);
    const { app } = appOver(index, embedder);
    const sizes = async (path: string): Promise<[number, string]> => {
      const page = await open(app, path);
      const pager = page.all("nav").find((nav) => attribute(nav, "aria-label") === "Further pages");
      return [page.all("li").length, pager === undefined ? "" : textOf(pager).trim()];
    };
    expect(await sizes("/sources")).toEqual([200, "Page 1 of 3Next"]);
    expect(await sizes("/sources?page=2")).toEqual([200, "PreviousPage 2 of 3Next"]);
    expect(await sizes("/sources?page=3")).toEqual([1, "PreviousPage 3 of 3"]);
    expect(await sizes("/sources?page=99")).toEqual(await sizes("/sources?page=3"));
    const third = await open(app, "/sources?page=3");
    const canonical = third.all("link").find((link) => attribute(link, "rel") === "canonical")!;
    expect(attribute(canonical, "href")).toMatch(/\/sources\?page=3$/);
    for (const page of ["0", "-1", "x", "1.5", "", "2&page=3"]) {
      expect(await sizes(`/sources?page=${page}`)).toEqual([200, "Page 1 of 3Next"]);
    }
  });
});

describe("pages of sources and of questions", () => {
  it.each(["/faq", "/sources", "/sources/nasa-spacex-isro"])("%s asks for the key where one is set", async (path) => {
    const embedder = new HashEmbedder();
    const index = await openIndex(`${folder}/keyed`, embedder);
    const { app } = appOver(index, embedder, { apiKeys: ["secret"] });
    const refused = await supertest(app).get(path);
    expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, 'Basic realm="Docent"']);
    expect((await supertest(app).get(path).auth("any", "secret")).status).toBe(200);
  });

  it.each(["/faq", "/sources", "/sources/a"])("%s is not ready while there is no index", async (path) => {
    expect((await supertest(appOver(null, null).app).get(path)).status).toBe(503);
  });
});
