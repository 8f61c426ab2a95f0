import { inflateRawSync } from "node:zlib";
import { parseFragment } from "parse5";
import { messageOf, UnreadableFileError } from "../errors.js";
import type { ParsedDocument } from "../types.js";
import { parseHtml } from "./parse-html.js";

/**
 * Reads a Word document (.docx): headings, paragraphs, lists, tables and notes; images and comments are left out.
 *
 * @throws UnreadableFileError if the file is no .docx, is damaged or protected, or holds no text
 */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedDocument> {
  if (isOldOfficeFile(bytes)) {
    throw new UnreadableFileError(
      "this Word document is protected by a password or in the old .doc format; save it as .docx without a password",
    );
  }
  const parsed = parseVisible(await convertToHtml(bytes));
  return { ...parsed, title: coreTitle(bytes) };
}

function parseVisible(html: string): ParsedDocument {
  try {
    return parseHtml(html);
  } catch (thrown) {
    if (!(thrown instanceof UnreadableFileError)) throw thrown;
    throw new UnreadableFileError("the Word document holds no text");
  }
}

/** OLE compound files: what Word wrote before .docx, and the wrapping of encrypted .docx files. */
function isOldOfficeFile(bytes: Uint8Array): boolean {
  return [0xd0, 0xcf, 0x11, 0xe0].every((byte, i) => bytes[i] === byte);
}

async function convertToHtml(bytes: Uint8Array): Promise<string> {
  // Loaded when the first Word document comes, so that start-up does not wait for it.
  const { default: mammoth } = await import("mammoth");
  // Without a source the image is an empty tag, and none of its bytes are read.
  const convertImage = mammoth.images.imgElement(() => Promise.resolve({ src: "" }));
  try {
    const result = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) }, { convertImage });
    return withoutNoteMarks(result.value);
  } catch (thrown) {
    throw new UnreadableFileError(
      `this is not a readable Word document (.docx): ${reasonOf(thrown)}; save it again from Word`,
    );
  }
}

function reasonOf(thrown: unknown): string {
  const message = messageOf(thrown);
  if (/end of central directory|corrupted zip|unexpected end|invalid signature/i.test(message)) {
    return "the file is damaged or incomplete";
  }
  if (/could not find|body element|docx file/i.test(message)) return "its main text is missing";
  return "its contents are damaged";
}

/** Takes out the `[1]` that stands in the text for a note, and the arrow behind a note that leads back to it. */
function withoutNoteMarks(html: string): string {
  return html
    .replace(/<sup><a href="#(?:foot|end)note-[^"]*" id="[^"]*">\[\d+\]<\/a><\/sup>/g, "")
    .replace(/ ?<a href="#(?:foot|end)note-ref-[^"]*">↑<\/a>/g, "");
}

/** The title from the document's properties, or null. A .docx is a zip archive with them in `docProps/core.xml`. */
function coreTitle(bytes: Uint8Array): string | null {
  const xml = readZipEntry(bytes, "docProps/core.xml");
  const element = xml === null ? null : /<dc:title\b[^>]*>([^<]*)<\/dc:title>/.exec(xml);
  if (element === null) return null;
  const [node] = parseFragment(element[1]!).childNodes;
  const title = node !== undefined && "value" in node ? node.value.replace(/\s+/g, " ").trim() : "";
  return title === "" ? null : title;
}

const MAX_ENTRY_BYTES = 1_000_000;
const END_RECORD_BYTES = 22;
const MAX_ZIP_COMMENT_BYTES = 65_535;

/** One text file of a zip archive; null if it is absent, too large or unreadable. */
function readZipEntry(bytes: Uint8Array, name: string): string | null {
  try {
    const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entry = findZipEntry(zip, name);
    if (entry === null) return null;
    const { method, size, headerAt } = entry;
    // The local header repeats name and extra field, of lengths of their own, before the data.
    const dataAt = headerAt + 30 + zip.readUInt16LE(headerAt + 26) + zip.readUInt16LE(headerAt + 28);
    const data = zip.subarray(dataAt, dataAt + size);
    const content = method === 0 ? data : inflateRawSync(data, { maxOutputLength: MAX_ENTRY_BYTES });
    return content.toString("utf8");
  } catch {
    return null; // A title is worth no failure: the text itself was read.
  }
}

interface ZipEntry {
  /** 0 stored, 8 deflated. */
  method: number;
  /** Bytes in the archive. */
  size: number;
  /** Where the entry's local header stands. */
  headerAt: number;
}

/** Looks a file up in the archive's central directory. */
function findZipEntry(zip: Buffer, name: string): ZipEntry | null {
  const tailAt = Math.max(0, zip.length - END_RECORD_BYTES - MAX_ZIP_COMMENT_BYTES);
  const endInTail = zip.subarray(tailAt).lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (endInTail < 0) return null;
  const endAt = tailAt + endInTail;
  let at = zip.readUInt32LE(endAt + 16);
  for (let left = zip.readUInt16LE(endAt + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString("utf8", at + 46, at + 46 + nameLength) === name) {
      return {
        method: zip.readUInt16LE(at + 10),
        size: zip.readUInt32LE(at + 20),
        headerAt: zip.readUInt32LE(at + 42),
      };
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return null;
}
