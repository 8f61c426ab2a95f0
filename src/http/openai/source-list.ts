import type { Citation } from "../../types.js";

const HEADING = "\n\nSources:";
const LISTED = /^\[\d+\] "/;
const MARKERS = / ?(?:\[\d+\])+/g;

/**
 * What follows an answer: an empty line, then each quote with its place and address on a line of its own. Empty where
 * nothing is cited.
 *
 * @param origin of this server, or null where it is not known
 */
export function sourceList(citations: readonly Citation[], origin: string | null): string {
  if (citations.length === 0) return "";
  const lines = citations.map((citation) => {
    const { n, quote, title, heading, timestamp } = citation;
    const place = [title, heading.at(-1), timestamp].filter((part, i, all) => part && all.indexOf(part) === i);
    return `[${n}] "${onOneLine(quote)}" — ${onOneLine(place.join(", "))} — ${addressOf(citation, origin)}`;
  });
  return [HEADING, ...lines].join("\n");
}

/** Where the source opens at the exact words: a whole address, where the server's own is known. */
export function addressOf({ url }: Citation, origin: string | null): string {
  return `${origin ?? ""}${url}`;
}

/** An answer as it was before `sourceList` followed it, and without its markers. */
export function withoutSources(content: string): string {
  const at = content.lastIndexOf(HEADING);
  const lines = at < 0 ? [] : content.slice(at + HEADING.length).split("\n");
  const isOurs = at >= 0 && lines.every((line) => line.trim() === "" || LISTED.test(line));
  return (isOurs ? content.slice(0, at) : content).replace(MARKERS, "");
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
