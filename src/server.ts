import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { isIPv6 } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { createApp } from "./app.js";
import type { ChatModel } from "./chat-model/chat-model.js";
import { probeModel } from "./chat-model/probe-model.js";
import { makeIndex } from "./cli/make-index.js";
import { type Config, loadConfig, PROJECT_DIR } from "./config.js";
import type { Embedder } from "./embed/embedder.js";
import { loadEmbedder } from "./cli/load-embedder.js";
import { openStores } from "./cli/open-store.js";
import { messageOf, StartupError } from "./errors.js";
import { answerUnreadable } from "./http/unreadable.js";
import { chatModelOf, loadVerifierOf } from "./cli/load-chat.js";
import type { Verifier } from "./gate/verifier.js";
import { createLogger } from "./logs/logger.js";
import { loadBrowserFiles } from "./pages/browser-files.js";
import { LiveIndex } from "./search/live-index.js";

/** How long a stop waits for answers under way. */
const DRAIN_MS = 10_000;
const IDLE_LOOK_MS = 100;
/** How long a stop waits for the embedding model: more than a batch of a large one takes. */
const THREADS_END_MS = 5_000;
/** How long a caller may take to send the headers, and the whole request: short enough that slow ones hold up nobody. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;
/** A connection on which nothing moves for so long, such as one whose reader sleeps, is closed. */
const SILENT_MS = 120_000;
/** More connections than this are closed at once: each costs memory. */
const MAX_CONNECTIONS = 5_000;

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  let isReady = false;
  const stores = await openStores(config);
  const live = new LiveIndex(stores.index, (message, failed) => {
    if (failed) logger.error(message);
    else if (isReady) logger.info(message); // The first index is told of by the line that says where to ask.
  });
  let embedder: Embedder | null = null;
  let verifier: Verifier | null = null;
  const { version } = JSON.parse(readFileSync(path.join(PROJECT_DIR, "package.json"), "utf8")) as { version: string };
  const browserFiles = loadBrowserFiles(path.join(PROJECT_DIR, "dist", "browser"));
  const deps = { index: () => live.current, embedder: () => embedder, logger, browserFiles, version };
  const chatModel = chatModelOf(config);
  const app = createApp({
    ...config,
    ...deps,
    chatModel,
    verifier: () => verifier,
    chatPrices: config.chatModel?.prices ?? null,
    feedbackLog: stores.feedback ?? undefined,
    checkStore: () => stores.index.check(),
  });

  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, app);
  server.setTimeout(SILENT_MS);
  server.maxConnections = MAX_CONNECTIONS;
  answerUnreadable(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, config)));
    server.listen(config.port, config.host, resolve);
  });
  const stop = stopping(server, live, () => Promise.all([embedder?.close(), verifier?.close()]), logger);
  process.on("SIGTERM", () => stop(0));
  process.on("SIGINT", () => stop(0));
  // What nobody caught may have left anything half done: finish what can be finished, then let the system start anew.
  process.on("uncaughtException", (error) => {
    logger.fatal({ err: error }, "an error nobody caught: stopping");
    stop(1);
  });

  embedder = await loadEmbedder(config);
  verifier = await loadVerifierOf(config);
  await makeIndex(config, embedder, live);
  live.watch(embedder.fingerprint);
  isReady = true;
  if (chatModel !== null) void tellOfModel(chatModel, logger);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : config.port;
  const { documents, passages, faqItems } = live.current!.counts;
  const seconds = process.uptime().toFixed(1);
  process.stdout.write(
    `Docent answers from ${documents} documents (${passages} passages, ${faqItems} FAQ items) ` +
      `at http://${hostInUrl(config.host)}:${port}  [ready in ${seconds} s]\n`,
  );
}

/** Asks the chat model for a word, so that a wrong key, name or address is seen before the first question. */
async function tellOfModel(chatModel: ChatModel, logger: Logger): Promise<void> {
  const fault = await probeModel(chatModel);
  if (fault === null) logger.info(`${chatModel.name} answers.`);
  else logger.warn(`${fault} Answers are made from quotes meanwhile.`);
}

/** Where a browser on this machine finds a host that is listened on. */
function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return isIPv6(host) ? `[${host}]` : host;
}

function cannotListen(error: NodeJS.ErrnoException, { host, port }: Config): Error {
  if (error.code === "EADDRINUSE") {
    return new StartupError(`PORT: ${port} is taken by another program. Stop it, or set PORT to a free one.`);
  }
  if (error.code === "EACCES")
    return new StartupError(`PORT: ${port} may not be opened by this user; choose one above 1023.`);
  return new StartupError(`HOST, PORT: cannot listen on ${host}:${port} (${error.code ?? error.message}).`);
}

/** What takes no new requests, lets those under way finish, then ends the process with an exit code. */
function stopping(
  server: ReturnType<typeof createServer>,
  live: LiveIndex,
  closeModels: () => Promise<unknown>,
  logger: Logger,
): (code: number) => void {
  let isStopping = false;
  const end = async (code: number): Promise<void> => {
    // A thread in which the model runs must end by itself, or the process ends with an abort.
    await Promise.race([closeModels(), sleep(THREADS_END_MS, undefined, { ref: false })]);
    process.exit(code);
  };
  return (code) => {
    if (isStopping) return;
    isStopping = true;
    live.stop();
    server.close(() => void end(code));
    // A connection that is kept alive after its last answer would otherwise hold up the end.
    setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS).unref();
    setTimeout(() => {
      logger.warn("answers under way did not finish in time");
      void end(code);
    }, DRAIN_MS).unref();
  };
}

main().catch((error: unknown) => {
  const known = error instanceof StartupError;
  process.stderr.write(`${known ? error.message : `Docent could not start: ${messageOf(error)}`}\n`);
  process.exit(1);
});
