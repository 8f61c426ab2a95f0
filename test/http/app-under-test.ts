import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Express } from "express";
import { pino } from "pino";
import type { Response } from "supertest";
import { afterAll, expect } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { type AppDeps, createApp } from "../../src/app.js";
import { PROJECT_DIR } from "../../src/config.js";
import type { Embedder } from "../../src/embed/embedder.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../src/embed/transformers-embedder.js";
import { ingest } from "../../src/ingest.js";
import { loadBrowserFiles } from "../../src/pages/browser-files.js";
import type { IndexStore } from "../../src/search/index-store.js";
import { LiveIndex } from "../../src/search/live-index.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { writeFiles } from "../helpers/folders.js";
import { temporaryStore } from "../helpers/postgres.js";

const CORPUS_DIR = path.join(PROJECT_DIR, "corpus");

/** A folder that is removed when the file's tests are over. */
export function folderForFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "docent-http-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function bundledModel(): Promise<Embedder> {
  return loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));
}

/** A store in a folder, or in PostgreSQL where `VECTOR_STORE` asks for it. */
async function storeIn(folder: string): Promise<IndexStore> {
  if (process.env["VECTOR_STORE"] !== "pgvector") return new FolderStore(path.join(folder, "index"));
  return temporaryStore();
}

/** Ingests a corpus folder, or files written into a new one, and opens the index. */
export async function openIndex(
  folder: string,
  embedder: Embedder,
  corpus: string | Record<string, string> = CORPUS_DIR,
  given?: IndexStore,
): Promise<PassageIndex> {
  const corpusDir = typeof corpus === "string" ? corpus : path.join(folder, "corpus");
  if (typeof corpus !== "string") await writeFiles(corpusDir, corpus);
  const store = given ?? (await storeIn(folder));
  await ingest({ corpusDir, store, embedder });
  const live = new LiveIndex(store);
  await live.refresh();
  return live.current!;
}

export interface AppUnderTest {
  app: Express;
  /** What the app logged, one JSON line each, from "warn" up. */
  logs: string[];
}

export function appOver(
  index: PassageIndex | null,
  embedder: Embedder | null,
  settings: Partial<AppDeps> = {},
): AppUnderTest {
  const logs: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => void logs.push(line) });
  const app = createApp({
    index: () => index,
    embedder: () => embedder,
    logger,
    browserFiles: loadBrowserFiles(path.join(PROJECT_DIR, "dist", "browser")),
    version: "1.2.3",
    apiKeys: [],
    corsOrigins: [],
    rateLimitPerMinute: 0,
    trustProxy: false,
    allowedHosts: null,
    logQuestions: false,
    // A test that sends feedback names a folder of its own.
    dataDir: path.join(tmpdir(), "docent-none", "data"),
    ...settings,
  });
  return { app, logs };
}

/** Listens on a free port; closed when the file's tests are over. */
export async function listening(app: Express): Promise<{ server: Server; port: number; url: string }> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `http://127.0.0.1:${port}` };
}

const TITLES: Record<string, [number, string]> = {
  "invalid-request": [400, "The request is not valid"],
  "missing-key": [401, "An API key is needed"],
  "not-found": [404, "Not found"],
  "method-not-allowed": [405, "This method is not allowed here"],
  "too-large": [413, "The request is too large"],
  "not-json": [415, "The request must be JSON"],
  "too-many-requests": [429, "Too many requests"],
  internal: [500, "Something went wrong on the server"],
  "forbidden-host": [403, "This host name is not allowed"],
  "forbidden-origin": [403, "Pages of this origin may not call"],
  overloaded: [503, "The server is busy"],
  "no-index": [503, "The documents are not ready yet"],
  "no-database": [503, "The database does not answer"],
  "not-kept": [503, "The feedback could not be kept"],
};

/** What `problemIn` finds in the answer to a fault of a kind: these details, whole and as problem+json. */
export function problem(kind: string, detail: string | RegExp, errors?: { path: string; message: string }[]): object {
  const [status, title] = TITLES[kind]!;
  return {
    status,
    type: "application/problem+json; charset=utf-8",
    body: {
      type: `urn:docent:problem:${kind}`,
      title,
      status,
      detail: typeof detail === "string" ? detail : expect.stringMatching(detail),
      ...(errors === undefined ? {} : { errors }),
    },
    leaks: [],
  };
}

/** Status, type and body of an answer, and whatever it tells of the server's inside. */
export function problemIn({ status, headers, text }: Pick<Response, "status" | "headers" | "text">): object {
  const leaks = [/\bat .+:\d+/, /node_modules/, /node:internal/, /\.[jt]s\b/].filter((stack) => stack.test(text));
  const folders = [PROJECT_DIR, tmpdir()].filter((folder) => text.includes(folder));
  return { status, type: headers["content-type"], body: JSON.parse(text) as unknown, leaks: [...leaks, ...folders] };
}
