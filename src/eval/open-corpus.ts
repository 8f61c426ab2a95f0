import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AnswerDeps } from "../answer/answer-question.js";
import { loadConfig } from "../config.js";
import type { Embedder } from "../embed/embedder.js";
import { ingest } from "../ingest.js";
import { FolderStore } from "../search/folder-store.js";
import type { IndexStore } from "../search/index-store.js";
import { LiveIndex } from "../search/live-index.js";

/**
 * Runs a task over an index of a corpus folder, made for it and removed after it: an index kept between runs would not
 * notice a change to how files are cut.
 */
export function withCorpus<T>(
  corpusDir: string,
  embedder: Embedder,
  task: (deps: AnswerDeps) => Promise<T>,
): Promise<T> {
  return withTemporaryStore(async (store) => {
    await ingest({ corpusDir, store, embedder });
    const live = new LiveIndex(store);
    await live.refresh();
    return task({ index: live.current!, embedder });
  });
}

/** Of the kind that the settings name, so that either can be asked the questions: a folder, or a schema of the database. */
async function withTemporaryStore<T>(task: (store: IndexStore) => Promise<T>): Promise<T> {
  const { database } = loadConfig();
  if (database === null) {
    const store = new FolderStore(await mkdtemp(path.join(tmpdir(), "docent-eval-")));
    return task(store).finally(() => rm(store.folder, { recursive: true, force: true }));
  }
  const [{ Database }, { PostgresStore }] = await Promise.all([
    import("../postgres/database.js"),
    import("../postgres/postgres-store.js"),
  ]);
  const opened = new Database(database.url, `docent_eval_${randomBytes(4).toString("hex")}`);
  return task(new PostgresStore(opened)).finally(async () => {
    await opened.drop();
    await opened.close();
  });
}
