import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PROJECT_DIR } from "../../src/config.js";
import type { IngestSummary } from "../../src/ingest.js";
import { Database } from "../../src/postgres/database.js";
import { tablesOf } from "../../src/postgres/generation.js";
import type { Answer } from "../../src/types.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { GIVEN_URL, NEEDS_SERVER } from "../helpers/postgres.js";
import { compile, foldersWith, freePort, post, Program, projectIn, until } from "../helpers/program.js";

const TOLD_SERVER = GIVEN_URL === undefined ? ` (${NEEDS_SERVER})` : "";
/** How long any request may take while the database is away. */
const LONGEST_MS = 5_000;
/** What a client waits between two requests, so that several leave an ingest its share of two cores. */
const PAUSE_MS = 25;
const QUESTION = "Which edition does the archive hold?";
const VOLUMES = 6;

let folder: string;
let project: string;
/** The process of the database that is given to all tests, if no server is given. */
let own: Pglite | null = null;
/** What ends its processes, after all tests. */
const ends: (() => Promise<void>)[] = [];

interface Pglite {
  program: Program;
  url: string;
  port: number;
  dataDir: string;
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "docent-servers-"));
  const dataDir = path.join(folder, "database");
  const starting = startPglite(await freePort(), dataDir);
  compile();
  project = await projectIn(path.join(folder, "project"));
  own = await starting;
}, 120_000);
afterAll(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

/** Every document tells its edition in each sentence, so that a mixture of two shows. */
function documents(edition: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: VOLUMES }, (_, d) => [
      `volume-${d}.txt`,
      `The archive holds edition ${edition} of volume ${d}. The binder of volume ${d} finished edition ${edition} in spring.\n`,
    ]),
  );
}

/** A process that serves PGlite, whose data outlive it. */
async function startPglite(port: number, dataDir: string): Promise<Pglite> {
  const args = ["--import", "tsx", path.join("test", "helpers", "serve-pglite.ts"), String(port), dataDir];
  const program = new Program(args, {}, PROJECT_DIR, (end) => void ends.push(end));
  await until(() => program.stdout.includes("\n") || program.hasEnded, 60_000);
  if (program.hasEnded) throw new Error(`PGlite did not start: ${program.stderr}`);
  return { program, url: program.stdout.trim(), port, dataDir };
}

/** A schema of its own on the server that is given, or in PGlite. */
function someDatabase(url = GIVEN_URL ?? own!.url): { settings: Record<string, string>; database: Database } {
  const database = new Database(url, `test_${randomBytes(6).toString("hex")}`);
  onTestFinished(async () => {
    await database.drop();
    await database.close();
  });
  return { settings: { VECTOR_STORE: "pgvector", DATABASE_URL: url, DATABASE_SCHEMA: database.schema }, database };
}

const serve = (settings: Record<string, string>): Program =>
  new Program([path.join(project, "dist", "src", "server.js")], { PORT: "0", RATE_LIMIT_PER_MINUTE: "0", ...settings });

async function ingested(settings: Record<string, string>): Promise<IngestSummary> {
  const run = await new Program([path.join(project, "dist", "scripts", "ingest.js"), "--json"], settings).ended;
  expect(run).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(run.stdout) as IngestSummary;
}

const readyIndex = async (url: string): Promise<string | undefined> =>
  ((await (await fetch(`${url}/readyz`)).json()) as { index?: string }).index;

interface Reply {
  status: number;
  retryAfter: string | null;
  text: string;
  ms: number;
}

/** Asks a server one question after the other, until it is stopped. */
class Client {
  readonly replies: Reply[] = [];
  readonly #stopped = new AbortController();
  readonly #ended: Promise<void>;

  constructor(url: string) {
    const asks = [
      () => post(`${url}/api/chat`, { question: QUESTION }),
      () => fetch(`${url}/api/search?${new URLSearchParams({ q: QUESTION, k: "10" }).toString()}`),
      () => fetch(`${url}/api/sources/volume-1`),
    ];
    this.#ended = (async () => {
      for (let i = 0; !this.#stopped.signal.aborted; i++) {
        const started = performance.now();
        const response = await asks[i % asks.length]!();
        const text = await response.text();
        const { status, headers } = response;
        this.replies.push({ status, retryAfter: headers.get("retry-after"), text, ms: performance.now() - started });
        await sleep(PAUSE_MS);
      }
    })();
    this.#ended.catch(() => {});
  }

  /** @throws Error if a connection was refused or broken */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#ended;
  }
}

const clientsOf = (urls: readonly string[], each: number): Client[] =>
  urls.flatMap((url) => Array.from({ length: each }, () => new Client(url)));

/** The editions that an answer tells of. */
const editionsIn = (text: string): Set<string> => new Set([...text.matchAll(/edition (\d+)/g)].map(([, n]) => n!));

