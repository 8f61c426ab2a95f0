import { defaultTreeAdapter, parseFragment } from "parse5";
import { UnreadableFileError } from "../errors.js";
import type { ParsedDocument, TimeSpan } from "../types.js";
import { TextBuilder } from "./text-builder.js";

/** A cue as it stands in the file; times in seconds. */
interface Cue {
  start: number;
  end: number;
  lines: string[];
}

/** What one speaker says within a cue. */
interface Speech {
  /** Named by a voice tag, if any. */
  speaker: string | null;
  /** Whether the file marks that another speaker begins here. */
  isTurn: boolean;
  text: string;
}

/** A paragraph ends at the first sentence end after this many characters, or at any cue after the second figure. */
const PARAGRAPH_CHARS = 600;
const LONGEST_PARAGRAPH_CHARS = 1500;
/** Seconds of silence that end a paragraph. */
const PAUSE_SECONDS = 4;
/** Rolling captions follow each other without a pause; a line said again after one is a line said again. */
const ROLLING_SECONDS = 1;

/**
 * Reads subtitles (SubRip or WebVTT) as running text. Each cue's text is a time span that carries the whole second the
 * cue begins in; paragraphs end at pauses, changes of speaker, and sentence ends once they are long.
 *
 * @throws UnreadableFileError if there is no cue, or no cue has text
 */
export function parseSubtitles(source: string): ParsedDocument {
  const cues = readCues(source);
  if (cues.length === 0) {
    throw new UnreadableFileError(
      'no subtitle was found; expected lines such as "00:01:02,500 --> 00:01:04,000", each followed by its text',
    );
  }
  const writer = new TranscriptWriter();
  for (const cue of withoutRepeats(cues)) writer.add(cue);
  writer.endParagraph();
  const { text, blocks } = writer.builder;
  if (text === "") throw new UnreadableFileError("the subtitles hold no text");
  return { title: null, text, blocks, times: writer.times, faq: [], media: null, url: null };
}

const CLOCK = String.raw`(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?`;
const TIMING = new RegExp(String.raw`^\s*${CLOCK}\s*-->\s*${CLOCK}(?:\s.*)?$`);

/** All cues in order of time. Lines outside of cues (headers, notes, styles, cue numbers) are skipped. */
function readCues(source: string): Cue[] {
  const text = source.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const isVtt = /^WEBVTT(?:\s|$)/.test(text);
  const cues: Cue[] = [];
  // A line of spaces belongs to a WebVTT cue (rolling captions have them), but separates SubRip cues.
  for (const block of text.split(isVtt ? /\n{2,}/ : /\n[^\S\n]*(?:\n[^\S\n]*)+/)) {
    const lines = block.split("\n");
    if (isVtt && /^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(lines[0]!)) continue;
    readBlock(lines, isVtt, cues);
  }
  return cues.sort((a, b) => a.start - b.start);
}

/** Reads what stands between two blank lines: a cue, as a rule, but some programs leave such lines out or add some. */
function readBlock(lines: string[], isVtt: boolean, cues: Cue[]): void {
  const hasTiming = lines.some((line) => line.includes("-->"));
  const isStrayNumber = lines.length === 1 && /^\s*\d+\s*$/.test(lines[0]!);
  // In SubRip a cue's text may hold blank lines; in WebVTT a block without timing is no cue.
  let cue: Cue | null = hasTiming || isVtt || isStrayNumber ? null : (cues.at(-1) ?? null);
  for (const line of lines) {
    if (!line.includes("-->")) {
      cue?.lines.push(line);
      continue;
    }
    // Without a blank line between cues, the next cue's number looks like this cue's last line.
    if (cue !== null && /^\s*\d+\s*$/.test(cue.lines.at(-1) ?? "")) cue.lines.pop();
    cue = cueOf(line);
    if (cue !== null) cues.push(cue);
  }
}

function cueOf(timing: string): Cue | null {
  const match = TIMING.exec(timing);
  if (match === null) return null;
  const start = secondsOf(match.slice(1, 5));
  const end = secondsOf(match.slice(5, 9));
  return start === null || end === null ? null : { start, end: Math.max(start, end), lines: [] };
}

/** Seconds (with fraction) of `[hours, minutes, seconds, fraction]`, null if a figure is out of range. */
function secondsOf([hours, minutes, seconds, fraction]: (string | undefined)[]): number | null {
  const whole = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (Number(seconds) > 59 || (hours !== undefined && Number(minutes) > 59)) return null;
  return whole + Number(`0.${fraction ?? 0}`);
}

