import { constants, existsSync, readFileSync } from "node:fs";
import { access, mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { parseEnv } from "node:util";
import { type Config, isSetting, parseConfig, PROJECT_DIR } from "../config.js";
import { langChainModel } from "../chat-model/langchain-model.js";
import { probeModel } from "../chat-model/probe-model.js";
import type { ChatModelSettings } from "../chat-model/settings.js";
import { readCorpus } from "../corpus/read-corpus.js";
import type { Embedder } from "../embed/embedder.js";
import { messageOf } from "../errors.js";
import { isLoopback } from "../http/host.js";
import { isStale } from "../ingest.js";
import type { IndexStore } from "../search/index-store.js";
import { loadEmbedder } from "./load-embedder.js";
import { openStore } from "./open-store.js";

/** What was looked at and how it is; `advice` says what to do where it is not well. */
export interface Finding {
  check: string;
  level: "ok" | "warning" | "fault";
  text: string;
  advice?: string;
}

/** Less room than this is too little for an ingest of any size. */
const LEAST_ROOM_BYTES = 500_000_000;
/** A key that can be guessed is none. */
const LEAST_KEY_CHARS = 16;
const NAMED_FILES = 5;

const ok = (check: string, text: string): Finding => ({ check, level: "ok", text });
const warning = (check: string, text: string, advice: string): Finding => ({ check, level: "warning", text, advice });
const fault = (check: string, text: string, advice: string): Finding => ({ check, level: "fault", text, advice });

/**
 * Looks at everything that a server needs, one finding after the other. Nothing is changed; nothing is thrown.
 *
 * @param env the settings of the environment, which win over those of the file
 */
export async function* examine(
  env: Record<string, string | undefined>,
  envFile = path.join(PROJECT_DIR, ".env"),
): AsyncGenerator<Finding> {
  const written = existsSync(envFile) ? parseEnv(readFileSync(envFile, "utf8")) : {};
  const unknown = Object.keys(written).filter((name) => !isSetting(name));
  if (unknown.length > 0) {
    yield warning(
      "settings",
      `.env sets what is no setting of Docent: ${unknown.join(", ")}.`,
      "Compare with .env.example.",
    );
  }
  let config: Config;
  try {
    config = parseConfig({ ...written, ...env });
  } catch (error) {
    yield fault("settings", messageOf(error), "Mend them in .env or in the environment.");
    return;
  }
  yield ok(
    "settings",
    existsSync(envFile) ? "those of .env and the environment are allowed" : "the defaults and the environment",
  );
  yield* openness(config);
  yield await portFinding(config);
  yield await corpusFinding(config);
  const store = await openStore(config);
  if (config.database !== null) yield await databaseFinding(store);
  else {
    yield await folderFinding("index folder", config.indexDir);
    yield await folderFinding("data folder", config.dataDir);
  }
  let embedder: Embedder | null = null;
  try {
    const started = performance.now();
    embedder = await loadEmbedder(config);
    await embedder.embedQuery("Is anybody there?");
    const { model, dimensions } = embedder.fingerprint;
    yield ok(
      "embedding model",
      `${model} embeds a text into ${dimensions} numbers (${Math.round(performance.now() - started)} ms with loading)`,
    );
  } catch (error) {
    yield fault(
      "embedding model",
      messageOf(error),
      'See "Another embedding model" in the README; the bundled one needs no network.',
    );
  }
  yield await indexFinding(config.corpusDir, store, embedder);
  await store.close();
  await embedder?.close();
  if (config.chatModel !== null) yield await chatModelFinding(config.chatModel);
}

/** Connects, and makes the schema if it is missing, as a server does. */
async function databaseFinding(store: IndexStore): Promise<Finding> {
  const started = performance.now();
  try {
    await store.check();
    return ok("database", `${store.place} answers (${Math.round(performance.now() - started)} ms with connecting)`);
  } catch (error) {
    return fault("database", messageOf(error), "See docs/scale.md for what the database and its user need.");
  }
}

async function chatModelFinding(settings: ChatModelSettings): Promise<Finding> {
  const model = langChainModel(settings);
  const started = performance.now();
  const found = await probeModel(model);
  if (found !== null)
    return fault(
      "chat model",
      found,
      "Until it answers, answers are made from quotes. See CHAT_MODEL in .env.example.",
    );
  return ok("chat model", `${model.name} answers (${Math.round(performance.now() - started)} ms to the first word)`);
}

/** Who may ask, and whether that fits where the server listens. */
function* openness({ host, apiKeys, rateLimitPerMinute, corsOrigins, logQuestions }: Config): Generator<Finding> {
  if (!isLoopback(host) && apiKeys.length === 0) {
    yield warning(
      "access",
      `whoever reaches ${host} may ask: no keys are set.`,
      "Set API_KEYS, or let a proxy in front ask for a login.",
    );
  }
  if (apiKeys.some((key) => key.length < LEAST_KEY_CHARS)) {
    yield warning(
      "access",
      `a key has fewer than ${LEAST_KEY_CHARS} characters.`,
      'Make one with "openssl rand -hex 24".',
    );
  }
  if (!isLoopback(host) && rateLimitPerMinute === 0) {
    yield warning(
      "access",
      "there is no limit of requests.",
      "Set RATE_LIMIT_PER_MINUTE, or limit them in the proxy in front.",
    );
  }
  if (corsOrigins.includes("*") && apiKeys.length > 0) {
    yield warning("access", "pages of every origin may call with a key.", "Name the origins in CORS_ORIGINS.");
  }
  if (logQuestions)
    yield warning("access", "questions are logged.", "Tell the people who ask, or set LOG_QUESTIONS=off.");
}

async function portFinding({ host, port }: Config): Promise<Finding> {
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  if (error === null) return ok("port", `${host}:${port} is free`);
  if (error.code === "EADDRINUSE")
    return warning("port", `${host}:${port} is in use.`, "That is well if it is this server; otherwise set PORT.");
  return fault(
    "port",
    `${host}:${port} cannot be listened on (${error.code ?? error.message}).`,
    "Set HOST and PORT to what this machine has.",
  );
}

async function corpusFinding({ corpusDir, readingLimits: limits }: Config): Promise<Finding> {
  try {
    const { documents, skipped } = await readCorpus(corpusDir, { limits });
    if (documents.length === 0)
      return fault(
        "documents",
        `nothing in "${corpusDir}" can be read.`,
        "Put .txt, .md, .html, .pdf or .docx files there, or set CORPUS_DIR.",
      );
    const read = `${documents.length} documents in "${corpusDir}"`;
    if (skipped.length === 0) return ok("documents", read);
    const named = skipped.slice(0, NAMED_FILES).map((file) => `${file.path}: ${file.reason}`);
    return warning(
      "documents",
      `${read}; ${skipped.length} files are skipped (${named.join("; ")}).`,
      "Mend or remove them.",
    );
  } catch (error) {
    return fault("documents", messageOf(error), "Set CORPUS_DIR to the folder of your documents.");
  }
}

/** Whether a folder, or the nearest one above it that there is, may be written to and has room. */
async function folderFinding(check: string, folder: string): Promise<Finding> {
  let nearest = folder;
  while (!existsSync(nearest) && path.dirname(nearest) !== nearest) nearest = path.dirname(nearest);
  const probe = path.join(nearest, `.docent-doctor-${process.pid}`);
  try {
    await access(nearest, constants.W_OK);
    await mkdir(probe);
    await writeFile(path.join(probe, "probe"), "x");
    const { bavail, bsize } = await statfs(nearest);
    const room = bavail * bsize;
    const gigabytes = `${(room / 1e9).toFixed(1)} GB free`;
    if (room < LEAST_ROOM_BYTES)
      return warning(
        check,
        `"${folder}" has little room (${gigabytes}).`,
        "Make room, or name a folder on another disk.",
      );
    return ok(check, `"${folder}" can be written, ${gigabytes}`);
  } catch (error) {
    return fault(
      check,
      `"${folder}" cannot be written (${messageOf(error)}).`,
      "Give this user the right to, or name another folder.",
    );
  } finally {
    await rm(probe, { recursive: true, force: true }).catch(() => {});
  }
}

async function indexFinding(corpusDir: string, store: IndexStore, embedder: Embedder | null): Promise<Finding> {
  let build: string | null;
  try {
    build = await store.currentId();
  } catch (error) {
    if (store.folder === null) return fault("index", messageOf(error), "Bring the database back first.");
    build = null;
  }
  if (build === null)
    return warning("index", "there is none yet.", 'The first "npm start" or "npm run ingest" makes it.');
  const manifest = await store.manifest(build);
  const again = 'Run "npm run ingest -- --force"; the server does so by itself when it starts.';
  if (manifest === null) return fault("index", "its manifest is damaged or of another version.", again);
  try {
    await store.open(manifest);
  } catch (error) {
    return fault("index", messageOf(error), again);
  }
  const { documents, passages } = manifest.counts;
  const whole = `build ${manifest.buildId} is whole: ${documents} documents, ${passages} passages`;
  if (await store.isPinned())
    return warning("index", `${whole}, and was rolled back to.`, 'Run "npm run ingest" to follow the documents again.');
  if (embedder !== null && (await isStale({ corpusDir, store, embedder }).catch(() => false)))
    return warning("index", `${whole}, but documents or settings have changed since.`, 'Run "npm run ingest".');
  return ok("index", whole);
}

const MARKS = { ok: "ok      ", warning: "warning ", fault: "FAULT   " };

/** A finding for people: a line, and one below that says what to do. */
export function findingLines({ check, level, text, advice }: Finding): string[] {
  return [`${MARKS[level]} ${check}: ${text}`, ...(advice === undefined ? [] : [`         → ${advice}`])];
}
