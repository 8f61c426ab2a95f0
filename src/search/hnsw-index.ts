import path from "node:path";
import hnswlib, { type HierarchicalNSW } from "hnswlib-node";
import { StartupError } from "../errors.js";
import type { Document, DocumentHead, FaqItem, Hit, Passage } from "../types.js";
import { ByteVectors } from "./byte-vectors.js";
import { DocumentStore } from "./document-store.js";
import { checkFile, readChecked } from "./index-folder.js";
import type { EmbeddedPassage, OpenBuild } from "./index-store.js";
import { LexicalIndex } from "./lexical-index.js";
import type { IndexManifest, RefusalFit } from "./manifest.js";
import type { FaqMatch, PassageIndex, PassageQuery } from "./passage-index.js";
import { PassageTable } from "./passage-table.js";
import { fuse } from "./rank.js";
import { Readings } from "./readings.js";
import { type Fused, RERANKED, rerankFirst } from "./rerank.js";
import type { ShortForm } from "./short-forms.js";
import type { RelatedTerm } from "./thesaurus.js";
import { termsOf } from "./tokenize.js";
import type { Vocabulary } from "./vocabulary.js";

/** Candidates each leg contributes before fusion: enough that the right passage is among them, few enough to score. */
const CANDIDATES_PER_LEG = 50;
/**
 * Search width of the graph. hnswlib's own default is 10, and loading resets it, so it is set after every load. Wider for more
 * passages, or fewer of the nearest ones are found (ARCHITECTURE.md, "How wide is the graph search?").
 */
const EF_SEARCH = 160;
const EF_PASSAGES = 10_000;
const EF_GROWTH = 0.48;
/** A dozen of the FAQ items are asked for, so a narrow search will do. */
const EF_FAQ = 40;
/** Up to this many passages of the chosen sources, an exact scan beats filtering the graph. */
const MAX_EXACT_SCAN = 2000;
/** From so many FAQ items on, their questions have a graph of their own: comparing them all would take longer than the rest. */
export const FAQ_GRAPH_FROM = 500;

/** The files beside those that LangChain's `HNSWLib` writes. `faqGraph` is only there from `FAQ_GRAPH_FROM` items on. */
export const FILES = {
  documents: "documents.json",
  structure: "structure.jsonl",
  passages: "passages.bin",
  readings: "readings.bin",
  lexical: "lexical.bin",
  vectors: "vectors.bin",
  units: "units.bin",
  shortForms: "short-forms.json",
  faqGraph: "faq.index",
};
/** What LangChain's `HNSWLib.load` opens; of these, only the graph is read here. */
const GRAPH = "hnswlib.index";
const LANGCHAIN_FILES = ["docstore.json", "args.json"];

/** What the files of a build hold. */
interface Parts {
  graph: HierarchicalNSW;
  faqGraph: HierarchicalNSW | null;
  store: DocumentStore;
  table: PassageTable;
  readings: Readings;
  lexical: LexicalIndex;
  vectors: ByteVectors;
  units: ByteVectors;
  shortForms: ShortForm[];
}

/** A FAQ item with its passage. */
interface FaqPlace {
  item: FaqItem;
  label: number;
  /** Where its question stands among the units. */
  unit: number;
}

/** The embedded `PassageIndex`: an HNSW graph and an eager BM25 index in this process. */
export class HnswIndex implements OpenBuild {
  readonly buildId: string;
  readonly builtAt: string;
  readonly counts: PassageIndex["counts"];
  readonly refusal: RefusalFit;
  readonly #parts: Parts;
  /** In the order of the corpus. */
  readonly #faq: readonly FaqPlace[];

