import path from "node:path";
import supertest, { type Response } from "supertest";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { parseConfig } from "../../src/config.js";
import { messageOf, StartupError } from "../../src/errors.js";
import { ingest } from "../../src/ingest.js";
import { Database, DatabaseAwayError } from "../../src/postgres/database.js";
import { postgresLog } from "../../src/postgres/feedback-log.js";
import { PostgresStore } from "../../src/postgres/postgres-store.js";
import { LiveIndex } from "../../src/search/live-index.js";
import { appOver, folderForFile, problem, problemIn } from "../http/app-under-test.js";
import { type DatabaseProxy, databaseProxy } from "../helpers/database-proxy.js";
import { fakePostgres, type Refusal, type Script } from "../helpers/fake-postgres.js";
import { writeFiles } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { databaseUrl, GIVEN_URL, NEEDS_SERVER, temporaryDatabase } from "../helpers/postgres.js";
import { until } from "../helpers/program.js";

const TOLD_SERVER = GIVEN_URL === undefined ? ` (${NEEDS_SERVER})` : "";

// Where one is started, that takes longer than a test may.
beforeAll(() => databaseUrl());

function connected(url: string, schema = "docent"): Database {
  const database = new Database(url, schema);
  onTestFinished(() => database.close());
  return database;
}

async function faultOf(url: string): Promise<Error> {
  const error = await connected(url)
    .query("SELECT 1")
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(messageOf(error)).not.toMatch(/s3cret/);
  return error as Error;
}

describe("a database that refuses", () => {
  const withPgvector =
    (version: string, more: (sql: string) => Refusal | null = () => null) =>
    (sql: string) => {
      const refusal = more(sql);
      if (refusal !== null) return refusal;
      return sql.includes("extversion") ? [{ extversion: version }] : [];
    };
  const denied = { code: "42501", message: "permission denied for database docs" };
  const refusing = (code: string, message: string): Script => ({ refuses: () => ({ code, message }) });

  it.each<[string, Script, string]>([
    [
      "a password",
      refusing("28P01", 'password authentication failed for user "docent"'),
      'refuses (password authentication failed for user "docent"). Check user and password in DATABASE_URL.',
    ],
    [
      "its name",
      refusing("3D000", 'database "docs" does not exist'),
      'refuses (database "docs" does not exist). Create the database, or name another one in DATABASE_URL.',
    ],
    [
      "a schema",
      { reply: withPgvector("0.8.0", (sql) => (sql.startsWith("CREATE SCHEMA") ? denied : null)) },
      "refuses (permission denied for database docs). Grant the user CREATE on the database, or let its owner create the " +
        "schema and make the user its owner.",
    ],
    [
      "a table for want of room",
      {
        reply: withPgvector("0.8.0", (sql) => (sql.includes("CREATE") ? { code: "53100", message: "no room" } : null)),
      },
      "refuses (no room). The disk of the database is full; what is in use was not touched.",
    ],
  ])("%s says so, and what to do", async (_, script, told) => {
    const { url } = await fakePostgres(script);
    const { host } = new URL(url);
    expect(await faultOf(url)).toEqual(new StartupError(`DATABASE_URL: database "docs" at ${host} ${told}`));
  });

  it("pgvector says how it comes to it", async () => {
    const message = 'permission denied to create extension "vector"';
    const { url } = await fakePostgres({
      reply: (sql) => (sql.startsWith("CREATE EXTENSION") ? { code: "42501", message } : []),
    });
    expect(await faultOf(url)).toEqual(
      new StartupError(
        `DATABASE_URL: the extension pgvector is missing in database "docs" at ${new URL(url).host} and cannot be added ` +
          `(${message}). Install pgvector on the database server, then run "CREATE EXTENSION vector" as its owner.`,
      ),
    );
  });

  it("a newer pgvector says which is needed", async () => {
    const { url, statements } = await fakePostgres({ reply: withPgvector("0.7.4") });
    expect(await faultOf(url)).toEqual(
      new StartupError(
        `DATABASE_URL: database "docs" at ${new URL(url).host} has pgvector 0.7.4; 0.8 or later is needed. ` +
          'Install it, then run "ALTER EXTENSION vector UPDATE".',
      ),
    );
    expect(statements.some((sql) => /SCHEMA|TABLE/.test(sql))).toBe(false);
  });

  it.skipIf(GIVEN_URL === undefined)(`its name or a role says so on a real server${TOLD_SERVER}`, async () => {
    const url = new URL(GIVEN_URL!);
    url.pathname = "/no_such_database";
    expect((await faultOf(url.href)).message).toMatch(
      /refuses \(database "no_such_database" does not exist\)\. Create /,
    );
    url.username = "no_such_role";
    url.password = "s3cret";
    expect((await faultOf(url.href)).message).toMatch(/refuses \(.*"no_such_role".*\)/);
  });
});

