import { embeddedTextOf } from "../../corpus/split-passages.js";
import { readQuestion } from "../../answer/look-up.js";
import type { Embedder } from "../../embed/embedder.js";
import { LexicalIndex } from "../../search/lexical-index.js";
import { termsOf } from "../../search/tokenize.js";
import { meanReciprocalRank, ndcgAtK, recallAtK } from "../metrics.js";
import { type OpenCollection, withCollection } from "./open-collection.js";
import type { Collection } from "./types.js";

/** Ways to rank, from the baseline to what the product does. */
export const METHODS = ["bm25", "dense", "hybrid-plain", "hybrid"] as const;
export type Method = (typeof METHODS)[number];

/** Figures of one query, each 0 to 1. */
export interface QueryFigures {
  ndcg10: number;
  mrr10: number;
  recall5: number;
}

/** A collection measured with a model. */
export interface Measured {
  documents: number;
  passages: number;
  /** For each method, the figures of each query, in the order of the collection. */
  figures: Record<Method, QueryFigures[]>;
  /** Seconds to embed and index the documents. */
  indexSeconds: number;
  /** Milliseconds a query took with "hybrid", on average: reading it, embedding it and searching. */
  queryMilliseconds: number;
}

/** As many passages as the hybrid ever ranks; a document with several counts where its best one stands. */
const PASSAGES = 100;

/**
 * Measures a collection.
 *
 * - "bm25": the product's lexical index with the query's own terms
 * - "dense": cosine of query and passage, exact
 * - "hybrid-plain": the product's search with the query's own terms
 * - "hybrid": the product's search as answering asks for it, with short forms spelt out and words of like meaning
 */
export async function measure(collection: Collection, embedder: Embedder): Promise<Measured> {
  const started = performance.now();
  return withCollection(collection.documents, embedder, async (open) => {
    const indexSeconds = (performance.now() - started) / 1000;
    const lexical = LexicalIndex.build(open.passages.map((passage) => termsOf(embeddedTextOf(passage))));
    const figures: Measured["figures"] = { bm25: [], dense: [], "hybrid-plain": [], hybrid: [] };
    let milliseconds = 0;
    for (const { text, relevant } of collection.queries) {
      const asked = performance.now();
      const { question, query } = await readQuestion({ index: open.index, embedder }, text);
      const hybrid = await open.index.search({ ...query, k: PASSAGES });
      milliseconds += performance.now() - asked;
      const plain = await open.index.search({ text: query.text, vector: query.vector, k: PASSAGES });
      const bm25 = lexical.search(termsOf(question.searchText), PASSAGES, () => true);
      const rankings: Record<Method, string[]> = {
        bm25: bm25.map(({ label }) => open.passages[label]!.documentId),
        dense: nearest(open, await embedder.embedQuery(question.searchText)),
        "hybrid-plain": plain.map(({ passage }) => passage.documentId),
        hybrid: hybrid.map(({ passage }) => passage.documentId),
      };
      for (const method of METHODS) figures[method].push(figuresOf(rankings[method], relevant));
    }
    return {
      documents: collection.documents.length,
      passages: open.passages.length,
      figures,
      indexSeconds,
      queryMilliseconds: milliseconds / Math.max(1, collection.queries.length),
    };
  });
}

/** Documents by the cosine of their best passage with the query. */
function nearest({ passages, vectors }: OpenCollection, query: Float32Array): string[] {
  const cosines = vectors.map((vector) => {
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += vector[i]! * query[i]!;
    return sum;
  });
  return passages
    .map(({ documentId }, label) => ({ documentId, label }))
    .sort((a, b) => cosines[b.label]! - cosines[a.label]! || a.label - b.label)
    .slice(0, PASSAGES)
    .map(({ documentId }) => documentId);
}

/** @param ranked documents, best first; one that stands again is passed over */
export function figuresOf(ranked: readonly string[], relevant: readonly string[]): QueryFigures {
  const found = [...new Set(ranked)].map((document) => {
    const at = relevant.indexOf(document);
    return at === -1 ? [] : [at];
  });
  return {
    ndcg10:
      ndcgAtK(
        found.map((hit) => hit.length),
        relevant.map(() => 1),
      ) ?? 0,
    mrr10: meanReciprocalRank([found.slice(0, 10)]) ?? 0,
    recall5: recallAtK(found, relevant.length, 5) ?? 0,
  };
}
