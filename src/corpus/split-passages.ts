import type { Block, Document, FaqItem, Passage, PassageKind, Section, Span, TimeSpan, Unit } from "../types.js";
import { ordersTheBot } from "./orders-to-bots.js";
import { isUnfinished, splitSentences } from "./sentences.js";

/** Raise it when this file (or a parser) would cut the same file differently: the index is then rebuilt. */
export const SPLITTER_VERSION = 5;

export interface SplitterSettings {
  /** A passage grows up to this many characters, ending at a sentence, item or row. */
  maxChars: number;
}

/**
 * 800 characters: measured on 24 encyclopaedia articles and the shipped corpus, see ARCHITECTURE.md ("How long is a
 * passage?"). Larger passages are found a little more often, but their embedding says less about each sentence.
 */
export const DEFAULT_SPLITTER: SplitterSettings = { maxChars: 800 };

/** A single sentence longer than this is cut at white space, so that no passage outgrows the embedding model. */
const MAX_UNIT_CHARS = 1200;
/** Of a lead-in or parent item, no more than this goes into the text that is embedded. */
const MAX_CONTEXT_CHARS = 200;
/** Of an item nested deeply, only so many of its nearest parents do, or they would crowd out the item. */
const MAX_CONTEXT_PARTS = 4;
const MAX_HEADER_CHARS = 800;

/** A unit, and where the outermost part of its context stands. */
interface PlacedUnit {
  unit: Unit;
  contextStart: number;
}

/**
 * Cuts a document into passages: contiguous runs of sentences, list items and table rows, never across a section, each
 * FAQ pair a passage of its own.
 *
 * @returns passages in reading order with `text === document.text.slice(start, end)`
 */
export function splitPassages(document: Document, settings: SplitterSettings = DEFAULT_SPLITTER): Passage[] {
  const contexts = blockContexts(document);
  const timeAt = timeFinder(document.times);
  const passages: Passage[] = [];
  const push = (placed: PlacedUnit[], kind: PassageKind, headings: string[]): void => {
    const units = placed.map(({ unit }) => ({ ...unit, seconds: timeAt(unit) }));
    const { start } = units[0]!;
    const end = units.at(-1)!.end;
    passages.push({
      id: `${document.id}#p${passages.length + 1}`,
      documentId: document.id,
      title: ordersTheBot(document.title) ? document.id : document.title,
      headings: headings.filter((heading) => !ordersTheBot(heading)),
      start,
      end,
      text: document.text.slice(start, end),
      kind,
      context: placed[0]!.contextStart < start ? placed[0]!.unit.context : "",
      units,
      seconds: units.find((unit) => unit.seconds !== null)?.seconds ?? null,
    });
  };

  let nextBlock = 0;
  let nextPair = 0;
  for (const section of document.sections) {
    let run: Block[] = [];
    const flush = (): void => {
      for (const placed of groupUnits(document, run, contexts, settings))
        push(placed, kindOf(placed), section.headings);
      run = [];
    };
    for (; nextBlock < document.blocks.length && document.blocks[nextBlock]!.start < section.end; nextBlock++) {
      const block = document.blocks[nextBlock]!;
      const pair = document.faq[nextPair];
      if (pair !== undefined && block.end > pair.question.start) {
        flush();
        const from = nextBlock;
        while (nextBlock + 1 < document.blocks.length && document.blocks[nextBlock + 1]!.start < pair.answer.end)
          nextBlock++;
        const blocks = document.blocks.slice(from, nextBlock + 1);
        push(faqUnits(document, pair, blocks), "faq", faqHeadings(document, section, pair));
        nextPair++;
      } else if (block.kind !== "heading" && block.kind !== "break") {
        run.push(block);
      }
    }
    flush();
  }
  return passages;
}

/** What is embedded for a passage: where it stands, then what it says. */
export function embeddedTextOf(passage: Passage): string {
  if (passage.kind === "faq") return passage.text;
  return [passage.title, ...passage.headings, passage.context, passage.text].filter((part) => part !== "").join("\n");
}

/** What is embedded for a unit: the innermost heading and the lead-in, then the unit. */
export function embeddedTextOfUnit(passage: Passage, unit: Unit, text: string): string {
  const written = text.slice(unit.start, unit.end);
  if (unit.kind === "question") return written;
  return [passage.headings.at(-1) ?? "", unit.context, written].filter((part) => part !== "").join("\n");
}