describe("an address", () => {
  it.each([
    "",
    "localhost",
    "mysql://docent:s3cret@127.0.0.1/docs",
    "postgresql://docent:s3cret@127.0.0.1:port/docs",
    // A password with signs that are not written as %2F and so on.
    "postgresql://docent:12/s3cret@127.0.0.1/docs",
    "postgresql://docent:s3cret%@127.0.0.1/docs",
    "postgresql://docent:s3cret@127.0.0.1/do%cs",
  ])("%j is none, and not told", (url) => {
    expect(() => new Database(url, "docent")).toThrow(
      new StartupError(
        'DATABASE_URL: no address such as "postgresql://user:password@host:5432/database". ' +
          "In user and password, signs such as @, / and % must be written as %40, %2F and %25.",
      ),
    );
  });

  it("is told without user and password", () => {
    const { place } = new Database("postgresql://docent:s3cret%2F@db.example:5433/my%20docs?sslmode=require", "docent");
    expect(place).toBe('database "my docs" at db.example:5433');
    expect(new Database("postgres:///docs?host=/run/postgresql", "docent").place).toBe(
      'database "docs" at the local socket',
    );
  });

  it("must be given", () => {
    const env = { VECTOR_STORE: "pgvector", DATABASE_URL: " " };
    expect(() => parseConfig(env)).toThrow(/^DATABASE_URL: must be set where VECTOR_STORE is "pgvector"/);
    expect(parseConfig({ ...env, DATABASE_URL: "postgresql://h/d" }).database).toEqual({
      url: "postgresql://h/d",
      schema: "docent",
    });
    expect(parseConfig({ DATABASE_URL: "postgresql://h/d" }).database).toBeNull();
  });
});

