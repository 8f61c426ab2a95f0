import type { Config } from "../config.js";
import { FolderStore } from "../search/folder-store.js";
import type { IndexStore } from "../search/index-store.js";

/** The store that the settings name. */
export async function openStore({ indexDir }: Pick<Config, "indexDir">): Promise<IndexStore> {
  return new FolderStore(indexDir);
}