interface Context {
  text: string;
  /** Where the outermost part of it stands. */
  start: number;
}

/** A lead-in or an item that further items stand below. */
interface Parent {
  block: Block;
  /** What it adds to the context of those below it. */
  part: string;
  /** The context of those directly below it; made once, since a list may be long. */
  context: Context;
}

/** The lead-in of every list item and the column names of every row, worked out from the flat blocks. */
function blockContexts(document: Document): Map<Block, Context> {
  const { blocks, text } = document;
  const contexts = new Map<Block, Context>();
  const parentOf = (block: Block, above: Parent[]): Parent => {
    const part = contextText(text, block);
    const near = above.slice(-(MAX_CONTEXT_PARTS - 1));
    const parts = [...near.map((parent) => parent.part), part];
    return { block, part, context: { text: parts.join(" "), start: near[0]?.block.start ?? block.start } };
  };
  let parents: Parent[] = [];
  let header: Context | null = null;
  blocks.forEach((block, i) => {
    const previous = blocks[i - 1];
    if (block.kind === "item") {
      if (previous?.kind !== "item") {
        const continuesList = previous?.kind === "paragraph" && block.depth > 0 && parents.length > 0;
        if (!continuesList) {
          const introduces = previous?.kind === "paragraph" && isUnfinished(text.slice(previous.start, previous.end));
          parents = introduces ? [parentOf(previous, [])] : [];
        }
      }
      const base = parents[0]?.block.kind === "paragraph" ? 1 : 0;
      parents.length = Math.min(parents.length, base + block.depth);
      const context = parents.at(-1)?.context;
      if (context !== undefined) contexts.set(block, context);
      parents.push(parentOf(block, parents));
    } else if (block.kind === "row") {
      if (previous?.kind !== "row") header = null;
      if (block.header) header = columnNames(text, block);
      else if (header !== null) contexts.set(block, header);
    } else if (block.kind === "heading") {
      parents = [];
    }
  });
  return contexts;
}

/** The header row, unless it is so long that it would crowd out the rows. */
function columnNames(text: string, header: Span): Context | null {
  if (header.end - header.start > MAX_HEADER_CHARS) return null;
  return { text: text.slice(header.start, header.end), start: header.start };
}

/** A lead-in's last sentence, a parent item's first. */
function contextText(text: string, parent: Block): string {
  const sentences = splitSentences(text, parent);
  const sentence = (parent.kind === "paragraph" ? sentences.at(-1) : sentences[0]) ?? parent;
  const written = text.slice(sentence.start, sentence.end);
  return ordersTheBot(written) ? "" : written.slice(0, MAX_CONTEXT_CHARS);
}

function groupUnits(
  document: Document,
  blocks: Block[],
  contexts: Map<Block, Context>,
  settings: SplitterSettings,
): PlacedUnit[][] {
  return splitRuns(blocks).flatMap((run) => {
    const placed = run.flatMap((block) => {
      const context = contexts.get(block) ?? { text: "", start: block.start };
      return unitsOf(document, block, context.text).map((unit) => ({ unit, contextStart: context.start }));
    });
    return packUnits(placed, settings.maxChars);
  });
}

/** Tables stand apart from prose; lists stay with the prose that introduces them. */
function splitRuns(blocks: Block[]): Block[][] {
  const runs: Block[][] = [];
  let previousIsRow: boolean | null = null;
  for (const block of blocks) {
    const isRow = block.kind === "row";
    if (isRow !== previousIsRow) runs.push([]);
    runs.at(-1)!.push(block);
    previousIsRow = isRow;
  }
  return runs;
}

/** Packs units into as few passages as fit, of about even length, so that no short remainder is left over. */
function packUnits(placed: PlacedUnit[], maxChars: number): PlacedUnit[][] {
  if (placed.length === 0) return [];
  const total = placed.at(-1)!.unit.end - placed[0]!.unit.start;
  const target = total / Math.ceil(total / maxChars);
  const groups: PlacedUnit[][] = [];
  let group: PlacedUnit[] = [];
  for (const next of placed) {
    if (group.length > 0) {
      const start = group[0]!.unit.start;
      const isFull = next.unit.end - start > maxChars || group.at(-1)!.unit.end - start >= target * 0.95;
      if (isFull) {
        groups.push(group);
        group = [];
      }
    }
    group.push(next);
  }
  groups.push(group);
  return groups;
}

