import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findSections, formatOf, parseDocument } from "../../../src/corpus/parse-document.js";
import { splitPassages } from "../../../src/corpus/split-passages.js";
import { UnreadableFileError } from "../../../src/errors.js";
import type { Document, Span } from "../../../src/types.js";
import { quotes } from "../../helpers/outline.js";

const UPDATED = "2024-01-01T00:00:00.000Z";

function parse(name: string, content: string | Uint8Array): Promise<Document> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return parseDocument({ id: name.replace(/\.\w+$/, ""), path: name, bytes, updatedAt: UPDATED });
}

async function parseUnlessRefused(name: string, content: string | Uint8Array): Promise<Document | null> {
  try {
    return await parse(name, content);
  } catch (error) {
    if (error instanceof UnreadableFileError) return null;
    throw error;
  }
}

describe("formatOf", () => {
  it.each([
    ["a.txt", "txt"],
    ["a.TEXT", "txt"],
    ["b/a.md", "md"],
    ["a.markdown", "md"],
    ["a.Html", "html"],
    ["a.htm", "html"],
    ["a.pdf", "pdf"],
    ["a.docx", "docx"],
    ["a.srt", "srt"],
    ["a.vtt", "vtt"],
    ["a.csv", "csv"],
    ["a.json", "json"],
    ["a.md.png", null],
    ["txt", null],
    [".txt", null],
    ["a", null],
    ["a.constructor", null],
  ])("of %s is %s", (name, format) => {
    expect(formatOf(name)).toBe(format);
  });
});

describe("parseDocument", () => {
  it("states where the document comes from", async () => {
    expect(await parse("a/guide.txt", "Hi.")).toEqual({
      id: "a/guide",
      title: "Guide",
      path: "a/guide.txt",
      format: "txt",
      text: "Hi.",
      blocks: [{ kind: "paragraph", start: 0, end: 3 }],
      sections: [{ headings: [], start: 0, end: 3 }],
      times: [],
      faq: [],
      media: null,
      url: null,
      contentHash: "17f4444f3932f8a1c554c7cdea92208dbecb03b0173a2b6a79cc2310a05c5fad",
      updatedAt: UPDATED,
    });
  });

  it.each([
    ["000_ae53.md", "# The  *Title*\n\nText.", "The Title"],
    ["guides/opening-hours_2.txt", "Text that is here.", "Opening hours 2"],
    ["000_ae53.txt", "A first sentence. And more.", "A first sentence"],
    ["000_ae53.txt", `${"lorem ".repeat(30)}.`, `${"lorem ".repeat(13).trim()}…`],
    ["000_ae53.txt", "x".repeat(500), `${"x".repeat(80)}…`],
    ["000_ae53.txt", `x${"🚀".repeat(100)}`, `x${"🚀".repeat(39)}…`],
    ["000_ae53.txt", `${"\n".repeat(3000)}Far below.`, "Far below"],
  ])("finds a title for %s", async (name, source, title) => {
    expect((await parse(name, source)).title).toBe(title);
  });

  it("numbers FAQ items, whether stated or found", async () => {
    const stated = await parse("list.csv", "question,answer\nWhy?,So.\nHow?,Thus.");
    const found = await parse("guide.md", "# Guide\n\n## FAQ\n\n### Why?\n\nSo.\n\n### How?\n\nThus.");
    for (const document of [stated, found]) {
      expect(document.faq.map(({ id, documentId }) => [id, documentId])).toEqual([
        [`${document.id}#faq1`, document.id],
        [`${document.id}#faq2`, document.id],
      ]);
      expect(
        quotes(
          document.text,
          document.faq.map((item) => item.answer),
        ),
      ).toEqual(["So.", "Thus."]);
    }
  });

  it.each([
    [
      "a.png",
      "x",
      "files of this kind are not read (only .txt .text .md .markdown .html .htm .pdf .docx .srt .vtt .csv .json)",
    ],
    ["a.txt", "", "the file is empty"],
    ["a.md", "<!-- nothing -->", "the file holds no text"],
    ["a.md", "---\ntitle: Only\n---\n", "the file holds no text"],
  ])("refuses %s with %j", async (name, source, reason) => {
    await expect(parse(name, source)).rejects.toThrow(new UnreadableFileError(reason));
  });
});

describe("findSections", () => {
  it("cuts at headings and breaks, and leaves the title out of the path", () => {
    const text = "pre One a Two b Three c end";
    const at = (word: string): Span => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length });
    const sections = findSections(
      text,
      [
        { kind: "heading", level: 1, ...at("One") },
        { kind: "paragraph", ...at("a") },
        { kind: "heading", level: 3, ...at("Two") },
        { kind: "heading", level: 2, ...at("Three") },
        { kind: "break", start: 24, end: 24 },
      ],
      " One ",
    );
    expect(sections).toEqual([
      { headings: [], start: 0, end: 4 },
      { headings: [], start: 4, end: 10 },
      { headings: ["Two"], start: 10, end: 16 },
      { headings: ["Three"], start: 16, end: 24 },
      { headings: [], start: 24, end: 27 },
    ]);
  });
});

function expectOrdered(spans: readonly Span[], within: Span): void {
  let at = within.start;
  for (const { start, end } of spans) {
    expect(start).toBeGreaterThanOrEqual(at);
    expect(end).toBeGreaterThanOrEqual(start);
    at = end;
  }
  expect(at).toBeLessThanOrEqual(within.end);
}