/** Drops the lines by which a rolling caption repeats what was just shown. */
function withoutRepeats(cues: Cue[]): Cue[] {
  let shown: string[] = [];
  let shownUntil = -Infinity;
  return cues.map((cue) => {
    const lines = cue.lines.filter((line) => plainText(line) !== "");
    const texts = lines.map(plainText);
    const repeated = cue.start - shownUntil < ROLLING_SECONDS ? overlap(shown, texts) : 0;
    shown = texts.length > 0 ? texts : shown;
    shownUntil = Math.max(shownUntil, cue.end);
    return { ...cue, lines: lines.slice(repeated) };
  });
}

/** How many of the first lines are the last lines that were shown before. */
function overlap(shown: string[], lines: string[]): number {
  for (let count = Math.min(shown.length, lines.length); count > 0; count--) {
    const tail = shown.slice(-count);
    if (tail.every((line, i) => line === lines[i])) return count;
  }
  return 0;
}

const VOICE = /<v(?:\.[^\s<>]*)?\s+([^<>]+)>/i;
/** A dash or `>>` at the start of a line: somebody else speaks. */
const TURN = /^\s*(?:[-–—]\s+|[-–—](?=\p{Lu})|>>+\s*)/u;

/** What the speakers of a cue say, in order. */
function speechesOf(lines: string[]): Speech[] {
  const speeches: Speech[] = [];
  for (const line of lines) {
    // A line may hold several voices; each tag begins a piece.
    for (const piece of line.split(/(?=<v[\s.])/i)) {
      const speaker = VOICE.exec(piece)?.[1]?.trim() ?? null;
      const shown = plainText(piece);
      const text = shown.replace(TURN, "").trim();
      const isTurn = text !== shown;
      if (text === "") continue;
      const before = speeches.at(-1);
      if (before === undefined || isTurn || speaker !== null) {
        speeches.push({ speaker: speaker === null ? null : decodeEntities(speaker), isTurn, text });
      } else {
        before.text += ` ${text}`;
      }
    }
  }
  return speeches;
}

/** A line without tags and positioning codes, entities decoded, white space collapsed. */
function plainText(line: string): string {
  const untagged = line.replace(/<\/?[a-z][^<>]*>|<\d[\d:.,]*>/gi, "").replace(/\{\\[^{}]*\}/g, "");
  return decodeEntities(untagged)
    .replace(/[\s\u00a0\u200b\u200e\u200f]+/g, " ")
    .trim();
}

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  const [node] = parseFragment(text.replaceAll("<", "&lt;")).childNodes;
  return node !== undefined && defaultTreeAdapter.isTextNode(node) ? node.value : text;
}

const SENTENCE_END = /[.!?…]["'”’»)\]]*$/;

/** Joins cues to paragraphs. */
class TranscriptWriter {
  readonly builder = new TextBuilder();
  readonly times: TimeSpan[] = [];
  #paragraph = "";
  /** Times within the open paragraph, offsets counted from its start. */
  #times: TimeSpan[] = [];
  #speaker: string | null = null;
  #lastEnd: number | null = null;

  add(cue: Cue): void {
    const isAfterPause = this.#lastEnd !== null && cue.start - this.#lastEnd > PAUSE_SECONDS;
    this.#lastEnd = Math.max(this.#lastEnd ?? 0, cue.end);
    speechesOf(cue.lines).forEach((speech, i) => {
      const changes = speech.isTurn || (speech.speaker !== null && speech.speaker !== this.#speaker);
      if (changes || (isAfterPause && i === 0) || this.#isLongEnough()) this.endParagraph();
      this.#write(speech, Math.floor(cue.start));
    });
  }

  #isLongEnough(): boolean {
    const { length } = this.#paragraph;
    return length >= LONGEST_PARAGRAPH_CHARS || (length >= PARAGRAPH_CHARS && SENTENCE_END.test(this.#paragraph));
  }

  /** A speaker's name stands once, where he or she begins. */
  #write(speech: Speech, seconds: number): void {
    const isNew = speech.speaker !== null && speech.speaker !== this.#speaker;
    if (isNew || speech.isTurn) this.#speaker = speech.speaker;
    const text = isNew ? `${speech.speaker}: ${speech.text}` : speech.text;
    if (this.#paragraph !== "") this.#paragraph += " ";
    const start = this.#paragraph.length;
    this.#paragraph += text;
    this.#times.push({ start, end: this.#paragraph.length, seconds });
  }

  endParagraph(): void {
    if (this.#paragraph !== "") {
      this.builder.begin({ kind: "paragraph" });
      this.builder.writePreformatted(this.#paragraph);
      const span = this.builder.end();
      for (const { start, end, seconds } of span === null ? [] : this.#times) {
        this.times.push({ start: span!.start + start, end: span!.start + end, seconds });
      }
    }
    this.#paragraph = "";
    this.#times = [];
  }
}
