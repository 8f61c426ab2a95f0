/**
 * The domain's types. Every offset in Docent is a UTF-16 offset into `Document.text`, and every range is half-open, so
 * that `document.text.slice(start, end)` reproduces what a citation quotes.
 */

import type { ChatModelFault } from "./chat-model/chat-model.js";
import type { Reading } from "./search/readings.js";

/** A half-open range `[start, end)` of UTF-16 offsets into a document's text. */
export interface Span {
  start: number;
  end: number;
}

/** What a parser recognises, flat and in reading order. Markers (`- `, `#`, `|`) are never part of a block's span. */
export type Block = Span &
  (
    | { kind: "heading"; level: number }
    | { kind: "paragraph" }
    /** One list item without its nested items; `depth` is 0 for the outermost list. */
    | { kind: "item"; depth: number }
    /** One table row; a row with `header` names the columns of the rows that follow it directly. */
    | { kind: "row"; header: boolean; cells: Span[] }
    /** An empty span where the heading above stops applying (a wide gap in plain text, say). */
    | { kind: "break" }
  );

/** Text spoken at (or cited to) a moment of a recording. */
export interface TimeSpan extends Span {
  seconds: number;
}

/** A recording the text was made from. `urlAt` in corpus/media.ts turns it into a link. */
export interface Media {
  kind: "youtube";
  id: string;
}

/** A question-answer pair found in a document; `answer` is contiguous. */
export interface FaqPair {
  question: Span;
  answer: Span;
}

/** What a format's parser returns: pure data, no I/O behind it. */
export interface ParsedDocument {
  /** The title the format itself states (front matter, `<title>`, document properties), if any. */
  title: string | null;
  text: string;
  blocks: Block[];
  times: TimeSpan[];
  /** Pairs the format states explicitly (CSV, JSON); pairs written as prose are found in corpus/faq-items.ts. */
  faq: FaqPair[];
  media: Media | null;
  /** The address the document says it comes from, http(s) only. */
  url: string | null;
}

export type DocumentFormat = "txt" | "md" | "html" | "pdf" | "docx" | "srt" | "vtt" | "csv" | "json";

/** A stretch of text under one heading. Sections partition the text; `headings` runs from the outermost heading in. */
export interface Section extends Span {
  headings: string[];
}

export interface FaqItem extends FaqPair {
  id: string;
  documentId: string;
}

export interface Document {
  /** File name below the corpus folder without its extension, `/` between folders. */
  id: string;
  title: string;
  /** Relative to the corpus folder, `/` between folders. */
  path: string;
  format: DocumentFormat;
  text: string;
  blocks: Block[];
  sections: Section[];
  times: TimeSpan[];
  faq: FaqItem[];
  media: Media | null;
  url: string | null;
  /** SHA-256 of the file's bytes, hex. */
  contentHash: string;
  /** The file's modification time, ISO 8601. */
  updatedAt: string;
}

/** A document without its structure: what is known of every document of an index at all times. */
export type DocumentHead = Omit<Document, "blocks" | "sections" | "times">;

/** What a list of documents tells of each. */
export type DocumentSummary = Omit<DocumentHead, "text">;

type UnitKind = "sentence" | "item" | "row" | "question";

/** The smallest thing that can be quoted: a sentence, a list item, a table row (or a FAQ item's question). */
export interface Unit extends Span {
  kind: UnitKind;
  /** What a reader needs to know before it: a list's lead-in, the parent item, a table's column names. */
  context: string;
  /** Seconds into the recording, if the text has times. */
  seconds: number | null;
}

export type PassageKind = "prose" | "list" | "table" | "faq";

/** What is embedded and retrieved. `text === document.text.slice(start, end)`, always. */
export interface Passage extends Span {
  id: string;
  documentId: string;
  title: string;
  headings: string[];
  text: string;
  kind: PassageKind;
  /** Lead-in or column names that stand outside the passage, for embedding only. */
  context: string;
  units: Unit[];
  seconds: number | null;
}

/** A passage found for a query. All figures are similarities: larger is better, 1 is best. */
export interface Hit {
  passage: Passage;
  /** Cosine of query and passage embedding. */
  dense: number;
  /** BM25 over the highest BM25 any passage could reach for this query (0 to 1). */
  lexical: number;
  /** Weighted sum of both after min-max normalisation over the candidates (see search/rank.ts). */
  score: number;
  /** What hits are sorted by, 0 to 1: the score and more (search/rerank.ts). */
  order: number;
  /** Cosine of the query with each of `passage.units`, in the same order. */
  unitCosines: number[];
  reading: Reading;
}

export interface Turn {
  role: "user" | "assistant";
  content: string;
}

export interface Citation {
  n: number;
  source: string;
  title: string;
  heading: string[];
  quote: string;
  start: number;
  end: number;
  url: string;
  external_url: string | null;
  timestamp: string | null;
}

export interface Answer {
  id: string;
  status: "answered" | "not_found";
  answer: string;
  citations: Citation[];
  confidence: number;
  suggestions: string[];
  model: string;
  /** How it was made: from quotes alone, or by a chat model whose every sentence was checked against its sources. */
  mode: "extractive" | "generated";
  /** Where a chat model is set and the answer is made from quotes: why. */
  fallback?: ChatModelFault;
  /** Where a chat model's answer ended early: why. */
  cut_short?: ChatModelFault;
  /** What became of each sentence of the chat model, in its order. */
  verification?: SentenceCheck[];
  /** What the chat model's server counted. */
  usage?: { prompt_tokens: number; completion_tokens: number };
  explain?: Explanation;
}

/** What became of one sentence of a chat model. */
export interface SentenceCheck {
  /** Which sentence of the answer it became, from 0; null if none. */
  sentence: number | null;
  /**
   * verified: said by the passages it cites; recited: said by another passage, nearly word for word; replaced: by the
   * source's own words; dropped: left out.
   */
  result: "verified" | "recited" | "replaced" | "dropped";
  /** Why it is not let through as it was written, or not with its own citations; null if it is. */
  reason: string | null;
}

/** How an answer came about, for those who look after the bot. Scores: larger is better; ranks: 1 is best. */
export interface Explanation {
  /** The question as it was understood: a follow-up with what it refers to. */
  question: string;
  parts: ExplainedPart[];
  ms: number;
}

export interface ExplainedPart {
  question: string;
  kind: string;
  /** The FAQ item that asks most nearly the same. */
  faq: { question: string; nearness: number; used: boolean } | null;
  /** Every passage retrieved, best first; `read` says whether its sentences were weighed. */
  candidates: (Span & {
    source: string;
    heading: string[];
    read: boolean;
    scores: Record<"dense" | "lexical" | "fused", number>;
    ranks: Record<"dense" | "lexical" | "fused", number>;
  })[];
  /** Every sentence, item and row weighed, best first; `why` says why it was or was not used. */
  evidence: { text: string; source: string; score: number; used: boolean; why: string }[];
  decision: { answer: boolean; confidence: number; signals: Record<string, number> };
  ms: Record<string, number>;
}
