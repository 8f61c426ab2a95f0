import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markersIn } from "../../../src/chat-model/markers.js";
import { ReplyReader, type ReplySentence } from "../../../src/chat-model/reply.js";

const IDS = new Set(["abc2", "xyz3"]);
const isId = (word: string): boolean => IDS.has(word);

function read(pieces: readonly string[]): { sentences: ReplySentence[]; reader: ReplyReader } {
  const reader = new ReplyReader(isId);
  const sentences = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
  return { sentences, reader };
}

const REPLIES = [
  "Dr. Smith built it. [abc2] It cost $1.5 million [xyz3]. It works 【1†source】.",
  "- **One** thing is here [1, 2].\n- Two things are there [1-3]\n\nSources:\n[1] Foo",
  "<think>hm [1]. Not so.</think>The hall is open [abc2] from 9 a.m. to 5 p.m. on Sundays [zzz9].",
  "```\nThe pool is warm [abc2].\n```\n\nIt is deep. [xyz3][abc2]",
  "1. First [abc2]\n2. Second [xyz3]\n\nA paragraph [an aside] goes on here. [1](https://example.org/a) And ends",
  "“It is quoted.” [abc2] Next one is here [xyz3]! Is it? [abc2]",
];

describe("a reply", () => {
  it.each(REPLIES)("is cut into the same sentences however it comes: %j", (text) => {
    const whole = read([text]).sentences;
    expect(whole.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length })), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        expect(read(at.slice(1).map((end, i) => text.slice(at[i], end))).sentences).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("gives each sentence its markers, before or after the full stop", () => {
    expect(read([REPLIES[0]!]).sentences).toEqual([
      { text: "Dr. Smith built it.", ids: ["abc2"], begins: "paragraph" },
      { text: "It cost $1.5 million.", ids: ["xyz3"], begins: "sentence" },
      { text: "It works.", ids: ["1"], begins: "sentence" },
    ]);
  });

  it("tells items and paragraphs, and leaves the list of sources out", () => {
    expect(read([REPLIES[1]!]).sentences).toEqual([
      { text: "One thing is here.", ids: ["1", "2"], begins: "item" },
      { text: "Two things are there", ids: ["1", "2", "3"], begins: "item" },
    ]);
  });

  it("gives a sentence out as soon as the next has begun", () => {
    const reader = new ReplyReader(isId);
    expect(reader.push("The hall is open [abc2]. ")).toEqual([]);
    expect(reader.push("It closes at ")).toEqual([{ text: "The hall is open.", ids: ["abc2"], begins: "paragraph" }]);
    expect(reader.push("six [xyz3].\n")).toEqual([{ text: "It closes at six.", ids: ["xyz3"], begins: "sentence" }]);
  });

  it.each(["NOT_IN_DOCUMENTS", "**NOT_IN_DOCUMENTS**", "NOT\\_IN\\_DOCUMENTS.", "not_in_documents"])(
    "that says %s is no sentence, but says that nothing was found",
    (text) => {
      const { sentences, reader } = read(Array.from(text));
      expect(reader.saysNotFound).toBe(true);
      expect(sentences.filter(({ text: said }) => !/not.*in.*documents/i.test(said))).toEqual([]);
    },
  );

  it("never throws, and never shows a marker or a thought, whatever comes", () => {
    const part = fc.constantFrom(
      "[",
      "]",
      "【",
      "】",
      "abc2",
      "1",
      "-",
      "<think>",
      "</think>",
      "\n",
      ". ",
      "word ",
      "**",
      "`",
      "†",
      "(",
      ")",
      "|",
      "\ue000",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (pieces) => {
        for (const { text } of read(pieces).sentences) expect(text).not.toMatch(/\[(?:abc2|1)\]|[\ue000-\uf8ff]/u);
      }),
      { numRuns: 300 },
    );
  });

  it("shows no marker that bold type cut in two", () => {
    expect(read(["A word [1**] and more."]).sentences).toEqual([
      { text: "A word and more.", ids: ["1"], begins: "paragraph" },
    ]);
  });

  it("is read in time proportional to its length", () => {
    const started = performance.now();
    read(Array.from({ length: 2000 }, () => "word [ "));
    read(["[".repeat(10_000)]);
    read(["[1,".repeat(3000)]);
    read(["<think>".repeat(2000)]);
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe("markers", () => {
  it.each([
    ["[abc2]", ["abc2"]],
    ["[abc2, xyz3]", ["abc2", "xyz3"]],
    ["[abc2; xyz3]", ["abc2", "xyz3"]],
    ["[1,2]", ["1", "2"]],
    ["[1-3]", ["1", "2", "3"]],
    ["[1–3, 7]", ["1", "2", "3", "7"]],
    ["[9-1]", ["9", "1"]],
    ["[1-900]", ["1", "900"]],
    ["【3†source】", ["3"]],
    ["[^2]", ["2"]],
    ["[[abc2]]", ["abc2"]],
    ["[2](https://example.org)", ["2"]],
    ["[source: abc2]", ["abc2"]],
    ["[excerpts 1 and 2]", ["1", "2"]],
    ["[q7]", ["q7"]],
  ])("%s names %j", (text, ids) => {
    expect(markersIn(`It is so ${text}.`, isId)).toEqual([{ start: 9, end: 9 + text.length, ids }]);
  });

  it.each(["[sic]", "[see below]", "[the hall]", "[a, b]", "[2024]", "(1)", "[ ]", "[]", "array[i]"])(
    "%s is none",
    (text) => {
      expect(markersIn(`It is so ${text}.`, isId)).toEqual([]);
    },
  );
});
