import { formatClock, linkAt } from "../corpus/media.js";
import type { Citation, DocumentHead } from "../types.js";
import type { Block, Statement } from "./statement.js";

export interface CitedText {
  /** Pieces of the answer in order, markers included; joined they are the answer. */
  pieces: string[];
  citations: Citation[];
}

/**
 * The citation gate. Every quote is sliced from its source anew; a statement whose quote is not there to the letter is
 * dropped with its markers. What is left is numbered in reading order, one number a place.
 *
 * @param documents the sources by id
 */
export function cite(blocks: readonly Block[], documents: ReadonlyMap<string, DocumentHead>): CitedText {
  const citations: Citation[] = [];
  const pieces: string[] = [];
  const numberOf = (statement: Statement): number => {
    const known = citations.find(
      ({ source, start, end }) =>
        source === statement.documentId && start === statement.quote.start && end === statement.quote.end,
    );
    if (known !== undefined) return known.n;
    citations.push(citationOf(citations.length + 1, statement, documents.get(statement.documentId)!));
    return citations.length;
  };
  for (const block of blocks) {
    const statements = block.statements.flatMap((statement) => {
      const places = [statement, ...statement.alsoAt].filter((place) => isExact(place, documents));
      const text = statement.lead === null ? statement.text : `${statement.lead} ${statement.text}`;
      return places[0] === statement ? [{ text, places }] : [];
    });
    if (statements.length === 0) continue;
    if (pieces.length > 0) pieces.push("\n\n");
    if (block.intro !== null) pieces.push(`${block.intro}\n`);
    statements.forEach(({ text, places }, i) => {
      const markers = places.map((place) => `[${numberOf(place)}]`).join("");
      if (block.asList) pieces.push(`${i > 0 ? "\n" : ""}- ${text} ${markers}`);
      else pieces.push(`${i > 0 ? " " : ""}${withMarkers(text, markers)}`);
    });
  }
  return { pieces, citations };
}

function isExact(statement: Statement, documents: ReadonlyMap<string, DocumentHead>): boolean {
  const { start, end } = statement.quote;
  const source = documents.get(statement.documentId)?.text;
  return statement.quoted !== "" && source?.slice(start, end) === statement.quoted;
}

/** Puts markers before the sentence's full stop, or after it where a quotation mark or bracket closes the sentence. */
function withMarkers(text: string, markers: string): string {
  const stop = /[.!?…]+$/.exec(text);
  if (stop !== null) return `${text.slice(0, stop.index)} ${markers}${stop[0]}`;
  return /[.!?]["'”’)\]]+$/.test(text) ? `${text} ${markers}` : `${text} ${markers}.`;
}

export function citationOf(n: number, statement: Statement, document: DocumentHead): Citation {
  const { media } = document;
  return {
    n,
    source: document.id,
    title: document.title,
    heading: statement.headings,
    quote: statement.quoted,
    start: statement.quote.start,
    end: statement.quote.end,
    url: passageUrl(statement.passageId),
    external_url: media !== null ? linkAt(media, statement.seconds) : document.url,
    timestamp: statement.seconds === null ? null : formatClock(statement.seconds),
  };
}

/** `guides/tour#p12` → `/sources/guides/tour#p12`, each part encoded. */
function passageUrl(passageId: string): string {
  const at = passageId.lastIndexOf("#");
  const path = passageId
    .slice(0, at)
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
  return `/sources/${path}${passageId.slice(at)}`;
}
