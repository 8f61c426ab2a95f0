import path from "node:path";
import hnswlib, { type HierarchicalNSW } from "hnswlib-node";
import { StartupError } from "../errors.js";
import type { Document, FaqItem, Hit, Passage } from "../types.js";
import { readChecked } from "./index-folder.js";
import { LexicalIndex } from "./lexical-index.js";
import type { IndexManifest, RefusalFit } from "./manifest.js";
import type { FaqMatch, PassageIndex, PassageQuery } from "./passage-index.js";
import { fuse } from "./rank.js";
import { findShortForms, type ShortForm } from "./short-forms.js";
import type { RelatedTerm } from "./thesaurus.js";
import { termsOf } from "./tokenize.js";
import { UnitVectors } from "./unit-vectors.js";

/** Candidates each leg contributes before fusion: enough that the right passage is among them, few enough to score. */
const CANDIDATES_PER_LEG = 50;
/** Search width of the graph. hnswlib's own default is 10, and loading resets it, so it is set after every load. */
const EF_SEARCH = 200;
/** Up to this many passages of the chosen sources, an exact scan beats filtering the graph. */
const MAX_EXACT_SCAN = 2000;

/** The files beside those that LangChain's `HNSWLib` writes. */
export const FILES = { documents: "documents.json", lexical: "lexical.bin", units: "units.bin" };

/** The embedded `PassageIndex`: an HNSW graph and an eager BM25 index in this process. */
export class HnswIndex implements PassageIndex {
  readonly buildId: string;
  readonly builtAt: string;
  readonly counts: PassageIndex["counts"];
  readonly refusal: RefusalFit;
  readonly #graph: HierarchicalNSW;
  /** By label: their number in the graph and in the lexical index. */
  readonly #passages: readonly Passage[];
  readonly #lexical: LexicalIndex;
  readonly #units: UnitVectors;
  readonly #documents: Map<string, Document>;
  /** Each FAQ item with its passage and where its question stands among the units. */
  readonly #faq: { item: FaqItem; passage: Passage; unit: number }[] = [];
  /** First unit of each passage. */
  readonly #unitStarts: Uint32Array;
  /** Found when first asked for. */
  #shortForms: ShortForm[] | null = null;
  /** The labels of each document's passages. */
  readonly #labels = new Map<string, number[]>();

  private constructor(
    manifest: IndexManifest,
    graph: HierarchicalNSW,
    passages: Passage[],
    lexical: LexicalIndex,
    units: UnitVectors,
    documents: Document[],
  ) {
    this.buildId = manifest.buildId;
    this.builtAt = manifest.builtAt;
    this.refusal = manifest.refusal;
    this.#graph = graph;
    this.#passages = passages;
    this.#lexical = lexical;
    this.#units = units;
    this.#documents = new Map(documents.map((document) => [document.id, document]));
    this.#unitStarts = new Uint32Array(manifest.counts.passages);
    this.counts = { documents: documents.length, passages: passages.length, faqItems: manifest.counts.faqItems };
    this.#number();
  }

  /**
   * Opens a build. The files are LangChain's, but they are read without it: its `HNSWLib.load` keeps a second copy of
   * every text, and importing it takes a third of the time a server needs to start.
   *
   * @throws StartupError if a file is damaged or the counts do not fit together
   */
  static async load(build: string, manifest: IndexManifest): Promise<HnswIndex> {
    // Checksums come first: hnswlib can crash the process on a damaged file.
    const names = ["hnswlib.index", "args.json", "docstore.json", FILES.lexical, FILES.units, FILES.documents];
    const [, , storeBytes, lexicalBytes, unitBytes, documentBytes] = await Promise.all(
      names.map((name) => readChecked(build, manifest, name)),
    );
    const { counts, recipe } = manifest;
    const graph = new hnswlib.HierarchicalNSW("cosine", recipe.embedder.dimensions);
    await graph.readIndex(path.join(build, "hnswlib.index"));
    graph.setEf(EF_SEARCH);
    const lexical = LexicalIndex.deserialize(lexicalBytes!);
    const units = UnitVectors.deserialize(unitBytes!);
    const documents = JSON.parse(documentBytes!.toString("utf8")) as Document[];
    const passages = readPassages(storeBytes!, documents);
    const fits =
      graph.getCurrentCount() === counts.passages &&
      passages.length === counts.passages &&
      lexical.passages === counts.passages &&
      units.count === counts.units &&
      documents.length === counts.documents;
    if (!fits) throw new StartupError('the index files do not belong together. Run "npm run ingest -- --force".');
    return new HnswIndex(manifest, graph, passages, lexical, units, documents);
  }

