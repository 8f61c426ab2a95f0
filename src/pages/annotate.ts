import { formatClock, linkAt } from "../corpus/media.js";
import type { Document, Passage, Span, TimeSpan } from "../types.js";
import { html, type Markup } from "./markup.js";

/** Writes stretches of a document's text as markup; to be asked for them in reading order. */
export interface Annotator {
  /** The text from one offset to another. */
  write: (start: number, end: number) => Markup;
  /** Anchors of the passages that no text written so far has shown. */
  rest: () => Markup;
  /** Whether any of the marked words was written. */
  hasMarked: () => boolean;
}

/** In the middle of a sentence, a clock stands only where none has stood for so long. */
const SECONDS_WITHOUT_CLOCK = 30;
const SENTENCE_END = /[.!?…:]["'”’»)\]]*\s*$/;

/**
 * Puts into the text what a citation points at: each passage in `<span data-passage>`s, the first of them its anchor, the
 * marked words in `<mark>`, and a clock before words spoken at a known time. Every offset is looked at once, so a whole
 * document takes time in proportion to its length.
 *
 * @param passages in reading order
 * @param marked what to mark; it must not begin or end within a surrogate pair
 */
export function annotator(document: Document, passages: readonly Passage[], marked: Span | null): Annotator {
  const { text, media } = document;
  const clocks = clocksOf(document);
  let nextPassage = 0;
  let isAnchored = false;
  let nextClock = 0;
  let lastClock: number | null = null;
  let hasMarked = false;

  /** Leaves the passages behind that end before an offset; one that nothing was shown of still gets its anchor. */
  const passBy = (at: number): Markup[] => {
    const anchors: Markup[] = [];
    for (let passage = passages[nextPassage]; passage !== undefined && passage.end <= at;) {
      if (!isAnchored) anchors.push(html`<span id="${anchorOf(passage)}"></span>`);
      isAnchored = false;
      passage = passages[++nextPassage];
    }
    return anchors;
  };

  const clockAt = (at: number, isStart: boolean): Markup | null => {
    let due: TimeSpan | null = null;
    for (let clock = clocks[nextClock]; clock !== undefined && clock.start <= at; clock = clocks[++nextClock]) {
      if (clock.end > at) due = clock;
    }
    if (due === null || due.seconds === lastClock) return null;
    const isLongAgo = lastClock === null || Math.abs(due.seconds - lastClock) >= SECONDS_WITHOUT_CLOCK;
    if (!isStart && !isLongAgo && !SENTENCE_END.test(text.slice(Math.max(0, at - 8), at))) return null;
    lastClock = due.seconds;
    const shown = formatClock(due.seconds);
    if (media === null) return html`<span class="clock">${shown}</span> `;
    const href = linkAt(media, due.seconds);
    const name = `Video at ${shown}`;
    return html`<a class="clock" aria-label="${name}" target="_blank" rel="noreferrer noopener" href="${href}"
      >${shown}</a
    > `;
  };

  const words = (start: number, end: number, lineStart: number): Markup[] => {
    const parts: Markup[] = [];
    for (let at = start; at < end;) {
      const clock = clockAt(at, at === lineStart);
      if (clock !== null) parts.push(clock);
      const borders = [clocks[nextClock]?.start, marked?.start, marked?.end].filter((one) => one !== undefined);
      const to = Math.min(end, ...borders.filter((border) => border > at));
      const written = text.slice(at, to);
      const isMarked = marked !== null && marked.start <= at && at < marked.end;
      hasMarked ||= isMarked && written.trim() !== "";
      parts.push(isMarked ? html`<mark>${written}</mark>` : html`${written}`);
      at = to;
    }
    return parts;
  };

  const write = (start: number, end: number): Markup => {
    const parts: Markup[] = [];
    for (let at = start; at < end;) {
      parts.push(...passBy(at));
      const passage = passages[nextPassage];
      const isInside = passage !== undefined && passage.start <= at;
      const to = Math.min(end, isInside ? passage.end : (passage?.start ?? end));
      const shown = words(at, to, start);
      if (isInside) {
        const anchor = anchorOf(passage);
        const isCited = marked !== null && passage.start < marked.end && marked.start < passage.end;
        const id = isAnchored ? null : html` id="${anchor}"`;
        const cited = isCited ? html` class="cited"` : null;
        parts.push(html`<span${id} data-passage="${anchor}"${cited}>${shown}</span>`);
        isAnchored = true;
      } else {
        parts.push(...shown);
      }
      at = to;
    }
    return html`${parts}`;
  };

  return { write, rest: () => html`${passBy(Infinity)}`, hasMarked: () => hasMarked };
}

/** `guides/tour#p12` → `p12`. */
function anchorOf({ id }: Passage): string {
  return id.slice(id.lastIndexOf("#") + 1);
}

/** When what was said, in reading order, each from its first word on. */
function clocksOf({ text, times }: Document): TimeSpan[] {
  return times
    .map((time) => {
      let { start } = time;
      while (start < time.end && /\s/.test(text[start]!)) start++;
      return { ...time, start };
    })
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
}
