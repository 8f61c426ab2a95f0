import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { StartupError } from "../errors.js";
import type { Document, Passage } from "../types.js";
import { formatOf } from "./parse-document.js";
import { READING_LIMITS, type ReadingLimits } from "./reading-limits.js";
import { ReadingThreads } from "./reading-threads.js";
import { codeOf, reasonOf } from "./reasons.js";
import { DEFAULT_SPLITTER, type SplitterSettings } from "./split-passages.js";

interface SkippedFile {
  /** Relative to the corpus folder. */
  path: string;
  reason: string;
}

export interface Corpus {
  documents: Document[];
  /** In the order of their documents. */
  passages: Passage[];
  skipped: SkippedFile[];
}

export interface ReadingOptions {
  splitter?: SplitterSettings | undefined;
  limits?: Partial<ReadingLimits> | undefined;
}

/**
 * Reads every document below a folder, in the order of their paths, and cuts it into passages. Hidden files and folders are
 * passed over; a file that cannot be read, is empty, of an unknown kind or beyond the limits is skipped with its reason. Links
 * that lead out of the folder are not followed.
 *
 * @throws StartupError if the folder itself cannot be read
 */
export async function readCorpus(folder: string, options: ReadingOptions = {}): Promise<Corpus> {
  const files = await Promise.all(
    (await listFiles(folder)).map(async (relative) => {
      const file = path.join(folder, relative);
      const size = await stat(file)
        .then((found) => found.size)
        .catch(() => 0); // Reading it says why.
      return { relative, file, size };
    }),
  );
  const allBytes = files.reduce((sum, { size }) => sum + size, 0);
  const reading = new ReadingThreads({ ...READING_LIMITS, ...options.limits }, allBytes);
  const splitter = options.splitter ?? DEFAULT_SPLITTER;
  const ids = new Set<string>();
  try {
    const read = files.map(({ relative, file, size }) =>
      reading
        .read({ id: idOf(relative, ids), path: relative, file, splitter }, size)
        .catch((error: unknown): SkippedFile => ({ path: relative, reason: reasonOf(error) })),
    );
    const corpus: Corpus = { documents: [], passages: [], skipped: [] };
    for (const result of await Promise.all(read)) {
      if ("reason" in result) corpus.skipped.push(result);
      else {
        corpus.documents.push(result.document);
        for (const passage of result.passages) corpus.passages.push(passage);
      }
    }
    return corpus;
  } finally {
    await reading.close();
  }
}

/** Relative paths of the files below `folder` that are not hidden, sorted, `/` between folders. */
export async function listFiles(folder: string): Promise<string[]> {
  let root: string;
  try {
    root = await realpath(folder);
  } catch {
    throw new StartupError(`CORPUS_DIR: the folder "${folder}" does not exist. Create it and put documents into it.`);
  }
  const found: string[] = [];
  const visit = async (relative: string): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await readdir(path.join(root, relative), { withFileTypes: true });
    } catch (error) {
      if (relative === "")
        throw new StartupError(`CORPUS_DIR: the folder "${folder}" cannot be read (${codeOf(error)}).`);
      found.push(relative); // Reading it as a file fails as well, and is reported then.
      return;
    }
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const child = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await visit(child);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await staysInside(root, child)))) found.push(child);
    }
  };
  await visit("");
  return found.filter((file) => !isCompanion(file)).sort();
}

async function staysInside(root: string, relative: string): Promise<boolean> {
  try {
    const target = await realpath(path.join(root, relative));
    return target.startsWith(root + path.sep) && (await stat(target)).isFile();
  } catch {
    return false;
  }
}

/** Files that belong to an editor or the system rather than to the reader. */
function isCompanion(file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return name.startsWith("~$") || name.endsWith("~") || name === "Thumbs.db";
}

/** The id is the path without its ending; a second file of the same name keeps its ending, so that both stay apart. */
function idOf(relative: string, ids: Set<string>): string {
  if (formatOf(relative) === null) return relative;
  const bare = relative.slice(0, -path.extname(relative).length);
  const id = ids.has(bare) ? relative : bare;
  ids.add(id);
  return id;
}
