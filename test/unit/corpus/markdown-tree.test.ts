import * as fc from "fast-check";
import { expect, it } from "vitest";
import { markdownTree } from "../../../src/corpus/markdown-tree.js";
import { parseMarkdown } from "../../../src/corpus/parse-markdown.js";

/** A filler that crosses a border between pieces. */
const FILLER = `${"The ferry crosses the sound twice a day. ".repeat(1000)}\n\n`;

const BLOCKS = [
  "# Tides",
  "Spring tides follow the full moon.",
  "- a lamp\n- oil\n\n  more oil",
  "> The keeper said so.\n> Twice.",
  "```\n\n# no heading\n\nno text",
  "~~~\n\n# no heading\n\n~~~",
  "<!--\n\n# no heading\n\n-->",
  "<pre>\n\n# no heading",
  "<details><summary>More</summary>",
  "| Day | Tide |\n| --- | --- |\n| Monday | high |",
  "1. one\n2. two",
  "---\ntitle: no front matter\n---",
  "Title\n=====",
  "A [link][l] and a note[^n].",
  "[l]: https://example.org",
  "[^n]: The note.",
];

/** The tree without positions, which differ. */
function shapeOf(tree: unknown): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === "position" ? undefined : value)));
}

it("a source read in pieces gives the same tree as in one go", () => {
  let inPieces = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 8 }), fc.nat(60), (blocks, chars) => {
      const source = blocks.join("\n\n");
      const whole = shapeOf(markdownTree(source, Infinity));
      const pieces = markdownTree(source, chars);
      if (JSON.stringify(pieces) !== JSON.stringify(markdownTree(source, Infinity))) inPieces++;
      expect(shapeOf(pieces)).toEqual(whole);
    }),
    { numRuns: 500, seed: 5 },
  );
  // Otherwise nothing was tested; positions tell.
  expect(inPieces).toBeGreaterThan(50);
});

it("reads front matter at the start of the source only", () => {
  const parsed = parseMarkdown(`---\ntitle: Tides\n---\n\n${FILLER}# End\n\n---\ntitle: Other\n---\n`);
  expect(parsed.title).toBe("Tides");
});

it("takes eight times as long for eight times the sections, not sixty-four", () => {
  const sections = (count: number): string =>
    Array.from({ length: count }, (_, i) => `## Section ${i}\n\nIt carries passengers.\n\n- a lamp\n- oil\n`).join(
      "\n",
    );
  const seconds = (source: string): number => {
    const started = performance.now();
    parseMarkdown(source);
    return performance.now() - started;
  };
  seconds(sections(500));
  const short = Math.min(seconds(sections(600)), seconds(sections(600)), seconds(sections(600)));
  expect(seconds(sections(4800)) / short).toBeLessThan(25);
});
