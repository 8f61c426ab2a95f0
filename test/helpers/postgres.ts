import { randomBytes } from "node:crypto";
import { afterAll } from "vitest";
import { Database } from "../../src/postgres/database.js";
import { PostgresStore } from "../../src/postgres/postgres-store.js";
import { servePglite } from "./pglite.js";

/** The server that `DATABASE_URL` names, where there is one: a real one, each of whose connections is a session. */
export const GIVEN_URL = process.env["DATABASE_URL"];
let own: Promise<string> | null = null;

/** The address of a PostgreSQL server with pgvector: the one given, the one of the whole run, or one in this process. */
export function databaseUrl(): Promise<string> {
  const url = GIVEN_URL ?? process.env["PGLITE_URL"];
  if (url !== undefined) return Promise.resolve(url);
  own ??= servePglite().then(({ url: served, stop }) => {
    afterAll(stop);
    return served;
  });
  return own;
}

/** A database with a schema of its own, which is removed after the file's tests. */
export async function temporaryDatabase(): Promise<Database> {
  const database = new Database(await databaseUrl(), `test_${randomBytes(6).toString("hex")}`);
  afterAll(async () => {
    await database.drop();
    await database.close();
  });
  return database;
}

export async function temporaryStore(): Promise<PostgresStore> {
  return new PostgresStore(await temporaryDatabase());
}
