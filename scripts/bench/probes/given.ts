import { readFile } from "node:fs/promises";
import path from "node:path";
import { Document } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";
import { PROJECT_DIR } from "../../../src/config.js";
import type { Embedder } from "../../../src/embed/embedder.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../src/embed/transformers-embedder.js";
import { Database } from "../../../src/postgres/database.js";
import type { PostgresIndex } from "../../../src/postgres/postgres-index.js";
import { PostgresStore } from "../../../src/postgres/postgres-store.js";
import { HnswIndex } from "../../../src/search/hnsw-index.js";
import { currentBuild, readManifest } from "../../../src/search/index-folder.js";
import type { Passage } from "../../../src/types.js";

/** What a probe was told to measure. */
export function given(): unknown {
  return JSON.parse(process.argv[2]!);
}

export function tell(figures: object): void {
  process.stdout.write(JSON.stringify(figures));
}

export function bundledEmbedder(): Promise<Embedder> {
  return loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));
}

/** Threads start before the clock does. */
export async function warmUp(embedder: Embedder): Promise<void> {
  await embedder.embedPassages(Array.from({ length: 2000 }, (_, i) => `A text to start threads with: ${i}.`.repeat(4)));
}

export async function openIndex(indexDir: string): Promise<HnswIndex> {
  const build = await currentBuild(indexDir);
  const manifest = build === null ? null : await readManifest(build);
  if (build === null || manifest === null) throw new Error(`There is no index in ${indexDir}.`);
  return HnswIndex.load(build, manifest);
}

/** The build in use of a schema. */
export async function openPostgres(
  url: string,
  schema: string,
): Promise<{ index: PostgresIndex; store: PostgresStore }> {
  const store = new PostgresStore(new Database(url, schema));
  const id = await store.currentId();
  const manifest = id === null ? null : await store.manifest(id);
  if (manifest === null) throw new Error(`There is no index in the schema ${schema}.`);
  return { index: await store.open(manifest), store };
}

export async function questionsIn(file: string): Promise<string[]> {
  return JSON.parse(await readFile(file, "utf8")) as string[];
}

/** The same model for LangChain's stores. */
export class LangChainEmbeddings extends Embeddings {
  constructor(readonly embedder: Embedder) {
    super({});
  }
  async embedDocuments(texts: string[]): Promise<number[][]> {
    return (await this.embedder.embedPassages(texts)).map((vector) => [...vector]);
  }
  async embedQuery(text: string): Promise<number[]> {
    return [...(await this.embedder.embedQuery(text))];
  }
}

/** A passage as a team would put it into a LangChain store. */
export function langChainDocument({ text, documentId, title, headings, start, end }: Passage): Document {
  return new Document({ pageContent: text, metadata: { source: documentId, title, headings, start, end } });
}
