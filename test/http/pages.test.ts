import type { Express } from "express";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { Embedder } from "../../src/embed/embedder.js";
import { quoteUrl } from "../../src/pages/links.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import type { Answer } from "../../src/types.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { appOver, bundledModel, problem, problemIn, folderForFile, openIndex } from "./app-under-test.js";
import { attribute, HOSTILE, open, textOf } from "./page-under-test.js";

const folder = folderForFile();
const S_BAND = "Who built the S-band radar of NISAR?";

describe("pages over the corpus", () => {
  let embedder: Embedder;
  let index: PassageIndex;
  let app: Express;
  beforeAll(async () => {
    embedder = await bundledModel();
    index = await openIndex(folder, embedder);
    ({ app } = appOver(index, embedder));
  });

  it("GET / asks for a question and lists documents and questions, each of which opens", async () => {
    const page = await open(app, "/");
    expect(textOf(page.all("title")[0]!)).toBe("Docent");
    const [input] = page.all("input");
    expect(input!.attrs).toEqual([
      { name: "name", value: "q" },
      { name: "aria-label", value: "Your question" },
      { name: "placeholder", value: "Ask about these documents" },
      { name: "maxlength", value: "2000" },
      { name: "required", value: "" },
      { name: "value", value: "" },
    ]);
    expect(textOf(page.all("p")[0]!)).toBe(
      "Answers from 5 documents. Every sentence is cited, and opens at the exact words in its source.",
    );
    const documents = await index.documents();
    const links = page.all("a", page.all("main")[0]).map((link) => [attribute(link, "href"), textOf(link)] as const);
    const questions = (await supertest(app).get("/api/suggestions")).body as string[];
    expect(questions.length).toBeGreaterThan(0);
    expect(links.map(([, text]) => text)).toEqual([...questions, ...documents.map(({ title }) => title)]);
    for (const [href] of links) await open(app, href!);
  });

  it.each(["/?q=", "/?q=%20", "/?q=a&q=b", "/?other=1", "/?q[]=a"])("GET %s is the same as GET /", async (path) => {
    expect((await open(app, path)).main).toBe((await open(app, "/")).main);
  });

  it("GET /?q= answers as the API does, every marker and source a link", async () => {
    const page = await open(app, `/?q=${encodeURIComponent(S_BAND)}`);
    const answer = (await supertest(app).post("/api/chat").send({ question: S_BAND })).body as Answer;
    expect(textOf(page.all("title")[0]!)).toBe(`${S_BAND} – Docent`);
    expect(attribute(page.all("input")[0]!, "value")).toBe(S_BAND);
    const shown = page.byClass("answer");
    expect(textOf(shown)).toBe(answer.answer);
    expect(attribute(shown, "role")).toBe("status");
    for (const marker of page.all("a", shown)) {
      expect(page.byId(attribute(marker, "href")!.slice(1))).toHaveLength(1);
    }
    expect(page.all("blockquote").map(textOf)).toEqual(answer.citations.map(({ quote }) => quote));
    const first = page.byId("source-1")[0]!;
    expect(page.all("a", first).map((link) => [attribute(link, "href"), textOf(link)])).toEqual([
      [quoteUrl(answer.citations[0]!), [answer.citations[0]!.title, ...answer.citations[0]!.heading].join(" › ")],
      ["https://www.youtube.com/watch?v=_ziODBruqdA&t=4331s", "01:12:11"],
    ]);
    expect(attribute(page.all("a", first)[1]!, "rel")).toBe("noreferrer");
  });

  it("GET /?q= says so where the documents do not", async () => {
    const page = await open(app, "/?q=What+does+a+kilo+of+apples+cost+in+Lisbon%3F");
    expect(textOf(page.byClass("answer"))).toBe("The documents do not say.");
    expect(page.all("ol")).toEqual([]);
    expect(page.all("blockquote")).toEqual([]);
  });

  it("GET /?q= takes 2,000 characters of a longer question", async () => {
    const page = await open(app, `/?q=${"a".repeat(3000)}`);
    expect(attribute(page.all("input")[0]!, "value")).toBe("a".repeat(2000));
  });

  it("an unknown source is a 404 problem", async () => {
    const response = await supertest(app).get("/sources/none");
    expect(problemIn(response)).toEqual(
      problem("not-found", "There is no source of this id. GET /api/sources lists them."),
    );
  });

  it("GET /docent.css is the stylesheet the pages name", async () => {
    const response = await supertest(app).get("/docent.css");
    expect(response.status).toBe(200);
    expect(response.headers["content-type"]).toBe("text/css; charset=utf-8");
    expect(response.headers["cache-control"]).toBe("no-cache");
    expect(response.text).toContain("[data-passage]:target");
    expect(response.text).not.toMatch(/@import|url\(/);
  });

  it("GET /widget.js goes out gzipped where the browser takes that", async () => {
    const plain = await supertest(app).get("/widget.js").set("Accept-Encoding", "identity");
    const zipped = await supertest(app).get("/widget.js").set("Accept-Encoding", "gzip");
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(zipped.headers).toMatchObject({
      "content-encoding": "gzip",
      vary: expect.stringContaining("Accept-Encoding"),
    });
    expect(zipped.text).toBe(plain.text);
    expect(Number(zipped.headers["content-length"])).toBeLessThanOrEqual(40_000);
    expect((await supertest(app).get("/widget@1.js")).text).toBe(plain.text);
  });

  it.each([
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><iframe srcdoc='x'>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#60;",
    "\u202egnirts",
    "a\u0000b",
  ])("shows the question %j as it is", async (question) => {
    const page = await open(app, `/?q=${encodeURIComponent(question)}`);
    // The standard has a browser replace U+0000.
    expect(attribute(page.all("input")[0]!, "value")).toBe(question.replace("\u0000", "\ufffd"));
  });
});

describe("pages over hostile documents", () => {
  const { SCRIPT, IMAGE, TURNED } = HOSTILE;
  let index: PassageIndex;
  let app: Express;
  beforeAll(async () => {
    const embedder = new HashEmbedder();
    index = await openIndex(`${folder}/hostile`, embedder, {
      // A file name is a title where there is no other, and part of every address of the source.
      "x \"onclick=alert(1) '<b>&.txt": `${SCRIPT} keeps the lamp oil. Also ${IMAGE} is there.\n`,
      "footnote.txt": "Cormorants dry their wings on the old pier of Dover [99].\n",
      "json.json": JSON.stringify([
        { question: `Where is the ${IMAGE} ${SCRIPT} kept?`, answer: `In the ${SCRIPT} drawer of ${TURNED}.` },
        { question: "What is half a rocket \ud83d here?", answer: "A lone surrogate \ud83d is that." },
      ]),
      "page.html": `<title>&lt;script&gt;x${TURNED}</title><h2>&lt;img onerror=a&gt; ${TURNED}</h2><p>&lt;script&gt;beacons&lt;/script&gt; shine all night.</p>`,
      "linked.md":
        '---\ntitle: \'</title><script>alert(2)</script>\'\nurl: "javascript:alert(1)"\n---\n\n## "><svg onload=a>\n\nPuffins nest below the `</div><script>` line of Skomer.\n',
      "elsewhere.md":
        '---\ntitle: Elsewhere\nurl: "https://example.org/?a=1&b=\\"><script>"\n---\n\nGannets dive from forty metres.\n',
    });
    ({ app } = appOver(index, embedder));
  });

  it("list their titles and questions as text, and every link opens", async () => {
    const page = await open(app, "/");
    const links = page.all("a", page.all("main")[0]);
    const titles = (await index.documents()).map(({ title }) => title);
    const shown = links.map(textOf);
    expect(shown.slice(-titles.length)).toEqual(titles);
    expect(shown.slice(0, 2)).toEqual([`Where is the ${IMAGE} ${SCRIPT} kept?`, "What is half a rocket \ufffd here?"]);
    for (const link of links) await open(app, attribute(link, "href")!);
  });

  it.each([
    ["What keeps the lamp oil?", SCRIPT],
    ["Which beacons shine all night?", "<script>beacons</script> shine all night."],
    ["Where do puffins nest?", "Puffins nest below"],
    [`Where is the ${IMAGE} ${SCRIPT} kept?`, "drawer of"],
  ])("quote them as text: %s", async (question, quote) => {
    const page = await open(app, `/?q=${encodeURIComponent(question)}`);
    const answer = (await supertest(app).post("/api/chat").send({ question })).body as Answer;
    expect(answer.status).toBe("answered");
    expect(textOf(page.byClass("answer"))).toBe(answer.answer);
    expect(page.all("blockquote").map(textOf)).toEqual(answer.citations.map((citation) => citation.quote));
    expect(page.all("blockquote").map(textOf).join("\n")).toContain(quote);
  });

  it("show a source's own reference marks in the quote alone, and link every marker to its source", async () => {
    const page = await open(app, "/?q=Where+do+cormorants+dry+their+wings%3F");
    const shown = page.byClass("answer");
    expect(textOf(shown)).toBe("Cormorants dry their wings on the old pier of Dover [1].");
    expect(textOf(page.all("blockquote")[0]!)).toBe("Cormorants dry their wings on the old pier of Dover [99].");
    const links = page.all("a", shown);
    expect(links.map(textOf)).toEqual(["[1]"]);
    for (const link of links) expect(page.byId(attribute(link, "href")!.slice(1))).toHaveLength(1);
  });

  it("keep a writing direction from spreading to what stands beside it", async () => {
    const source = await open(app, "/sources/page");
    expect(textOf(source.all("title")[0]!)).toBe("<script>xgnp.moc isolated – Docent");
    expect(textOf(source.all("h1")[0]!)).toBe(`<script>x${TURNED}`);
    const answer = await open(app, `/?q=${encodeURIComponent("Which beacons shine all night?")}`);
    const parts = answer.all("bdi", answer.byId("source-1")[0]).map(textOf);
    expect(parts).toEqual([`<script>x${TURNED}`, `<img onerror=a> ${TURNED}`]);
  });
});

describe("headers of pages", () => {
  it.each([
    "/",
    "/faq",
    "/sources",
    "/sources/nasa-spacex-isro",
    "/docent.css",
    "/api/sources",
    "/nothing",
    "/healthz",
  ])("%s comes under a strict policy", async (path) => {
    const embedder = new HashEmbedder();
    const { app } = appOver(await openIndex(`${folder}/headers`, embedder), embedder);
    const { headers } = await supertest(app).get(path);
    expect(headers["content-security-policy"]!.split(";")).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'self'",
    ]);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "cross-origin",
    });
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("server");
    expect(headers).not.toHaveProperty("strict-transport-security");
  });
});
