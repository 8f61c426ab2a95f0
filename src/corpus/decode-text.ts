import { UnreadableFileError } from "../errors.js";

/**
 * Decodes a text file: UTF-8 with or without BOM, UTF-16 with BOM (or recognisable by its zero bytes), otherwise
 * windows-1252, which is what an old editor most likely wrote. Line ends are kept, so that offsets match the file.
 *
 * @throws UnreadableFileError if the bytes are no text or the text is empty.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  const text = encoding === null ? decodeWindows1252(bytes) : new TextDecoder(encoding).decode(bytes);
  if (isBinary(text)) throw new UnreadableFileError("this is not a text file (it holds binary data)");
  if (text.trim() === "") throw new UnreadableFileError("the file is empty");
  return text;
}

/** Null for windows-1252. */
function encodingOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, 4096);
  let zerosAtEven = 0;
  let zerosAtOdd = 0;
  sample.forEach((byte, i) => {
    if (byte !== 0) return;
    if (i % 2 === 0) zerosAtEven++;
    else zerosAtOdd++;
  });
  // Text in a Latin script has a zero in every other byte of UTF-16.
  if (zerosAtOdd > sample.length / 4 && zerosAtEven === 0) return "utf-16le";
  if (zerosAtEven > sample.length / 4 && zerosAtOdd === 0) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return null;
  }
}

/** What windows-1252 has at 0x80 to 0x9f; elsewhere it is Latin-1. Unassigned bytes stay control characters. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** By hand, because TextDecoder reads windows-1252 as Latin-1 in some releases of Node (20.20 among them). */
function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("latin1")
    .replace(/[\u0080-\u009f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80]!);
}

/** Control characters other than tab, line ends, form feed and escape never occur in documents people write. */
function isBinary(text: string): boolean {
  const sample = text.slice(0, 10_000);
  let controls = 0;
  for (let i = 0; i < sample.length; i++) {
    const code = sample.charCodeAt(i);
    if (code < 9 || (code > 13 && code < 27) || (code > 27 && code < 32)) controls++;
  }
  return controls > sample.length / 100;
}
