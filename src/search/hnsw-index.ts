import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { Document as LangChainDocument } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";
import hnswlib from "hnswlib-node";
import { embeddedTextOf } from "../corpus/split-passages.js";
import { StartupError } from "../errors.js";
import type { Document, FaqItem, Hit, Passage } from "../types.js";
import { readChecked } from "./index-folder.js";
import { LexicalIndex } from "./lexical-index.js";
import { HNSW_SETTINGS, type IndexManifest } from "./manifest.js";
import type { FaqMatch, PassageIndex, PassageQuery } from "./passage-index.js";
import { fuse } from "./rank.js";
import { termsOf } from "./tokenize.js";
import { UnitVectors } from "./unit-vectors.js";

/** Candidates each leg contributes before fusion: enough that the right passage is among them, few enough to score. */
const CANDIDATES_PER_LEG = 50;
/** Search width of the graph. hnswlib's own default is 10, and loading resets it, so it is set after every load. */
const EF_SEARCH = 200;
/** Up to this many passages of the chosen sources, an exact scan beats filtering the graph. */
const MAX_EXACT_SCAN = 2000;

const FILES = { documents: "documents.json", lexical: "lexical.bin", units: "units.bin" };

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

type PassageMetadata = Omit<Passage, "text">;

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

/** The embedded `PassageIndex`: an HNSW graph and an eager BM25 index in this process. */
export class HnswIndex implements PassageIndex {
  readonly buildId: string;
  readonly counts: PassageIndex["counts"];
  readonly #store: HNSWLib;
  readonly #lexical: LexicalIndex;
  readonly #units: UnitVectors;
  readonly #documents: Map<string, Document>;
  readonly #faq: FaqItem[] = [];
  /** Where each FAQ item's question stands among the units. */
  readonly #faqUnits: number[] = [];
  /** First unit of each passage. */
  readonly #unitStarts: Uint32Array;
  /** The labels of each document's passages. */
  readonly #labels = new Map<string, number[]>();

  private constructor(
    manifest: IndexManifest,
    store: HNSWLib,
    lexical: LexicalIndex,
    units: UnitVectors,
    documents: Document[],
  ) {
    this.buildId = manifest.buildId;
    this.#store = store;
    this.#lexical = lexical;
    this.#units = units;
    this.#documents = new Map(documents.map((document) => [document.id, document]));
    this.#unitStarts = new Uint32Array(manifest.counts.passages);
    const { documents: documentCount, passages, faqItems } = manifest.counts;
    this.counts = { documents: documentCount, passages, faqItems };
    this.#number();
  }

  /**
   * Opens a build.
   *
   * @throws StartupError if a file is damaged or the counts do not fit together
   */
  static async load(build: string, manifest: IndexManifest): Promise<HnswIndex> {
    // Checksums come first: hnswlib can crash the process on a damaged file.
    const names = ["hnswlib.index", "docstore.json", "args.json", FILES.lexical, FILES.units, FILES.documents];
    const [, , , lexicalBytes, unitBytes, documentBytes] = await Promise.all(
      names.map((name) => readChecked(build, manifest, name)),
    );
    const store = await HNSWLib.load(build, new NoEmbeddings());
    const lexical = LexicalIndex.deserialize(lexicalBytes!);
    const units = UnitVectors.deserialize(unitBytes!);
    const documents = JSON.parse(documentBytes!.toString("utf8")) as Document[];
    const { counts } = manifest;
    const fits =
      store.index.getCurrentCount() === counts.passages &&
      lexical.passages === counts.passages &&
      units.count === counts.units &&
      documents.length === counts.documents;
    if (!fits) throw new StartupError('the index files do not belong together. Run "npm run ingest -- --force".');
    store.index.setEf(EF_SEARCH);
    return new HnswIndex(manifest, store, lexical, units, documents);
  }

