import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { messageOf, StartupError } from "../errors.js";
import { withLock } from "../folder-lock.js";
import { diskFault, Hub, HubRefusal, type HubSettings, networkFault, type RemoteFile } from "./hub.js";
import {
  type Dtype,
  DTYPES,
  graphFile,
  hashFile,
  isWhole,
  POOLING_FILE,
  type PullRecord,
  readRecord,
  requiredFiles,
  weightsFile,
  writeRecord,
} from "./model-files.js";

export interface PullOptions {
  /** `owner/name`. */
  id: string;
  dtype: Dtype;
  /** The model is put into `<cacheDir>/<owner>/<name>/`, laid out as on the hub. */
  cacheDir: string;
  hub: HubSettings;
  onProgress?: (progress: PullProgress) => void;
  signal?: AbortSignal;
  retryMs?: number;
}

export interface PullProgress {
  file: string;
  /** Bytes of all files of this pull, there and in all. */
  done: number;
  total: number;
}

export interface PullSummary {
  folder: string;
  commit: string | null;
  /** Names of the files that were downloaded; none if all were there. */
  fetched: string[];
  bytes: number;
  /** Files for which the server gave no checksum: only their sizes could be checked. */
  unchecked: string[];
}

/** Where partial downloads are kept, inside the model's folder. */
const PARTIAL = ".partial";
/** Left free on the disk, for an index among other things. */
const SPARE_BYTES = 50_000_000;

/**
 * Downloads what a model needs and the cache lacks. A file gets its name only when its size and hash are those the hub
 * names, so a file that has its name is whole; what was interrupted is gone on with the next time.
 *
 * 1. stop here if everything is there
 * 2. ask for the commit that "main" is at, and for size and hash of each file at that commit
 * 3. download, check and name each; note it in the record
 *
 * @throws StartupError in words that name the model, the fault and the ways out
 */
export async function pullModel(options: PullOptions): Promise<PullSummary> {
  const { id, dtype, hub, cacheDir } = options;
  const folder = path.join(cacheDir, ...id.split("/"));
  const there = async (): Promise<PullSummary> => {
    const record = await readRecord(folder);
    return { folder, commit: record?.commit ?? null, fetched: [], bytes: 0, unchecked: [] };
  };
  if (await isWhole(folder, dtype)) return there();
  if (hub.offline)
    throw new StartupError(`"${id}" is not downloaded, and HF_HUB_OFFLINE forbids to. ${waysOut(folder)}`);
  try {
    return await withLock(
      folder,
      async () => ((await isWhole(folder, dtype)) ? there() : await fetchMissing(options, folder)),
      { task: "download of this model", setting: "MODEL_CACHE_DIR" },
    );
  } catch (error) {
    throw asStartupError(error, options, folder);
  }
}

async function fetchMissing(options: PullOptions, folder: string): Promise<PullSummary> {
  const hub = new Hub(options.hub, options.signal, options.retryMs);
  try {
    return await fetchFrom(hub, options, folder);
  } finally {
    await hub.close();
  }
}

async function fetchFrom(hub: Hub, options: PullOptions, folder: string): Promise<PullSummary> {
  const { id, dtype } = options;
  const before = await readRecord(folder);
  // All files are of one commit, also when the hub changes between two tries.
  let revision = before?.commit ?? "main";
  const config = await hub.describe(id, revision, "config.json");
  if (config === null) throw new HubRefusal(404, "NoConfig", "it has no config.json");
  revision = config.commit ?? revision;
  const record: PullRecord = before ?? { commit: config.commit, files: {}, complete: [] };

  const files = await describeFiles(hub, options, revision, config);
  const missing: RemoteFile[] = [];
  for (const file of files) if (!(await isThere(folder, file, record))) missing.push(file);
  const total = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  await checkSpace(folder, total);
  let done = 0;
  for (const file of missing) {
    const part = path.join(folder, PARTIAL, createHash("sha256").update(`${file.name} ${file.etag}`).digest("hex"));
    await mkdir(path.dirname(part), { recursive: true });
    const report = (bytes: number): void => options.onProgress?.({ file: file.name, done: done + bytes, total });
    await hub.download(id, revision, file, part, report);
    const sha256 = await checked(part, file);
    const whole = path.join(folder, file.name);
    await mkdir(path.dirname(whole), { recursive: true });
    await rename(part, whole);
    record.files[file.name] = { bytes: file.bytes, sha256, modifiedMs: (await stat(whole)).mtimeMs };
    await writeRecord(folder, record);
    done += file.bytes;
  }
  record.complete = [...new Set([...record.complete, dtype])];
  await writeRecord(folder, record);
  await rm(path.join(folder, PARTIAL), { recursive: true, force: true });
  return {
    folder,
    commit: record.commit,
    fetched: missing.map(({ name }) => name),
    bytes: total,
    unchecked: missing.filter(({ checksum }) => checksum === null).map(({ name }) => name),
  };
}

async function describeFiles(
  hub: Hub,
  { id, dtype }: PullOptions,
  revision: string,
  config: RemoteFile,
): Promise<RemoteFile[]> {
  const files = [config];
  for (const name of requiredFiles(dtype).filter((required) => required !== config.name)) {
    const file = await hub.describe(id, revision, name);
    if (file === null) throw await missingFile(hub, id, revision, name, dtype);
    files.push(file);
  }
  for (let n = 0; ; n++) {
    const weights = await hub.describe(id, revision, weightsFile(dtype, n));
    if (weights === null) break;
    files.push(weights);
  }
  const pooling = await hub.describe(id, revision, POOLING_FILE);
  return pooling === null ? files : [...files, pooling];
}