  private constructor(manifest: IndexManifest, parts: Parts) {
    this.buildId = manifest.buildId;
    this.builtAt = manifest.builtAt;
    this.refusal = manifest.refusal;
    this.#parts = parts;
    this.#faq = faqPlaces(parts);
    const { store, table } = parts;
    this.counts = { documents: store.heads.length, passages: table.count, faqItems: this.#faq.length };
  }

  /**
   * Opens a build. What LangChain's `HNSWLib.load` would make objects of is read from files of our own: it takes a fraction of
   * the time and memory.
   *
   * @throws StartupError if a file is damaged or the counts do not fit together
   */
  static async load(build: string, manifest: IndexManifest): Promise<HnswIndex> {
    const read = (name: string): Promise<Buffer> => readChecked(build, manifest, name);
    const hasFaqGraph = manifest.checksums[FILES.faqGraph] !== undefined;
    // All at once: while one file is read, another is hashed.
    const [heads, structure, passages, readings, words, vectors, units, shortForms, graph, faqGraph] =
      await Promise.all([
        read(FILES.documents),
        read(FILES.structure),
        read(FILES.passages),
        read(FILES.readings),
        read(FILES.lexical),
        read(FILES.vectors),
        read(FILES.units),
        read(FILES.shortForms),
        readGraph(build, manifest, GRAPH, efFor(manifest.counts.passages)),
        hasFaqGraph ? readGraph(build, manifest, FILES.faqGraph, EF_FAQ) : Promise.resolve(null),
        ...LANGCHAIN_FILES.map((name) => checkFile(build, manifest, name)),
      ] as const);
    const store = DocumentStore.deserialize(heads, structure);
    const table = PassageTable.deserialize(passages, store.heads);
    const lexical = LexicalIndex.deserialize(words);
    const parts: Parts = {
      graph,
      faqGraph,
      store,
      table,
      lexical,
      readings: Readings.deserialize(readings, table, lexical.vocabulary),
      vectors: ByteVectors.deserialize(vectors),
      units: ByteVectors.deserialize(units),
      shortForms: JSON.parse(shortForms.toString("utf8")) as ShortForm[],
    };
    const index = new HnswIndex(manifest, parts);
    const { counts } = manifest;
    const fits =
      parts.graph.getCurrentCount() === counts.passages &&
      table.count === counts.passages &&
      lexical.passages === counts.passages &&
      parts.vectors.count === counts.passages &&
      parts.units.count === counts.units &&
      table.unitCount === counts.units &&
      store.isWhole &&
      store.heads.length === counts.documents &&
      (parts.faqGraph?.getCurrentCount() ?? index.counts.faqItems) === index.counts.faqItems;
    if (!fits) throw new StartupError('the index files do not belong together. Run "npm run ingest -- --force".');
    return index;
  }

  get vocabulary(): Vocabulary {
    return this.#parts.lexical.vocabulary;
  }

  async search(query: PassageQuery): Promise<Hit[]> {
    if (this.counts.passages === 0 || query.k <= 0) return [];
    const { lexical, vectors } = this.#parts;
    const accepted = this.#accepted(query.sources);
    if (accepted?.count === 0) return [];
    const accept = accepted === null ? null : (label: number): boolean => accepted.mask[label] === 1;
    const terms = termsOf(query.text);
    const lexicalOf = new Map<number, number>();
    for (const { label, score } of lexical.search(terms, CANDIDATES_PER_LEG, accept, query.related))
      lexicalOf.set(label, score);
    // Each leg's candidates get the other leg's score too, so that fusion never guesses.
    const missing = this.#nearest(query.vector, accepted).filter((label) => !lexicalOf.has(label));
    lexical.scoresOf(terms, missing, query.related).forEach((score, i) => lexicalOf.set(missing[i]!, score));
    const labels = [...lexicalOf.keys()].sort((a, b) => a - b);
    // From the same bytes for all, so that equal passages score the same whichever leg found them.
    const dense = labels.map((label) => vectors.cosine(label, query.vector));
    const scores = labels.map((label) => lexicalOf.get(label)!);
    const fused = fuse(dense, scores);
    const hits = labels
      .map((label, i) => ({ label, dense: dense[i]!, lexical: scores[i]!, score: fused[i]! }))
      .sort((a, b) => b.score - a.score || a.label - b.label)
      .slice(0, Math.max(query.k, RERANKED))
      .map(({ label, ...scored }) => this.#hit(label, scored, query.vector));
    return rerankFirst(query.text, hits).slice(0, query.k);
  }

  /** The labels of the nearest passages by the graph alone, as a search asks it: for measurements. */
  nearest(vector: Float32Array, k: number): number[] {
    return this.#nearest(vector, null).slice(0, k);
  }

  /** The labels of the nearest passages. */
  #nearest(vector: Float32Array, accepted: Accepted | null): number[] {
    const { graph, vectors } = this.#parts;
    if (accepted !== null && accepted.count <= MAX_EXACT_SCAN) {
      return nearestOf(accepted.labels(), (label) => vectors.cosine(label, vector), CANDIDATES_PER_LEG);
    }
    const filter = accepted === null ? undefined : (label: number): boolean => accepted.mask[label] === 1;
    return graph.searchKnn(Array.from(vector), Math.min(CANDIDATES_PER_LEG, this.counts.passages), filter).neighbors;
  }

  /** The passages of some sources; null for all. */
  #accepted(sources: readonly string[] | undefined): Accepted | null {
    if (sources === undefined) return null;
    const { store, table } = this.#parts;
    const accepted = new Accepted(table.count);
    for (const source of sources) {
      const place = store.placeOf(source);
      if (place !== undefined) accepted.add(...table.labelsOf(place));
    }
    return accepted;
  }

