import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";

/** How a model's numbers are stored, with the end of the file name that transformers.js looks for. */
const DTYPE_SUFFIXES = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  q4f16: "_q4f16",
  bnb4: "_bnb4",
} as const;
export type Dtype = keyof typeof DTYPE_SUFFIXES;
export const DTYPES = Object.keys(DTYPE_SUFFIXES) as [Dtype, ...Dtype[]];

/** What every model needs beside its graph. */
const DESCRIPTION_FILES = ["config.json", "tokenizer.json", "tokenizer_config.json"];
/** How sentence-transformers pools the model; few repositories with ONNX files have it. */
export const POOLING_FILE = "1_Pooling/config.json";

/** The graph's file of a dtype: `onnx/model_quantized.onnx` for q8. */
export function graphFile(dtype: Dtype): string {
  return `onnx/model${DTYPE_SUFFIXES[dtype]}.onnx`;
}

export function requiredFiles(dtype: Dtype): string[] {
  return [...DESCRIPTION_FILES, graphFile(dtype)];
}

/** The n-th file with weights that lie outside the graph's file, as large models have (protobuf ends at 2 GB). */
export function weightsFile(dtype: Dtype, n: number): string {
  return `${graphFile(dtype)}_data${n === 0 ? "" : `_${n}`}`;
}

/** How many files with weights outside the graph lie in a model's folder. */
export function countWeightsFiles(folder: string, dtype: Dtype): number {
  let count = 0;
  while (existsSync(path.join(folder, weightsFile(dtype, count)))) count++;
  return count;
}

interface FileState {
  bytes: number;
  /** Hex. */
  sha256: string;
  /** When the file was last written; with `bytes` it tells whether the hash still holds. */
  modifiedMs: number;
}

/** What was downloaded of a model, kept in its folder. */
export interface PullRecord {
  /** The hub's commit that all files are of, or null if the server did not say. */
  commit: string | null;
  files: Record<string, FileState>;
  /** The dtypes whose files are all there. */
  complete: Dtype[];
}

const RECORD = ".pulled.json";

export async function readRecord(folder: string): Promise<PullRecord | null> {
  try {
    return JSON.parse(await readFile(path.join(folder, RECORD), "utf8")) as PullRecord;
  } catch {
    return null;
  }
}

export async function writeRecord(folder: string, record: PullRecord): Promise<void> {
  const file = path.join(folder, RECORD);
  await writeFile(`${file}.tmp`, JSON.stringify(record, null, 2));
  await rename(`${file}.tmp`, file);
}

/** Required files that a model's folder lacks. */
export function missingFiles(folder: string, dtype: Dtype): string[] {
  return requiredFiles(dtype).filter((file) => !existsSync(path.join(folder, file)));
}

/** Whether a downloaded model is whole; a folder copied by hand counts as whole if the required files are there. */
export async function isWhole(folder: string, dtype: Dtype): Promise<boolean> {
  if (missingFiles(folder, dtype).length > 0) return false;
  const record = await readRecord(folder);
  if (record === null) return true;
  return (
    record.complete.includes(dtype) && Object.keys(record.files).every((file) => existsSync(path.join(folder, file)))
  );
}

/**
 * Changes when a file does that decides what vectors are: the hash of all files the model is loaded from.
 *
 * @returns 16 hex digits
 */
export async function revisionOf(folder: string, dtype: Dtype): Promise<string> {
  const weights = Array.from({ length: countWeightsFiles(folder, dtype) }, (_, n) => weightsFile(dtype, n));
  const record = await readRecord(folder);
  const hash = createHash("sha256");
  for (const file of [...requiredFiles(dtype), ...weights]) {
    hash.update(`${file}\0${await hashOf(folder, file, record)}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** A gigabyte takes seconds to hash, so the hash of a download is taken over while size and time stay the same. */
async function hashOf(folder: string, file: string, record: PullRecord | null): Promise<string> {
  const known = record?.files[file];
  if (known !== undefined) {
    const { size, mtimeMs } = await stat(path.join(folder, file));
    if (size === known.bytes && mtimeMs === known.modifiedMs) return known.sha256;
  }
  return hashFile(path.join(folder, file), createHash("sha256"));
}

/** Reads a file through a hash, so that its size does not matter. @returns hex */
export async function hashFile(file: string, hash: ReturnType<typeof createHash>): Promise<string> {
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The pooling that sentence-transformers' own file names, or null if there is none that Docent knows. */
export async function shippedPooling(folder: string): Promise<"cls" | "mean" | "last_token" | null> {
  try {
    const modes = JSON.parse(await readFile(path.join(folder, POOLING_FILE), "utf8")) as Record<string, unknown>;
    if (modes["pooling_mode_cls_token"] === true) return "cls";
    if (modes["pooling_mode_mean_tokens"] === true) return "mean";
    return modes["pooling_mode_lasttoken"] === true ? "last_token" : null;
  } catch {
    return null;
  }
}

/** Names of the folders in a folder; none if it is missing. */
export async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
}
