import { constants, rmSync } from "node:fs";
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { BusyError, storageError } from "./errors.js";

/** The file that says which process is at work on a folder: its process id. */
const LOCK = ".lock";
/** Locks this process holds: in a lock file, its own id may also be that of a process stopped before a restart. */
const held = new Set<string>();
/** A lock without an owner's id is being written just now; after this long, its owner was stopped while doing so. */
const MAX_LOCK_WRITE_MS = 500;
/** Taking over a stale lock takes less than this; the mark of one that takes longer was left by a stopped process. */
const MAX_TAKEOVER_MS = 5_000;
/** How long to wait for whoever is taking over a stale lock. */
const MAX_WAIT_MS = MAX_TAKEOVER_MS + 1_000;

/** What a lock is for, in the words of an error, and the setting that names the folder. */
interface LockPurpose {
  task: string;
  setting: string;
}
const INGEST: LockPurpose = { task: "ingest", setting: "INDEX_DIR" };

/**
 * Runs a task while no other of its kind can run on the folder, which is made if it is missing.
 *
 * @throws BusyError if another one is at work
 */
export async function withLock<T>(folder: string, task: () => Promise<T>, purpose = INGEST): Promise<T> {
  const lock = path.resolve(folder, LOCK);
  try {
    await mkdir(folder, { recursive: true });
    await takeLock(lock, purpose.task);
  } catch (error) {
    throw storageError(purpose.setting, folder, error);
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
  const until = performance.now() + MAX_WAIT_MS;
  do {
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
      throw new BusyError(
        `another ${task} is at work (process ${owner}). Wait for it, or stop it and try again. ` +
          `If process ${owner} is no ${task}, delete "${lock}".`,
      );
    }
    if (!(await removeStale(lock, owner))) await setTimeout(50);
  } while (performance.now() < until);
  throw new BusyError(`another ${task} has just started. Wait for it and try again.`);
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

function isPresent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
