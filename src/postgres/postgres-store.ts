import pg from "pg";
import { BusyError, DocentError, messageOf, StartupError } from "../errors.js";
import { countsOf, type IndexContent, type IndexOrigin, type IndexStore } from "../search/index-store.js";
import { type IndexManifest, newBuildId, type RefusalFit, UNFITTED } from "../search/manifest.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { ShortForm } from "../search/short-forms.js";
import { awayError, type Database, databaseFault, isLost } from "./database.js";
import { dropOtherGenerations, GENERATION_FORMAT, tablesOf, writeGeneration } from "./generation.js";
import { PostgresIndex } from "./postgres-index.js";

/** First key of the advisory lock of an ingest; the second is made of the schema. */
const LOCK_CLASS = 0x0d0ce27;
/** How long the tables of a build that is no longer in use stay: longer than any server takes to notice the new one. */
const RETIRED_SECONDS = 60;

/**
 * Builds of the index in a PostgreSQL database, each a generation of tables (generation.ts). An ingest writes a new one while
 * servers answer from the old, then names it in `current_build` by one statement; servers look there every two seconds.
 */
export class PostgresStore implements IndexStore {
  readonly place: string;
  readonly folder = null;
  /** The connection that holds the lock and writes. */
  #writer: pg.ClientBase | null = null;
  #checking: Promise<unknown> | null = null;

  constructor(readonly database: Database) {
    this.place = `DATABASE_URL: ${database.place}`;
  }

  async currentId(): Promise<string | null> {
    const { database } = this;
    const [row] = await database.query<{ build_id: string }>(`SELECT build_id FROM ${database.table("current_build")}`);
    return row?.build_id ?? null;
  }

  async otherId(): Promise<string | null> {
    const { database } = this;
    const [row] = await database.query<{ build_id: string }>(
      `SELECT build_id FROM ${database.table("builds")} WHERE retired_at IS NOT NULL
       ORDER BY retired_at DESC, build_id DESC LIMIT 1`,
    );
    return row?.build_id ?? null;
  }

  async manifest(buildId: string): Promise<IndexManifest | null> {
    const { database } = this;
    const [row] = await database.query<{ manifest: IndexManifest }>(
      `SELECT manifest FROM ${database.table("builds")} WHERE build_id = $1`,
      [buildId],
    );
    return row?.manifest.format === GENERATION_FORMAT ? row.manifest : null;
  }

  async open(manifest: IndexManifest): Promise<PostgresIndex> {
    const { database } = this;
    const [row] = await database.query<{ short_forms: ShortForm[] }>(
      `SELECT short_forms FROM ${database.table("builds")} WHERE build_id = $1`,
      [manifest.buildId],
    );
    try {
      return await PostgresIndex.load(database, manifest, row?.short_forms ?? []);
    } catch (error) {
      if (error instanceof DocentError || error instanceof StartupError) throw error;
      throw new StartupError(
        `the tables of the index cannot be read (${messageOf(error)}). Run "npm run ingest -- --force".`,
      );
    }
  }

  async publish(
    content: IndexContent,
    origin: IndexOrigin,
    measure: (index: PassageIndex) => Promise<RefusalFit>,
    onProgress: (done: number) => void,
  ): Promise<IndexManifest> {
    const { database } = this;
    const client = this.#held();
    const buildId = newBuildId();
    const tables = tablesOf(database, buildId);
    try {
      const { dimensions } = origin.recipe.embedder;
      const { terms, shortForms } = await writeGeneration(client, tables, content, dimensions, onProgress);
      const manifest: IndexManifest = {
        format: GENERATION_FORMAT,
        buildId,
        builtAt: new Date().toISOString(),
        ...origin,
        counts: { ...countsOf(content), terms },
        checksums: {},
        refusal: UNFITTED,
      };
      manifest.refusal = await measure(await PostgresIndex.load(database, manifest, shortForms));
      const json = [JSON.stringify(manifest), JSON.stringify(shortForms)];
      await client.query("BEGIN");
      await client.query(
        `INSERT INTO ${database.table("builds")} (build_id, manifest, short_forms) VALUES ($1, $2, $3)`,
        [buildId, ...json],
      );
      await this.#switchTo(client, buildId, false);
      await client.query("COMMIT");
      return manifest;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      // What was written is of no use; if it cannot be removed now, the next ingest does.
      await client.query(`DROP TABLE IF EXISTS ${Object.values(tables).join(", ")}`).catch(() => {});
      throw this.#fault(error);
    }
  }

