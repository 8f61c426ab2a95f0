import { defaultTreeAdapter, html, parse } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";
import { UnreadableFileError } from "../errors.js";
import type { Media, ParsedDocument, TimeSpan } from "../types.js";
import { parseClock, youtubeId } from "./media.js";
import { TextBuilder } from "./text-builder.js";

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.ChildNode;

const isElementNode = (node: Node): node is Element => defaultTreeAdapter.isElementNode(node);
const isTextNode = (node: Node): node is DefaultTreeAdapterTypes.TextNode => defaultTreeAdapter.isTextNode(node);

const HEADINGS = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);
/** Never shown, or shown by something else than text. */
const UNSEEN = new Set(
  (
    "head title script style template noscript noframes noembed svg annotation annotation-xml rp iframe object embed " +
    "applet canvas audio video nav"
  ).split(" "),
);
const CONTROLS = new Set("input textarea select option datalist progress meter output button".split(" "));
/** Accordions put their questions into buttons; there the button's text is the heading's text. */
const BUTTON_IS_TEXT = new Set([...HEADINGS, "summary", "dt"]);
const SECTIONING = new Set(["main", "article", "section"]);
const PAGE_FURNITURE = new Set(["header", "footer", "aside"]);
const FURNITURE_ROLES = new Set(["navigation", "banner", "contentinfo"]);
const LISTS = new Set(["ul", "ol", "menu", "dir"]);
/** Elements that begin and end a line of their own, besides those the writer treats one by one. */
const BLOCKS = new Set(
  (
    "p div blockquote figcaption caption figure section article main header footer aside address hgroup search form " +
    "fieldset legend center dl dt dd details dialog table thead tbody tfoot hr body listing xmp plaintext optgroup"
  ).split(" "),
);
/** Lists nested deeper than this are written as if they stood at this depth, or indentation would outgrow the text. */
const MAX_DEPTH = 64;
/** Blocks that do not continue a list item's text but stand below it. */
const BELOW_ITEM = new Set(["p", "blockquote", "pre", "table", "dl", "dt", "dd", "figcaption"]);

/**
 * Reads an HTML page (or a fragment of one) into its visible text, without navigation and page furniture.
 *
 * Timestamp anchors (`<a class="yt-timestamp" data-t="01:12:11">`) leave no text; each gives its time to the text
 * before it, back to the previous anchor of the block or the block's start.
 *
 * @param source decoded HTML; may be malformed in any way a browser copes with
 * @throws UnreadableFileError if nothing visible is left
 */
export function parseHtml(source: string): ParsedDocument {
  const survey = surveyPage(parse(source).childNodes);
  const writer = new HtmlWriter(survey);
  if (survey.root !== null) writer.write(survey.root);
  const { text, blocks } = writer.builder;
  if (text === "") throw new UnreadableFileError("the page holds no text (nothing a reader would see)");
  const title = survey.title ?? survey.ogTitle;
  return { title, text, blocks, times: writer.times, faq: [], media: recordingOf(survey, writer), url: survey.url };
}

/** The video that timestamps point into: named by a timestamp's link, the page's address or its only player. */
function recordingOf(survey: Survey, writer: HtmlWriter): Media | null {
  if (writer.times.length === 0) return null;
  const [embedded, second] = survey.embeds;
  const addresses = [writer.timestampLink, survey.url, second === undefined ? embedded : undefined];
  for (const address of addresses) {
    // A bare path such as "/opening-hr" may look like an id, an address does not.
    const id = address != null && /^(https?:)?\/\//i.test(address) ? youtubeId(address) : null;
    if (id !== null) return { kind: "youtube", id };
  }
  return null;
}

/** What is learned about a page before its text is written. */
interface Survey {
  title: string | null;
  ogTitle: string | null;
  /** The canonical address, http(s) only. */
  url: string | null;
  /** Addresses of embedded YouTube players. */
  embeds: string[];
  skipped: Set<Element>;
  /** Tables that arrange a page instead of holding data. */
  layoutTables: Set<Element>;
  /** The element whose text is read. */
  root: Element | null;
}

/** An element that is visible, with what its descendants need to know about its ancestors. */
interface Visit {
  element: Element;
  parent: Visit | null;
  /** Within main, article or section, where a header or an aside belongs to the content. */
  sectioned: boolean;
  /** Within an element whose button is its text. */
  labelled: boolean;
  table: Element | null;
  inDataCell: boolean;
  /** Visible characters within the element, white space not counted. */
  weight: number;
}

