import { Console } from "node:console";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AnswerDeps, answerQuestion } from "../src/answer/answer-question.js";
import { loadEmbedder } from "../src/cli/load-embedder.js";
import { makeIndex } from "../src/cli/make-index.js";
import { openStore } from "../src/cli/open-store.js";
import { runCommand } from "../src/cli/run.js";
import { type Config, loadConfig, PROJECT_DIR } from "../src/config.js";
import type { Embedder } from "../src/embed/embedder.js";
import { chatModelOf, loadVerifierOf } from "../src/cli/load-chat.js";
import { DocentError } from "../src/errors.js";
import { createLogger } from "../src/logs/logger.js";
import { loggedError } from "../src/logs/safe-error.js";
import { portOver } from "../src/mcp/port.js";
import { serveStdio } from "../src/mcp/stdio.js";
import { LiveIndex } from "../src/search/live-index.js";

/** Clients wait this long at least for a first sign of life; an index that is there is opened sooner. */
const GREETING_MS = 3000;
/** How long a question waits for an index that is still being made: less than clients wait for an answer. */
const OPENING_MS = 30_000;
/** How long an end waits for the embedding model: more than a batch of a large one takes. */
const THREADS_END_MS = 5000;

// stdout belongs to the protocol, whatever a library wants to say there.
globalThis.console = new Console(process.stderr);

await runCommand(async () => {
  const config = loadConfig();
  const logger = createLogger(config.logLevel, process.stderr);
  const ending = new AbortController();
  const { signal } = ending;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => ending.abort());
  const loading = loadEmbedder(config);
  const opening = loading.then((embedder) => open(config, embedder, (message) => logger.error(message)));
  await Promise.race([opening, sleep(GREETING_MS, undefined, { ref: false, signal }).catch(() => {})]);
  const { version } = JSON.parse(readFileSync(path.join(PROJECT_DIR, "package.json"), "utf8")) as { version: string };
  const port = portOver({
    deps: () => Promise.race([opening.then((opened) => opened()), late()]),
    answer: (deps, request, stopped) =>
      answerQuestion(deps, request, {
        signal: stopped,
        onTrace: ({ generated }) => {
          if (generated?.message != null) logger.warn(generated.message);
        },
      }),
    origin: null,
  });
  const served = serveStdio(port, {
    version,
    onFault: (error) => logger.error({ err: loggedError(error, { secrets: [], questions: [] }) }, "request failed"),
    onBadLine: (message) => logger.warn(message),
    signal,
  });
  // Without an index there is nothing to serve: the line on stderr says why, and clients show it.
  await Promise.race([served, opening.then(() => served)]);
  // A thread in which the model runs must end by itself, or the process ends with an abort.
  const closed = Promise.all([
    loading.then((embedder) => embedder.close()),
    opening.then((opened) => opened().verifier?.close()),
  ]);
  await Promise.race([closed, sleep(THREADS_END_MS, undefined, { ref: false })]);
  return 0;
});
// What is still open by then, such as stdin after a fault, would hold up the end.
process.exit();

/** Opens the index and follows its new builds. @returns what is in use at the moment */
async function open(config: Config, embedder: Embedder, onFault: (message: string) => void): Promise<() => AnswerDeps> {
  const live = new LiveIndex(await openStore(config), (message, failed) => {
    if (failed) onFault(message);
  });
  await makeIndex(config, embedder, live);
  live.watch(embedder.fingerprint);
  const chatModel = chatModelOf(config);
  const verifier = await loadVerifierOf(config);
  return () => ({ index: live.current!, embedder, chatModel, verifier });
}

async function late(): Promise<never> {
  await sleep(OPENING_MS, undefined, { ref: false });
  throw new DocentError("no_index", "The index is still being made. Try again in a minute.");
}
