import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { PROJECT_DIR } from "../config.js";
import { DocentError, messageOf, StartupError } from "../errors.js";

/** Connections of one server: each question takes one for a few milliseconds. */
const MAX_CONNECTIONS = 10;
/** A database that does not take a connection within this is away. */
const CONNECT_MS = 3_000;
/** How long a query of a question may take before it is given up, so that a stuck one holds no connection for good. */
const QUERY_MS = 10_000;
/** Pauses before a query whose connection was lost is tried again: a database that was only restarted is back by then. */
const RETRY_AFTER_MS = [50, 250];
/** Half-precision vectors came with 0.7, iterative scans of a filtered graph with 0.8. */
const LEAST_PGVECTOR = [0, 8] as const;
/** Key of the advisory lock of a migration, whichever the schema: the extension belongs to the whole database. */
const MIGRATION_LOCK = 0x0d0ce28;
const MIGRATIONS_DIR = path.join(PROJECT_DIR, "src", "postgres", "migrations");
const NAME = /^[a-z_][a-z0-9_]{0,30}$/;

/** How a query is asked. */
export interface QuerySettings {
  /** `hnsw.ef_search`: how many candidates a search of a graph keeps, 1 to 1,000; whatever it is if absent. */
  efSearch?: number;
  /** Milliseconds before it is given up, if not as usual. */
  patienceMs?: number;
}

/** The database is away; what was asked of it may be asked again. */
export class DatabaseAwayError extends DocentError {
  constructor(place: string, cause: unknown) {
    super("no_database", `The database does not answer (${place}: ${reasonOf(cause)}). Try again in a few seconds.`);
  }
}

/** The error for a database that is away; one that says so already stays as it is. */
export function awayError(place: string, error: unknown): DatabaseAwayError {
  return error instanceof DatabaseAwayError ? error : new DatabaseAwayError(place, error);
}

/** A pool of connections to one PostgreSQL database. Nothing is connected to before the first query. */
export class Database {
  /** For messages: host and database, without user and password. */
  readonly place: string;
  readonly #url: string;
  /** The schema, as statements name it: it may be a word of SQL's such as "user". */
  readonly #quoted: string;
  readonly #pool: pg.Pool;
  /** What each connection is set to. */
  readonly #settings = new WeakMap<pg.ClientBase, number>();
  #migrated: Promise<void> | null = null;

  /**
   * @param url `postgresql://user:password@host:port/database`
   * @param schema the schema that holds all tables; it is made if it is missing
   * @throws StartupError if either is none
   */
  constructor(
    url: string,
    readonly schema: string,
  ) {
    if (!NAME.test(schema))
      throw new StartupError(`DATABASE_SCHEMA: "${schema}" is no name of small letters, digits and underscores.`);
    this.place = placeOf(url);
    this.#url = url;
    this.#quoted = pg.escapeIdentifier(schema);
    this.#pool = new pg.Pool({
      connectionString: url,
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      keepAlive: true,
      application_name: "docent",
      allowExitOnIdle: true,
    });
    // A connection lost while idle is replaced at the next query, and whoever waits for a query is told, so there is nothing
    // to do; but without a listener of its own, a connection lost while it is lent would end the process.
    this.#pool.on("error", () => {});
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  /** A table of this schema, quoted. */
  table(name: string): string {
    return `${this.#quoted}.${pg.escapeIdentifier(name)}`;
  }

  /**
   * Runs a query that changes nothing, or the same if it is run twice; again if the connection is lost.
   *
   * @throws DatabaseAwayError if the database does not answer
   */
  async query<Row extends pg.QueryResultRow>(
    sql: string,
    values: unknown[] = [],
    settings: QuerySettings = {},
  ): Promise<Row[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once<Row>(sql, values, settings);
      } catch (error) {
        if (error instanceof DatabaseAwayError || !isLost(error)) throw error;
        // What has waited for so long already is not made to wait as long again.
        if (isTimeout(error) || attempt === RETRY_AFTER_MS.length) throw new DatabaseAwayError(this.place, error);
        await sleep(RETRY_AFTER_MS[attempt]);
      }
    }
  }

  async #once<Row extends pg.QueryResultRow>(
    sql: string,
    values: unknown[],
    { efSearch, patienceMs }: QuerySettings,
  ): Promise<Row[]> {
    await this.migrate();
    const client = await this.#pool.connect();
    let fault: unknown;
    try {
      if (efSearch !== undefined && this.#settings.get(client) !== efSearch) {
        await client.query(`SET hnsw.iterative_scan = strict_order; SET hnsw.ef_search = ${Math.round(efSearch)}`);
        this.#settings.set(client, efSearch);
      }
      const config = { text: sql, values, ...(patienceMs !== undefined && { query_timeout: patienceMs }) };
      return (await client.query<Row>(config)).rows;
    } catch (error) {
      fault = error;
      throw error;
    } finally {
      // Unless the database has answered, the connection may be lost or hold a stuck query: it is not lent again.
      client.release(fault !== undefined && !(fault instanceof pg.DatabaseError && !isLost(fault)));
    }
  }

  /**
   * Runs a task on a connection of its own, which is closed after it.
   *
   * @throws DatabaseAwayError if the database does not take the connection
   */
  async withConnection<T>(task: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    await this.migrate();
    const client = await this.#connect();
    try {
      return await task(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Brings the schema up to date, once; if that fails, again at the next call. */
  migrate(): Promise<void> {
    this.#migrated ??= this.#migrateNow().catch((error: unknown) => {
      this.#migrated = null;
      throw error;
    });
    return this.#migrated;
  }

  /** How many bytes the tables of this schema take, with their indexes. */
  async bytes(): Promise<number> {
    const [row] = await this.query<{ bytes: string }>(
      `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) AS bytes
       FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'`,
      [this.schema],
    );
    return Number(row!.bytes);
  }

  /** Removes the schema with everything in it, for good. */
  async drop(): Promise<void> {
    await this.query(`DROP SCHEMA IF EXISTS ${this.#quoted} CASCADE`);
    this.#migrated = null;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** A connection beside the pool, on which a query may take as long as it must. */
  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: "docent ingest",
    });
    // Whoever waits for a query is told; a connection lost between two queries is noticed at the next.
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      throw isLost(error) ? awayError(this.place, error) : databaseFault(this.place, error);
    }
  }

  /** Only if it is missing: "IF NOT EXISTS" wants the right to make one even then. */
  async #makeSchema(client: pg.ClientBase): Promise<void> {
    const { rows } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [this.schema]);
    if (rows.length === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS ${this.#quoted}`);
  }

  async #migrateNow(): Promise<void> {
    const client = await this.#connect();
    const lock = [MIGRATION_LOCK];
    try {
      // Servers that start together would otherwise make the same things at once.
      await client.query("SELECT pg_advisory_lock($1)", lock);
      await requirePgvector(client, this.place);
      await this.#makeSchema(client);
      await runner({
        dbClient: client,
        dir: MIGRATIONS_DIR,
        direction: "up",
        // The first is where tables are made.
        schema: [this.schema, "public"],
        migrationsTable: "migrations",
        noLock: true,
        // Comments of our own, and nothing else.
        ignorePattern: String.raw`\..*`,
        logger: { debug() {}, info() {}, warn() {}, error() {} },
      });
      await client.query("RESET search_path");
    } catch (error) {
      if (error instanceof StartupError) throw error;
      throw isLost(error) ? awayError(this.place, error) : databaseFault(this.place, error);
    } finally {
      await client.query("SELECT pg_advisory_unlock($1)", lock).catch(() => {});
      await client.end().catch(() => {});
    }
  }
}

