import type { Nodes, Parents, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { frontmatter } from "micromark-extension-frontmatter";
import { gfm } from "micromark-extension-gfm";
import { parse as parseYaml } from "yaml";
import type { Media, ParsedDocument, TimeSpan } from "../types.js";
import { parseClock, youtubeId } from "./media.js";
import { parseHtml } from "./parse-html.js";
import { TextBuilder } from "./text-builder.js";

/**
 * Reads Markdown (CommonMark, GFM, YAML front matter, wiki-links, timestamp anchors) into its visible text.
 * Front matter may give `title`, `url` (or `source`) and `videoId` (or `youtube`, `video`).
 */
export function parseMarkdown(source: string): ParsedDocument {
  const tree = fromMarkdown(source, {
    extensions: [gfm(), frontmatter(["yaml"])],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(["yaml"])],
  });
  const matter = readFrontMatter(tree);
  const writer = new MarkdownWriter();
  writer.blocks(tree);
  const { builder, times } = writer;
  const firstHeading = builder.blocks.find((block) => block.kind === "heading");
  const heading =
    firstHeading?.kind === "heading" && firstHeading.level === 1
      ? builder.text.slice(firstHeading.start, firstHeading.end)
      : null;
  return {
    title: matter.title ?? heading,
    text: builder.text,
    blocks: builder.blocks,
    times,
    faq: [],
    media: matter.media,
    url: matter.url,
  };
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
    const parsed: unknown = node === undefined ? null : parseYaml(node.value);
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

/** A timestamp anchor's opening tag: `<a class="yt-timestamp" data-t="01:12:11">`. */
const TIMESTAMP_TAG = /^<a\b[^>]*\bdata-t\s*=\s*["']?([\d:]+)/i;
/** `[[page | label]]` and `[[page]]`. */
const WIKI_LINK = /\[\[([^[\]|]*\|)?([^[\]]*)\]\]/g;
/** Block quotes and lists nested deeper than this are written as if they stood at this depth. */
const MAX_DEPTH = 64;

class MarkdownWriter {
  readonly builder = new TextBuilder();
  readonly times: TimeSpan[] = [];
  /** Times of the block being written, by how many of its characters stood before the anchor. */
  #pending: { writtenChars: number; seconds: number }[] = [];
  #written = 0;
  #inTimestamp = false;

  blocks(parent: Parents, listDepth = -1, nesting = 0): void {
    if (nesting > MAX_DEPTH) return;
    for (const node of parent.children) this.#block(node, listDepth, nesting);
  }

  #block(node: Nodes, listDepth: number, nesting: number): void {
    switch (node.type) {
      case "heading":
        this.builder.begin({ kind: "heading", level: node.depth });
        this.#inline(node);
        this.#end();
        return;
      case "paragraph":
        this.builder.begin({ kind: "paragraph" });
        this.#inline(node);
        this.#end();
        return;
      case "code":
        this.builder.begin({ kind: "paragraph" });
        this.builder.writePreformatted(node.value);
        this.#end();
        return;
      case "list":
        node.children.forEach((item, i) => {
          const marker = node.ordered === true ? `${(node.start ?? 1) + i}.` : "-";
          this.#item(item, Math.min(listDepth + 1, MAX_DEPTH), marker, nesting);
        });
        return;
      case "table":
        node.children.forEach((row, i) => {
          this.builder.begin({ kind: "row", header: i === 0 });
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
        if ("children" in node) this.blocks(node, listDepth, nesting + 1);
    }
  }

  /** The item's first paragraph is its text; further paragraphs and nested lists are blocks of their own. */
  #item(item: Parents, depth: number, marker: string, nesting: number): void {
    const [first, ...rest] = item.children;
    if (first === undefined) return;
    this.builder.begin({ kind: "item", depth, marker });
    if (first.type === "paragraph") {
      this.#inline(first);
      this.#end();
    } else {
      this.builder.end();
      this.#block(first, depth, nesting + 1);
    }
    for (const node of rest) this.#block(node, depth, nesting + 1);
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

  /** Ends the block; each time found in it covers the text since the one before. */
  #end(): void {
    const span = this.builder.end();
    const pending = this.#pending;
    this.#pending = [];
    this.#written = 0;
    this.#inTimestamp = false;
    if (span === null) return;
    let start = span.start;
    for (const { writtenChars, seconds } of pending) {
      const end = offsetAfter(this.builder.text, span.start, writtenChars);
      if (end > start) this.times.push({ start, end, seconds });
      start = end;
    }
  }

  /** A block of HTML becomes the blocks an HTML reader sees in it. */
  #htmlBlock(html: string): void {
    const clock = TIMESTAMP_TAG.exec(html.trim())?.[1];
    if (clock !== undefined) {
      const seconds = parseClock(clock);
      const previous = this.builder.blocks.at(-1);
      if (seconds !== null && previous !== undefined) {
        this.times.push({ start: previous.start, end: previous.end, seconds });
      }
      return;
    }
    let parsed: ParsedDocument;
    try {
      parsed = parseHtml(html);
    } catch {
      return; // A comment or an empty tag: nothing to see.
    }
    for (const block of parsed.blocks) {
      if (block.kind === "break") continue;
      if (block.kind === "row") {
        this.builder.begin({ kind: "row", header: block.header });
        for (const cell of block.cells) {
          this.builder.write(parsed.text.slice(cell.start, cell.end));
          this.builder.nextCell();
        }
      } else {
        this.builder.begin(block);
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
