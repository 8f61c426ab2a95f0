import type { Config } from "../config.js";
import type { Embedder } from "../embed/embedder.js";
import { messageOf } from "../errors.js";
import { ingest, isStale } from "../ingest.js";
import type { LiveIndex } from "../search/live-index.js";
import { progressReporter, rebuildReporter, summaryLines } from "./report.js";

const PINNED =
  'The index was rolled back and stays as it is, whatever has changed in the documents. Run "npm run ingest" to follow them again.';

/**
 * Loads the index; makes it first where it is missing, stale or damaged, and tells stderr. An old index serves if a new one
 * fails.
 *
 * @throws StartupError if there is no index to serve
 */
export async function makeIndex(config: Config, embedder: Embedder, live: LiveIndex): Promise<void> {
  const { corpusDir, readingLimits: limits } = config;
  const { store } = live;
  const loadFault = await live.refresh(embedder.fingerprint).then(
    () => null,
    (error: unknown) => messageOf(error),
  );
  if (loadFault === null && live.current !== null && !(await isStale({ corpusDir, store, embedder }))) {
    if (await store.isPinned()) process.stderr.write(`${PINNED}\n`);
    return;
  }
  if (loadFault !== null) process.stderr.write(`${loadFault} It is made anew.\n`);
  try {
    const summary = await ingest({
      corpusDir,
      store,
      embedder,
      limits,
      force: loadFault !== null,
      onProgress: progressReporter(process.stderr),
      // A fault that was told already says the same.
      ...(loadFault === null && { onRebuild: rebuildReporter(process.stderr) }),
    });
    for (const line of summaryLines(summary)) process.stderr.write(`${line}\n`);
    await live.refresh(embedder.fingerprint);
  } catch (error) {
    if (live.current === null) throw error;
    process.stderr.write(`${messageOf(error)} The index before stays in use.\n`);
  }
}
