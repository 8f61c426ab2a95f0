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
  checkUnpackedSize(bytes);
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
/** Word's largest documents have a tenth of it. */
const MAX_UNPACKED_BYTES = 200_000_000;
const END_RECORD_BYTES = 22;
const MAX_ZIP_COMMENT_BYTES = 65_535;

/** One text file of a zip archive; null if it is absent, too large or unreadable. */
function readZipEntry(bytes: Uint8Array, name: string): string | null {
  try {
    const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entry = findZipEntry(zip, name);
    if (entry === null) return null;
    const data = dataOf(zip, entry);
    const content = entry.method === 0 ? data : inflateRawSync(data, { maxOutputLength: MAX_ENTRY_BYTES });
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

/**
 * The XML of a document is unpacked whole before it is read; a few kilobytes can make gigabytes of it.
 *
 * @throws UnreadableFileError if it is more than any document is
 */
function checkUnpackedSize(bytes: Uint8Array): void {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let left = MAX_UNPACKED_BYTES;
  try {
    for (const { name, method, size, headerAt } of zipEntries(zip)) {
      if (!/\.(xml|rels)$/i.test(name)) continue;
      const data = dataOf(zip, { method, size, headerAt });
      left -= method === 0 ? data.length : inflateRawSync(data, { maxOutputLength: Math.max(1, left) }).length;
      if (left <= 0) throw new RangeError();
    }
  } catch (error) {
    if (!(error instanceof RangeError)) return; // Damaged: the parser says so in its own words.
    throw new UnreadableFileError(
      `unpacked it has more than ${MAX_UNPACKED_BYTES / 1e6} MB of text; cut it into several documents`,
    );
  }
}

/** Looks a file up in the archive's central directory. */
function findZipEntry(zip: Buffer, name: string): ZipEntry | null {
  for (const entry of zipEntries(zip)) if (entry.name === name) return entry;
  return null;
}

/** All that the archive's central directory names. */
function* zipEntries(zip: Buffer): Generator<ZipEntry & { name: string }> {
  const tailAt = Math.max(0, zip.length - END_RECORD_BYTES - MAX_ZIP_COMMENT_BYTES);
  const endInTail = zip.subarray(tailAt).lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (endInTail < 0) return;
  const endAt = tailAt + endInTail;
  let at = zip.readUInt32LE(endAt + 16);
  for (let left = zip.readUInt16LE(endAt + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(at + 28);
    yield {
      name: zip.toString("utf8", at + 46, at + 46 + nameLength),
      method: zip.readUInt16LE(at + 10),
      size: zip.readUInt32LE(at + 20),
      headerAt: zip.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

/** The local header repeats name and extra field, of lengths of their own, before the data. */
function dataOf(zip: Buffer, { size, headerAt }: ZipEntry): Buffer {
  const dataAt = headerAt + 30 + zip.readUInt16LE(headerAt + 26) + zip.readUInt16LE(headerAt + 28);
  return zip.subarray(dataAt, dataAt + size);
}
