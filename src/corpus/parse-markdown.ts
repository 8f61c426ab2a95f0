import type { Nodes, Parents, Root } from "mdast";
import { parse as parseYaml } from "yaml";
import type { Media, ParsedDocument } from "../types.js";
import { type TimeMark, timesOf } from "./clock-marks.js";
import { anchorClocks } from "./markdown-clocks.js";
import { markdownTree } from "./markdown-tree.js";
import { parseClock, youtubeId } from "./media.js";
import { parseHtml } from "./parse-html.js";
import { TextBuilder } from "./text-builder.js";

/**
 * Reads Markdown (CommonMark, GFM, YAML front matter, wiki-links, timestamp anchors and clocks) into its visible
 * text.
 * Front matter may give `title`, `url` (or `source`) and `videoId` (or `youtube`, `video`).
 */
export function parseMarkdown(source: string): ParsedDocument {
  const tree = markdownTree(withoutExcess(source));
  const matter = readFrontMatter(tree);
  const clocks = ANCHOR.test(source) ? null : anchorClocks(tree, matter.media !== null);
  const writer = new MarkdownWriter(clocks !== null);
  writer.blocks(tree);
  const { builder, marks } = writer;
  const firstHeading = builder.blocks.find((block) => block.kind === "heading");
  const heading =
    firstHeading?.kind === "heading" && firstHeading.level === 1
      ? builder.text.slice(firstHeading.start, firstHeading.end)
      : null;
  return {
    title: matter.title ?? heading,
    text: builder.text,
    blocks: builder.blocks,
    times: timesOf(builder.text, builder.blocks, marks, clocks?.lead ?? false),
    faq: [],
    media: matter.media ?? clocks?.media ?? null,
    url: matter.url,
  };
}