async function missingFile(hub: Hub, id: string, revision: string, name: string, dtype: Dtype): Promise<Error> {
  if (name !== graphFile(dtype)) return new HubRefusal(404, "NoFile", `it has no ${name}`);
  const others: string[] = [];
  for (const other of DTYPES) {
    if (other !== dtype && (await hub.describe(id, revision, graphFile(other))) !== null) others.push(other);
  }
  const advice =
    others.length > 0
      ? `It has other forms: set EMBEDDING_DTYPE to ${others.join(" or ")}.`
      : "A repository with ONNX files is needed, such as those of Xenova/ or onnx-community/.";
  return new StartupError(`"${id}" has no ${name}. ${advice}`);
}

/** A file that lies there is kept if it is the one the hub has: known from the record, or by its hash. */
async function isThere(folder: string, file: RemoteFile, record: PullRecord): Promise<boolean> {
  const whole = path.join(folder, file.name);
  const found = await stat(whole).catch(() => null);
  if (found === null || found.size !== file.bytes) return false;
  const known = record.files[file.name];
  if (known !== undefined && known.modifiedMs === found.mtimeMs) return true;
  if (file.checksum !== null && (await hexOf(whole, file, file.checksum.algorithm)) !== file.checksum.hex) return false;
  record.files[file.name] = {
    bytes: file.bytes,
    sha256: await hashFile(whole, createHash("sha256")),
    modifiedMs: found.mtimeMs,
  };
  return true;
}

/** Checks a download. @returns its SHA-256 @throws StartupError after removing it, if it is not what the hub has */
async function checked(part: string, file: RemoteFile): Promise<string> {
  const { size } = await stat(part);
  const sha256 = await hashFile(part, createHash("sha256"));
  const expected = file.checksum;
  const actual = expected === null || expected.algorithm === "sha256" ? sha256 : await hexOf(part, file, "git");
  if (size === file.bytes && (expected === null || actual === expected.hex)) return sha256;
  await rm(part, { force: true });
  throw new ChecksumFault(file.name);
}

class ChecksumFault extends Error {}

/** Git hashes the word "blob" and the length before the bytes. */
function hexOf(file: string, { bytes }: RemoteFile, algorithm: "sha256" | "git"): Promise<string> {
  if (algorithm === "sha256") return hashFile(file, createHash("sha256"));
  return hashFile(file, createHash("sha1").update(`blob ${bytes}\0`));
}

async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed + SPARE_BYTES) return;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw new StartupError(
    `"${folder.split(path.sep).slice(-2).join("/")}" needs ${megabytes(needed + SPARE_BYTES)} on the disk of "${folder}", where ` +
      `${megabytes(free)} are free. Make room, or set MODEL_CACHE_DIR to a folder on another disk.`,
  );
}

function waysOut(folder: string): string {
  const id = folder.split(path.sep).slice(-2).join("/");
  return (
    `Without a network: run "npm run models -- pull ${id}" on another machine and copy the folder to "${folder}"; or set ` +
    "EMBEDDING_MODEL to a folder that has the model, or leave it empty for the bundled one."
  );
}

function asStartupError(error: unknown, { id, hub, signal }: PullOptions, folder: string): StartupError {
  if (error instanceof StartupError) return error;
  const host = new URL(hub.endpoint).host;
  if (signal?.aborted === true) {
    return new StartupError(`The download of "${id}" was interrupted; the same command goes on from where it was.`);
  }
  if (error instanceof ChecksumFault) {
    return new StartupError(
      `"${id}": ${error.message} is not the file that ${host} describes (size or checksum differ); it was removed. Try ` +
        "again; if it happens again, a proxy or mirror on the way changes files.",
    );
  }
  const fault = diskFault(error);
  if (fault === "ENOSPC" || fault === "EDQUOT") {
    return new StartupError(`The disk of "${folder}" is full. Make room, or set MODEL_CACHE_DIR to another disk.`);
  }
  if (fault !== null) {
    return new StartupError(
      `MODEL_CACHE_DIR: "${folder}" cannot be written (${fault}). Name a folder you may write to.`,
    );
  }
  if (error instanceof HubRefusal) return new StartupError(refusalInWords(error, id, host));
  return new StartupError(`"${id}" could not be downloaded from ${host}: ${networkFault(error)}. ${waysOut(folder)}`);
}

function refusalInWords({ status, code, message }: HubRefusal, id: string, host: string): string {
  if (status === 401 || status === 403) {
    const gated = code === "GatedRepo" ? `"${id}" is gated` : `"${id}" is private or gated, or does not exist`;
    return `${gated}: ${host} answers with status ${status}. Check the id; accept the model's terms on its page, and set HF_TOKEN to a token that may read it.`;
  }
  if (code === "NoFile" || code === "NoConfig") {
    return `"${id}": ${host} has no such model, or ${message}, so it is no model for transformers.js. Use a repository with ONNX files, such as those of Xenova/ or onnx-community/.`;
  }
  if (status === 404) return `"${id}": ${host} has no such model. Check the id.`;
  return `"${id}" could not be downloaded from ${host}: ${messageOf(message)}.`;
}
