import { rm } from "node:fs/promises";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import hnswlib from "hnswlib-node";
import { readCorpus } from "../../../src/corpus/read-corpus.js";
import { embeddedTextOf, embeddedTextOfUnit } from "../../../src/corpus/split-passages.js";
import { FolderStore } from "../../../src/search/folder-store.js";
import { HNSW_SETTINGS } from "../../../src/search/manifest.js";
import { bundledEmbedder, given, LangChainEmbeddings, langChainDocument, tell, warmUp } from "./given.js";
import { type IngestTimes, timedIngest } from "./timed-ingest.js";

/** Ingests a corpus; then embeds the same texts and builds the same graph, and nothing else; then makes a stock store. */

export interface IngestFigures extends IngestTimes {
  passages: number;
  units: number;
  /** Of all texts, in characters. */
  textChars: number;
  dimensions: number;
  embedSeconds: number;
  graphSeconds: number;
}

const { corpusDir, indexDir, stockDir } = given() as { corpusDir: string; indexDir: string; stockDir: string };
const embedder = await bundledEmbedder();
await warmUp(embedder);
await rm(indexDir, { recursive: true, force: true });
const times = await timedIngest(corpusDir, new FolderStore(indexDir), embedder);

const { documents, passages } = await readCorpus(corpusDir);
const textOf = new Map(documents.map(({ id, text }) => [id, text]));
const unitTexts = passages.flatMap((passage) =>
  passage.units.map((unit) => embeddedTextOfUnit(passage, unit, textOf.get(passage.documentId)!)),
);
const passageTexts = passages.map((passage) => embeddedTextOf(passage));
const embedding = performance.now();
const vectors = await embedder.embedPassages(passageTexts);
const slice = 4096;
for (let from = 0; from < unitTexts.length; from += slice)
  await embedder.embedPassages(unitTexts.slice(from, from + slice));
const embedded = performance.now();
const { dimensions } = embedder.fingerprint;
const graph = new hnswlib.HierarchicalNSW("cosine", dimensions);
const { m, efConstruction, seed } = HNSW_SETTINGS;
graph.initIndex({ maxElements: passages.length, m, efConstruction, randomSeed: seed });
vectors.forEach((vector, label) => graph.addPoint(Array.from(vector), label));
const built = performance.now();

const store = new HNSWLib(new LangChainEmbeddings(embedder), { space: "cosine" });
const chunk = 1000;
for (let from = 0; from < passages.length; from += chunk) {
  await store.addVectors(
    vectors.slice(from, from + chunk).map((vector) => Array.from(vector)),
    passages.slice(from, from + chunk).map((passage) => langChainDocument(passage)),
  );
}
await store.save(stockDir);
await embedder.close();
const figures: IngestFigures = {
  passages: passages.length,
  units: unitTexts.length,
  textChars: documents.reduce((sum, { text }) => sum + text.length, 0),
  dimensions,
  ...times,
  embedSeconds: (embedded - embedding) / 1000,
  graphSeconds: (built - embedded) / 1000,
};
tell(figures);
