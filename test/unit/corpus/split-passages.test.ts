import { describe, expect, it } from "vitest";
import { parseDocument } from "../../../src/corpus/parse-document.js";
import { embeddedTextOf, embeddedTextOfUnit, splitPassages } from "../../../src/corpus/split-passages.js";
import type { Document, Passage } from "../../../src/types.js";

const parse = (name: string, source: string): Promise<Document> =>
  parseDocument({
    id: name.replace(/\.\w+$/, ""),
    path: name,
    bytes: Buffer.from(source),
    updatedAt: "2024-01-01T00:00:00.000Z",
  });

async function passagesOf(source: string, maxChars?: number, name = "guide.md"): Promise<Passage[]> {
  const document = await parse(name, source);
  return maxChars === undefined ? splitPassages(document) : splitPassages(document, { maxChars });
}

/** Kind, context and text of each unit. */
const unitsOf = (passage: Passage): [string, string, string][] =>
  passage.units.map((unit) => [
    unit.kind,
    unit.context,
    passage.text.slice(unit.start - passage.start, unit.end - passage.start),
  ]);

describe("splitPassages", () => {
  it("cuts at sections, with their headings", async () => {
    const passages = await passagesOf("# Guide\n\nA.\n\n## One\n\nB. C.\n\n### Two\n\nD.\n\n## Three\n\nE.\n");
    expect(passages.map(({ id, headings, text, kind }) => [id, headings, text, kind])).toEqual([
      ["guide#p1", [], "A.", "prose"],
      ["guide#p2", ["One"], "B. C.", "prose"],
      ["guide#p3", ["One", "Two"], "D.", "prose"],
      ["guide#p4", ["Three"], "E.", "prose"],
    ]);
    expect(embeddedTextOf(passages[2]!)).toBe("Guide\nOne\nTwo\nD.");
  });

  it("ends passages at sentences, of about even length", async () => {
    const passages = await passagesOf("Aaaa aaaa. Bbbb bbbb. Cccc cccc. Dddd dddd.\n\nEeee eeee. Ffff ffff.", 40);
    expect(passages.map(({ text }) => text)).toEqual([
      "Aaaa aaaa. Bbbb bbbb. Cccc cccc.",
      "Dddd dddd.\n\nEeee eeee. Ffff ffff.",
    ]);
  });

  it("gives list items their lead-in and parents, and passages what of it stands outside", async () => {
    const passages = await passagesOf(
      "Hello. You need:\n\n- a spade. Or two.\n- seeds. Such as:\n  1. beans\n\n     (fresh)\n  2. peas\n- water\n\nText.\n\n- alone\n",
      30,
    );
    expect(passages.flatMap(unitsOf)).toEqual([
      ["sentence", "", "Hello."],
      ["sentence", "", "You need:"],
      ["item", "You need:", "a spade."],
      ["item", "You need:", "Or two."],
      ["item", "You need:", "seeds."],
      ["item", "You need:", "Such as:"],
      ["item", "You need: seeds.", "beans"],
      ["sentence", "", "(fresh)"],
      ["item", "You need: seeds.", "peas"],
      ["item", "You need:", "water"],
      ["sentence", "", "Text."],
      ["item", "", "alone"],
    ]);
    expect(passages.map(({ kind, context, text }) => [kind, context, text])).toEqual([
      ["prose", "", "Hello. You need:\n\n- a spade."],
      ["list", "You need:", "Or two.\n- seeds. Such as:"],
      ["list", "You need: seeds.", "beans\n\n(fresh)\n\n  2. peas"],
      ["list", "You need:", "water\n\nText.\n\n- alone"],
    ]);
  });

  it.each([
    ["You can join if you", "You can join if you"],
    ["Hello. Please bring,", "Please bring,"],
    ["Bring these things.", ""],
    ["Shall we?", ""],
  ])("takes a line without a colon for a lead-in if it breaks off: %s", async (line, context) => {
    const [passage] = await passagesOf(`${line}\n\n- live here\n- are 18\n`);
    expect(unitsOf(passage!).filter(([kind]) => kind === "item")).toEqual([
      ["item", context, "live here"],
      ["item", context, "are 18"],
    ]);
  });

  it("gives units what is embedded with them", async () => {
    const document = await parse("guide.md", "## Part\n\nYou need:\n\n- a spade\n\n## FAQ\n\n### Why?\n\nSo.\n");
    const passages = splitPassages(document);
    const embedded = passages.map((passage) =>
      passage.units.map((unit) => embeddedTextOfUnit(passage, unit, document.text)),
    );
    expect(embedded).toEqual([
      ["Part\nYou need:", "Part\nYou need:\na spade"],
      ["Why?", "FAQ\nWhy?\nSo."],
    ]);
  });

  it("keeps of many parents the nearest, and of each the beginning", async () => {
    const items = Array.from({ length: 8 }, (_, i) => `${"  ".repeat(i)}- n${i} ${"x".repeat(300)}`);
    const last = (await passagesOf(items.join("\n"))).at(-1)!.units.at(-1)!;
    expect(last.context).toBe([3, 4, 5, 6].map((i) => `n${i} ${"x".repeat(197)}`).join(" "));
  });

  it("keeps the column names of a table as context of its rows, apart from prose", async () => {
    const passages = await passagesOf(
      "Before:\n\n| A | B |\n|---|---|\n| a1 | b1 |\n| a2 | b2 |\n\nAfter.\n\n| C |\n|---|\n| c |\n",
      10,
    );
    expect(passages.map(({ kind, context, text }) => [kind, context, text])).toEqual([
      ["prose", "", "Before:"],
      ["table", "A | B", "a1 | b1"],
      ["table", "A | B", "a2 | b2"],
      ["prose", "", "After."],
      ["table", "C", "c"],
    ]);
    expect(unitsOf(passages[2]!)).toEqual([["row", "A | B", "a2 | b2"]]);
  });

  it("makes each FAQ pair a passage", async () => {
    const passages = await passagesOf(
      "# Guide\n\nHi.\n\n## FAQ\n\n### Why not?\n\nBecause. So:\n\n- it is\n\n### How?\n\nThus.\n\n## End\n\nBye.\n",
    );
    expect(passages.map(({ kind, headings, text }) => [kind, headings, text])).toEqual([
      ["prose", [], "Hi."],
      ["faq", ["FAQ"], "Why not?\n\nBecause. So:\n\n- it is"],
      ["faq", ["FAQ"], "How?\n\nThus."],
      ["prose", ["End"], "Bye."],
    ]);
    expect(unitsOf(passages[1]!)).toEqual([
      ["question", "", "Why not?"],
      ["sentence", "Why not?", "Because."],
      ["sentence", "Why not?", "So:"],
      ["item", "Why not?", "it is"],
    ]);
    expect(embeddedTextOf(passages[1]!)).toBe(passages[1]!.text);
  });

  it("cuts sentences, rows and answers that are too long at white space, or anywhere", async () => {
    const words = "word ".repeat(600).trim();
    const [long] = await passagesOf(words, 100_000);
    expect(long!.units.map(({ start, end }) => [start, end])).toEqual([
      [0, 1199],
      [1200, 2399],
      [2400, 2999],
    ]);
    const rockets = await passagesOf(`x${"🚀x".repeat(1000)}`, 100_000);
    expect(rockets[0]!.units.map(({ end }) => end)).toEqual([1200, 2400, 3001]);
    const shifted = await passagesOf(`xx${"🚀x".repeat(1000)}`, 100_000);
    expect(shifted[0]!.units.map(({ end }) => end)).toEqual([1199, 2399, 3002]);
    const row = await passagesOf(`| A |\n|---|\n| ${words} |\n| b |`, 100_000);
    expect(row.flatMap(({ units }) => units).map(({ context, end, start }) => [context, end - start])).toEqual([
      ["", 1199],
      ["", 1199],
      ["", 599],
      ["A", 1],
    ]);
    const answer = await passagesOf(`question,answer\nWhy?,${words}`, 800, "faq.csv");
    expect(answer.map(({ units }) => units.map(({ start, end }) => end - start))).toEqual([[4, 1199, 1199, 599]]);
  });

  it("passes over units without letters and figures", async () => {
    expect((await passagesOf("Hi. 🚀\n\n---\n\n- ***\n- 5")).flatMap(unitsOf).map(([, , text]) => text)).toEqual([
      "Hi.",
      "5",
    ]);
  });

  it("gives units and passages the time that covers their greater part", async () => {
    const tag = (clock: string): string => `<a data-t="${clock}">[${clock}]</a>`;
    const [passage] = await passagesOf(
      `Zero.\n\nOne one. Two ${tag("00:05")} two two two. Three. ${tag("00:07")} Four.`,
    );
    expect(passage!.units.map((unit) => unit.seconds)).toEqual([null, 5, 7, 7, null]);
    expect(passage!.seconds).toBe(5);
  });

  it.each<[string, string, () => string]>([
    ["a line of sentences", "a.txt", () => "Lorem ipsum dolor sit. ".repeat(50_000)],
    ["a line without spaces", "a.txt", () => "x".repeat(5_000_000)],
    ["items below a long parent", "a.txt", () => `- ${"Long text. ".repeat(3000)}\n${"  - child\n".repeat(20_000)}`],
    ["pairs", "a.csv", () => `question,answer\n${"Why is it?,Because.\n".repeat(10_000)}`],
  ])("takes time proportional to the length of %s", async (_, name, make) => {
    const document = await parse(name, make());
    const started = performance.now();
    expect(splitPassages(document).length).toBeGreaterThan(100);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