/** Walks the whole tree once, without recursion since pages may be nested arbitrarily deep. */
function surveyPage(topNodes: Node[]): Survey {
  const survey: Survey = {
    title: null,
    ogTitle: null,
    url: null,
    embeds: [],
    skipped: new Set(),
    layoutTables: new Set(),
    root: null,
  };
  const visits: Visit[] = [];
  const cellCounts = new Map<Element, number>();
  const waiting: { node: Node; parent: Visit | null }[] = [];
  const wait = (nodes: Node[], parent: Visit | null): void => {
    for (let i = nodes.length - 1; i >= 0; i--) waiting.push({ node: nodes[i]!, parent });
  };
  wait(topNodes, null);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, parent } = next;
    if (isTextNode(node)) {
      if (parent !== null) parent.weight += visibleLength(node.value);
    } else if (isElementNode(node)) {
      readMetadata(node, survey);
      if (node.tagName === "head") wait(node.childNodes, null);
      if (isSkipped(node, parent)) {
        survey.skipped.add(node);
        continue;
      }
      const visit = visitOf(node, parent);
      visits.push(visit);
      noteLayout(visit, survey.layoutTables, cellCounts);
      wait(node.childNodes, visit);
    }
  }
  for (const [table, cells] of cellCounts) {
    if (cells === 1) survey.layoutTables.add(table);
  }
  survey.root = contentRoot(visits);
  return survey;
}

function visitOf(element: Element, parent: Visit | null): Visit {
  const { tagName } = element;
  return {
    element,
    parent,
    sectioned: parent?.sectioned === true || SECTIONING.has(tagName),
    labelled: parent?.labelled === true || BUTTON_IS_TEXT.has(tagName),
    table: tagName === "table" ? element : (parent?.table ?? null),
    inDataCell: tagName === "td" || (tagName !== "table" && parent?.inDataCell === true),
    weight: 0,
  };
}

/** A table that holds a table or headings among its data, or a single cell, arranges a page. */
function noteLayout(visit: Visit, layoutTables: Set<Element>, cellCounts: Map<Element, number>): void {
  const { element, parent, table } = visit;
  const { tagName } = element;
  if (tagName === "table") {
    if (/^(presentation|none)$/i.test(attribute(element, "role") ?? "")) layoutTables.add(element);
    if (parent?.table != null) layoutTables.add(parent.table);
  } else if (table !== null && HEADINGS.has(tagName) && visit.inDataCell) {
    layoutTables.add(table);
  } else if (table !== null && isCell(element)) {
    cellCounts.set(table, (cellCounts.get(table) ?? 0) + 1);
  }
}

function visibleLength(text: string): number {
  return text.replace(/\s+/g, "").length;
}

/** `<main>`, or a single `<article>`, if it holds at least half of what the body shows; otherwise the body. */
function contentRoot(visits: Visit[]): Element | null {
  // Parents stand before their children, so going backwards every weight is complete before it is passed on.
  for (let i = visits.length - 1; i >= 0; i--) {
    const { parent, weight } = visits[i]!;
    if (parent !== null) parent.weight += weight;
  }
  const named = (tagName: string): Visit[] => visits.filter(({ element }) => element.tagName === tagName);
  const body = named("body")[0] ?? null;
  if (body === null) return null;
  const main = named("main")[0];
  const articles = named("article");
  const candidates = [main, articles.length === 1 ? articles[0] : undefined];
  const chosen = candidates.find((visit) => visit !== undefined && visit.weight * 2 >= body.weight);
  return (chosen ?? body).element;
}

function readMetadata(element: Element, survey: Survey): void {
  const { tagName } = element;
  if (tagName === "title" && element.namespaceURI === html.NS.HTML) {
    survey.title ??= nonEmpty(element.childNodes.map((node) => (isTextNode(node) ? node.value : "")).join(""));
  } else if (tagName === "meta" && attribute(element, "property")?.toLowerCase() === "og:title") {
    survey.ogTitle ??= nonEmpty(attribute(element, "content") ?? "");
  } else if (tagName === "link" && /(^|\s)canonical(\s|$)/i.test(attribute(element, "rel") ?? "")) {
    survey.url ??= webAddress(attribute(element, "href") ?? "");
  } else if (tagName === "iframe") {
    const address = attribute(element, "src") ?? "";
    if (youtubeId(address) !== null) survey.embeds.push(address);
  }
}

function nonEmpty(text: string): string | null {
  const collapsed = text.replace(/[\s\u00a0]+/g, " ").trim();
  return collapsed === "" ? null : collapsed;
}

