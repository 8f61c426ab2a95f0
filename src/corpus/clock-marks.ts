import type { Block, Media, TimeSpan } from "../types.js";
import { parseClock, youtubeId } from "./media.js";

/** A moment of the recording, at an offset into the text. */
export interface TimeMark {
  at: number;
  seconds: number;
}

/** A clock in the text that tells when something was said: "[00:12:05]". */
export interface ClockMark extends TimeMark {
  /** What to cut out of the text, white space that becomes needless included. */
  start: number;
  end: number;
}

export interface ClockMarks {
  marks: ClockMark[];
  /** Whether a mark gives its time to the text after it rather than to the text before it. */
  lead: boolean;
  /** The recording that the marks link to, if they do. */
  media: Media | null;
}

/**
 * Finds the clocks that transcripts carry as plain text: in brackets where a line or a sentence begins or ends
 * (`[00:12] Hello.`, `Hello. (0:12)`, `[00:12](https://youtu.be/…)`), or bare before most lines. Other clocks (opening
 * hours, schedules, verses) are told from them by order, place and where they start.
 *
 * @param text paragraphs with blank lines between them; headings may have a `#`
 * @param isRecording whether the document is known to be about a recording
 * @returns null if the text has no such marks
 */
export function findClockMarks(text: string, isRecording = false): ClockMarks | null {
  if (!/\d:\d\d/.test(text)) return null;
  const lines = cutLines(text);
  for (const kind of ["square", "round", "bare"] as const) {
    const clocks = kind === "bare" ? bareClocks(lines) : bracketedClocks(lines, BRACKETS[kind]);
    const links = clocks.flatMap(({ link }) => link ?? []);
    if (!isInOrder(clocks) || !startsAsRecordingsDo(clocks, kind, isRecording || links.some(isMomentLink))) continue;
    const lead = doLead(clocks, lines);
    const id = links.map(youtubeId).find((found) => found !== null);
    return {
      marks: clocks.map((clock) => markOf(clock, lines, lead)),
      lead,
      media: id === undefined ? null : { kind: "youtube", id },
    };
  }
  return null;
}

/** The text without its marks, and where they stood in it. */
export function cutMarks(text: string, marks: readonly ClockMark[]): { text: string; marks: TimeMark[] } {
  const pieces: string[] = [];
  const places: TimeMark[] = [];
  let from = 0;
  let cut = 0;
  for (const { start, end, at, seconds } of marks) {
    places.push({ at: Math.min(at, start) - cut, seconds });
    pieces.push(text.slice(from, Math.max(from, start)));
    cut += Math.max(0, end - Math.max(from, start));
    from = Math.max(from, end);
  }
  pieces.push(text.slice(from));
  return { text: pieces.join(""), marks: places };
}

/**
 * The text each mark gives its time to. Marks that lead cover everything up to the next mark or heading, others the text
 * since the mark before, but no more than their block (or, standing alone, the block before them).
 *
 * @param marks in order of their places
 */
export function timesOf(text: string, blocks: readonly Block[], marks: readonly TimeMark[], lead: boolean): TimeSpan[] {
  const times: TimeSpan[] = [];
  const push = (start: number, end: number, seconds: number): void => {
    while (end > start && /\s/.test(text[end - 1]!)) end--;
    if (end > start) times.push({ start, end, seconds });
  };
  let next = 0;
  marks.forEach(({ at, seconds }, i) => {
    if (lead) {
      const until = marks[i + 1]?.at ?? text.length;
      while (next < blocks.length && blocks[next]!.end <= at) next++;
      let isCovering = false;
      for (let block = blocks[next]; block !== undefined && block.start < until; block = blocks[++next]) {
        const isBody = block.kind !== "heading" && block.kind !== "break";
        if (isCovering && !isBody) break;
        if (isBody) push(Math.max(block.start, at), Math.min(block.end, until), seconds);
        isCovering ||= isBody;
        if (block.end > until) break;
      }
    } else {
      while (next < blocks.length && blocks[next]!.start < at) next++;
      const block = blocks[next - 1];
      if (block !== undefined) push(Math.max(block.start, marks[i - 1]?.at ?? 0), Math.min(block.end, at), seconds);
    }
  });
  return times;
}

const MIN_MARKS = 3;
/** Of all marks, at most one in so many may be earlier than the one before it. */
const MARKS_PER_EXCEPTION = 5;
/** Recordings start at zero; "[09:00]" as a first mark is the time of day, "(3:16)" a verse. Excerpts state hours. */
const FIRST_MARK_BEFORE = { unpadded: 60, padded: 120, withHours: 4 * 3600 };
const HOURS_OF_DAY = 24;
/** Of the lines of a file with bare clocks, how many have one, on the same line or the line before. */
const MIN_BARE_SHARE = 0.6;
/** How far around a clock is looked. */
const LOOK_AROUND = 80;

