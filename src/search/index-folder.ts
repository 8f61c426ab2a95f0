import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { messageOf, StartupError, storageError } from "../errors.js";
import { INDEX_FORMAT, type IndexManifest, newBuildId, type RefusalFit, UNFITTED } from "./manifest.js";

/**
 * The index folder: `<build id>/` for each build and the file `current` that names the one in use. A build is written
 * under a hidden name, made durable, renamed, and only then named in `current`, so that a reader always finds a whole
 * build, whenever the writer was stopped. The build before is kept; older ones are removed.
 */
const CURRENT = "current";
/** Names the build that a person went back to; it stays in use, whatever has changed, until the next ingest. */
const ROLLED_BACK = "rolled-back";
const MANIFEST = "manifest.json";
const BUILD_ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** The folder of the build in use, or null if there is none. */
export async function currentBuild(indexDir: string): Promise<string | null> {
  let id: string;
  try {
    id = (await readFile(path.join(indexDir, CURRENT), "utf8")).trim();
  } catch (error) {
    if (isMissing(error)) return null;
    throw new StartupError(`INDEX_DIR: "${indexDir}" cannot be read (${messageOf(error)}).`);
  }
  return BUILD_ID.test(id) ? path.join(indexDir, id) : null;
}

/** A manifest with the checksum of all the rest of it, which tells a damaged one. */
type SealedManifest = IndexManifest & { seal: string };

function sealOf(manifest: IndexManifest): string {
  return sha256(Buffer.from(JSON.stringify(manifest)));
}

/** The manifest of a build, or null if it is missing, damaged or of another format. */
export async function readManifest(build: string): Promise<IndexManifest | null> {
  try {
    const written = JSON.parse(await readFile(path.join(build, MANIFEST), "utf8")) as SealedManifest;
    const { seal, ...manifest } = written;
    const isOurs = manifest.format === INDEX_FORMAT && manifest.buildId === path.basename(build);
    return isOurs && seal === sealOf(manifest) ? manifest : null;
  } catch {
    return null;
  }
}

/** Read at a time: large enough that reading is fast, small enough that a server goes on answering between two pieces. */
const PIECE_BYTES = 4 << 20;

/**
 * Reads a file of a build and checks it against the manifest.
 *
 * @throws StartupError if it is missing or the bytes are not those that were written
 */
export async function readChecked(build: string, manifest: IndexManifest, name: string): Promise<Buffer> {
  return withFile(build, name, async (file) => {
    const bytes = Buffer.allocUnsafeSlow((await file.stat()).size);
    await check(file, manifest, name, (at) => bytes.subarray(at, at + PIECE_BYTES));
    return bytes;
  });
}

/**
 * Checks a file of a build against the manifest without keeping it.
 *
 * @throws StartupError if it is missing or the bytes are not those that were written
 */
export async function checkFile(build: string, manifest: IndexManifest, name: string): Promise<void> {
  await withFile(build, name, async (file) => {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    await check(file, manifest, name, () => piece);
  });
}

async function withFile<T>(build: string, name: string, task: (file: FileHandle) => Promise<T>): Promise<T> {
  const unreadable = (error: unknown): StartupError =>
    new StartupError(`the index file ${name} cannot be read (${messageOf(error)}). Run "npm run ingest -- --force".`);
  const file = await open(path.join(build, name)).catch((error: unknown) => {
    throw unreadable(error);
  });
  try {
    return await task(file);
  } catch (error) {
    throw error instanceof StartupError ? error : unreadable(error);
  } finally {
    await file.close();
  }
}

async function check(
  file: FileHandle,
  manifest: IndexManifest,
  name: string,
  into: (at: number) => Buffer,
): Promise<void> {
  if ((await checksumOf(file, into)) === manifest.checksums[name]) return;
  throw new StartupError(`the index file ${name} is damaged (its checksum differs). Run "npm run ingest -- --force".`);
}

/**
 * CRC-32 of a file, eight hexadecimal digits: it tells damage as surely as any hash, in a third of the time. A hash that nobody
 * can forge would protect nothing, because whoever can write these files can write the manifest.
 *
 * @param into where the piece from an offset on is read to
 */
async function checksumOf(file: FileHandle, into: (at: number) => Buffer): Promise<string> {
  let sum = 0;
  for (let at = 0; ;) {
    const piece = into(at);
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return sum.toString(16).padStart(8, "0");
    sum = crc32(piece.subarray(0, bytesRead), sum);
    at += bytesRead;
  }
}

/**
 * Writes a new build and puts it in use.
 *
 * @param write fills the folder it is given
 * @param describe the manifest without what this function knows itself
 */
