import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitSentences } from "../../../src/corpus/sentences.js";
import { quotes } from "../../helpers/outline.js";

const sentencesOf = (text: string): string[] => quotes(text, splitSentences(text));

describe("splitSentences", () => {
  it.each<[string, string[]]>([
    ["One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]],
    ["  One.\t Two.  \n", ["One.", "Two."]],
    ["Wait... what? Yes…  No.", ["Wait... what?", "Yes…  No."]],
    // Abbreviations and initials.
    [
      "Dr. S. Somanath spoke. Mr. and Mrs. Lee, i.e. both, left.",
      ["Dr. S. Somanath spoke.", "Mr. and Mrs. Lee, i.e. both, left."],
    ],
    ["It was J. R. R. Tolkien. He wrote.", ["It was J. R. R. Tolkien.", "He wrote."]],
    ["We chose plan B. The rest is history.", ["We chose plan B.", "The rest is history."]],
    ["Ask John P. Smith or Maria C. Tiddeman.", ["Ask John P. Smith or Maria C. Tiddeman."]],
    ["He was born c. 1455, see p. 12. Then he left.", ["He was born c. 1455, see p. 12.", "Then he left."]],
    ["See Brown v. Board of Education. It is old.", ["See Brown v. Board of Education.", "It is old."]],
    ["Das gilt z. B. für Kinder. Ende.", ["Das gilt z. B. für Kinder.", "Ende."]],
    ["Keep 5 m. Rooms are small.", ["Keep 5 m.", "Rooms are small."]],
    // Those that may end a sentence.
    ["The U.S. Army left the U.S. It came back.", ["The U.S. Army left the U.S.", "It came back."]],
    [
      "Open till 9 p.m. on Mondays. Bring tea, etc. Then rest.",
      ["Open till 9 p.m. on Mondays.", "Bring tea, etc.", "Then rest."],
    ],
    [
      "See no. 5 and fig. 2. Is it free? No. Washing costs 2.",
      ["See no. 5 and fig. 2.", "Is it free?", "No.", "Washing costs 2."],
    ],
    [
      "Acme Inc. of Ohio sells it. So does Foo Ltd. Others do not.",
      ["Acme Inc. of Ohio sells it.", "So does Foo Ltd.", "Others do not."],
    ],
    [
      "It runs until Dec. 2025. She lives in Main St. The house is old.",
      ["It runs until Dec. 2025.", "She lives in Main St.", "The house is old."],
    ],
    // Figures.
    ["Costs rose by 4.5% to $1,200.50 in v2.1.0. Fine.", ["Costs rose by 4.5% to $1,200.50 in v2.1.0.", "Fine."]],
    [
      "5.1. Chairs must be adjustable. 5.2. So must tables.",
      ["5.1. Chairs must be adjustable.", "5.2. So must tables."],
    ],
    ["Visit example.com. Mail a.b@example.com today.", ["Visit example.com.", "Mail a.b@example.com today."]],
    // Quotes and brackets.
    [
      'He said, "Why not? Definitely," provided it is fair. Good.',
      ['He said, "Why not? Definitely," provided it is fair.', "Good."],
    ],
    ['"Why not?" he asked. "Go!" she said.', ['"Why not?" he asked.', '"Go!" she said.']],
    ["“One. Two.” Three.", ["“One. Two.”", "Three."]],
    ["It works (see plan B. It is large.) and well. End.", ["It works (see plan B. It is large.) and well.", "End."]],
    ['He said "no. She left. They stayed.', ['He said "no.', "She left.", "They stayed."]],
    // Line ends.
    [
      "A line that is\nwrapped by hand. And\r\nanother\u2028one.",
      ["A line that is\nwrapped by hand.", "And\r\nanother\u2028one."],
    ],
    ["", []],
    [" \n ", []],
  ])("cuts %j", (text, expected) => {
    expect(sentencesOf(text)).toEqual(expected);
  });

  it("does not join sentences without end to close a quote", () => {
    const long = `He said "${"word ".repeat(150)}end. She left" and went.`;
    expect(sentencesOf(long)).toEqual([`He said "${"word ".repeat(150)}end.`, 'She left" and went.']);
  });

  it("cuts a part of a text, with offsets into the whole", () => {
    const text = "Zero. One. Two. Three.";
    expect(splitSentences(text, { start: 5, end: 15 })).toEqual([
      { start: 6, end: 10 },
      { start: 11, end: 15 },
    ]);
  });

  it("cuts a long text where it cuts a short one", () => {
    const sentences = Array.from({ length: 500 }, (_, i) => `Sentence ${i} says ${"x".repeat(i % 90)} to Dr. A. Lee.`);
    expect(sentencesOf(sentences.join("  "))).toEqual(sentences);
    const long = `A ${"word ".repeat(5000)}ends.`;
    expect(sentencesOf(`${long} Next. ${long}`)).toEqual([long, "Next.", long]);
  });

  it("finds trimmed spans in order that leave out nothing but white space", () => {
    const piece = fc.constantFrom(
      "a",
      "B",
      "Dr.",
      "1.",
      ". ",
      "? ",
      '"',
      "“",
      "”",
      "(",
      ")",
      " ",
      "\r\n",
      "\u00a0",
      "🚀",
      "U.S.",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        const spans = splitSentences(text);
        let at = 0;
        for (const { start, end } of spans) {
          expect(text.slice(at, start).trim()).toBe("");
          expect(end).toBeGreaterThan(start);
          expect(text.slice(start, end).trim()).toBe(text.slice(start, end));
          at = end;
        }
        expect(text.slice(at).trim()).toBe("");
      }),
      { numRuns: 300 },
    );
  });

  it.each(["Lorem ipsum dolor. ", "1. ", "Why? ", "a. ", 'He said "no. '])(
    "takes time proportional to the length of repeated %j",
    (piece) => {
      const text = piece.repeat(300_000 / piece.length);
      const started = performance.now();
      expect(splitSentences(text).length).toBeGreaterThan(0);
      // About 0.3 s; 20 s and more if the segmenter is given the text as a whole.
      expect(performance.now() - started).toBeLessThan(5000);
    },
  );
});
