import { formatClock, linkAt } from "../corpus/media.js";
import type { PassageIndex } from "../search/passage-index.js";
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
  const numberOf = (statement: Statement): number =>
    numberIn(citations, statement, documents.get(statement.documentId)!);
  for (const block of blocks) {
    const statements = block.statements.flatMap((statement) => {
      const places = [statement, ...statement.alsoAt].filter((place) =>
        isExact(place, documents.get(place.documentId)),
      );
      const text = statement.lead === null ? statement.text : `${statement.lead} ${statement.text}`;
      return places[0] === statement ? [{ text, places }] : [];
    });
    if (statements.length === 0) continue;
    if (pieces.length > 0) pieces.push("\n\n");
    if (block.intro !== null) pieces.push(`${block.intro}\n`);
    statements.forEach(({ text, places }, i) => {
      const markers = places.map((place) => `[${numberOf(place)}]`).join("");
      const gap = block.asList ? (i > 0 ? "\n- " : "- ") : i > 0 ? " " : "";
      pieces.push(gap + marked(text, markers, block.asList));
    });
  }
  return { pieces, citations };
}

/** The citations of an answer that is made sentence by sentence, each quote checked against its source as it is added. */
export class CitationList {
  readonly #citations: Citation[] = [];

  constructor(private readonly index: Pick<PassageIndex, "documentHead">) {}

  get citations(): Citation[] {
    return this.#citations.slice();
  }

  /** The markers of what is quoted for a sentence, "[1][3]"; "" if none of it is in its source to the letter. */
  async markersOf(statements: readonly Statement[]): Promise<string> {
    const numbers = new Set<number>();
    for (const statement of statements) {
      const document = await this.index.documentHead(statement.documentId);
      if (document === null || !isExact(statement, document)) continue;
      numbers.add(numberIn(this.#citations, statement, document));
    }
    return [...numbers].map((n) => `[${n}]`).join("");
  }
}

/** A sentence with its markers: before the full stop, after an item. */
export function marked(text: string, markers: string, isItem: boolean): string {
  return isItem ? `${text} ${markers}` : withMarkers(text, markers);
}

/** The number of the citation of a place, which is added if it is new. */
function numberIn(citations: Citation[], statement: Statement, document: DocumentHead): number {
  const known = citations.find(
    ({ source, start, end }) =>
      source === statement.documentId && start === statement.quote.start && end === statement.quote.end,
  );
  if (known !== undefined) return known.n;
  citations.push(citationOf(citations.length + 1, statement, document));
  return citations.length;
}

function isExact({ quote, quoted }: Statement, document: DocumentHead | undefined): boolean {
  return quoted !== "" && document?.text.slice(quote.start, quote.end) === quoted;
}

/** Puts markers before the sentence's full stop, or after it where a quotation mark or bracket closes the sentence. */
function withMarkers(text: string, markers: string): string {
  const stop = /[.!?…:]+$/.exec(text);
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
