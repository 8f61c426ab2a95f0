import type { RefusalFit } from "./manifest.js";
import type { ShortForm } from "./short-forms.js";
import type { RelatedTerm } from "./thesaurus.js";
import type { Document, DocumentHead, DocumentSummary, FaqItem, Hit, Passage } from "../types.js";
import type { Reading } from "./readings.js";
import type { Vocabulary } from "./vocabulary.js";

export interface PassageQuery {
  /** The query's words, for the lexical leg. */
  text: string;
  /** The query's embedding, length 1. */
  vector: Float32Array;
  /** Further terms for the lexical leg, which count less: words that mean much the same as the query's. */
  related?: readonly RelatedTerm[] | undefined;
  /** How many hits at most. */
  k: number;
  /** Ids of the documents to search in; all if absent. */
  sources?: readonly string[] | undefined;
}

export interface FaqMatch {
  item: FaqItem;
  /** The passage of question and answer. */
  passage: Passage;
  reading: Reading;
  /** Cosine of the query with each of `passage.units`, in the same order: first the item's question, then its answer. */
  unitCosines: number[];
}

/**
 * Where passages are kept and found. Scores are similarities (larger is better, 1 is best), hits come best first, and
 * equal scores keep the order of the corpus. Adapters: search/hnsw-index.ts, postgres/postgres-index.ts.
 */
export interface PassageIndex {
  /** Names the build; answers and caches of one build never mix with another's. */
  readonly buildId: string;
  /** When it was built, ISO 8601. */
  readonly builtAt: string;
  readonly counts: { documents: number; passages: number; faqItems: number };
  readonly refusal: RefusalFit;
  /** The terms that readings are made of. */
  readonly vocabulary: Vocabulary;
  /** Hybrid retrieval: dense and lexical candidates, fused, the best of them in a better order (`rerankFirst`). */
  search(query: PassageQuery): Promise<Hit[]>;
  /** The FAQ items whose questions are nearest, best first. */
  searchFaq(vector: Float32Array, k: number, sources?: readonly string[]): Promise<FaqMatch[]>;
  /** Inverse passage frequency of each term, and 0 or 1 for whether the corpus has it. */
  termWeights(terms: readonly string[]): Promise<{ idf: number; known: boolean }[]>;
  /** The corpus's term that an unknown one is most likely a misspelling of, or null. */
  respell(term: string): Promise<string | null>;
  /** The short forms that the corpus spells out. */
  shortForms(): Promise<readonly ShortForm[]>;
  /** The corpus's terms that mean much the same as one. */
  relatedTerms(term: string): Promise<readonly RelatedTerm[]>;
  /** All documents, in the order of the corpus. */
  documents(): Promise<readonly DocumentSummary[]>;
  documentHead(id: string): Promise<DocumentHead | null>;
  document(id: string): Promise<Document | null>;
  /** A document's passages in reading order; none if there is no such document. */
  passagesOf(documentId: string): Promise<readonly Passage[]>;
  /** How many passages each document has, by its id. */
  passageCounts(): Promise<ReadonlyMap<string, number>>;
  faqItems(): Promise<readonly FaqItem[]>;
}
