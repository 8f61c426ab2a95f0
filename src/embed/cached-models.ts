import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { type Dtype, DTYPES, foldersIn, hashFile, isWhole, type PullRecord, readRecord } from "./model-files.js";

/** A model of the hub in the cache. */
export interface CachedModel {
  /** `owner/name`. */
  id: string;
  folder: string;
  /** The forms that are there whole. */
  dtypes: Dtype[];
  /** Null for a folder that was copied there by hand. */
  record: PullRecord | null;
}

/** The models in the cache, by id. Folders in which nothing is whole are listed too, without dtypes, but for empty ones. */
export async function listCachedModels(cacheDir: string): Promise<CachedModel[]> {
  const models: CachedModel[] = [];
  for (const owner of (await foldersIn(cacheDir)).sort()) {
    for (const name of (await foldersIn(path.join(cacheDir, owner))).sort()) {
      const folder = path.join(cacheDir, owner, name);
      // A download that never reached the hub leaves its folder.
      if ((await readdir(folder)).length === 0) continue;
      const dtypes: Dtype[] = [];
      for (const dtype of DTYPES) if (await isWhole(folder, dtype)) dtypes.push(dtype);
      models.push({ id: `${owner}/${name}`, folder, dtypes, record: await readRecord(folder) });
    }
  }
  return models;
}

/** Reads all files of a downloaded model again. @returns names of those that are missing or not what was downloaded */
export async function damagedFiles({ folder, record }: CachedModel): Promise<string[]> {
  const damaged: string[] = [];
  for (const [name, { bytes, sha256 }] of Object.entries(record?.files ?? {})) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => null);
    if (found?.size !== bytes || (await hashFile(file, createHash("sha256"))) !== sha256) damaged.push(name);
  }
  return damaged;
}
