/** "report": only ever measured; "dev": may be tuned on. */
export type CollectionSplit = "report" | "dev";

/** A text that can be found. */
export interface CollectionDocument {
  id: string;
  /** What the collection gives as its title; empty if it gives none. */
  title: string;
  /** The question of a FAQ item, whose answer is `text`; null for any other text. */
  question: string | null;
  text: string;
}

interface CollectionQuery {
  id: string;
  text: string;
  /** Ids of the documents that count as found: at least one, each once. All count alike. */
  relevant: string[];
}

/** Documents and queries with relevance judgements. */
export interface Collection {
  documents: CollectionDocument[];
  queries: CollectionQuery[];
}

/** Where a collection comes from and how it is read. */
export interface CollectionSource {
  name: string;
  split: CollectionSplit;
  /** What it is, for the report: one or two sentences. */
  about: string;
  licence: string;
  /** On GitHub: `owner/name`. */
  repository: string;
  /** 40 hex digits. */
  commit: string;
  files: { path: string; sha256: string }[];
  /** How documents, queries and judgements are read from the files, in words. */
  rule: string;
  /** Reads the files, given in the order of `files`. */
  parse: (...files: string[]) => Collection;
}