function webAddress(text: string): string | null {
  if (!URL.canParse(text.trim())) return null;
  const url = new URL(text.trim());
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

function isCell(element: Element): boolean {
  return element.tagName === "td" || element.tagName === "th";
}

/** Whether a reader of the page's content does not see the element. */
function isSkipped(element: Element, parent: Visit | null): boolean {
  const { tagName } = element;
  if (UNSEEN.has(tagName)) return true;
  if (tagName === "button") return parent?.labelled !== true;
  if (CONTROLS.has(tagName)) return true;
  if (tagName === "dialog" && attribute(element, "open") === undefined) return true;
  // Pages hide their body until scripts have run, or while a dialogue is open.
  if (tagName !== "html" && tagName !== "body" && isHidden(element)) return true;
  if (parent?.sectioned === true) return false;
  return PAGE_FURNITURE.has(tagName) || FURNITURE_ROLES.has(attribute(element, "role")?.toLowerCase() ?? "");
}

function isHidden(element: Element): boolean {
  const hidden = attribute(element, "hidden");
  // "until-found" text can be searched for on the page, so it may be quoted too.
  if (hidden !== undefined && hidden.toLowerCase() !== "until-found") return true;
  return attribute(element, "aria-hidden")?.toLowerCase() === "true";
}

type Shape =
  | { kind: "paragraph" }
  | { kind: "heading"; level: number }
  | { kind: "item"; depth: number; marker: string };

/** Collects one block's (or cell's) text, white space collapsed as a browser would, and the times found in it. */
class TextBuffer {
  readonly times: { at: number; seconds: number }[] = [];
  #pieces: string[] = [];
  #length = 0;
  #endsInSpace = true;
  #blank = true;

  /** Whether nothing but white space was added. */
  get isBlank(): boolean {
    return this.#blank;
  }

  /** Appends inline text; runs of white space become one space, invisible break hints vanish. */
  add(text: string): void {
    const collapsed = text.replace(/[\u00ad\u200b\ufeff]/g, "").replace(/[\s\u00a0]+/g, " ");
    this.#append(this.#endsInSpace && collapsed.startsWith(" ") ? collapsed.slice(1) : collapsed);
  }

  /** Appends text as it stands. */
  addPreformatted(text: string): void {
    this.#append(text);
  }

  /** Gives a time to the text since the time before. */
  mark(seconds: number): void {
    this.times.push({ at: this.#length, seconds });
  }

  #append(text: string): void {
    if (text === "") return;
    this.#pieces.push(text);
    this.#length += text.length;
    this.#endsInSpace = /\s/.test(text.at(-1)!);
    this.#blank &&= text.trim() === "";
  }

  /** The text without white space around it, and how much was cut off at its start. */
  finish(): { text: string; cut: number } {
    const written = this.#pieces.join("");
    const text = written.trimStart();
    return { text: text.trimEnd(), cut: written.length - text.length };
  }
}

type OpenBlock = { shape: Shape; buffer: TextBuffer } | { shape: "row"; header: boolean; cells: TextBuffer[] };

interface ListState {
  ordered: boolean;
  next: number;
}

/** Writes the text below one element through a TextBuilder. */
class HtmlWriter {
  readonly builder = new TextBuilder();
  readonly times: TimeSpan[] = [];
  /** Where the first timestamp links to, if anywhere. */
  timestampLink: string | null = null;
  readonly #survey: Survey;
  #open: OpenBlock | null = null;
  #lists: ListState[] = [];
  /** Per open table: whether no row was seen yet; null for tables that only arrange the page. */
  #tables: ({ atFirstRow: boolean } | null)[] = [];
  #theadDepth = 0;
  #preDepth = 0;
  #headingLevel = 0;
  /** Per open details element: the heading level outside of it, and whether its summary was written. */
  #details: { outerLevel: number; summarised: boolean }[] = [];
  /** A details element with a summary has ended: what follows is no longer below that summary. */
  #detailsEnded = false;

  constructor(survey: Survey) {
    this.#survey = survey;
  }

  /** Walks the tree without recursion; every element is seen twice, when it is entered and when it is left. */
  write(root: Element): void {
    const waiting: { node: Node; leaving: boolean }[] = [{ node: root, leaving: false }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { node, leaving } = next;
      if (isTextNode(node)) {
        this.#text(node.value);
      } else if (!isElementNode(node) || this.#survey.skipped.has(node)) {
        continue;
      } else if (leaving) {
        this.#leave(node);
      } else if (!this.#timestamp(node)) {
        this.#enter(node);
        waiting.push({ node, leaving: true });
        for (let i = node.childNodes.length - 1; i >= 0; i--)
          waiting.push({ node: node.childNodes[i]!, leaving: false });
      }
    }
    this.#flush();
  }

  #enter(element: Element): void {
    const { tagName } = element;
    if (tagName === "br") {
      this.#lineBreak();
      return;
    }
    this.#enterCounters(element);
    if (this.#open?.shape === "row") {
      if (isCell(element)) this.#open.cells.push(new TextBuffer());
      else if (isBlock(tagName)) this.#text(" ");
      return;
    }
    if (HEADINGS.has(tagName)) {
      this.#headingLevel = Number(tagName[1]);
      this.#begin({ kind: "heading", level: this.#headingLevel });
    } else if (tagName === "summary" && this.#details.length > 0) {
      this.#headingLevel = Math.min(6, this.#headingLevel + 1);
      this.#details.at(-1)!.summarised = true;
      this.#begin({ kind: "heading", level: this.#headingLevel });
    } else if (tagName === "li") {
      const depth = Math.min(Math.max(0, this.#lists.length - 1), MAX_DEPTH);
      this.#begin({ kind: "item", depth, marker: this.#marker(element) });
    } else if (tagName === "tr" && this.#tables.at(-1) != null) {
      this.#beginRow(element);
    } else if (tagName === "pre") {
      this.#enterPre();
    } else if (LISTS.has(tagName)) {
      this.#flush();
    } else if (isBlock(tagName)) {
      this.#boundary(tagName);
    }
  }

  #leave(element: Element): void {
    const { tagName } = element;
    this.#leaveCounters(element);
    if (this.#open?.shape === "row") {
      if (tagName === "tr") this.#flush();
      else if (isBlock(tagName)) this.#text(" ");
    } else if (HEADINGS.has(tagName) || tagName === "summary" || tagName === "li" || LISTS.has(tagName)) {
      this.#flush();
    } else if (isBlock(tagName)) {
      this.#boundary(null);
    }
  }

  #enterCounters(element: Element): void {
    const { tagName } = element;
    if (LISTS.has(tagName)) this.#lists.push({ ordered: tagName === "ol", next: startOf(element) });
    else if (tagName === "thead") this.#theadDepth++;
    else if (tagName === "pre") this.#preDepth++;
    else if (tagName === "details") this.#details.push({ outerLevel: this.#headingLevel, summarised: false });
    else if (tagName === "table") {
      this.#tables.push(this.#survey.layoutTables.has(element) ? null : { atFirstRow: true });
    }
  }

  #leaveCounters(element: Element): void {
    const { tagName } = element;
    if (LISTS.has(tagName)) this.#lists.pop();
    else if (tagName === "thead") this.#theadDepth--;
    else if (tagName === "pre") this.#preDepth--;
    else if (tagName === "table") this.#tables.pop();
    else if (tagName === "details") this.#leaveDetails();
  }

  #leaveDetails(): void {
    const ended = this.#details.pop();
    if (ended === undefined) return;
    this.#headingLevel = ended.outerLevel;
    if (!ended.summarised) return;
    this.#flush();
    this.#detailsEnded = true;
  }

  /** `1.` and so on in ordered lists (which may start elsewhere or jump), `-` in others. */
  #marker(item: Element): string {
    const list = this.#lists.at(-1);
    if (list === undefined || !list.ordered) return "-";
    const stated = wholeNumber(attribute(item, "value"));
    const number = stated ?? list.next;
    list.next = number + 1;
    return `${number}.`;
  }

  #begin(shape: Shape): void {
    this.#flush();
    this.#open = { shape, buffer: new TextBuffer() };
  }

  #beginRow(row: Element): void {
    this.#flush();
    const table = this.#tables.at(-1)!;
    this.#open = { shape: "row", header: this.#theadDepth > 0 || (table.atFirstRow && namesColumns(row)), cells: [] };
    table.atFirstRow = false;
  }

  /** Preformatted text is a paragraph of its own, line breaks included; in a heading it is text like any other. */
  #enterPre(): void {
    if (this.#isHeadingOpen()) return;
    if (this.#open !== null && !this.#isEmptyItem()) this.#flush();
  }

  /** A border between blocks: ends a paragraph, separates words in a heading or an item. */
  #boundary(entered: string | null): void {
    if (this.#open === null || this.#open.shape === "row") return;
    const { kind } = this.#open.shape;
    const below = kind === "item" && entered !== null && BELOW_ITEM.has(entered);
    if (kind === "heading" || (kind === "item" && !below)) this.#open.buffer.add(" ");
    else if (!this.#isEmptyItem()) this.#flush();
  }

  #isHeadingOpen(): boolean {
    return this.#open !== null && this.#open.shape !== "row" && this.#open.shape.kind === "heading";
  }

  #isEmptyItem(): boolean {
    if (this.#open === null || this.#open.shape === "row" || this.#open.shape.kind !== "item") return false;
    return this.#open.buffer.isBlank;
  }

  /** The buffer that text goes to; opens a paragraph where there is none, and ignores text between cells. */
  #buffer(): TextBuffer | null {
    this.#open ??= { shape: { kind: "paragraph" }, buffer: new TextBuffer() };
    return this.#open.shape === "row" ? (this.#open.cells.at(-1) ?? null) : this.#open.buffer;
  }

  #keepsLineBreaks(): boolean {
    return this.#preDepth > 0 && this.#open?.shape !== "row" && !this.#isHeadingOpen();
  }

  #text(text: string): void {
    const buffer = this.#buffer();
    if (this.#keepsLineBreaks()) buffer?.addPreformatted(text);
    else buffer?.add(text);
  }

  #lineBreak(): void {
    this.#text(this.#keepsLineBreaks() ? "\n" : " ");
  }

  /** Handles a timestamp anchor; false for any other element. */
  #timestamp(element: Element): boolean {
    const clock = element.tagName === "a" ? attribute(element, "data-t") : undefined;
    const seconds = clock === undefined ? null : parseClock(clock);
    if (seconds === null) return false;
    this.timestampLink ??= attribute(element, "href") ?? null;
    this.#buffer()?.mark(seconds);
    return true;
  }

  /** Hands the open block to the builder and places its times. */
  #flush(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    if (open.shape === "row") {
      this.#flushRow(open.header, open.cells);
      return;
    }
    const { text, cut } = open.buffer.finish();
    if (text === "") {
      this.#timeLastBlock(open.buffer);
      return;
    }
    this.#endDetails(open.shape.kind);
    this.builder.begin(open.shape);
    this.builder.writePreformatted(text);
    const span = this.builder.end();
    if (span !== null) this.#placeTimes(open.buffer, span.start, cut, span.end);
  }

  #flushRow(header: boolean, cells: TextBuffer[]): void {
    const written = cells.map((cell) => cell.finish());
    if (written.every(({ text }) => text === "")) return;
    this.#endDetails("row");
    this.builder.begin({ kind: "row", header });
    for (const { text } of written) {
      this.builder.writePreformatted(text);
      this.builder.nextCell();
    }
    this.builder.end();
    const row = this.builder.blocks.at(-1);
    if (row?.kind !== "row") return;
    row.cells.forEach((cell, i) => this.#placeTimes(cells[i]!, cell.start, written[i]!.cut, cell.end));
  }

  #placeTimes(buffer: TextBuffer, blockStart: number, cut: number, blockEnd: number): void {
    const text = this.builder.text;
    let start = blockStart;
    for (const { at, seconds } of buffer.times) {
      let end = Math.min(blockStart + Math.max(0, at - cut), blockEnd);
      while (end > start && /\s/.test(text[end - 1]!)) end--;
      if (end > start) this.times.push({ start, end, seconds });
      start = Math.max(start, end);
    }
  }

  /** A block of nothing but a timestamp gives its time to what is left of the block before. */
  #timeLastBlock(buffer: TextBuffer): void {
    const time = buffer.times[0];
    const block = this.builder.blocks.at(-1);
    if (time === undefined || block === undefined) return;
    const start = Math.max(block.start, this.times.at(-1)?.end ?? 0);
    if (block.end > start) this.times.push({ start, end: block.end, seconds: time.seconds });
  }

  /** Text after a details element is not an answer to its summary. */
  #endDetails(nextKind: "heading" | "paragraph" | "item" | "row"): void {
    if (!this.#detailsEnded) return;
    this.#detailsEnded = false;
    if (nextKind === "heading") return;
    const end = this.builder.text.length;
    this.builder.blocks.push({ kind: "break", start: end, end });
  }
}

function isBlock(tagName: string): boolean {
  return (
    BLOCKS.has(tagName) || HEADINGS.has(tagName) || LISTS.has(tagName) || /^(li|tr|td|th|pre|summary)$/.test(tagName)
  );
}

/** Whether all cells that are not empty are header cells. */
function namesColumns(row: Element): boolean {
  const cells = row.childNodes.filter(isElementNode).filter(isCell);
  const filled = cells.filter((cell) => cell.tagName === "th" || !cell.childNodes.every(isBlankText));
  return filled.length > 0 && filled.every((cell) => cell.tagName === "th");
}

function isBlankText(node: Node): boolean {
  return isTextNode(node) && node.value.trim() === "";
}

function startOf(list: Element): number {
  return wholeNumber(attribute(list, "start")) ?? 1;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\s*-?\d{1,9}\s*$/.test(text) ? Number(text) : null;
}
