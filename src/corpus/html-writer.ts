import type { TimeSpan } from "../types.js";
import { attribute, type Element, HEADINGS, isCell, isElementNode, isTextNode, type Node } from "./html-elements.js";
import type { Survey } from "./html-survey.js";
import { parseClock } from "./media.js";
import { TextBuilder } from "./text-builder.js";

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
export class HtmlWriter {
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
