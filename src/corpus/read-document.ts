import { readFile, stat } from "node:fs/promises";
import { UnreadableFileError } from "../errors.js";
import type { Document, Passage } from "../types.js";
import { parseDocument } from "./parse-document.js";
import { splitPassages, type SplitterSettings } from "./split-passages.js";

/** A file of the corpus that is to be read; plain data, so that it can be handed to another thread. */
export interface ReadJob {
  id: string;
  /** Relative to the corpus folder. */
  path: string;
  /** Where it lies. */
  file: string;
  splitter: SplitterSettings;
  /** A file that makes more passages is not read. */
  maxPassages: number;
}

export interface ReadDocument {
  document: Document;
  passages: Passage[];
}

/**
 * Reads a file and cuts it into passages.
 *
 * @throws UnreadableFileError with a reason written for the owner of the file; an error of the system if it cannot be opened
 */
export async function readDocument({ id, path, file, splitter, maxPassages }: ReadJob): Promise<ReadDocument> {
  const [bytes, { mtime }] = await Promise.all([readFile(file), stat(file)]);
  const document = await parseDocument({ id, path, bytes, updatedAt: mtime.toISOString() });
  const passages = splitPassages(document, splitter);
  if (passages.length > maxPassages) {
    throw new UnreadableFileError(
      `it makes ${passages.length.toLocaleString("en")} passages, more than ${maxPassages.toLocaleString("en")}; cut it into several files`,
    );
  }
  return { document, passages };
}
