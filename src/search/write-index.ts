import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { Document as LangChainDocument } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";
import hnswlib, { type HierarchicalNSW } from "hnswlib-node";
import { embeddedTextOf } from "../corpus/split-passages.js";
import { ByteVectors } from "./byte-vectors.js";
import { DocumentStore } from "./document-store.js";
import { FAQ_GRAPH_FROM, FILES } from "./hnsw-index.js";
import type { IndexContent } from "./index-store.js";
import { LexicalIndex } from "./lexical-index.js";
import { HNSW_SETTINGS } from "./manifest.js";
import { PassageTable } from "./passage-table.js";
import { Readings, type TableTerms, termsOfTable } from "./readings.js";
import { findShortForms } from "./short-forms.js";
import { termsOf } from "./tokenize.js";

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

/** Points added to a graph before other work may go on. */
const CHUNK = 200;

/**
 * Writes the files of an index. `hnswlib.index`, `docstore.json` and `args.json` are what LangChain's `HNSWLib.load`
 * opens; the others (`FILES`) are what a server reads.
 *
 * @param onProgress is told how many vectors are in the graph
 */
export async function writeHnswIndex(
  folder: string,
  content: IndexContent,
  dimensions: number,
  onProgress: (done: number) => void,
): Promise<{ terms: number }> {
  const { documents, passages, vectors, units } = content;
  await writeStore(folder, content, dimensions, onProgress);
  const table = PassageTable.of(documents, passages);
  const terms = termsOfTable(table);
  const lexical = LexicalIndex.build(
    mapLazily(passages, (passage) => termsOf(embeddedTextOf(passage))),
    everyTerm(terms),
  );
  const bytes = ByteVectors.allocate(vectors.length, dimensions);
  vectors.forEach((vector, label) => bytes.set(label, vector));
  const { heads, structure } = DocumentStore.serialize(documents);
  const files: [string, Uint8Array | string][] = [
    [FILES.documents, heads],
    [FILES.structure, structure],
    [FILES.passages, table.serialize()],
    [FILES.readings, Readings.of(table, terms, lexical.vocabulary).serialize()],
    [FILES.lexical, lexical.serialize()],
    [FILES.vectors, bytes.serialize()],
    [FILES.units, units.serialize()],
    [FILES.shortForms, JSON.stringify(findShortForms(documents.map(({ text }) => text)))],
  ];
  for (const [name, data] of files) await writeFile(path.join(folder, name), data);
  const questions = passages.flatMap(({ kind }, label) => (kind === "faq" ? [table.unitsOf(label)[0]] : []));
  if (questions.length >= FAQ_GRAPH_FROM) await writeFaqGraph(folder, questions, units);
  return { terms: lexical.terms.length };
}

/** What any LangChain application can open: graph, passages and where they stand. */
async function writeStore(
  folder: string,
  { passages, vectors }: IndexContent,
  dimensions: number,
  onProgress: (done: number) => void,
): Promise<void> {
  const index = emptyGraph(dimensions, passages.length);
  const store = new HNSWLib(new NoEmbeddings(), { space: "cosine", numDimensions: dimensions, index });
  // `save` writes the arguments to args.json whole: the graph does not belong there.
  store.args = { space: "cosine", numDimensions: dimensions };
  for (let from = 0; from < passages.length; from += CHUNK) {
    const chunk = passages.slice(from, from + CHUNK);
    await store.addVectors(
      vectors.slice(from, from + CHUNK).map((vector) => Array.from(vector)),
      chunk.map(({ text, units: _, ...metadata }) => new LangChainDocument({ pageContent: text, metadata })),
    );
    onProgress(from + chunk.length);
    await setImmediate(); // A server that makes its index stays answerable meanwhile.
  }
  await store.save(folder);
}

/** The questions of FAQ items, numbered in the order of the corpus. */
async function writeFaqGraph(folder: string, questions: readonly number[], units: ByteVectors): Promise<void> {
  const graph = emptyGraph(units.dimensions, questions.length);
  for (const [at, unit] of questions.entries()) {
    graph.addPoint(Array.from(units.vectorAt(unit)), at);
    if (at % CHUNK === 0) await setImmediate();
  }
  await graph.writeIndex(path.join(folder, FILES.faqGraph));
}

function emptyGraph(dimensions: number, points: number): HierarchicalNSW {
  const graph = new hnswlib.HierarchicalNSW("cosine", dimensions);
  const { m, efConstruction, seed } = HNSW_SETTINGS;
  graph.initIndex({ maxElements: Math.max(1, points), m, efConstruction, randomSeed: seed });
  return graph;
}

function* everyTerm({ units, contexts, headings, titles }: TableTerms): Generator<string> {
  for (const lists of [units, contexts, headings, titles]) for (const list of lists) yield* list;
}

function* mapLazily<A, B>(items: readonly A[], map: (item: A) => B): Generator<B> {
  for (const item of items) yield map(item);
}
