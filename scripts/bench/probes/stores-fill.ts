import { Database } from "../../../src/postgres/database.js";
import { PostgresStore } from "../../../src/postgres/postgres-store.js";
import { bundledEmbedder, given, tell, warmUp } from "./given.js";
import { type IngestTimes, timedIngest } from "./timed-ingest.js";

/** Ingests a corpus into a new schema of a database. */

export interface FillFigures extends IngestTimes {
  /** Tables with their indexes. */
  bytes: number;
}

const { corpusDir, url, schema } = given() as { corpusDir: string; url: string; schema: string };
const embedder = await bundledEmbedder();
await warmUp(embedder);
const database = new Database(url, schema);
const times = await timedIngest(corpusDir, new PostgresStore(database), embedder);
const figures: FillFigures = { ...times, bytes: await database.bytes() };
await database.close();
await embedder.close();
tell(figures);