/** Block quotes and lists nested deeper than this are read as if they stood at this depth. */
const MAX_DEPTH = 64;
const MAX_INDENT = 4 * MAX_DEPTH;
/** A paragraph with more marks than this is no prose; its emphasis and links are read as plain characters. */
const MAX_EMPHASIS_MARKS = 2000;
const MAX_BRACKETS = 10_000;
/** What makes a line begin a block within a block: quote, bullet, number, footnote. */
const CONTAINER_MARK = String.raw`>|(?:[*+-]|\d{1,9}[.)])[ \t]|\[\^[^\]\n]{1,99}\]:`;
const NESTED_LINE = new RegExp(String.raw`^(?:[ \t]*(?:${CONTAINER_MARK})){${MAX_DEPTH + 1},}`, "gm");
const FIRST_MARKS = new RegExp(String.raw`^(?:[ \t]*(?:${CONTAINER_MARK})){${MAX_DEPTH}}`);
const DEEP_INDENT = new RegExp(String.raw`^([ \t]{${MAX_INDENT}})[ \t]+`, "gm");
const PARAGRAPH_BORDER = /(\n(?=[ \t]*(?:\n|[-+>|#]|\*[ \t]|\d{1,9}[.)])))/;

/**
 * Takes away nesting that nobody writes by hand: the Markdown parser needs minutes for 10,000 marks within each other,
 * and more stack than there is. The text stays the same.
 */
function withoutExcess(source: string): string {
  const shallow = source.replace(NESTED_LINE, (marks) => FIRST_MARKS.exec(marks)![0]).replace(DEEP_INDENT, "$1");
  return shallow.split(PARAGRAPH_BORDER).map(withoutMarks).join("");
}

function withoutMarks(paragraph: string): string {
  if (paragraph.length < MAX_EMPHASIS_MARKS) return paragraph;
  const count = (pattern: RegExp): number => paragraph.match(pattern)?.length ?? 0;
  if (count(/[*_~]+/g) <= MAX_EMPHASIS_MARKS && count(/\[/g) <= MAX_BRACKETS) return paragraph;
  return paragraph.replace(/[*_~[]/g, String.raw`\$&`);
}

interface FrontMatter {
  title: string | null;
  media: Media | null;
  url: string | null;
}

function readFrontMatter(tree: Root): FrontMatter {
  const node = tree.children.find((child) => child.type === "yaml");
  let fields: Record<string, unknown> = {};
  try {
    const parsed: unknown = node === undefined ? null : parseYaml(node.value, { logLevel: "silent" });
    if (typeof parsed === "object" && parsed !== null) fields = { ...parsed };
  } catch {
    // Front matter that is no YAML is somebody's slip: the text below it is still worth reading.
  }
  const text = (...names: string[]): string | null => {
    for (const name of names) {
      const value = fields[name];
      if (typeof value === "string" && value.trim() !== "") return value.trim();
    }
    return null;
  };
  const id = youtubeId(text("videoId", "video_id", "youtube", "video") ?? "");
  const url = text("url", "source", "canonical");
  return {
    title: text("title"),
    media: id === null ? null : { kind: "youtube", id },
    url: url !== null && /^https?:\/\//i.test(url) ? url : null,
  };
}

/** Where there are timestamp anchors, clocks in brackets are their text. */
const ANCHOR = /<a\b[^>\n]*\bdata-t\s*=/i;
/** A timestamp anchor's opening tag: `<a class="yt-timestamp" data-t="01:12:11">`. */
const TIMESTAMP_TAG = /^<a\b[^>]*\bdata-t\s*=\s*["']?([\d:]+)/i;
/** `[[page | label]]` and `[[page]]`. */
const WIKI_LINK = /\[\[([^[\]|]*\|)?([^[\]]*)\]\]/g;

class MarkdownWriter {
  readonly builder = new TextBuilder();
  readonly marks: TimeMark[] = [];
  /** Whether marks may stand before any text of their block. */
  readonly #atBlockStarts: boolean;
  /** Times of the block being written, by how many of its characters stood before the anchor. */
  #pending: { writtenChars: number; seconds: number }[] = [];
  #written = 0;
  #inTimestamp = false;
  #headingLevel = 0;
  /** Heading levels outside of the details elements that are open. */
  #details: number[] = [];
  /** A details element has ended: what follows is no longer below its summary. */
  #detailsEnded = false;

  constructor(atBlockStarts: boolean) {
    this.#atBlockStarts = atBlockStarts;
  }

  blocks(parent: Parents, listDepth = -1): void {
    for (const node of parent.children) this.#block(node, listDepth);
  }

  #begin(shape: Parameters<TextBuilder["begin"]>[0]): void {
    if (shape.kind === "heading") {
      this.#headingLevel = shape.level;
    } else if (this.#detailsEnded) {
      const end = this.builder.text.length;
      this.builder.blocks.push({ kind: "break", start: end, end });
    }
    this.#detailsEnded = false;
    this.builder.begin(shape);
  }

  #block(node: Nodes, listDepth: number): void {
    switch (node.type) {
      case "heading":
        this.#begin({ kind: "heading", level: node.depth });
        this.#inline(node);
        this.#end();
        return;
      case "paragraph":
        this.#begin({ kind: "paragraph" });
        this.#inline(node);
        this.#end();
        return;
      case "code":
        this.#begin({ kind: "paragraph" });
        this.builder.writePreformatted(node.value);
        this.#end();
        return;
      case "list":
        node.children.forEach((item, i) => {
          const marker = node.ordered === true ? `${(node.start ?? 1) + i}.` : "-";
          this.#item(item, Math.min(listDepth + 1, MAX_DEPTH), marker);
        });
        return;
      case "table":
        node.children.forEach((row, i) => {
          this.#begin({ kind: "row", header: i === 0 });
          for (const cell of row.children) {
            this.#inline(cell);
            this.builder.nextCell();
          }
          this.#end();
        });
        return;
      case "html":
        this.#htmlBlock(node.value);
        return;
      default:
        if ("children" in node) this.blocks(node, listDepth);
    }
  }

  /** The item's first paragraph is its text; further paragraphs and nested lists are blocks of their own. */
  #item(item: Parents, depth: number, marker: string): void {
    const [first, ...rest] = item.children;
    if (first === undefined) return;
    this.#begin({ kind: "item", depth, marker });
    if (first.type === "paragraph") {
      this.#inline(first);
      this.#end();
    } else {
      this.builder.end();
      this.#block(first, depth);
    }
    for (const node of rest) this.#block(node, depth);
  }

  #inline(parent: Parents): void {
    for (const node of parent.children) {
      switch (node.type) {
        case "text":
          this.#write(node.value.replace(WIKI_LINK, (_, _page, label: string) => label.trim()));
          break;
        case "inlineCode":
          this.#write(node.value);
          break;
        case "break":
          this.#write(" ");
          break;
        case "image":
          break;
        case "html":
          this.#inlineHtml(node.value);
          break;
        default:
          if ("children" in node) this.#inline(node);
      }
    }
  }

  #inlineHtml(tag: string): void {
    const clock = TIMESTAMP_TAG.exec(tag)?.[1];
    const seconds = clock === undefined ? null : parseClock(clock);
    if (seconds !== null) {
      this.#pending.push({ writtenChars: this.#written, seconds });
      this.#inTimestamp = true;
    } else if (/^<\/a\b/i.test(tag)) {
      this.#inTimestamp = false;
    } else if (/^<br\b/i.test(tag)) {
      this.#write(" ");
    }
  }

  #write(text: string): void {
    if (this.#inTimestamp) return;
    // Counted without white space, which the builder collapses.
    this.#written += text.replace(/\s+/g, "").length;
    this.builder.write(text);
  }

  /** Ends the block and places the times found in it. */
  #end(): void {
    const span = this.builder.end();
    const pending = this.#pending;
    this.#pending = [];
    this.#written = 0;
    this.#inTimestamp = false;
    if (span === null && !this.#atBlockStarts) return;
    const start = span?.start ?? this.builder.text.length;
    let at = start;
    let seen = 0;
    for (const { writtenChars, seconds } of pending) {
      at = offsetAfter(this.builder.text, at, writtenChars - seen);
      seen = writtenChars;
      if (at > start || this.#atBlockStarts) this.marks.push({ at, seconds });
    }
  }

  /** A block of HTML becomes the blocks an HTML reader sees in it. */
  #htmlBlock(html: string): void {
    const clock = TIMESTAMP_TAG.exec(html.trim())?.[1];
    if (clock !== undefined) {
      const seconds = parseClock(clock);
      const previous = this.builder.blocks.at(-1);
      if (seconds !== null && previous !== undefined) {
        this.marks.push({ at: previous.end, seconds });
      }
      return;
    }
    const isSummary = /<summary\b/i.test(html);
    // A summary is a heading below the headings of the Markdown around it.
    const outerLevel = isSummary ? this.#headingLevel : 0;
    this.#htmlBlocks(html, outerLevel);
    for (const [, end] of html.matchAll(/<(\/?)details\b/gi)) {
      if (end === "") {
        if (isSummary) this.#details.push(outerLevel);
      } else {
        const level = this.#details.pop();
        this.#detailsEnded = level !== undefined;
        this.#headingLevel = level ?? this.#headingLevel;
      }
    }
  }

  #htmlBlocks(html: string, outerLevel: number): void {
    let parsed: ParsedDocument;
    try {
      parsed = parseHtml(html);
    } catch {
      return; // A comment or an empty tag: nothing to see.
    }
    for (const block of parsed.blocks) {
      if (block.kind === "break") continue;
      if (block.kind === "row") {
        this.#begin({ kind: "row", header: block.header });
        for (const cell of block.cells) {
          this.builder.write(parsed.text.slice(cell.start, cell.end));
          this.builder.nextCell();
        }
      } else {
        this.#begin(block.kind === "heading" ? { ...block, level: Math.min(6, outerLevel + block.level) } : block);
        this.builder.write(parsed.text.slice(block.start, block.end));
      }
      this.builder.end();
    }
  }
}

/** The offset just after the n-th character that is not white space. */
function offsetAfter(text: string, start: number, characters: number): number {
  let offset = start;
  for (let seen = 0; seen < characters && offset < text.length; offset++) {
    if (!/\s/.test(text[offset]!)) seen++;
  }
  return offset;
}