async function requirePgvector(client: pg.ClientBase, place: string): Promise<void> {
  const version = async (): Promise<string | undefined> =>
    (await client.query<{ extversion: string }>("SELECT extversion FROM pg_extension WHERE extname = 'vector'")).rows[0]
      ?.extversion;
  if ((await version()) === undefined) {
    try {
      await client.query("CREATE EXTENSION IF NOT EXISTS vector");
    } catch (error) {
      throw new StartupError(
        `DATABASE_URL: the extension pgvector is missing in ${place} and cannot be added (${messageOf(error)}). ` +
          'Install pgvector on the database server, then run "CREATE EXTENSION vector" as its owner.',
      );
    }
  }
  const found = (await version())!;
  const [major = 0, minor = 0] = found.split(".").map(Number);
  if (major === LEAST_PGVECTOR[0] && minor < LEAST_PGVECTOR[1]) {
    throw new StartupError(
      `DATABASE_URL: ${place} has pgvector ${found}; 0.8 or later is needed. ` +
        'Install it, then run "ALTER EXTENSION vector UPDATE".',
    );
  }
}

/** States of SQL that say that a connection is lost or cannot be had just now, and not that a query is wrong. */
const LOST_STATES = /^(08...|57P0[1235]|53300)$/;
const LOST_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
]);
/** What `pg` says without a code. */
const LOST_MESSAGES = /connection terminated|not queryable/i;
const TIMEOUT_MESSAGES =
  /^query read timeout|due to connection timeout|timeout exceeded when trying to connect|timeout expired/i;

function isTimeout(error: unknown): boolean {
  return error instanceof Error && TIMEOUT_MESSAGES.test(error.message);
}

/** Whether an error means that the database is away, not that it refuses. */
export function isLost(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some((one) => isLost(one));
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseAwayError) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  if (code === null) return LOST_MESSAGES.test(error.message) || TIMEOUT_MESSAGES.test(error.message);
  return LOST_CODES.has(code) || LOST_STATES.test(code);
}

/** What to do, by the state of SQL. */
const ADVICE: Record<string, string> = {
  "28P01": "Check user and password in DATABASE_URL.",
  "28000": "Check user and password in DATABASE_URL.",
  "3D000": "Create the database, or name another one in DATABASE_URL.",
  "42501": "Grant the user CREATE on the database, or let its owner create the schema and make the user its owner.",
  "53100": "The disk of the database is full; what is in use was not touched.",
};

/** The error for what a database refuses, in words for the person who chose it. */
export function databaseFault(place: string, error: unknown): Error {
  if (error instanceof StartupError || error instanceof DocentError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const advice = ADVICE[code] ?? "";
  return new StartupError(`DATABASE_URL: ${place} refuses (${messageOf(error)}). ${advice}`.trim());
}

function placeOf(url: string): string {
  // What is wrong with it is not told, because it holds the password.
  const refusal = new StartupError(
    'DATABASE_URL: no address such as "postgresql://user:password@host:5432/database". ' +
      "In user and password, signs such as @, / and % must be written as %40, %2F and %25.",
  );
  if (!URL.canParse(url)) throw refusal;
  const { protocol, username, password, host, pathname } = new URL(url);
  // With an @ after it, the "host" is the user, and the database a piece of the password.
  if (!/^postgres(ql)?:$/.test(protocol) || pathname.includes("@")) throw refusal;
  try {
    for (const part of [username, password]) decodeURIComponent(part);
    return `database "${decodeURIComponent(pathname.slice(1))}" at ${host || "the local socket"}`;
  } catch {
    throw refusal;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return messageOf(error);
}
