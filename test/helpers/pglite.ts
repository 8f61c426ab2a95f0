import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

/** Connections of all pools of all test files. */
const MAX_CONNECTIONS = 500;

/**
 * PostgreSQL with pgvector compiled to WebAssembly, served over the wire from this process. All its connections share one
 * session, so that advisory locks exclude nobody.
 *
 * @param folder where its data are kept; in memory if not given
 */
export async function servePglite(port = 0, folder?: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const db = await PGlite.create({ extensions: { vector }, ...(folder !== undefined && { dataDir: folder }) });
  takeTurnsByStatement(db);
  const server = new PGLiteSocketServer({ db, port, maxConnections: MAX_CONNECTIONS });
  await server.start();
  return {
    url: `postgresql://postgres@127.0.0.1:${server.getServerConn().split(":").at(-1)}/postgres`,
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}

/** Messages of a statement with parameters, the last of which is Sync ("S"). */
const OF_A_STATEMENT = new Set(["P", "B", "D", "E", "C", "H"]);

/**
 * The connections' messages take turns, but not within a transaction. A statement is several messages, between which those of
 * another connection would take its place in the session they share; so it counts as a transaction until its last.
 */
function takeTurnsByStatement(db: PGlite): void {
  let isUnderWay = false;
  const isInTransaction = db.isInTransaction.bind(db);
  const execute = db.execProtocolRawStream.bind(db);
  db.isInTransaction = () => isUnderWay || isInTransaction();
  db.execProtocolRawStream = (message, options) => {
    isUnderWay = OF_A_STATEMENT.has(String.fromCharCode(message[0] ?? 0));
    return execute(message, options);
  };
}
