import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { Document as LangChainDocument } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";
import hnswlib from "hnswlib-node";
import { embeddedTextOf } from "../corpus/split-passages.js";
import type { Document, Passage } from "../types.js";
import { FILES } from "./hnsw-index.js";
import { LexicalIndex } from "./lexical-index.js";
import { HNSW_SETTINGS } from "./manifest.js";
import { termsOf } from "./tokenize.js";
import type { UnitVectors } from "./unit-vectors.js";

/** LangChain asks for an embedder; vectors are made elsewhere, so this one is never called. */
class NoEmbeddings extends Embeddings {
  constructor() {
    super({});
  }
  embedDocuments(): Promise<number[][]> {
    return Promise.reject(new Error("vectors are made by Docent's own embedder"));
  }
  embedQuery(): Promise<number[]> {
    return this.embedDocuments().then(() => []);
  }
}

/** What an ingest hands over to be written. Vectors are in the order of the passages, and of their units. */
export interface IndexContent {
  documents: Document[];
  passages: Passage[];
  vectors: Float32Array[];
  units: UnitVectors;
}

/**
 * Writes the files of an index. `hnswlib.index`, `docstore.json` and `args.json` are what LangChain's `HNSWLib.load`
 * opens; documents, lexical index and unit vectors lie beside them.
 *
 * @param onProgress is told how many vectors are in the graph
 */
export async function writeHnswIndex(
  folder: string,
  content: IndexContent,
  dimensions: number,
  onProgress: (done: number) => void,
): Promise<{ terms: number }> {
  const graph = new hnswlib.HierarchicalNSW("cosine", dimensions);
  const { m, efConstruction, seed } = HNSW_SETTINGS;
  graph.initIndex({ maxElements: Math.max(1, content.passages.length), m, efConstruction, randomSeed: seed });
  const store = new HNSWLib(new NoEmbeddings(), { space: "cosine", numDimensions: dimensions, index: graph });
  // `save` writes the arguments to args.json whole: the graph does not belong there.
  store.args = { space: "cosine", numDimensions: dimensions };
  const chunk = 200;
  for (let from = 0; from < content.passages.length; from += chunk) {
    const passages = content.passages.slice(from, from + chunk);
    await store.addVectors(
      content.vectors.slice(from, from + chunk).map((vector) => Array.from(vector)),
      passages.map(({ text, ...metadata }) => new LangChainDocument({ pageContent: text, metadata })),
    );
    onProgress(from + passages.length);
    await setImmediate(); // A server that makes its index stays answerable meanwhile.
  }
  await store.save(folder);
  const lexical = LexicalIndex.build(mapLazily(content.passages, (passage) => termsOf(embeddedTextOf(passage))));
  await writeFile(path.join(folder, FILES.lexical), lexical.serialize());
  await writeFile(path.join(folder, FILES.units), content.units.serialize());
  await writeFile(path.join(folder, FILES.documents), JSON.stringify(content.documents));
  return { terms: lexical.terms.length };
}

function* mapLazily<A, B>(items: readonly A[], map: (item: A) => B): Generator<B> {
  for (const item of items) yield map(item);
}