describe("servers that share a database", { timeout: 180_000 }, () => {
  it("serve what one of them has made, one without documents too", async () => {
    const { settings } = someDatabase();
    const first = serve({ ...settings, ...(await foldersWith(documents(1))) });
    const url = await first.url();
    expect(first.stderr).toMatch(/^Ingested in [\d.]+ s: 6 documents, /);
    const bare = serve({ ...settings, CORPUS_DIR: path.join(temporaryFolder(), "none") });
    const bareUrl = await bare.url();
    expect(bare.stderr).toBe("");
    expect(await readyIndex(bareUrl)).toBe(await readyIndex(url));
    const told = (await (await post(`${bareUrl}/api/chat`, { question: QUESTION })).json()) as Answer;
    expect(told).toMatchObject({ status: "answered" });
    first.signal("SIGTERM");
    bare.signal("SIGTERM");
    expect([(await first.ended).code, (await bare.ended).code]).toEqual([0, 0]);
  });

  it.skipIf(GIVEN_URL === undefined)(`and start together make one index${TOLD_SERVER}`, async () => {
    const { settings: shared, database } = someDatabase();
    const settings = { ...shared, ...(await foldersWith(documents(1))) };
    const servers = [1, 2, 3].map(() => serve(settings));
    const urls = await Promise.all(servers.map((server) => server.url(30_000)));
    const builds = await Promise.all(urls.map(readyIndex));
    expect(new Set(builds).size).toBe(1);
    const told = servers.map(({ stderr }) => stderr).join("");
    expect(told.match(/Ingested in/g)).toHaveLength(1);
    const rows = await database.query(`SELECT build_id FROM ${database.table("builds")}`);
    expect(rows).toEqual([{ build_id: builds[0] }]);
  });

  it("answer every request from one whole index while documents are ingested again and again", async () => {
    const settings: Record<string, string> = { ...someDatabase().settings, ...(await foldersWith(documents(1))) };
    const servers = [serve(settings)];
    const urls = [await servers[0]!.url()];
    servers.push(serve(settings));
    urls.push(await servers[1]!.url());
    const clients = clientsOf(urls, 2);
    const EDITIONS = 4;
    for (let edition = 2; edition <= EDITIONS; edition++) {
      await writeFiles(settings["CORPUS_DIR"]!, documents(edition));
      const { buildId, built } = await ingested(settings);
      expect(built).toBe(true);
      await until(async () => (await Promise.all(urls.map(readyIndex))).every((id) => id === buildId), 40_000);
    }
    const before = clients.map(({ replies }) => replies.length);
    // Each of the three questions is asked once more of the last edition.
    await until(() => clients.every(({ replies }, i) => replies.length >= before[i]! + 4), 30_000);
    for (const client of clients) {
      await client.stop();
      const failed = client.replies.filter(({ status }) => status !== 200);
      expect(failed, servers.map(({ stdout, stderr }) => stdout + stderr).join("\n")).toEqual([]);
      const editions = client.replies.map(({ text }) => [...editionsIn(text)].join(" and "));
      expect(editions.filter((told) => !/^[1-4]$/.test(told))).toEqual([]);
      expect(editions, "never an older one again").toEqual(editions.toSorted());
      expect(editions.slice(-3)).toEqual(Array(3).fill(String(EDITIONS)));
    }
  });

  it("say 503 while the database is killed and started again, and lose nothing", async () => {
    const { program: killed, url: databaseUrl, port, dataDir } = own!;
    const { settings: shared, database } = someDatabase(databaseUrl);
    const settings: Record<string, string> = { ...shared, LOG_LEVEL: "fatal", ...(await foldersWith(documents(1))) };
    const maker = serve(settings);
    const urls = [await maker.url()];
    const other = serve(settings);
    urls.push(await other.url());
    const build = await readyIndex(urls[0]!);
    const rate = (url: string, answer_id: string): Promise<Response> =>
      post(`${url}/api/feedback`, { answer_id, rating: "up" });
    const rated = await Promise.all(urls.map((url, i) => rate(url, `before-${i}`)));
    expect(rated.map(({ status }) => status)).toEqual([204, 204]);

    const clients = clientsOf(urls, 2);
    await until(() => clients.every(({ replies }) => replies.length >= 6), 30_000);
    killed.signal("SIGKILL");
    await killed.ended;
    await until(() => clients.every(({ replies }) => replies.some(({ status }) => status === 503)), 30_000);
    for (const url of urls) {
      for (const response of [await rate(url, "between"), await fetch(`${url}/readyz`)])
        expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    }
    await startPglite(port, dataDir);
    await until(async () => (await Promise.all(urls.map(readyIndex))).every((id) => id === build), 30_000);
    const back = clients.map(({ replies }) => replies.length);
    // The request under way may have been turned down before.
    await until(() => clients.every(({ replies }, i) => replies.length >= back[i]! + 7), 30_000);
    for (const [i, client] of clients.entries()) {
      await client.stop();
      const { replies } = client;
      const others = replies.filter(
        ({ status, retryAfter }) => status !== 200 && !(status === 503 && retryAfter === "2"),
      );
      expect(others).toEqual([]);
      expect(Math.max(...replies.map(({ ms }) => ms))).toBeLessThan(LONGEST_MS);
      expect(replies.slice(back[i]! + 1).map(({ status }) => status)).not.toContain(503);
      const whole = replies.filter(({ status }) => status === 200);
      expect(whole.filter(({ text }) => [...editionsIn(text)].join() !== "1")).toEqual([]);
    }
    expect((await Promise.all(urls.map((url, i) => rate(url, `after-${i}`)))).map(({ status }) => status)).toEqual([
      204, 204,
    ]);
    const rows = await database.query<{ id: string }>(
      `SELECT answer_id AS id FROM ${database.table("feedback")} ORDER BY answer_id`,
    );
    expect(rows.map(({ id }) => id)).toEqual(["after-0", "after-1", "before-0", "before-1"]);
    // An ingest works as before, and the servers take it up.
    await writeFiles(settings["CORPUS_DIR"]!, documents(2));
    const { buildId } = await ingested(settings);
    await until(async () => (await Promise.all(urls.map(readyIndex))).every((id) => id === buildId), 40_000);
    expect(await database.query(`SELECT 1 FROM ${tablesOf(database, buildId).documents}`)).toHaveLength(VOLUMES);
    expect([maker.hasEnded, other.hasEnded]).toEqual([false, false]);
  });
});
