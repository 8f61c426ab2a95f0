import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AnswerDeps } from "../answer/answer-question.js";
import type { Embedder } from "../embed/embedder.js";
import { ingest } from "../ingest.js";
import { FolderStore } from "../search/folder-store.js";
import { LiveIndex } from "../search/live-index.js";

/**
 * Runs a task over an index of a corpus folder, made for it and removed after it: an index kept between runs would not
 * notice a change to how files are cut.
 */
export async function withCorpus<T>(
  corpusDir: string,
  embedder: Embedder,
  task: (deps: AnswerDeps) => Promise<T>,
): Promise<T> {
  const store = new FolderStore(await mkdtemp(path.join(tmpdir(), "docent-eval-")));
  try {
    await ingest({ corpusDir, store, embedder });
    const live = new LiveIndex(store);
    await live.refresh();
    return await task({ index: live.current!, embedder });
  } finally {
    await rm(store.folder, { recursive: true, force: true });
  }
}