  #number(): void {
    const faq = new Map(
      [...this.#documents.values()].flatMap((document) =>
        document.faq.map((item) => [keyOf(document.id, item.question.start), item]),
      ),
    );
    let unit = 0;
    for (const [label, passage] of this.#passages.entries()) {
      const { documentId, units } = passage;
      this.#unitStarts[label] = unit;
      const labels = this.#labels.get(documentId);
      if (labels === undefined) this.#labels.set(documentId, [label]);
      else labels.push(label);
      const first = units[0];
      const item = first?.kind === "question" ? faq.get(keyOf(documentId, first.start)) : undefined;
      if (item !== undefined) this.#faq.push({ item, passage, unit });
      unit += units.length;
    }
  }

  async search(query: PassageQuery): Promise<Hit[]> {
    if (this.counts.passages === 0) return [];
    const accepted = this.#acceptedLabels(query.sources);
    const accept = (label: number): boolean => accepted === null || accepted.has(label);
    const terms = termsOf(query.text);
    const denseOf = new Map(this.#nearest(query.vector, accepted));
    const lexicalOf = new Map(
      this.#lexical.search(terms, CANDIDATES_PER_LEG, accept, query.related).map(({ label, score }) => [label, score]),
    );
    const labels = [...new Set([...denseOf.keys(), ...lexicalOf.keys()])].sort((a, b) => a - b);
    if (labels.length === 0) return [];
    // Each leg's candidates get the other leg's exact score too, so that fusion never guesses.
    const missing = labels.filter((label) => !lexicalOf.has(label));
    this.#lexical.scoresOf(terms, missing, query.related).forEach((score, i) => lexicalOf.set(missing[i]!, score));
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
    const { neighbors, distances } = this.#graph.searchKnn(Array.from(vector), k, filter);
    return neighbors.map((label, i) => [label, roundCosine(1 - distances[i]!)]);
  }

  #acceptedLabels(sources: readonly string[] | undefined): Set<number> | null {
    if (sources === undefined) return null;
    return new Set(sources.flatMap((source) => this.#labels.get(source) ?? []));
  }

  #cosine(label: number, vector: Float32Array): number {
    const point = this.#graph.getPoint(label);
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += point[i]! * vector[i]!;
    return roundCosine(sum);
  }

  #hit(label: number, scores: { dense: number; lexical: number; score: number }, vector: Float32Array): Hit {
    const passage = this.#passages[label]!;
    const start = this.#unitStarts[label]!;
    return { passage, ...scores, unitCosines: passage.units.map((_, i) => this.#units.cosine(start + i, vector)) };
  }

  async searchFaq(vector: Float32Array, k: number, sources?: readonly string[]): Promise<FaqMatch[]> {
    const wanted = sources === undefined ? null : new Set(sources);
    return this.#faq
      .map(({ item, passage, unit }) => ({ item, passage, cosine: this.#units.cosine(unit, vector) }))
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

  async shortForms(): Promise<readonly ShortForm[]> {
    this.#shortForms ??= findShortForms([...this.#documents.values()].map(({ text }) => text));
    return this.#shortForms;
  }

  async relatedTerms(term: string): Promise<readonly RelatedTerm[]> {
    return this.#lexical.related(term);
  }

  async documents(): Promise<readonly Document[]> {
    return [...this.#documents.values()];
  }

  async document(id: string): Promise<Document | null> {
    return this.#documents.get(id) ?? null;
  }

  async passagesOf(documentId: string): Promise<readonly Passage[]> {
    return (this.#labels.get(documentId) ?? []).map((label) => this.#passages[label]!);
  }

  async passageCounts(): Promise<ReadonlyMap<string, number>> {
    return new Map([...this.#labels].map(([id, labels]) => [id, labels.length]));
  }

  async faqItems(): Promise<readonly FaqItem[]> {
    return this.#faq.map(({ item }) => item);
  }

  /** What the next ingest can reuse: every passage, and the vector of each passage and unit by their place. */
  reusable(): { passages: readonly Passage[]; vectorAt: (label: number) => Float32Array; units: UnitVectors } {
    const vectorAt = (label: number): Float32Array => Float32Array.from(this.#graph.getPoint(label));
    return { passages: this.#passages, vectorAt, units: this.#units };
  }
}

/**
 * To five decimals: the graph sums in single precision and this file in double, and equal passages must score the same
 * whichever leg found them.
 */
function roundCosine(cosine: number): number {
  return Math.round(cosine * 1e5) / 1e5;
}

function keyOf(documentId: string, start: number): string {
  return `${documentId}\u0000${start}`;
}

/** The docstore's entries as LangChain writes them: pairs of a label and a document, whose metadata is ours. */
type DocstoreEntries = [label: string, { pageContent: string; metadata: Omit<Passage, "text"> }][];

function readPassages(docstore: Buffer, documents: readonly Document[]): Passage[] {
  const textOf = new Map(documents.map(({ id, text }) => [id, text]));
  const entries = JSON.parse(docstore.toString("utf8")) as DocstoreEntries;
  const passages: Passage[] = [];
  for (const [label, { pageContent, metadata }] of entries) {
    // A slice shares the document's memory; the docstore's own copy of the text is dropped.
    const text = textOf.get(metadata.documentId)?.slice(metadata.start, metadata.end) ?? pageContent;
    passages[Number(label)] = { ...metadata, text };
  }
  return passages;
}