const CLOCK = String.raw`((?:\d{1,3}:)?\d{1,3}:\d{2})(?:[.,]\d{1,3})?`;
/** `[00:12]`, `[00:12.5 --> 00:14.0]`, `[00:12](address)`; `(00:12)`. */
const BRACKETS = {
  square: new RegExp(String.raw`\[\s?${CLOCK}(?:\s*-->\s*[\d:.,]{4,13})?\s?\](?:\((https?:[^\s()]{1,500})\))?`, "g"),
  round: new RegExp(String.raw`\(${CLOCK}\)`, "g"),
};
const BULLET = String.raw`\s*(?:(?:[-*+•>]|\d{1,3}[.)])\s+)*`;
const BULLETS = new RegExp(String.raw`^${BULLET}(?:#{1,6}\s+)?`);
/** Neither a range ("9:00 – 17:00") nor a time of day ("9:00 am"). */
const BARE = new RegExp(
  String.raw`^(${BULLET})${CLOCK}(?=\s|$)(?!\s*(?:[-–—]+>?\s*\d|(?:[ap]\.?m|uhr|h)\b))(?:\s+[-–—](?=\s))?`,
  "i",
);
/** Who speaks: "Speaker 1", "Anna Meier". */
const LABEL = String.raw`[\p{Lu}\d][\p{L}\p{M}\p{N}.'’_-]*(?: [\p{Lu}\d][\p{L}\p{M}\p{N}.'’_-]*){0,3}`;
const BEFORE_OPENING = new RegExp(String.raw`^${BULLET}(?:${LABEL}:\s*)?$`, "u");
const BEFORE_LABELLED = new RegExp(String.raw`^${BULLET}${LABEL},?\s*$`, "u");
const HEADING = /^\s*#{1,6}\s/;
const SENTENCE_END = /[.!?…。！？]["'”’»)\]]*\s*$/;

interface Line {
  text: string;
  start: number;
  /** Where the next line starts. */
  next: number;
  opensParagraph: boolean;
  closesParagraph: boolean;
}

interface Clock {
  line: Line;
  /** Index of the line. */
  row: number;
  /** Within the line. */
  from: number;
  to: number;
  clock: string;
  seconds: number;
  link: string | null;
  /** Nothing but marks, bullets or a speaker's name stands before it on its line. */
  opens: boolean;
  /** Nothing stands after it on its line. */
  closes: boolean;
}

function cutLines(text: string): Line[] {
  const lines: Line[] = [];
  let isNew = true;
  for (const match of text.matchAll(/([^\r\n]*)(?:\r\n|\n|\r|$)/g)) {
    const line = match[1]!;
    if (line.trim() === "") {
      const last = lines.at(-1);
      if (last !== undefined) last.closesParagraph = true;
      isNew = true;
    } else {
      const next = match.index + match[0].length;
      lines.push({ text: line, start: match.index, next, opensParagraph: isNew, closesParagraph: false });
      isNew = false;
    }
  }
  const last = lines.at(-1);
  if (last !== undefined) last.closesParagraph = true;
  return lines;
}

function bracketedClocks(lines: Line[], pattern: RegExp): Clock[] {
  return lines.flatMap((line, row) =>
    Array.from(line.text.matchAll(pattern)).flatMap((match) => {
      const seconds = parseClock(match[1]!);
      if (seconds === null) return [];
      const { index: from } = match;
      const to = from + match[0].length;
      const found = { line, row, from, to, clock: match[1]!, seconds, link: match[2] ?? null };
      return placed(found, match[0].startsWith("["));
    }),
  );
}

/** Where the clock stands on its line; nothing if it stands in the middle of a sentence. */
function placed(found: Omit<Clock, "opens" | "closes">, isSquare: boolean): Clock[] {
  const { line, from, to } = found;
  const before = line.text.slice(Math.max(0, from - LOOK_AROUND), from);
  const after = line.text.slice(to, to + LOOK_AROUND);
  const isLast = after.trim() === "" && line.text.length <= to + LOOK_AROUND;
  const isNear = from <= LOOK_AROUND;
  const isLabelled = (isLast || /^\s*:(?:\s|$)/.test(after)) && BEFORE_LABELLED.test(before);
  const isTitled = isLast && HEADING.test(line.text);
  const isFirst = isNear && (BEFORE_OPENING.test(before) || /^\s*#{1,6}\s+$/.test(before));
  const opens = isFirst || isTitled || (isNear && isLabelled);
  const fits =
    (opens && (isSquare || /^(?:[\s:]|$)/.test(after))) ||
    (isLast && (isSquare || /\s$/.test(before))) ||
    (SENTENCE_END.test(before) && /^\s/.test(after)) ||
    (isSquare && /\S\s*$/.test(before) && /^[.!?](?:\s|$)/.test(after));
  return fits ? [{ ...found, opens, closes: isLast && (isFirst || !opens) }] : [];
}

function bareClocks(lines: Line[]): Clock[] {
  const clocks = lines.flatMap((line, row) => {
    const match = BARE.exec(line.text.slice(0, LOOK_AROUND));
    const seconds = match === null ? null : parseClock(match[2]!);
    if (match === null || seconds === null) return [];
    const [from, to] = [match[1]!.length, match[0].length];
    const closes = line.text.slice(to).trim() === "";
    return [{ line, row, from, to, clock: match[2]!, seconds, link: null, opens: true, closes }];
  });
  const rows = new Set(clocks.map(({ row }) => row));
  const alone = new Set(clocks.flatMap(({ row, closes }) => (closes ? [row] : [])));
  const covered = lines.filter((_, row) => rows.has(row) || alone.has(row - 1)).length;
  return covered < lines.length * MIN_BARE_SHARE ? [] : clocks;
}

function isInOrder(clocks: Clock[]): boolean {
  const steps = clocks.slice(1).map(({ seconds }, i) => Math.sign(seconds - clocks[i]!.seconds));
  const rises = steps.filter((step) => step > 0).length;
  const falls = steps.filter((step) => step < 0).length;
  return rises >= MIN_MARKS - 1 && falls * MARKS_PER_EXCEPTION <= clocks.length;
}

/** Whether the clocks run from about zero, or state hours, as those of recordings do. */
function startsAsRecordingsDo(clocks: Clock[], kind: "square" | "round" | "bare", isRecording: boolean): boolean {
  if (kind === "square" && isRecording) return true;
  const first = clocks[0]!;
  const withHours = clocks.some(({ clock }) => clock.split(":").length === 3);
  // Hours, minutes and seconds in parentheses after a name are a runner's time.
  const isNamed = /\p{L}/u.test(first.line.text.slice(0, first.from));
  if (withHours && (kind === "square" || (kind === "round" && !isNamed))) {
    return first.seconds < FIRST_MARK_BEFORE.withHours;
  }
  // Programmes and lesson plans go in steps of five minutes.
  if (kind !== "square" && clocks.every(({ seconds }) => seconds % 5 === 0)) return false;
  const isPadded = /^\d\d/.test(first.clock);
  if (first.seconds < (isPadded ? FIRST_MARK_BEFORE.padded : FIRST_MARK_BEFORE.unpadded)) return true;
  const isTimeOfDay = clocks.every(({ seconds }) => seconds < HOURS_OF_DAY * 60);
  return kind === "square" && !isTimeOfDay && clocks.every(({ clock }) => /^\d\d/.test(clock));
}

/** A link to a moment of a recording. */
function isMomentLink(link: string): boolean {
  return youtubeId(link) !== null || /[?&#](?:t|start)=/.test(link);
}

/** Marks lead if they open paragraphs more often than they close them; in doubt lines, then the end of the text tell. */
function doLead(clocks: Clock[], lines: Line[]): boolean {
  const paragraphs = votes(clocks, "opensParagraph", "closesParagraph");
  if (paragraphs !== 0) return paragraphs > 0;
  const onLines = clocks.reduce((sum, { opens, closes }) => sum + Number(opens) - Number(closes), 0);
  if (onLines !== 0) return onLines > 0;
  const last = clocks.at(-1)!;
  return !last.closes || last.row < lines.length - 1;
}

function votes(clocks: Clock[], opening: "opensParagraph", closing: "closesParagraph"): number {
  const count = (test: (clock: Clock) => boolean): number => clocks.filter(test).length;
  return count(({ opens, line }) => opens && line[opening]) - count(({ closes, line }) => closes && line[closing]);
}

function markOf({ line, row, from, to, seconds, opens, closes }: Clock, lines: Line[], lead: boolean): ClockMark {
  const { text, start } = line;
  const before = text.slice(0, from);
  if (closes && before.trim() === "") {
    // A paragraph of its own goes with the blank lines after it, so that no wider gap is left.
    const isParagraph = line.opensParagraph && line.closesParagraph;
    const end = isParagraph ? (lines[row + 1]?.start ?? line.next) : line.next;
    return { start, end, at: start, seconds };
  }
  const rest = text.slice(to);
  const lineStart = BULLETS.exec(text)![0].length;
  const isFirst = from <= lineStart;
  const cutFrom = isFirst ? from : before.trimEnd().length;
  const cutTo = isFirst ? text.length - rest.trimStart().length : to;
  const at = lead && opens ? Math.min(lineStart, from) : cutFrom;
  return { start: start + cutFrom, end: start + cutTo, at: start + at, seconds };
}
