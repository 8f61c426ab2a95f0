import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerBlocks, type AnswerBlock, type Inline, spokenText } from "../../../src/widget/answer-text.js";

const KNOWN = new Set([1, 2]);

function textOf(pieces: readonly Inline[]): string {
  return pieces
    .map((piece) => ("text" in piece ? piece.text : `${piece.before}[${piece.marker}]${piece.after}`))
    .join("");
}

function linesOf(blocks: readonly AnswerBlock[]): string[] {
  return blocks.flatMap((block) =>
    block.kind === "paragraph" ? [textOf(block.content)] : block.items.map((item) => `- ${textOf(item)}`),
  );
}

describe("answerBlocks", () => {
  it("keeps a marker with the word before it and the full stop after it", () => {
    expect(answerBlocks("The radar was built by ISRO [1]. It flies [2][1].", KNOWN)).toEqual([
      {
        kind: "paragraph",
        content: [
          { text: "The radar was built by " },
          { before: "ISRO ", marker: 1, after: "." },
          { text: " It " },
          { before: "flies ", marker: 2, after: "" },
          { before: "", marker: 1, after: "." },
        ],
      },
    ]);
  });

  it("makes lists of lines that begin with a dash, and paragraphs of the others", () => {
    expect(answerBlocks("Aims:\n- Mapping ice [1]\n- Landslides [2]\n\nMore is not said.", KNOWN)).toEqual([
      { kind: "paragraph", content: [{ text: "Aims:" }] },
      {
        kind: "list",
        items: [
          [{ text: "Mapping " }, { before: "ice ", marker: 1, after: "" }],
          [{ before: "Landslides ", marker: 2, after: "" }],
        ],
      },
      { kind: "paragraph", content: [{ text: "More is not said." }] },
    ]);
  });

  it("shows brackets without a citation as words", () => {
    expect(answerBlocks("See [7] and [x].", KNOWN)).toEqual([
      { kind: "paragraph", content: [{ text: "See [7] and [x]." }] },
    ]);
  });

  it.each(["It flies [", "It flies [1", "It flies "])("holds the beginning of a marker back: %j", (text) => {
    expect(linesOf(answerBlocks(text, KNOWN))[0]!.trimEnd()).toBe("It flies");
  });

  it("loses and doubles nothing", () => {
    const pieces = fc.constantFrom("[1]", "[2]", "[3]", ".", " ", "word ", "- ", "\n", "\n\n", "[", "]", "ü😀", ",”");
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const text = `${parts.join("")}.`; // Ends so that nothing is held back.
        const lines = text.split("\n").filter((line) => line.startsWith("- ") || line.trim() !== "");
        expect(linesOf(answerBlocks(text, KNOWN))).toEqual(lines);
      }),
    );
  });
});

describe("spokenText", () => {
  it("leaves markers out, and puts everything on one line", () => {
    expect(spokenText("Aims:\n- Mapping ice [1]\n- Landslides [2][1], [9].", KNOWN)).toBe(
      "Aims: - Mapping ice - Landslides, [9].",
    );
  });
});