/** What holds for every document and its passages. */
function expectSound(document: Document): void {
  const whole = { start: 0, end: document.text.length };
  expectOrdered(document.blocks, whole);
  for (const block of document.blocks) expectOrdered(block.kind === "row" ? block.cells : [], block);
  expect(document.sections.map(({ start }) => start)).toEqual([
    0,
    ...document.sections.slice(0, -1).map(({ end }) => end),
  ]);
  expect(document.sections.at(-1)!.end).toBe(whole.end);
  expectOrdered(
    document.faq.flatMap(({ question, answer }) => [question, answer]),
    whole,
  );
  for (const { start, end } of document.times) expectOrdered([{ start, end }], whole);

  const passages = splitPassages(document, { maxChars: 120 });
  expectOrdered(passages, whole);
  expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length);
  for (const passage of passages) {
    expect(passage.text).toBe(document.text.slice(passage.start, passage.end));
    expectOrdered(passage.units, passage);
    expect(passage.units[0]!.start).toBe(passage.start);
    expect(passage.units.at(-1)!.end).toBe(passage.end);
    for (const unit of passage.units) expect(unit.end).toBeGreaterThan(unit.start);
    const section = document.sections.findLast(({ start }) => start <= passage.start)!;
    // Only an answer with headings of its own goes on into the sections below its question.
    expect(passage.end).toBeLessThanOrEqual(passage.kind === "faq" ? whole.end : section.end);
  }
}

const prose = fc
  .array(
    fc.constantFrom(
      "Why is it?",
      "Because it is.",
      "A Heading",
      "some words,",
      "Dr. Lee",
      "e.g.",
      '"',
      "(",
      ")",
      "🚀",
      "5.1.",
      "|",
      "*",
      "_",
      "`",
      "[[a | b]]",
      "<b>",
      "</b>",
      "&amp;",
      '<a class="t" data-t="01:02:03">[x]</a>',
      "\u00a0",
      "\\",
      "https://x.y",
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((words) => words.join(" "));
const lines = (prefixes: string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom(...prefixes), prose, fc.constantFrom("\n", "\n\n", "\r\n", "\n\n\n")), {
      minLength: 1,
      maxLength: 12,
    })
    .map((parts) => parts.flat().join(""));
const quoted = prose.map((text) => `"${text.replaceAll('"', '""')}"`);
const TEXT_PREFIXES = [
  "",
  "",
  "",
  "- ",
  "  * ",
  "1. ",
  "1.1 ",
  "# ",
  "## ",
  "| ",
  "> ",
  "---\n",
  "===\n",
  "|--|\n",
  "Q: ",
  "A: ",
  "FAQ\n\n",
];
const HTML_PREFIXES = [
  "<p>",
  "<h1>",
  "<h3>",
  "<li>",
  "<ul>",
  "</ul>",
  "<table><tr><td>",
  "<th>",
  "</table>",
  "<details><summary>",
  "</details>",
  "<br>",
  "",
];
const DOCUMENTS: Record<string, fc.Arbitrary<string>> = {
  txt: lines(TEXT_PREFIXES),
  md: lines([...TEXT_PREFIXES, ...HTML_PREFIXES, "    ", "```\n", "[^1]: "]),
  html: lines(HTML_PREFIXES),
  csv: fc.array(fc.tuple(quoted, quoted), { maxLength: 6 }).map((rows) => ["question,answer", ...rows].join("\n")),
  json: fc.array(fc.record({ question: prose, answer: prose }), { maxLength: 6 }).map((list) => JSON.stringify(list)),
  srt: fc
    .array(prose, { maxLength: 6 })
    .map((cues) => cues.map((cue, i) => `${i}\n00:00:0${i},000 --> 00:00:0${i + 1},000\n${cue}\n`).join("\n")),
};

const MARKS = "# * _ ` [ ] ( ) < > | - + = ~ ! & \\ \" ' { } , : ? . a A 1 \t \n".split(" ").concat(" ");

describe("any document", () => {
  it.each(Object.keys(DOCUMENTS))("of format %s has sound spans", async (format) => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(DOCUMENTS[format]!, async (source) => {
        const document = await parseUnlessRefused(`a.${format}`, source);
        if (document === null) return;
        expectSound(document);
        read++;
      }),
      { numRuns: 120 },
    );
    expect(read).toBeGreaterThan(60);
  });

  it.each(["library-guide.pdf", "library-rules.docx"])("such as %s has sound spans", async (name) => {
    const document = await parse(name, await readFile(`test/fixtures/${name}`));
    expect(document.blocks.length).toBeGreaterThan(5);
    expectSound(document);
  });

  it.each(["txt", "md", "html", "srt", "vtt", "csv", "json", "docx", "pdf"])(
    "of format %s is read or refused, whatever its bytes",
    async (format) => {
      const content = fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: "binary", maxLength: 300 }).map((text) => new Uint8Array(Buffer.from(text))),
        fc.string({ unit: fc.constantFrom(...MARKS), maxLength: 300 }).map((text) => new Uint8Array(Buffer.from(text))),
      );
      await fc.assert(
        fc.asyncProperty(content, async (bytes) => {
          const document = await parseUnlessRefused(`a.${format}`, bytes);
          if (document !== null) expectSound(document);
        }),
        { numRuns: format === "pdf" || format === "docx" ? 20 : 150 },
      );
    },
  );
});