  #number(): void {
    const faq = new Map(
      [...this.#documents.values()].flatMap((document) =>
        document.faq.map((item) => [keyOf(document.id, item.question.start), item]),
      ),
    );
    let unit = 0;
    for (let label = 0; label < this.counts.passages; label++) {
      const { documentId, units } = this.#metadata(label);
      this.#unitStarts[label] = unit;
      const labels = this.#labels.get(documentId);
      if (labels === undefined) this.#labels.set(documentId, [label]);
      else labels.push(label);
      const first = units[0];
      const item = first?.kind === "question" ? faq.get(keyOf(documentId, first.start)) : undefined;
      if (item !== undefined) {
        this.#faq.push(item);
        this.#faqUnits.push(unit);
      }
      unit += units.length;
    }
  }

  #metadata(label: number): PassageMetadata {
    return this.#document(label).metadata as PassageMetadata;
  }

  #document(label: number): LangChainDocument {
    const document = this.#store.docstore.search(String(label));
    if (typeof document === "string") throw new Error(`the index has no passage ${label}`);
    return document;
  }

  #passage(label: number): Passage {
    const { pageContent, metadata } = this.#document(label);
    return { ...(metadata as PassageMetadata), text: pageContent };
  }

  async search(query: PassageQuery): Promise<Hit[]> {
    if (this.counts.passages === 0) return [];
    const accepted = this.#acceptedLabels(query.sources);
    const accept = (label: number): boolean => accepted === null || accepted.has(label);
    const terms = termsOf(query.text);
    const denseOf = new Map(this.#nearest(query.vector, accepted));
    const lexicalOf = new Map(
      this.#lexical.search(terms, CANDIDATES_PER_LEG, accept).map(({ label, score }) => [label, score]),
    );
    const labels = [...new Set([...denseOf.keys(), ...lexicalOf.keys()])].sort((a, b) => a - b);
    if (labels.length === 0) return [];
    // Each leg's candidates get the other leg's exact score too, so that fusion never guesses.
    const missing = labels.filter((label) => !lexicalOf.has(label));
    this.#lexical.scoresOf(terms, missing).forEach((score, i) => lexicalOf.set(missing[i]!, score));
    const dense = labels.map((label) => denseOf.get(label) ?? this.#cosine(label, query.vector));
    const lexical = labels.map((label) => lexicalOf.get(label)!);
    const fused = fuse(dense, lexical);
    return labels
      .map((label, i) => ({ label, dense: dense[i]!, lexical: lexical[i]!, score: fused[i]! }))
      .sort((a, b) => b.score - a.score || a.label - b.label)
      .slice(0, query.k)
      .map(({ label, ...scores }) => this.#hit(label, scores, query.vector));
  }

  /** Labels and cosines of the nearest passages. */
  #nearest(vector: Float32Array, accepted: ReadonlySet<number> | null): [number, number][] {
    if (accepted !== null && accepted.size <= MAX_EXACT_SCAN) {
      return [...accepted]
        .map((label): [number, number] => [label, this.#cosine(label, vector)])
        .sort((a, b) => b[1] - a[1] || a[0] - b[0])
        .slice(0, CANDIDATES_PER_LEG);
    }
    const k = Math.min(CANDIDATES_PER_LEG, this.counts.passages);
    const filter = accepted === null ? undefined : (label: number) => accepted.has(label);
    const { neighbors } = this.#store.index.searchKnn(Array.from(vector), k, filter);
    // Not `1 - distance`, whose rounding differs: equal passages must score the same whichever leg found them.
    return neighbors.map((label) => [label, this.#cosine(label, vector)]);
  }

  #acceptedLabels(sources: readonly string[] | undefined): Set<number> | null {
    if (sources === undefined) return null;
    return new Set(sources.flatMap((source) => this.#labels.get(source) ?? []));
  }

  #cosine(label: number, vector: Float32Array): number {
    const point = this.#store.index.getPoint(label);
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += point[i]! * vector[i]!;
    return sum;
  }

  #hit(label: number, scores: { dense: number; lexical: number; score: number }, vector: Float32Array): Hit {
    const passage = this.#passage(label);
    const start = this.#unitStarts[label]!;
    return { passage, ...scores, unitCosines: passage.units.map((_, i) => this.#units.cosine(start + i, vector)) };
  }

  async searchFaq(vector: Float32Array, k: number, sources?: readonly string[]): Promise<FaqMatch[]> {
    const wanted = sources === undefined ? null : new Set(sources);
    return this.#faq
      .map((item, i) => ({ item, cosine: this.#units.cosine(this.#faqUnits[i]!, vector) }))
      .filter(({ item }) => wanted === null || wanted.has(item.documentId))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, k);
  }

  async termWeights(terms: readonly string[]): Promise<{ idf: number; known: boolean }[]> {
    return terms.map((term) => ({ idf: this.#lexical.idf(term), known: this.#lexical.frequency(term) > 0 }));
  }

  async respell(term: string): Promise<string | null> {
    return this.#lexical.respell(term);
  }

  async documents(): Promise<readonly Document[]> {
    return [...this.#documents.values()];
  }

  async document(id: string): Promise<Document | null> {
    return this.#documents.get(id) ?? null;
  }

  async passagesOf(documentId: string): Promise<readonly Passage[]> {
    return (this.#labels.get(documentId) ?? []).map((label) => this.#passage(label));
  }

  async passageCounts(): Promise<ReadonlyMap<string, number>> {
    return new Map([...this.#labels].map(([id, labels]) => [id, labels.length]));
  }

  async faqItems(): Promise<readonly FaqItem[]> {
    return this.#faq;
  }

  /** What the next ingest can reuse: every passage, and the vector of each passage and unit by their place. */
  reusable(): { passages: Passage[]; vectorAt: (label: number) => Float32Array; units: UnitVectors } {
    const passages = Array.from({ length: this.counts.passages }, (_, label) => this.#passage(label));
    const vectorAt = (label: number): Float32Array => Float32Array.from(this.#store.index.getPoint(label));
    return { passages, vectorAt, units: this.#units };
  }
}

function keyOf(documentId: string, start: number): string {
  return `${documentId}\u0000${start}`;
}
