import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config.js";
import type { Embedder } from "../embed/embedder.js";
import { BusyError, DocentError, messageOf, StartupError } from "../errors.js";
import { ingest, isStale } from "../ingest.js";
import type { IndexStore } from "../search/index-store.js";
import type { LiveIndex } from "../search/live-index.js";
import { progressReporter, rebuildReporter, summaryLines } from "./report.js";

const PINNED =
  'The index was rolled back and stays as it is, whatever has changed in the documents. Run "npm run ingest" to follow them again.';
/** How long a start waits for a store that is away: a database that starts at the same time takes seconds. */
const STORE_WAIT_MS = 60_000;
/** How often a start begins again where the store goes away in the middle. */
const ATTEMPTS = 5;
/** How often a store that is away, or another's ingest, is looked at again. */
const LOOK_EVERY_MS = 1_000;

/**
 * Loads the index; makes it first where it is missing, stale or damaged, and tells stderr. An old index serves if a new one
 * fails. Where another process is making the first one, it is waited for.
 *
 * @throws StartupError if there is no index to serve
 */
export async function makeIndex(config: Config, embedder: Embedder, live: LiveIndex): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await waitFor(live.store);
    try {
      await loadOrMake(config, embedder, live);
      return;
    } catch (error) {
      if (!(error instanceof DocentError)) throw error;
      if (attempt === ATTEMPTS) throw new StartupError(messageOf(error));
      process.stderr.write(`${messageOf(error)}\n`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function loadOrMake(config: Config, embedder: Embedder, live: LiveIndex): Promise<void> {
  const loadFault = await live.refresh(embedder.fingerprint).then(
    () => null,
    (error: unknown) => {
      // A store that is away says nothing of the index.
      if (error instanceof DocentError) throw error;
      return messageOf(error);
    },
  );
  if (loadFault === null && live.current !== null && !(await isToBeMade(config, embedder, live.store))) return;
  if (loadFault !== null) process.stderr.write(`${loadFault} It is made anew.\n`);
  for (;;) {
    try {
      await makeNow(config, embedder, live, loadFault);
      return;
    } catch (error) {
      if (live.current !== null) {
        process.stderr.write(`${messageOf(error)} The index before stays in use.\n`);
        return;
      }
      // In a folder, another process is a mistake to tell; servers that share a database start together.
      if (!(error instanceof BusyError) || live.store.folder !== null) throw error;
    }
    process.stderr.write("Another server is making the index. Waiting for it.\n");
    await untilFree(live, embedder);
    if (live.current !== null) return;
  }
}

/** @throws StartupError if the store is away for longer than a start waits */
async function waitFor(store: IndexStore): Promise<void> {
  const until = performance.now() + STORE_WAIT_MS;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await store.check();
      return;
    } catch (error) {
      if (!(error instanceof DocentError)) throw error;
      if (performance.now() > until) throw new StartupError(messageOf(error));
      if (isFirst) process.stderr.write(`${messageOf(error)} Waiting for it.\n`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}

async function isToBeMade({ corpusDir }: Config, embedder: Embedder, store: IndexStore): Promise<boolean> {
  // Of servers that share a database, not each needs the documents.
  if (store.folder === null && !existsSync(corpusDir)) return false;
  if (await isStale({ corpusDir, store, embedder })) return true;
  if (await store.isPinned()) process.stderr.write(`${PINNED}\n`);
  return false;
}

async function makeNow(
  { corpusDir, readingLimits: limits }: Config,
  embedder: Embedder,
  live: LiveIndex,
  loadFault: string | null,
): Promise<void> {
  const summary = await ingest({
    corpusDir,
    store: live.store,
    embedder,
    limits,
    force: loadFault !== null,
    onProgress: progressReporter(process.stderr),
    // A fault that was told already says the same.
    ...(loadFault === null && { onRebuild: rebuildReporter(process.stderr) }),
  });
  for (const line of summaryLines(summary)) process.stderr.write(`${line}\n`);
  await live.refresh(embedder.fingerprint);
}

/** Until another's ingest has put an index in use, or has ended without one. */
async function untilFree(live: LiveIndex, embedder: Embedder): Promise<void> {
  for (let isFree = false; !isFree && live.current === null;) {
    await sleep(LOOK_EVERY_MS);
    await live.refresh(embedder.fingerprint).catch(() => {});
    isFree = await live.store
      .exclusively(async () => {})
      .then(
        () => true,
        (error: unknown) => !(error instanceof BusyError),
      );
  }
}
