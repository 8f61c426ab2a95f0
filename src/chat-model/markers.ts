/** A marker in a model's reply: which part of the text it is, and the ids or numbers in it, ranges spelt out. */
export interface Marker {
  start: number;
  end: number;
  ids: string[];
}

/** An id of the prompt, or a number. */
const ID = "[\\p{L}\\p{N}]{1,12}";
const DASH = "\\s?[-–—]\\s?";
const ONE = `\\^?${ID}(?:${DASH}${ID})?(?:†[^\\]】,;&†\\s]{0,40})?`;
const LIST = `\\s?(?:(?:excerpts?|sources?|ids?|id)[:=]?\\s?)?${ONE}(?:(?:\\s?[,;&]\\s?(?:and\\s)?|\\sand\\s)${ONE}){0,20}\\s?`;
/** "[k7f2]", "[1, 2]", "[1-3]", "[^1]", "【1†source】", "[[1]]", "[1](https://…)". */
const MARKER = new RegExp(`\\[\\[(${LIST})\\]\\]|(?:\\[(${LIST})\\]|【(${LIST})】)(?:\\([^()\\s]{0,500}\\))?`, "giu");
/** A range of more than this is none. */
const MAX_RANGE = 20;

/**
 * The markers of a text. A bracket that holds words is text; whether one word in brackets is an id or a word, the caller
 * tells by the ids it knows.
 *
 * @param isId whether a word is an id of the prompt
 */
export function markersIn(text: string, isId: (word: string) => boolean): Marker[] {
  const markers: Marker[] = [];
  for (const match of text.matchAll(MARKER)) {
    const inner = match[1] ?? match[2] ?? match[3]!;
    const ids = idsIn(inner);
    const isMarker = ids.length > 0 && (match[0].startsWith("【") || ids.every((id) => isId(id) || looksLikeId(id)));
    if (isMarker) markers.push({ start: match.index, end: match.index + match[0].length, ids });
  }
  return markers;
}

/** A number, or letters with a digit: what a model may invent for an id. */
function looksLikeId(id: string): boolean {
  return /^(?:\d{1,3}|\p{L}{1,4}\d{1,2})$/u.test(id);
}

function idsIn(list: string): string[] {
  const bare = list.replace(/†[^,;&]*/g, "").replace(/^\s*(?:excerpts?|sources?|ids?)\b[:=]?/i, "");
  return bare
    .split(/[,;&]|\band\b/)
    .map((part) => part.replaceAll("^", "").trim())
    .filter((part) => part !== "")
    .flatMap((part) => {
      const range = /^(\d{1,3})\s?[-–—]\s?(\d{1,3})$/.exec(part);
      if (range === null) return part.split(/\s?[-–—]\s?/);
      const [from, to] = [Number(range[1]), Number(range[2])];
      if (to < from || to - from >= MAX_RANGE) return [range[1]!, range[2]!];
      return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
    });
}

const LONGEST_MARKER = 700;

/** Where a marker may have begun that is not closed yet, or -1: the text from there must wait. */
export function openMarker(text: string): number {
  const from = Math.max(0, text.length - LONGEST_MARKER);
  const match = /(?:\[|【)[^\]】\n]{0,120}$|\[[^[\]\n]{1,120}\]\(?[^()\s]{0,500}$/u.exec(text.slice(from));
  return match === null ? -1 : from + match.index;
}
