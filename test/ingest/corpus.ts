import { HnswIndex } from "../../src/search/hnsw-index.js";
import { currentBuild, readManifest } from "../../src/search/index-folder.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";

/** Remembers every text it was given to embed. */
export class RecordingEmbedder extends HashEmbedder {
  texts: string[] = [];

  override embedPassages(texts: readonly string[], onProgress?: (done: number) => void): Promise<Float32Array[]> {
    this.texts.push(...texts);
    return super.embedPassages(texts, onProgress);
  }

  /** What was embedded since the last call. */
  taken(): string[] {
    const { texts } = this;
    this.texts = [];
    return texts;
  }
}

/** The index in use, opened whole. */
export async function openCurrent(indexDir: string): Promise<HnswIndex> {
  const build = await currentBuild(indexDir);
  if (build === null) throw new Error("there is no index");
  const manifest = await readManifest(build);
  if (manifest === null) throw new Error("the index has no manifest");
  return HnswIndex.load(build, manifest);
}

/** Ids of the documents found for a query, best first, by their words alone. */
export async function found(indexDir: string, text: string): Promise<string[]> {
  const index = await openCurrent(indexDir);
  const vector = await new HashEmbedder().embedQuery(text);
  const hits = await index.search({ text, vector, k: 10 });
  return hits.filter(({ lexical }) => lexical > 0).map(({ passage }) => passage.documentId);
}
