import { describe, expect, it } from "vitest";
import { decodeText } from "../../../src/corpus/decode-text.js";
import { UnreadableFileError } from "../../../src/errors.js";

const TEXT = "Café “rosé”\r\nžluť 🚀 and Latin letters\n";
const LATIN = "Plain letters only.\n";

function utf16(text: string, order: "le" | "be", bom: boolean): Uint8Array {
  const bytes = Buffer.from(bom ? `\ufeff${text}` : text, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
}

describe("decodeText", () => {
  it.each([
    ["UTF-8", Buffer.from(TEXT), TEXT],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${TEXT}`), TEXT],
    ["UTF-16 LE with a mark", utf16(TEXT, "le", true), TEXT],
    ["UTF-16 BE with a mark", utf16(TEXT, "be", true), TEXT],
    ["UTF-16 LE without a mark", utf16(LATIN, "le", false), LATIN],
    ["UTF-16 BE without a mark", utf16(LATIN, "be", false), LATIN],
    [
      "windows-1252",
      Buffer.from([0x93, 0x43, 0x61, 0x66, 0xe9, 0x94, 0x20, 0x96, 0x20, 0x35, 0x20, 0x80]),
      "“Café” – 5 €",
    ],
    ["UTF-8 that is cut off in a character", Buffer.from([0x61, 0x62, 0xc3]), "abÃ"],
    ["text with tabs, form feeds and escapes", Buffer.from("a\tb\fc\u001b[1m\vd"), "a\tb\fc\u001b[1m\vd"],
    ["one control character in a hundred", Buffer.from(`\u0001${"a".repeat(99)}`), `\u0001${"a".repeat(99)}`],
  ])("reads %s", (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it.each([
    ["random bytes with zeros", Uint8Array.from({ length: 400 }, (_, i) => (i * 7) % 32)],
    ["the head of a program", Buffer.from("\u007fELF\u0002\u0001\u0001\0\0\0\0\0\0\0\0\0\u0003\0>\0")],
    ["two control characters in a hundred", Buffer.from(`\u0001\u0002${"a".repeat(98)}`)],
  ])("refuses %s", (_, bytes) => {
    expect(() => decodeText(bytes)).toThrow(new UnreadableFileError("this is not a text file (it holds binary data)"));
  });

  it.each([[""], ["\ufeff"], [" \r\n\t\u00a0"]])("refuses %j as empty", (text) => {
    expect(() => decodeText(Buffer.from(text))).toThrow(new UnreadableFileError("the file is empty"));
  });
});
