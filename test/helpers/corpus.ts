import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import type { AnswerDeps } from "../../src/answer/answer-question.js";
import { PROJECT_DIR } from "../../src/config.js";
import type { Embedder } from "../../src/embed/embedder.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../src/embed/transformers-embedder.js";
import { ingest } from "../../src/ingest.js";
import { LiveIndex } from "../../src/search/live-index.js";
import { writeFiles } from "./folders.js";

let bundled: Promise<Embedder> | null = null;

/** The bundled model, loaded once a test file. */
function bundledEmbedder(): Promise<Embedder> {
  bundled ??= loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));
  return bundled;
}

/** Ingests a corpus folder into a temporary index with the bundled model; call it from `beforeAll`. */
export async function openCorpus(corpusDir: string): Promise<AnswerDeps> {
  const indexDir = mkdtempSync(path.join(tmpdir(), "docent-index-"));
  folders.push(indexDir);
  const embedder = await bundledEmbedder();
  await ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
  const live = new LiveIndex(new FolderStore(indexDir));
  await live.refresh();
  return { index: live.current!, embedder };
}

/** Like `openCorpus`, with documents given as text by their file names. */
export async function openFiles(files: Record<string, string>): Promise<AnswerDeps> {
  const corpusDir = mkdtempSync(path.join(tmpdir(), "docent-corpus-"));
  folders.push(corpusDir);
  await writeFiles(corpusDir, files);
  return openCorpus(corpusDir);
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