  #hit(label: number, scores: { dense: number; lexical: number; score: number }, vector: Float32Array): Fused {
    const { table, readings } = this.#parts;
    const unitCosines = this.#unitCosines(label, vector);
    return { passage: table.passage(label), ...scores, unitCosines, reading: readings.reading(label) };
  }

  #unitCosines(label: number, vector: Float32Array): number[] {
    const { table, units } = this.#parts;
    const [first, end] = table.unitsOf(label);
    const cosines: number[] = [];
    for (let unit = first; unit < end; unit++) cosines.push(units.cosine(unit, vector));
    return cosines;
  }

  async searchFaq(vector: Float32Array, k: number, sources?: readonly string[]): Promise<FaqMatch[]> {
    const { faqGraph, table, readings, units } = this.#parts;
    const cosineOf = (at: number): number => units.cosine(this.#faq[at]!.unit, vector);
    let places: number[];
    if (k <= 0 || this.#faq.length === 0) places = [];
    else if (sources === undefined && faqGraph !== null)
      places = faqGraph.searchKnn(Array.from(vector), Math.min(k, this.#faq.length)).neighbors;
    else {
      const wanted = sources === undefined ? null : new Set(sources);
      places = [...this.#faq.keys()].filter((at) => wanted?.has(this.#faq[at]!.item.documentId) ?? true);
    }
    return nearestOf(places, cosineOf, k).map((at) => {
      const { item, label } = this.#faq[at]!;
      const unitCosines = this.#unitCosines(label, vector);
      return { item, passage: table.passage(label), reading: readings.reading(label), unitCosines };
    });
  }

  async termWeights(terms: readonly string[]): Promise<{ idf: number; known: boolean }[]> {
    const { lexical } = this.#parts;
    return terms.map((term) => ({ idf: lexical.idf(term), known: lexical.frequency(term) > 0 }));
  }

  async respell(term: string): Promise<string | null> {
    return this.#parts.lexical.respell(term);
  }

  async shortForms(): Promise<readonly ShortForm[]> {
    return this.#parts.shortForms;
  }

  async relatedTerms(term: string): Promise<readonly RelatedTerm[]> {
    return this.#parts.lexical.related(term);
  }

  async documents(): Promise<readonly DocumentHead[]> {
    return this.#parts.store.heads;
  }

  async documentHead(id: string): Promise<DocumentHead | null> {
    return this.#parts.store.head(id);
  }

  async document(id: string): Promise<Document | null> {
    return this.#parts.store.document(id);
  }

  async passagesOf(documentId: string): Promise<readonly Passage[]> {
    const { store, table } = this.#parts;
    const place = store.placeOf(documentId);
    if (place === undefined) return [];
    const [first, end] = table.labelsOf(place);
    return Array.from({ length: end - first }, (_, i) => table.passage(first + i));
  }

  async passageCounts(): Promise<ReadonlyMap<string, number>> {
    const { store, table } = this.#parts;
    const counts = new Map<string, number>();
    for (const [place, { id }] of store.heads.entries()) {
      const [first, end] = table.labelsOf(place);
      if (end > first) counts.set(id, end - first);
    }
    return counts;
  }

  async faqItems(): Promise<readonly FaqItem[]> {
    return this.#faq.map(({ item }) => item);
  }

  async *embedded(): AsyncGenerator<EmbeddedPassage> {
    const { graph, table, units } = this.#parts;
    for (let label = 0; label < table.count; label++) {
      yield {
        passage: table.passage(label),
        text: table.sources[table.columns.document[label]!]!.text,
        vector: () => Float32Array.from(graph.getPoint(label)),
        units: units.slice(...table.unitsOf(label)),
      };
    }
  }
}

function efFor(passages: number): number {
  return Math.round(EF_SEARCH * Math.max(1, passages / EF_PASSAGES) ** EF_GROWTH);
}

async function readGraph(build: string, manifest: IndexManifest, name: string, ef: number): Promise<HierarchicalNSW> {
  // Checked first: hnswlib can crash the process on a damaged file.
  await checkFile(build, manifest, name);
  const graph = new hnswlib.HierarchicalNSW("cosine", manifest.recipe.embedder.dimensions);
  await graph.readIndex(path.join(build, name));
  graph.setEf(ef);
  return graph;
}

function faqPlaces({ store, table }: Parts): FaqPlace[] {
  const places: FaqPlace[] = [];
  for (const [source, { faq }] of store.heads.entries()) {
    if (faq.length === 0) continue;
    const items = new Map(faq.map((item) => [item.question.start, item]));
    const [first, end] = table.labelsOf(source);
    for (let label = first; label < end; label++) {
      const [unit] = table.unitsOf(label);
      const item = table.isFaq(label) ? items.get(table.columns.unitStart[unit]!) : undefined;
      if (item !== undefined) places.push({ item, label, unit });
    }
  }
  return places;
}

/** Some of the passages. */
class Accepted {
  readonly mask: Uint8Array;
  count = 0;

  constructor(passages: number) {
    this.mask = new Uint8Array(passages);
  }

  /** Accepts `[first, end)`, which may have been accepted before. */
  add(first: number, end: number): void {
    if (this.mask[first] === 1) return;
    this.mask.fill(1, first, end);
    this.count += end - first;
  }

  labels(): number[] {
    const labels: number[] = [];
    for (let label = this.mask.indexOf(1); label >= 0; label = this.mask.indexOf(1, label + 1)) labels.push(label);
    return labels;
  }
}

/** Of some numbers, the k with the largest cosines, best first; equal ones in their order. */
function nearestOf(numbers: readonly number[], cosineOf: (number: number) => number, k: number): number[] {
  return numbers
    .map((number) => ({ number, cosine: cosineOf(number) }))
    .sort((a, b) => b.cosine - a.cosine || a.number - b.number)
    .slice(0, k)
    .map(({ number }) => number);
}
