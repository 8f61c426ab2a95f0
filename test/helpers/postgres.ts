import { randomBytes } from "node:crypto";
import { afterAll } from "vitest";
import { Database } from "../../src/postgres/database.js";
import { PostgresStore } from "../../src/postgres/postgres-store.js";

/** The server that `DATABASE_URL` names, where there is one: a real one, each of whose connections is a session. */
export const GIVEN_URL = process.env["DATABASE_URL"];
/** A reason to skip what needs sessions of their own, which PGlite's connections do not have. */
export const NEEDS_SERVER = "needs DATABASE_URL to name a real server";
const opened: Database[] = [];
let own: Promise<{ url: string; stop: () => Promise<void> }> | null = null;

// Here and not where they are opened: what is registered while a test runs is never called.
afterAll(async () => {
  for (const database of opened.splice(0)) {
    await database.drop();
    await database.close();
  }
  await (await own)?.stop();
});

/** The address of a PostgreSQL server with pgvector: the one given, the one of the whole run, or one in this process. */
export async function databaseUrl(): Promise<string> {
  const url = GIVEN_URL ?? process.env["PGLITE_URL"];
  if (url !== undefined) return url;
  own ??= import("./pglite.js").then(({ servePglite }) => servePglite());
  return (await own).url;
}

/** A database with a schema of its own, which is removed after the file's tests. */
export async function temporaryDatabase(): Promise<Database> {
  const database = new Database(await databaseUrl(), `test_${randomBytes(6).toString("hex")}`);
  opened.push(database);
  return database;
}

export async function temporaryStore(): Promise<PostgresStore> {
  return new PostgresStore(await temporaryDatabase());
}
