import { splitSentences } from "../corpus/sentences.js";
import { markersIn, openMarker } from "./markers.js";
import { NOT_IN_DOCUMENTS } from "./prompt.js";

/** A finished sentence of a model's reply. */
export interface ReplySentence {
  /** Without markers and without marks of layout. */
  text: string;
  /** What its markers name, as written: ids of the prompt, or numbers. */
  ids: string[];
  /** What stands before it: a list's item, a new paragraph, or nothing. */
  begins: "item" | "paragraph" | "sentence";
}

/** Stands for a marker while sentences are cut: no text holds it, and no sentence ends at it. */
const FIRST_STAND_IN = 0xe000;
const STAND_IN = /[\ue000-\uf8ff]/gu;
const MOST_STAND_INS = 0x1000;
/** A sentence is finished when so much of the next has come that its end cannot be a short form's. */
const NEXT_CHARS = 12;
/** A line without an end is cut after so many characters. */
const MAX_LINE_CHARS = 2000;
/** What a model thinks aloud is not its answer. */
export const THOUGHT = /<(think|thinking|thought|reasoning)>[^]*?(?:<\/\1>|$)/gi;
const OPEN_TAG = /<\/?[a-z]{0,10}$/i;
const FENCE = /^\s*(?:```|~~~)/;
const SOURCES_LINE = /^\W*(?:sources?|references?|citations?|excerpts?|footnotes?)\W*(?::|$)/i;
const SOURCES_BEGIN = /^\W*(?:sources?|references?|citations?|excerpts?|footnotes?)\W*:/i;

/**
 * Cuts a model's reply into sentences as it comes, however it is cut into pieces. Markers that follow a full stop belong to
 * the sentence before it; thoughts and lists of sources are left out.
 */
export class ReplyReader {
  #raw = "";
  /** How much of the reply without thoughts has been given out. */
  #done = 0;
  #begins: ReplySentence["begins"] = "paragraph";
  #inSources = false;

  /** @param isId whether a word is an id of the prompt */
  constructor(private readonly isId: (word: string) => boolean) {}

  /** Takes the next piece. @returns the sentences that are finished */
  push(piece: string): ReplySentence[] {
    this.#raw += piece;
    return this.#take(false);
  }

  /** The sentences that were still open when the reply ended. */
  end(): ReplySentence[] {
    return this.#take(true);
  }

  /** Whether the model says that the documents do not answer. */
  get saysNotFound(): boolean {
    const text = this.#raw.replace(THOUGHT, "");
    return new RegExp(NOT_IN_DOCUMENTS.replaceAll("_", "[ _\\\\]*"), "i").test(text);
  }

  /** Characters of the reply so far. */
  get length(): number {
    return this.#raw.length;
  }

  #take(isEnd: boolean): ReplySentence[] {
    let text = this.#raw.replace(THOUGHT, "");
    if (!isEnd) {
      const tag = OPEN_TAG.exec(text);
      if (tag !== null) text = text.slice(0, tag.index);
    }
    const sentences: ReplySentence[] = [];
    for (;;) {
      const lineEnd = text.indexOf("\n", this.#done);
      const isLast = lineEnd === -1;
      const line = text.slice(this.#done, isLast ? text.length : lineEnd);
      const isWhole = !isLast || isEnd;
      const used = this.#takeLine(line, isWhole, sentences);
      this.#done += used;
      if (isLast) return sentences;
      this.#done = lineEnd + 1;
      this.#begins = "paragraph";
    }
  }

  /** Takes the finished sentences of a line. @returns how many characters they were */
  #takeLine(line: string, hasEnded: boolean, sentences: ReplySentence[]): number {
    const isWhole = hasEnded || line.length > MAX_LINE_CHARS;
    if (isWhole && (FENCE.test(line) || /^\s*\|?[\s:|-]*$/.test(line))) return line.length;
    if ((isWhole ? SOURCES_LINE : SOURCES_BEGIN).test(line) && this.#begins !== "sentence") this.#inSources = true;
    if (this.#inSources) return isWhole ? line.length : 0;
    const open = isWhole ? -1 : openMarker(line);
    const visible = open === -1 ? line : line.slice(0, open);
    const { masked, markers } = this.#mask(visible);
    let used = 0;
    let finished = 0;
    const ends = endsOf(masked);
    for (const [i, end] of ends.entries()) {
      const isLast = i === ends.length - 1;
      const rest = masked.slice(end).replace(STAND_IN, "").trim();
      const isFinished = isWhole || (!isLast && rest.length >= NEXT_CHARS);
      if (!isFinished) break;
      const part = masked.slice(finished, end);
      finished = end;
      used = isWhole && isLast ? line.length : lengthUnmasked(masked.slice(0, end), markers);
      const ids = [...part.matchAll(STAND_IN)].flatMap(([mark]) => markers[mark.charCodeAt(0) - FIRST_STAND_IN]!.ids);
      const isItem = /^\s*(?:[-*•–]|\d{1,2}[.)])\s+/.test(part);
      const { text: sentence, ids: hidden } = withoutMarkers(clean(part), this.isId);
      ids.push(...hidden);
      if (!/\p{L}/u.test(sentence)) {
        sentences.at(-1)?.ids.push(...ids);
        continue;
      }
      if (sentence.includes(NOT_IN_DOCUMENTS)) continue;
      sentences.push({ text: sentence, ids: [...new Set(ids)], begins: isItem ? "item" : this.#begins });
      this.#begins = "sentence";
    }
    return used;
  }

  /** The text with each marker as one character. */
  #mask(text: string): { masked: string; markers: { start: number; end: number; ids: string[] }[] } {
    const bare = text.replace(STAND_IN, " ");
    const markers = markersIn(bare, this.isId).slice(0, MOST_STAND_INS);
    let masked = "";
    let from = 0;
    for (const [i, { start, end }] of markers.entries()) {
      masked += bare.slice(from, start) + String.fromCharCode(FIRST_STAND_IN + i);
      from = end;
    }
    return { masked: masked + bare.slice(from), markers };
  }
}

/** Where the sentences of a masked line end, the markers that follow included. */
function endsOf(masked: string): number[] {
  // To the segmenter a marker is a letter without meaning; before a full stop or after, it must not join two sentences.
  const spaced = masked.replace(STAND_IN, " ");
  const starts = splitSentences(spaced).map(({ start }) => start);
  return [...starts.slice(1).map((start) => backOverMarks(masked, start)), masked.length];
}

/** Without the markers that only show once the layout's marks are taken out of them ("[**1**]"). */
function withoutMarkers(text: string, isId: (word: string) => boolean): { text: string; ids: string[] } {
  const ids: string[] = [];
  for (;;) {
    const [first] = markersIn(text, isId);
    if (first === undefined) return { text: text.trim(), ids };
    ids.push(...first.ids);
    text = text.slice(0, first.start).trimEnd() + text.slice(first.end);
  }
}

/** A sentence that starts with its layout's marks ("- ") starts there. */
function backOverMarks(masked: string, start: number): number {
  let at = start;
  while (at > 0 && /[\s*_"“‘(]/.test(masked[at - 1]!)) at--;
  return at;
}

function lengthUnmasked(masked: string, markers: readonly { start: number; end: number }[]): number {
  let length = masked.length;
  for (const [mark] of masked.matchAll(STAND_IN)) {
    const { start, end } = markers[mark.charCodeAt(0) - FIRST_STAND_IN]!;
    length += end - start - 1;
  }
  return length;
}

function clean(text: string): string {
  return (
    text
      .replace(STAND_IN, "")
      .replace(/^\s*(?:#{1,6}\s+|>\s?|(?:[-*•–]|\d{1,2}[.)])\s+)+/, "")
      .replace(/!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)/g, "$1")
      // A year in brackets would pass for a marker.
      .replace(/\[(\p{N}+)\]/gu, "$1")
      .replace(/(\*\*|__|``?|~~)/g, "")
      .replace(/(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gu, "")
      .replace(/<\/?[a-z][^>]*>/gi, "")
      .replace(/\s+/g, " ")
      .replace(/\s+([.,;:!?])/g, "$1")
      .replace(/\(\s*\)|\[\s*\]/g, "")
      .trim()
  );
}
