import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDocx } from "../../../src/corpus/parse-docx.js";
import { UnreadableFileError } from "../../../src/errors.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

describe("parseDocx", () => {
  it("reads headings, paragraphs, lists, tables and notes", async () => {
    const { text, blocks, ...rest } = await parseDocx(fixture("library-rules.docx"));
    expect(text).toBe(
      [
        "House rules",
        "The city library lends books & tools to everyone aged six or over.",
        "Borrowing",
        "A borrowed book may be kept for four weeks.",
        "Bring along:",
        "- your library card\n- a bag\n  - cloth, not plastic\n1. Ring the bell.\n2. Wait at the desk.",
        "Opening hours",
        "Day | Opens | Closes\nMonday | 9:00 | 18:00\nSunday | closed",
        "1. Renewals add two weeks.",
      ].join("\n\n"),
    );
    expect(blocks.map((block) => [block.kind, text.slice(block.start, block.end)])).toEqual([
      ["heading", "House rules"],
      ["paragraph", "The city library lends books & tools to everyone aged six or over."],
      ["heading", "Borrowing"],
      ["paragraph", "A borrowed book may be kept for four weeks."],
      ["paragraph", "Bring along:"],
      ["item", "your library card"],
      ["item", "a bag"],
      ["item", "cloth, not plastic"],
      ["item", "Ring the bell."],
      ["item", "Wait at the desk."],
      ["heading", "Opening hours"],
      ["row", "Day | Opens | Closes"],
      ["row", "Monday | 9:00 | 18:00"],
      ["row", "Sunday | closed"],
      ["item", "Renewals add two weeks."],
    ]);
    expect(blocks.filter((block) => block.kind === "heading").map((block) => block.level)).toEqual([1, 2, 2]);
    expect(blocks.filter((block) => block.kind === "item").map((block) => block.depth)).toEqual([0, 0, 1, 0, 0, 0]);
    expect(blocks.filter((block) => block.kind === "row").map((block) => block.header)).toEqual([true, false, false]);
    expect(rest).toEqual({ title: "City library & tool shed", times: [], faq: [], media: null, url: null });
  });

  it("does not need a copy of its own bytes", async () => {
    const bytes = fixture("library-rules.docx");
    const padded = new Uint8Array(bytes.length + 7);
    padded.set(bytes, 7);
    expect((await parseDocx(padded.subarray(7))).title).toBe("City library & tool shed");
  });

  it("says so when there is no text", async () => {
    await expect(parseDocx(fixture("empty.docx"))).rejects.toThrow(
      new UnreadableFileError("the Word document holds no text"),
    );
  });

  it.each([
    ["a truncated file", (): Uint8Array => fixture("library-rules.docx").subarray(0, 1500), "damaged or incomplete"],
    ["something else", (): Uint8Array => new TextEncoder().encode("hello"), "damaged or incomplete"],
    ["no bytes", (): Uint8Array => new Uint8Array(), "damaged or incomplete"],
    ["an old or locked file", (): Uint8Array => Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0), "without a password"],
  ])("refuses %s with a plain reason", async (_, bytes, reason) => {
    const failure = parseDocx(bytes());
    await expect(failure).rejects.toThrow(UnreadableFileError);
    await expect(failure).rejects.toThrow(reason);
  });
});