  /** Puts a build in use by one statement. */
  async #switchTo(client: pg.ClientBase, buildId: string, pinned: boolean): Promise<void> {
    const { database } = this;
    await client.query(
      `WITH used AS (
         INSERT INTO ${database.table("current_build")} (build_id, pinned) VALUES ($1, $2)
         ON CONFLICT (one) DO UPDATE SET build_id = excluded.build_id, pinned = excluded.pinned
       )
       UPDATE ${database.table("builds")}
       SET retired_at = CASE WHEN build_id = $1 THEN NULL ELSE coalesce(retired_at, now()) END`,
      [buildId, pinned],
    );
  }

  async goBackTo(buildId: string): Promise<void> {
    await this.#switchTo(this.#held(), buildId, true).catch((error: unknown) => {
      throw this.#fault(error);
    });
  }

  async isPinned(): Promise<boolean> {
    const { database } = this;
    const [row] = await database.query<{ pinned: boolean }>(`SELECT pinned FROM ${database.table("current_build")}`);
    return row?.pinned ?? false;
  }

  async unpin(): Promise<void> {
    const { database } = this;
    await database.query(`UPDATE ${database.table("current_build")} SET pinned = false WHERE pinned`);
  }

  async prune(previous?: string | null): Promise<void> {
    const { database } = this;
    const client = this.#held();
    const builds = database.table("builds");
    try {
      const { rows } = await client.query<{ build_id: string; is_old: boolean }>(
        `SELECT build_id, retired_at < now() - make_interval(secs => $1) AS is_old FROM ${builds}
         WHERE retired_at IS NOT NULL ORDER BY retired_at, build_id`,
        [RETIRED_SECONDS],
      );
      const current = await this.currentId();
      const before =
        previous === undefined
          ? rows.findLast(({ build_id }) => current === null || build_id < current)?.build_id
          : previous;
      const useless = rows
        .filter(({ build_id, is_old }) => is_old && build_id !== before)
        .map(({ build_id }) => build_id);
      await client.query(`DELETE FROM ${builds} WHERE build_id = ANY ($1)`, [useless]);
      const { rows: kept } = await client.query<{ build_id: string }>(`SELECT build_id FROM ${builds}`);
      await dropOtherGenerations(
        client,
        database,
        kept.map(({ build_id }) => build_id),
      );
    } catch (error) {
      throw this.#fault(error);
    }
  }

  async exclusively<T>(task: () => Promise<T>): Promise<T> {
    const busy = new BusyError("another ingest is at work on the database. Wait for it and try again.");
    if (this.#writer !== null) throw busy;
    return this.database.withConnection(async (client) => {
      const { rows } = await client.query<{ taken: boolean }>(
        "SELECT pg_try_advisory_lock($1::int, hashtext($2)) AS taken",
        [LOCK_CLASS, this.database.schema],
      );
      if (!rows[0]!.taken || this.#writer !== null) throw busy;
      this.#writer = client;
      try {
        return await task();
      } finally {
        this.#writer = null;
        // The end of the connection would do, but a pooler in between may keep it.
        await client
          .query("SELECT pg_advisory_unlock($1::int, hashtext($2))", [LOCK_CLASS, this.database.schema])
          .catch(() => {});
      }
    });
  }

  async check(): Promise<void> {
    // One at a time for all who ask, because anybody may.
    this.#checking ??= this.database.query("SELECT 1").finally(() => (this.#checking = null));
    await this.#checking;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  #held(): pg.ClientBase {
    if (this.#writer === null) throw new Error("the store is written to without its lock");
    return this.#writer;
  }

  /** What the database refuses, in words; what has other causes, such as the embedding model's, is given back as it is. */
  #fault(error: unknown): unknown {
    const { place } = this.database;
    if (isLost(error)) return awayError(place, error);
    return error instanceof pg.DatabaseError ? databaseFault(place, error) : error;
  }
}
