import { randomBytes } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { afterAll } from "vitest";
import { Database } from "../../src/postgres/database.js";
import { PostgresStore } from "../../src/postgres/postgres-store.js";

/** Connections of all pools of a test file. */
const MAX_CONNECTIONS = 100;
let started: Promise<string> | null = null;

/** The server that `DATABASE_URL` names, where there is one: a real one, with sessions of their own. */
export const GIVEN_URL = process.env["DATABASE_URL"];

/** The address of a PostgreSQL server with pgvector: the one given, or one in this process (PGlite), over the wire. */
export function databaseUrl(): Promise<string> {
  if (GIVEN_URL !== undefined) return Promise.resolve(GIVEN_URL);
  started ??= startPglite();
  return started;
}

async function startPglite(): Promise<string> {
  const db = await PGlite.create({ extensions: { vector } });
  const server = new PGLiteSocketServer({ db, port: 0, maxConnections: MAX_CONNECTIONS });
  await server.start();
  afterAll(async () => {
    await server.stop();
    await db.close();
  });
  const port = server.getServerConn().split(":").at(-1);
  return `postgresql://postgres@127.0.0.1:${port}/postgres`;
}

/** A database with a schema of its own, which is removed after the file's tests. */
export async function temporaryDatabase(): Promise<Database> {
  const schema = `test_${randomBytes(6).toString("hex")}`;
  const database = new Database(await databaseUrl(), schema);
  afterAll(async () => {
    await database.drop();
    await database.close();
  });
  return database;
}

export async function temporaryStore(): Promise<PostgresStore> {
  return new PostgresStore(await temporaryDatabase());
}
