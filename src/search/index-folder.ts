import { createHash, randomBytes } from "node:crypto";
import { constants, rmSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { messageOf, StartupError } from "../errors.js";
import { INDEX_FORMAT, type IndexManifest, type RefusalFit, UNFITTED } from "./manifest.js";

/**
 * The index folder: `<build id>/` for each build and the file `current` that names the one in use. A build is written
 * under a hidden name, made durable, renamed, and only then named in `current`, so that a reader always finds a whole
 * build, whenever the writer was stopped. The build before is kept; older ones are removed.
 */
const CURRENT = "current";
const MANIFEST = "manifest.json";
const LOCK = ".lock";
const BUILD_ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** Sorts by time: `20261123T150210Z-3e79c1`; after the dash the milliseconds and a random part, hex. */
function newBuildId(): string {
  const now = new Date();
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const milliseconds = now.getUTCMilliseconds().toString(16).padStart(3, "0");
  return `${time}-${milliseconds}${randomBytes(2).toString("hex").slice(0, 3)}`;
}

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

/** The manifest of a build, or null if it is missing, damaged or of another format. */
export async function readManifest(build: string): Promise<IndexManifest | null> {
  try {
    const manifest = JSON.parse(await readFile(path.join(build, MANIFEST), "utf8")) as IndexManifest;
    return manifest.format === INDEX_FORMAT && manifest.buildId === path.basename(build) ? manifest : null;
  } catch {
    return null;
  }
}

/**
 * Reads a file of a build after checking it against the manifest.
 *
 * @throws StartupError if it is missing or the bytes are not those that were written
 */
export async function readChecked(build: string, manifest: IndexManifest, name: string): Promise<Buffer> {
  const bytes = await readFile(path.join(build, name)).catch((error: unknown) => {
    throw new StartupError(
      `the index file ${name} cannot be read (${messageOf(error)}). Run "npm run ingest -- --force".`,
    );
  });
  if (sha256(bytes) !== manifest.checksums[name]) {
    throw new StartupError(
      `the index file ${name} is damaged (its checksum differs). Run "npm run ingest -- --force".`,
    );
  }
  return bytes;
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
      checksums[name] = sha256(await readFile(path.join(folder, name)));
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
    await writeDurable(path.join(folder, MANIFEST), JSON.stringify(manifest, null, 2));
    await syncFolder(folder);
    await rename(folder, path.join(indexDir, buildId));
    await writeDurable(path.join(indexDir, `.${CURRENT}.tmp`), `${buildId}\n`);
    // The build's new name must reach the disk before the file that points to it.
    await syncFolder(indexDir);
    await rename(path.join(indexDir, `.${CURRENT}.tmp`), path.join(indexDir, CURRENT));
    await syncFolder(indexDir);
    return manifest;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw asStartupError(indexDir, error);
  }
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

/** Locks this process holds: in a lock file, its own id may also be that of a process stopped before a restart. */
const held = new Set<string>();
/** A lock without an owner's id is being written just now; after this long, its owner was stopped while doing so. */
const MAX_LOCK_WRITE_MS = 500;
/** Taking over a stale lock takes less than this. */
const MAX_TAKEOVER_MS = 10_000;

/** What a lock is for, in the words of an error, and the setting that names the folder. */
interface LockPurpose {
  task: string;
  setting: string;
}
const INGEST: LockPurpose = { task: "ingest", setting: "INDEX_DIR" };

/**
 * Runs a task while no other of its kind can run on the folder, which is made if it is missing.
 *
 * @throws StartupError if another one is at work
 */
export async function withLock<T>(folder: string, task: () => Promise<T>, purpose = INGEST): Promise<T> {
  const lock = path.resolve(folder, LOCK);
  try {
    await mkdir(folder, { recursive: true });
    await takeLock(lock, purpose.task);
  } catch (error) {
    throw asStartupError(folder, error, purpose.setting);
  }
  try {
    return await task();
  } finally {
    release(lock);
  }
}

/** In one go, so that another ingest of this process never sees one without the other. */
function release(lock: string): void {
  rmSync(lock, { force: true });
  held.delete(lock);
}

/** Writes the lock file, in place of one whose owner was stopped before it could clean up. */
async function takeLock(lock: string, task: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(lock, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY);
      held.add(lock);
      try {
        await handle.writeFile(String(process.pid));
        return;
      } catch (failure) {
        release(lock);
        throw failure;
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (!isPresent(error)) throw error;
    }
    const owner = await ownerOf(lock);
    if (owner === String(process.pid) ? held.has(lock) : isAlive(Number(owner))) {
      throw new StartupError(
        `another ${task} is at work (process ${owner}). Wait for it, or stop it and try again. ` +
          `If process ${owner} is no ${task}, delete "${lock}".`,
      );
    }
    if (!(await removeStale(lock, owner))) break;
  }
  throw new StartupError(`another ${task} has just started. Wait for it and try again.`);
}

/**
 * Removes the lock of a stopped owner. Only one ingest at a time may do so, and looks again first: otherwise a second one
 * could remove the lock that a first has just put in its place.
 */
async function removeStale(lock: string, owner: string): Promise<boolean> {
  const guard = `${lock}.takeover.tmp`;
  try {
    await (await open(guard, "wx")).close();
  } catch (error) {
    if (!isPresent(error)) throw error;
    // Its owner was stopped in the few milliseconds that it is needed for.
    if ((await ageOf(guard)) > MAX_TAKEOVER_MS) await rm(guard, { force: true });
    return false;
  }
  try {
    if ((await ownerOf(lock)) !== owner) return false;
    await rm(lock, { recursive: true, force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

/** Milliseconds since a file was written; 0 if it is gone. */
async function ageOf(file: string): Promise<number> {
  const written = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  return Date.now() - written;
}

/** The process id in a lock file, or "" if there is none. */
async function ownerOf(lock: string): Promise<string> {
  const until = performance.now() + MAX_LOCK_WRITE_MS;
  for (;;) {
    const owner = await readFile(lock, "utf8").catch(() => null);
    if (owner === null || owner !== "" || performance.now() > until) return owner ?? "";
    await setTimeout(20);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
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

function isPresent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

function asStartupError(folder: string, error: unknown, setting = INGEST.setting): Error {
  if (error instanceof StartupError) return error;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC") return new StartupError(`${setting}: the disk is full; what is in use was not touched.`);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "EEXIST") {
    return new StartupError(`${setting}: "${folder}" cannot be written (${code}). Name a folder you may write to.`);
  }
  return error instanceof Error ? error : new Error(messageOf(error));
}