export async function publishBuild(
  indexDir: string,
  write: (folder: string) => Promise<void>,
  describe: Omit<IndexManifest, "format" | "buildId" | "builtAt" | "checksums" | "refusal">,
  measure: (folder: string, manifest: IndexManifest) => Promise<RefusalFit>,
): Promise<IndexManifest> {
  const buildId = newBuildId();
  const folder = path.join(indexDir, `.${buildId}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await write(folder);
    const checksums: Record<string, string> = {};
    for (const name of (await readdir(folder)).sort()) {
      const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      checksums[name] = await withFile(folder, name, (file) => checksumOf(file, () => piece));
      await makeDurable(path.join(folder, name));
    }
    const manifest: IndexManifest = {
      format: INDEX_FORMAT,
      buildId,
      builtAt: new Date().toISOString(),
      ...describe,
      checksums,
      refusal: UNFITTED,
    };
    manifest.refusal = await measure(folder, manifest);
    const sealed: SealedManifest = { ...manifest, seal: sealOf(manifest) };
    await writeDurable(path.join(folder, MANIFEST), JSON.stringify(sealed, null, 2));
    await syncFolder(folder);
    await rename(folder, path.join(indexDir, buildId));
    await pointTo(indexDir, buildId);
    await unpin(indexDir);
    return manifest;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw storageError("INDEX_DIR", indexDir, error);
  }
}

/** Puts a build in use: its name reaches the disk before the file that points to it. */
async function pointTo(indexDir: string, buildId: string): Promise<void> {
  await writeDurable(path.join(indexDir, `.${CURRENT}.tmp`), `${buildId}\n`);
  await syncFolder(indexDir);
  await rename(path.join(indexDir, `.${CURRENT}.tmp`), path.join(indexDir, CURRENT));
  await syncFolder(indexDir);
}

/** The other build that is kept beside the one in use, the newest if there are several, or null. */
export async function otherBuild(indexDir: string): Promise<string | null> {
  const build = await currentBuild(indexDir);
  const entries = await readdir(indexDir).catch(() => []);
  const other = entries
    .filter((name) => BUILD_ID.test(name) && (build === null || name !== path.basename(build)))
    .sort()
    .at(-1);
  return other === undefined ? null : path.join(indexDir, other);
}

/** Puts a build in use again and keeps it there until the next ingest. To be called under the lock. */
export async function goBackTo(indexDir: string, build: string): Promise<void> {
  const buildId = path.basename(build);
  try {
    await writeDurable(path.join(indexDir, ROLLED_BACK), `${buildId}\n`);
    await pointTo(indexDir, buildId);
  } catch (error) {
    throw storageError("INDEX_DIR", indexDir, error);
  }
}

/** Whether the build in use is one that a person went back to. */
export async function isPinned(indexDir: string): Promise<boolean> {
  const build = await currentBuild(indexDir);
  const pinned = await readFile(path.join(indexDir, ROLLED_BACK), "utf8").catch(() => "");
  return build !== null && pinned.trim() === path.basename(build);
}

/** Lets the next change of the documents be followed again. */
export async function unpin(indexDir: string): Promise<void> {
  await rm(path.join(indexDir, ROLLED_BACK), { force: true });
}

/**
 * Removes what is of no use any more: builds but the one in use and the one before it, and what interrupted ingests left
 * behind, such as a finished build that was never put in use. To be called under the lock.
 *
 * @param previous the folder of the build that was in use before, which a reader may be about to open, or null if there
 *   was none; if it is not known, the newest build that is older than the one in use is kept
 */
export async function pruneBuilds(indexDir: string, previous?: string | null): Promise<void> {
  const build = await currentBuild(indexDir);
  const current = build === null ? null : path.basename(build);
  const entries = await readdir(indexDir);
  const builds = entries.filter((name) => BUILD_ID.test(name)).sort();
  const before = previous === undefined ? builds.findLast((name) => current === null || name < current) : previous;
  const keep = new Set([current, before == null ? null : path.basename(before)]);
  const leftovers = entries.filter((name) => /^\..*\.tmp$/.test(name));
  for (const name of [...builds.filter((id) => !keep.has(id)), ...leftovers]) {
    await rm(path.join(indexDir, name), { recursive: true, force: true });
  }
}

async function makeDurable(file: string, flags = "r+"): Promise<void> {
  const handle = await open(file, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes names in a folder durable, where the system can (Windows cannot open folders). */
async function syncFolder(folder: string): Promise<void> {
  await makeDurable(folder, "r").catch(() => {});
}

async function writeDurable(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await makeDurable(file);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
