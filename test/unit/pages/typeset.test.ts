import { readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { defaultTreeAdapter as tree } from "parse5";
import { beforeAll, describe, expect, it } from "vitest";
import { PROJECT_DIR } from "../../../src/config.js";
import { parseDocument } from "../../../src/corpus/parse-document.js";
import { readCorpus } from "../../../src/corpus/read-corpus.js";
import { splitPassages } from "../../../src/corpus/split-passages.js";
import { annotator } from "../../../src/pages/annotate.js";
import { html } from "../../../src/pages/markup.js";
import { typesetDocument, typesetPart } from "../../../src/pages/typeset.js";
import type { Document, Passage, Span } from "../../../src/types.js";
import { attribute, type Element, Page, textOf, textWithoutClocks } from "../../http/page-under-test.js";

function parsed(file: string, text: string): Promise<Document> {
  const bytes = new TextEncoder().encode(text);
  return parseDocument({ id: file.replace(/\.\w+$/, ""), path: file, bytes, updatedAt: "2026-01-02T03:04:05.000Z" });
}

function typesetOf(document: Document, passages: readonly Passage[] = [], marked: Span | null = null): Page {
  const { write, rest } = annotator(document, passages, marked);
  const { title, body, contents } = typesetDocument(document, write);
  const heading = title === null ? null : html`<h1>${title}</h1>`;
  return new Page(
    String(
      html`<main>
        ${heading}${contents}
        <div>${body}${rest()}</div>
      </main>`,
    ),
  );
}

/** The stretches of text that are to be seen: blocks, and the cells of rows. */
function visibleSpans({ blocks }: Document): Span[] {
  return blocks.flatMap((block) => (block.kind === "break" ? [] : block.kind === "row" ? block.cells : [block]));
}

/** The visible text of a stretch, less white space, since a page has some of its own. */
function visibleText(document: Document, { start, end }: Span): string {
  return visibleSpans(document)
    .map((span) =>
      document.text.slice(Math.max(span.start, start), Math.max(span.start, start, Math.min(span.end, end))),
    )
    .join("")
    .replace(/\s+/g, "");
}

/** The elements that show one block or cell each, in order, with their own text (a list item's without its lists). */
function shownTexts(page: Page): string[] {
  const [main] = page.all("main");
  const isIn = (element: Element | null, name: string): boolean => {
    for (let one: unknown = element; one; one = (one as Element).parentNode) {
      if ((one as Element).tagName === name) return true;
    }
    return false;
  };
  return page.all(undefined, main).flatMap((element) => {
    if (!/^(?:h\d|p|li|td|th)$/.test(element.tagName) || isIn(element, "nav")) return [];
    const isList = (node: unknown): boolean => /^[uo]l$/.test((node as Element).tagName);
    const own = { ...element, childNodes: element.childNodes.filter((child) => !isList(child)) };
    return [textWithoutClocks(own)];
  });
}

const NASTY = {
  "empty-cells.html":
    "<table><tr><td></td><td>b</td><td></td><td>d</td></tr><tr><td>1</td><td colspan=2></td></tr></table>",
  "table.md": "| Name | Height |\n|---|---|\n| a \\| b | |\n| | 4 |\n\n| Next | Table |\n|---|---|\n| x | y |\n",
  "header-only.html": "<p>Before</p><table><tr><th>A</th><th></th></tr></table>",
  "lists.md":
    "1. one\n   - two\n     1. three\n\n       more of three\n   - four\n2. five\n\n- six\n* seven\n3) eight\n",
  "deep.txt": Array.from({ length: 40 }, (_, i) => `${" ".repeat(i)}- level ${i} of the list`).join("\n"),
  "starts-deep.txt": "A lead-in that ends so:\n    - deep\n  - less deep\n- outermost\n",
  "code.md": "# Code\n\n```\nif (a < b) {\n    return '<script>';\n}\n```\n",
  "levels.html": "<h4>Four</h4><p>text</p><h1>One</h1><h6>Six</h6><p>more</p><h2>Two</h2><h2>Two</h2><h2>!!!</h2>",
  "gaps.txt": "Title of it\n\nFirst paragraph here.\n\n\n\n---\n\n\nSecond paragraph here.\n\n***\n",
  "pairs.csv": 'question,answer\nWhat?,"One line.\nAnother line."\n"Why, ""then""?",Because.\n',
  "pairs.json": JSON.stringify([{ question: '<b>Bold</b> & "quoted"?', answer: "</div><script>alert(1)</script>" }]),
  "labels.txt": "FAQ\n\nQ: What is it?\nA: A lamp.\n\nQ: Who lit it?\nA: The keeper did.\n",
  "emoji.txt": "😀😀 laugh 😀. Then 👩‍👩‍👧 came 😀.\n\nA lone \ud83d half.\n",
  "long-word.txt": `${"😀".repeat(2000)} ${"x".repeat(3000)}\n\n${"word ".repeat(900)}\n`,
  "long-row.md": `| a | b |\n|---|---|\n| ${"cell ".repeat(400)} | ${"other ".repeat(400)} |\n`,
  "talk.srt":
    "1\n00:00:01,000 --> 00:00:03,000\nHello and\n\n2\n00:00:03,000 --> 00:00:06,000\nwelcome. We begin\n\n3\n00:00:40,000 --> 00:00:42,000\nwith the wick.\n",
  "talk.vtt":
    "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Good evening.\n\n00:03.000 --> 00:04.000\n<v Bob>And to you.\n",
  "crlf.txt":
    "Title\r\n\r\nA paragraph of some length, which\r\nis wrapped in the middle of its\r\nonly sentence by an editor.\r\n",
  "arabic.md": "# عنوان\n\nهذا نص عربي.\n\n- بند أول\n",
  "words.html": "<p>one<br>two</p><pre>\n kept\n   as is</pre><dl><dt>t</dt><dd>d</dd></dl><blockquote>q</blockquote>",
};

let documents: Document[];
beforeAll(async () => {
  const folders = ["corpus", "test/fixtures/structure", "test/golden/other-a", "test/golden/other-b"];
  const corpora = await Promise.all(folders.map((folder) => readCorpus(path.join(PROJECT_DIR, folder))));
  const binary = ["library-guide.pdf", "library-rules.docx"].map(async (file) => {
    const bytes = await readFile(path.join(PROJECT_DIR, "test/fixtures", file));
    return parseDocument({ id: file, path: file, bytes, updatedAt: "2026-01-02T03:04:05.000Z" });
  });
  documents = [
    ...corpora.flatMap((corpus) => corpus.documents),
    ...(await Promise.all(Object.entries(NASTY).map(([file, text]) => parsed(file, text)))),
    ...(await Promise.all(binary)),
  ];
});

describe("a typeset document", () => {
  it("shows every block once and in order, to the letter", () => {
    expect(documents.length).toBeGreaterThan(35);
    for (const document of documents) {
      const page = typesetOf(document, splitPassages(document));
      const texts = visibleSpans(document).map(({ start, end }) => document.text.slice(start, end));
      // A browser reads any line break as \n.
      expect([document.id, shownTexts(page)]).toEqual([document.id, texts.map((text) => text.replace(/\r\n?/g, "\n"))]);
    }
  });

  it("leaves out nothing that a block holds but the borders of cells", () => {
    for (const { id, text, blocks } of documents) {
      for (const block of blocks) {
        if (block.kind !== "row") continue;
        let at = block.start;
        for (const { start, end } of [...block.cells, { start: block.end, end: block.end }]) {
          if (start < at) continue; // An empty cell at the beginning.
          expect([id, text.slice(at, start).replace(/[|\s\\]+/g, "")]).toEqual([id, ""]);
          at = end;
        }
      }
    }
  });

  it("has each passage at one anchor, and all of its text in its segments", () => {
    for (const document of documents) {
      const passages = splitPassages(document);
      const page = typesetOf(document, passages);
      const segments = page.all("span").filter((span) => attribute(span, "data-passage") !== undefined);
      for (const passage of passages) {
        const name = passage.id.slice(passage.id.lastIndexOf("#") + 1);
        const own = segments.filter((segment) => attribute(segment, "data-passage") === name);
        expect([document.id, name, page.byId(name).length]).toEqual([document.id, name, 1]);
        if (own.length > 0) expect(page.byId(name)[0]).toBe(own[0]);
        expect(own.map(textWithoutClocks).join("").replace(/\s+/g, "")).toBe(visibleText(document, passage));
      }
      const ids = page.all().flatMap((element) => attribute(element, "id") ?? []);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("marks exactly the words asked for, wherever they begin and end", () => {
    const anywhere = fc.record({
      which: fc.nat(),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(900),
    });
    fc.assert(
      fc.property(anywhere, ({ which, from, length }) => {
        const document = documents[which % documents.length]!;
        const isHalf = (offset: number): boolean => /[\udc00-\udfff]/.test(document.text[offset] ?? "");
        let start = Math.floor(from * document.text.length);
        let end = Math.min(document.text.length, start + length + 1);
        if (isHalf(start)) start--;
        if (isHalf(end)) end++;
        const page = typesetOf(document, splitPassages(document), { start, end });
        const marks = page.all("mark").map(textOf).join("").replace(/\s+/g, "");
        expect(marks).toBe(visibleText(document, { start, end }));
      }),
      { numRuns: 150 },
    );
  });

  it("nests lists as they are nested, with their numbers", async () => {
    const page = typesetOf(await parsed("lists.md", NASTY["lists.md"]));
    const [main] = page.all("main");
    const lists = page.all(undefined, main).filter(({ tagName }) => /^[uo]l$|^li$/.test(tagName));
    const outline = lists.map((element) => {
      const parent = element.parentNode as Element;
      return `${parent.tagName}>${element.tagName}${attribute(element, "value") ?? ""}`;
    });
    expect(outline.slice(0, 6)).toEqual(["div>ol", "ol>li1", "li>ul", "ul>li", "li>ol", "ol>li1"]);
    expect(outline).toContain("ol>li2");
  });

  it("has headings that begin at h2 and leave out no level, each with an anchor in the contents", async () => {
    const page = typesetOf(await parsed("levels.html", NASTY["levels.html"]));
    const headings = page.all().filter(({ tagName }) => /^h\d$/.test(tagName));
    expect(headings.map((heading) => [heading.tagName, attribute(heading, "id"), textOf(heading)])).toEqual([
      ["h2", "s-four", "Four"],
      ["h2", "s-one", "One"],
      ["h3", "s-six", "Six"],
      ["h3", "s-two", "Two"],
      ["h3", "s-two-2", "Two"],
      ["h3", "s--2", "!!!"],
    ]);
    const links = page.all("a", page.all("nav")[0]);
    expect(links.map((link) => attribute(link, "href"))).toEqual(
      headings.map((heading) => `#${attribute(heading, "id")}`),
    );
  });

  it("takes its title from the text where the text begins with it", async () => {
    const document = await parsed("a.md", "# The lamp\n\nIt burns oil.\n\n## Wicks\n\nThey are cut.\n");
    const page = typesetOf(document, splitPassages(document));
    expect(shownTexts(page)).toEqual(["The lamp", "It burns oil.", "Wicks", "They are cut."]);
    expect(page.all("h1").map(textOf)).toEqual(["The lamp"]);
    expect(page.all("h2").map(textOf)).toEqual(["Wicks"]);
  });

  it("has a header of columns and keeps empty cells", async () => {
    const page = typesetOf(await parsed("table.md", NASTY["table.md"]));
    const tables = page.all("table").map((one) => page.all("tr", one));
    const cells = tables.map((rows) =>
      rows.map((row) =>
        page
          .all(undefined, row)
          .map((cell) => `${cell.tagName} ${textOf(cell)}`)
          .slice(1),
      ),
    );
    expect(cells).toEqual([
      [
        ["th Name", "th Height"],
        ["td a | b", "td "],
        ["td ", "td 4"],
      ],
      [
        ["th Next", "th Table"],
        ["td x", "td y"],
      ],
    ]);
    expect(page.all("th").map((cell) => attribute(cell, "scope"))).toEqual(["col", "col", "col", "col"]);
  });

  it("separates with a line what a gap separates, but nothing from nothing", async () => {
    const page = typesetOf(await parsed("gaps.txt", NASTY["gaps.txt"]));
    expect(page.all("hr")).toHaveLength(1);
  });

  it("shows a text without blocks as it is", async () => {
    const document = { ...(await parsed("a.txt", "One line.\n\nAnother.\n")), blocks: [] };
    expect(shownTexts(typesetOf(document))).toEqual(["One line.\n\nAnother.\n"]);
  });

  it("keeps line breaks where they are meant, and not where an editor wrapped the lines", async () => {
    const kept = (page: Page): string[] =>
      page.all("p").flatMap((one) => (attribute(one, "class") === "lines" ? [textOf(one)] : []));
    expect(kept(typesetOf(await parsed("code.md", NASTY["code.md"])))).toEqual([
      "if (a < b) {\n    return '<script>';\n}",
    ]);
    expect(kept(typesetOf(await parsed("crlf.txt", NASTY["crlf.txt"])))).toEqual([]);
  });

  it("takes time in proportion to its length", async () => {
    const section =
      "## A heading of it\n\nA sentence of some words, and then another one.\n\n- item\n- item\n\n| a | b |\n|---|---|\n| c | d |\n\n";
    const timed = async (copies: number): Promise<number> => {
      const document = await parsed("long.txt", section.repeat(copies));
      const passages = splitPassages(document);
      const started = performance.now();
      const { write, rest } = annotator(document, passages, { start: 10, end: document.text.length - 10 });
      expect(String(typesetDocument(document, write).body).length + String(rest()).length).toBeGreaterThan(
        copies * 100,
      );
      return performance.now() - started;
    };
    await timed(500);
    const [short, long] = [await timed(1000), await timed(10_000)];
    // Ten times the text (1.1 MB); square time would take a hundred times as long.
    expect(long / Math.max(short, 4)).toBeLessThan(40);
  });
});

describe("clocks in a transcript", () => {
  const clocks = (page: Page): string[] =>
    page.all().flatMap((one) => (attribute(one, "class") === "clock" ? [textOf(one)] : []));

  it("stand where a paragraph or sentence begins, and link to the video where there is one", async () => {
    const talk = documents.find(({ id }) => id === "talk-on-agency-cooperation")!;
    const page = typesetOf(talk, splitPassages(talk));
    const links = page.all("a").filter((link) => attribute(link, "class") === "clock");
    expect(links).toHaveLength(new Set(talk.times.map(({ seconds }) => seconds)).size);
    const radar = links.find((link) => textOf(link) === "01:12:11")!;
    expect(Object.fromEntries(radar.attrs.map(({ name, value }) => [name, value]))).toEqual({
      class: "clock",
      "aria-label": "Video at 01:12:11",
      target: "_blank",
      rel: "noreferrer noopener",
      href: "https://www.youtube.com/watch?v=_ziODBruqdA&t=4331s",
    });
    const siblings = radar.parentNode!.childNodes;
    const next = siblings[siblings.indexOf(radar) + 1]!;
    expect(tree.isTextNode(next) && next.value).toMatch(/^ NISAR \(NASA-ISRO/);
  });

  it("are plain where there is no video, and few within a sentence", async () => {
    const document = await parsed("talk.srt", NASTY["talk.srt"]);
    const page = typesetOf(document);
    expect(clocks(page)).toEqual(["00:00:01", "00:00:40"]);
    expect(page.all("a")).toEqual([]);
  });
});

describe("part of a document", () => {
  it("is typeset from its first character to its last", async () => {
    const document = await parsed(
      "a.md",
      "# Lamps\n\nBefore.\n\n## What burns?\n\nOil burns:\n\n- whale oil\n- rape oil\n\n### Note\n\nSlowly.\n",
    );
    const start = document.text.indexOf("burns:");
    const page = new Page(String(typesetPart(document, start, document.text.indexOf("owly"), 4)));
    const shown = page.all().filter(({ tagName }) => /^(?:p|li|h\d)$/.test(tagName));
    expect(shown.map((one) => `${one.tagName} ${textOf(one)}`)).toEqual([
      "p burns:",
      "li whale oil",
      "li rape oil",
      "h4 Note",
      "p Sl",
    ]);
    expect(page.all().filter((one) => attribute(one, "id") !== undefined)).toEqual([]);
  });
});
