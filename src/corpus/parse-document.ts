import { createHash } from "node:crypto";
import path from "node:path";
import { UnreadableFileError } from "../errors.js";
import type { Block, Document, DocumentFormat, FaqItem, ParsedDocument, Section } from "../types.js";
import { decodeText } from "./decode-text.js";
import { findFaqPairs } from "./faq-items.js";
import { parseText } from "./parse-text.js";
import { splitSentences } from "./sentences.js";
import { type Markup, sniffMarkup } from "./sniff-markup.js";

type Parser<Source> = (source: Source) => ParsedDocument | Promise<ParsedDocument>;

// Parsers are imported when a file first needs them: a server that finds its index up to date starts without any.
const markdown: Parser<string> = async (source) => (await import("./parse-markdown.js")).parseMarkdown(source);
const html: Parser<string> = async (source) => (await import("./parse-html.js")).parseHtml(source);
const subtitles: Parser<string> = async (source) => (await import("./parse-subtitles.js")).parseSubtitles(source);

const BY_MARKUP: Record<Markup, Parser<string>> = { plain: parseText, markdown, html };

const asText =
  (parse: Parser<string>): Parser<Uint8Array> =>
  (bytes) =>
    parse(decodeText(bytes));

const PARSERS: Record<DocumentFormat, Parser<Uint8Array>> = {
  txt: asText((source) => BY_MARKUP[sniffMarkup(source)](source)),
  md: asText(markdown),
  html: asText(html),
  pdf: async (bytes) => (await import("./parse-pdf.js")).parsePdf(bytes),
  docx: async (bytes) => (await import("./parse-docx.js")).parseDocx(bytes),
  srt: asText(subtitles),
  vtt: asText(subtitles),
  csv: asText(async (source) => (await import("./parse-faq-list.js")).parseFaqCsv(source)),
  json: asText(async (source) => (await import("./parse-faq-list.js")).parseFaqJson(source)),
};

const FORMATS: Record<string, DocumentFormat> = {
  ".txt": "txt",
  ".text": "txt",
  ".md": "md",
  ".markdown": "md",
  ".html": "html",
  ".htm": "html",
  ".pdf": "pdf",
  ".docx": "docx",
  ".srt": "srt",
  ".vtt": "vtt",
  ".csv": "csv",
  ".json": "json",
};

/** The format a file name stands for, or null if Docent does not read such files. */
export function formatOf(fileName: string): DocumentFormat | null {
  return FORMATS[path.extname(fileName).toLowerCase()] ?? null;
}

/** The formats Docent reads, as file endings. */
const READABLE_ENDINGS = Object.keys(FORMATS);

export interface SourceFile {
  /** File name below the corpus folder without extension, `/` between folders. */
  id: string;
  /** Relative to the corpus folder. */
  path: string;
  bytes: Uint8Array;
  /** ISO 8601. */
  updatedAt: string;
}

/**
 * Turns one file into a document: text, blocks, sections, FAQ items.
 *
 * @throws UnreadableFileError with a reason written for the owner of the file
 */
export async function parseDocument(file: SourceFile): Promise<Document> {
  const format = formatOf(file.path);
  if (format === null)
    throw new UnreadableFileError(`files of this kind are not read (only ${READABLE_ENDINGS.join(" ")})`);
  if (file.bytes.length === 0) throw new UnreadableFileError("the file is empty");
  const parsed = await PARSERS[format](file.bytes);
  if (parsed.text.trim() === "") throw new UnreadableFileError("the file holds no text");
  const { text, blocks } = parsed;
  const title = parsed.title ?? titleFromName(file.id) ?? titleFromText(text);
  const pairs = parsed.faq.length > 0 ? parsed.faq : findFaqPairs(text, blocks);
  const faq: FaqItem[] = pairs.map((pair, i) => ({ id: `${file.id}#faq${i + 1}`, documentId: file.id, ...pair }));
  return {
    id: file.id,
    title: oneLine(title),
    path: file.path,
    format,
    text,
    blocks,
    sections: findSections(text, blocks, title),
    times: parsed.times,
    faq,
    media: parsed.media,
    url: parsed.url,
    contentHash: createHash("sha256").update(file.bytes).digest("hex"),
    updatedAt: file.updatedAt,
  };
}

/** Sections partition the text: each runs from its heading to the next. A heading equal to the title is not repeated. */
export function findSections(text: string, blocks: Block[], title: string): Section[] {
  const sections: Section[] = [{ headings: [], start: 0, end: text.length }];
  let open: { level: number; heading: string }[] = [];
  for (const block of blocks) {
    if (block.kind === "heading") {
      const heading = oneLine(text.slice(block.start, block.end));
      open = open.filter((above) => above.level < block.level);
      open.push({ level: block.level, heading });
    } else if (block.kind === "break") {
      open = [];
    } else {
      continue;
    }
    const headings = open.map(({ heading }) => heading).filter((heading) => heading !== oneLine(title));
    if (block.start === 0) sections.pop();
    else sections.at(-1)!.end = block.start;
    sections.push({ headings, start: block.start, end: text.length });
  }
  return sections;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** `guides/opening-hours` → "Opening hours"; null for names that are not words, such as `000_ae53798b`. */
function titleFromName(id: string): string | null {
  const name = id.slice(id.lastIndexOf("/") + 1);
  const words = name.split(/[\s_.-]+/).filter((word) => word !== "");
  if (words.filter((word) => /^\p{L}{3,}$/u.test(word)).length * 2 <= words.length) return null;
  const joined = words.join(" ");
  return joined[0]!.toUpperCase() + joined.slice(1);
}

const MAX_TITLE_CHARS = 80;

function titleFromText(text: string): string {
  const opening = text.trimStart().slice(0, 2000);
  const first = splitSentences(opening)[0];
  const sentence = oneLine(first === undefined ? opening : opening.slice(first.start, first.end));
  if (sentence.length <= MAX_TITLE_CHARS) return sentence.replace(/[.:;,]$/, "");
  const space = sentence.lastIndexOf(" ", MAX_TITLE_CHARS);
  const shown =
    space > 0 ? sentence.slice(0, space) : sentence.slice(0, MAX_TITLE_CHARS).replace(/[\uD800-\uDBFF]$/, "");
  return `${shown.replace(/[.,:;]$/, "")}…`;
}
