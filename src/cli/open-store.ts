import type { Config } from "../config.js";
import type { FeedbackLog } from "../feedback.js";
import { FolderStore } from "../search/folder-store.js";
import type { IndexStore } from "../search/index-store.js";

/** Where the index and the feedback are kept. */
export interface Stores {
  index: IndexStore;
  /** Null if feedback is kept in the data folder. */
  feedback: FeedbackLog | null;
}

/** What the settings name. No database is connected to before the first use. */
export async function openStores({ database, indexDir }: Pick<Config, "database" | "indexDir">): Promise<Stores> {
  if (database === null) return { index: new FolderStore(indexDir), feedback: null };
  // Imported here, because most servers need no database.
  const [{ Database }, { PostgresStore }, { postgresLog }] = await Promise.all([
    import("../postgres/database.js"),
    import("../postgres/postgres-store.js"),
    import("../postgres/feedback-log.js"),
  ]);
  const opened = new Database(database.url, database.schema);
  return { index: new PostgresStore(opened), feedback: postgresLog(opened) };
}

/** The store of the index that the settings name. */
export async function openStore(config: Pick<Config, "database" | "indexDir">): Promise<IndexStore> {
  return (await openStores(config)).index;
}