describe("a database that is away", () => {
  it.each([
    ["is starting", "57P03", "the database system is starting up"],
    ["has no connection left", "53300", "sorry, too many clients already"],
    ["is shut down", "57P01", "terminating connection due to administrator command"],
  ])("because it %s says so", async (_, code, message) => {
    const { url } = await fakePostgres({ refuses: () => ({ code, message }) });
    expect(await faultOf(url)).toMatchObject({
      name: "DocentError",
      code: "no_database",
      message: `The database does not answer (database "docs" at ${new URL(url).host}: ${code}). Try again in a few seconds.`,
    });
  });

  it("because nothing listens says so, under its name too", async () => {
    const port = 1024;
    for (const host of ["127.0.0.1", "localhost"]) {
      const fault = await faultOf(`postgresql://docent:s3cret@${host}:${port}/docs`);
      expect(fault).toBeInstanceOf(DatabaseAwayError);
      expect(fault.message).toContain(`(database "docs" at ${host}:${port}: ECONNREFUSED)`);
    }
  });

  it("because it hangs is given up in a few seconds", async () => {
    const proxy = await databaseProxy(await databaseUrl());
    proxy.stall();
    const started = performance.now();
    expect(await faultOf(proxy.url)).toBeInstanceOf(DatabaseAwayError);
    expect(performance.now() - started).toBeLessThan(6_000);
  });

  it("for the first query is asked again by the next", async () => {
    const proxy = await databaseProxy(await databaseUrl());
    const database = connected(proxy.url, (await temporaryDatabase()).schema);
    proxy.cut();
    await expect(database.query("SELECT 1")).rejects.toThrow(DatabaseAwayError);
    proxy.mend();
    expect(await database.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("for a moment is not noticed", async () => {
    const proxy = await databaseProxy(await databaseUrl());
    const database = connected(proxy.url, (await temporaryDatabase()).schema);
    await database.migrate();
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const ask = (n: number) => database.query("SELECT $1::int AS n", [n]);
    for (let round = 0; round < 5; round++) {
      const asked = Promise.all(numbers.map(ask));
      // Some wait for a connection, some for their rows.
      await ask(0);
      proxy.cut();
      proxy.mend();
      expect(await asked).toEqual(numbers.map((n) => [{ n }]));
    }
  });

  it.skipIf(GIVEN_URL === undefined)(`in the middle of a query is asked again${TOLD_SERVER}`, async () => {
    const database = await temporaryDatabase();
    await database.migrate();
    const mark = `'${database.schema}' AS mark`;
    const slow = Promise.all(
      Array.from({ length: 5 }, (_, n) => database.query(`SELECT ${n} AS n, pg_sleep(0.5)::text, ${mark}`)),
    );
    const kill = `SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
      WHERE query LIKE '%pg_sleep%${mark.replaceAll("'", "''")}' AND pid <> pg_backend_pid()`;
    let killed = 0;
    await until(async () => (killed += (await database.query(kill)).length) >= 5, 5_000);
    expect((await slow).map(([row]) => row!["n"] as number)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("migrations", () => {
  const made = async (database: Database): Promise<string[]> =>
    (await database.query<{ name: string }>(`SELECT name FROM ${database.table("migrations")} ORDER BY id`)).map(
      ({ name }) => name,
    );

  it("run once, and leave the search path of others alone", async () => {
    const database = await temporaryDatabase();
    expect(await made(database)).toEqual(["0001_builds", "0002_feedback"]);
    const again = connected(await databaseUrl(), database.schema);
    await Promise.all([again.migrate(), again.migrate()]);
    expect(await made(again)).toEqual(["0001_builds", "0002_feedback"]);
    const [row] = await again.query<{ search_path: string }>("SHOW search_path");
    expect(row!.search_path).toMatch(/^("\$user", )?public$/);
  });

  it.skipIf(GIVEN_URL === undefined)(`run once of several servers that start together${TOLD_SERVER}`, async () => {
    const { schema } = await temporaryDatabase();
    const servers = Array.from({ length: 6 }, () => connected(GIVEN_URL!, schema));
    await Promise.all(servers.map((server) => server.migrate()));
    expect(await made(servers[0]!)).toEqual(["0001_builds", "0002_feedback"]);
  });
});

describe("a server whose database goes away", () => {
  const embedder = new HashEmbedder();
  const folder = folderForFile();
  const DOWN = "/sources/ferry";
  let own: Database;
  let proxy: DatabaseProxy;
  let request: ReturnType<typeof supertest>;
  let logs: string[];

  beforeAll(async () => {
    const corpusDir = path.join(folder, "corpus");
    const texts = {
      "lamp.md": "# Lamp\n\nThe lamp burned paraffin.\n",
      "ferry.md": "# Ferry\n\nThe ferry leaves at noon.\n",
    };
    await writeFiles(corpusDir, texts);
    own = await temporaryDatabase();
    await ingest({ corpusDir, store: new PostgresStore(own), embedder });
  });

  beforeEach(async () => {
    proxy = await databaseProxy(await databaseUrl());
    const database = connected(proxy.url, own.schema);
    const store = new PostgresStore(database);
    const live = new LiveIndex(store);
    await live.refresh();
    const made = appOver(live.current, embedder, {
      feedbackLog: postgresLog(database),
      checkStore: () => store.check(),
    });
    logs = made.logs;
    request = supertest(made.app);
  });

  const question = "What did the lamp burn?";
  const ASKED: Record<string, () => supertest.Test> = {
    "POST /api/chat": () => request.post("/api/chat").send({ question }),
    "GET /api/search": () => request.get("/api/search").query({ q: question }),
    "GET /api/sources/*": () => request.get("/api/sources/lamp"),
    "GET /readyz": () => request.get("/readyz"),
    "POST /api/feedback": () => request.post("/api/feedback").send({ answer_id: "01J", rating: "up" }),
    "POST /v1/chat/completions": () =>
      request.post("/v1/chat/completions").send({ model: "docent", messages: [{ role: "user", content: question }] }),
    "GET /": () => request.get("/").set("Accept", "text/html").query({ q: question }),
    "GET /sources/*": () => request.get(DOWN).set("Accept", "text/html"),
  };

  const all = async (): Promise<Record<string, Response>> =>
    Object.fromEntries(
      await Promise.all(Object.entries(ASKED).map(async ([name, send]) => [name, await send()] as const)),
    );

  it("answers 503 and when to come back, and answers again once it is back", async () => {
    const detail = "The database does not answer. Try again in a few seconds.";
    for (let round = 0; round < 2; round++) {
      proxy.cut();
      const down = await all();
      for (const [name, response] of Object.entries(down)) {
        // Documents that were read before are in memory.
        if (round > 0 && name.includes("/sources/")) continue;
        expect([name, response.status, response.headers["retry-after"]], `round ${round}`).toEqual([name, 503, "2"]);
        if (name.startsWith("POST /api/feedback") || name.startsWith("GET /api") || name.startsWith("GET /ready"))
          expect(problemIn(response)).toEqual(problem("no-database", detail));
      }
      for (const page of round === 0 ? ["GET /", "GET /sources/*"] : ["GET /"]) {
        expect(down[page]!.headers["content-type"]).toBe("text/html; charset=utf-8");
        expect(down[page]!.headers["refresh"]).toBe("3");
        expect(down[page]!.text).toContain("The database does not answer");
      }
      expect(JSON.parse(down["POST /v1/chat/completions"]!.text)).toMatchObject({ error: { code: "no_database" } });
      expect((await request.get("/healthz")).status).toBe(200);
      // What is in memory is told meanwhile.
      for (const way of ["/api/sources", "/api/faq", "/sources", "/faq"])
        expect([way, (await request.get(way)).status]).toEqual([way, 200]);
      proxy.mend();
      for (const [name, response] of Object.entries(await all()))
        expect([name, response.status]).toEqual([name, name === "POST /api/feedback" ? 204 : 200]);
    }
    expect((await own.query(`SELECT 1 FROM ${own.table("feedback")}`)).length).toBe(2);
    expect(logs.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(
      Array(2).fill("feedback was not kept"),
    );
  });

  it("tells those who wait for a stream, and the callers of tools", async () => {
    proxy.cut();
    const streamed = await request.post("/api/chat").set("Accept", "text/event-stream").send({ question });
    expect(streamed.text).toMatch(/event: error\ndata: \{"type":"urn:docent:problem:no-database",/);
    const call = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "search", arguments: { query: question } },
    };
    const response = await request.post("/mcp").set("Accept", "application/json, text/event-stream").send(call);
    expect(response.text).toMatch(/The database does not answer/);
  });
});