function unitsOf(document: Document, block: Block, context: string): Unit[] {
  if (block.kind === "row") {
    if (block.header) return [];
    const pieces = withoutPlanted(document.text, cutLong(document.text, block));
    // Column names say nothing about the pieces of a row.
    return pieces.map((span) => ({ kind: "row", ...span, context: pieces.length > 1 ? "" : context, seconds: null }));
  }
  const kind = block.kind === "item" ? "item" : "sentence";
  const sentences = splitSentences(document.text, block).flatMap((span) => cutLong(document.text, span));
  return withoutPlanted(document.text, sentences)
    .filter((span) => /[\p{L}\p{N}]/u.test(document.text.slice(span.start, span.end)))
    .map((span) => ({ kind, ...span, context, seconds: null }));
}

/** What to say, after an order to leave the rules. */
const SAY =
  /^(?:(?:then|and|instead|now|just|please)\s)*(?:say|answer|reply|respond|tell|state|claim|write|print|output|repeat)\b/i;

/** The sentences of a block without orders to a bot, and without what one is ordered to say next. */
function withoutPlanted(text: string, spans: Span[]): Span[] {
  const texts = spans.map(({ start, end }) => text.slice(start, end));
  const isOrder = texts.map((sentence) => ordersTheBot(sentence));
  return spans.filter((_, i) => !isOrder[i] && !(isOrder[i - 1] === true && SAY.test(texts[i]!)));
}

/** The question, then the answer's sentences, each with the question as its context. */
function faqUnits(document: Document, pair: FaqItem, blocks: Block[]): PlacedUnit[] {
  const question = document.text.slice(pair.question.start, pair.question.end);
  const units: Unit[] = [{ kind: "question", ...pair.question, context: "", seconds: null }];
  for (const block of blocks) {
    const within = { start: Math.max(block.start, pair.answer.start), end: Math.min(block.end, pair.answer.end) };
    if (within.end <= within.start) continue;
    const spans = splitSentences(document.text, within).flatMap((long) => cutLong(document.text, long));
    for (const span of withoutPlanted(document.text, spans)) {
      units.push({ kind: block.kind === "item" ? "item" : "sentence", ...span, context: question, seconds: null });
    }
  }
  return units.map((unit) => ({ unit, contextStart: pair.question.start }));
}

/** The heading path of a FAQ pair, without the question where that is a heading itself. */
function faqHeadings(document: Document, section: Section, pair: FaqItem): string[] {
  const question = document.text.slice(pair.question.start, pair.question.end);
  return section.headings.filter((heading) => !heading.includes(question));
}

function kindOf(placed: PlacedUnit[]): PassageKind {
  if (placed[0]!.unit.kind === "row") return "table";
  return placed.filter(({ unit }) => unit.kind === "item").length * 2 > placed.length ? "list" : "prose";
}

/** Finds the time that covers the greater part of a unit; units are asked about in reading order. */
function timeFinder(times: TimeSpan[]): (unit: Unit) => number | null {
  const sorted = [...times].sort((a, b) => a.start - b.start);
  let next = 0;
  return (unit) => {
    const middle = (unit.start + unit.end) / 2;
    while (next < sorted.length && sorted[next]!.end < middle) next++;
    const time = sorted[next];
    return time !== undefined && time.start <= middle ? time.seconds : null;
  };
}

/** Cuts an overlong sentence at white space (or anywhere, in a text without any). */
function cutLong(text: string, span: Span): Span[] {
  const pieces: Span[] = [];
  let { start } = span;
  while (span.end - start > MAX_UNIT_CHARS) {
    const furthest = start + MAX_UNIT_CHARS;
    let end = furthest;
    while (end > start + MAX_UNIT_CHARS / 2 && !/\s/.test(text[end]!)) end--;
    if (!/\s/.test(text[end]!)) end = furthest;
    // Never between the two halves of a surrogate pair.
    if (/[\uD800-\uDBFF]/.test(text[end - 1]!)) end--;
    let next = end;
    while (end > start && /\s/.test(text[end - 1]!)) end--;
    while (next < span.end && /\s/.test(text[next]!)) next++;
    if (end > start) pieces.push({ start, end });
    start = next;
  }
  if (span.end > start) pieces.push({ start, end: span.end });
  return pieces;
}
