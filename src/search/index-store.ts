import type { Document, Passage } from "../types.js";
import type { ByteVectors } from "./byte-vectors.js";
import type { IndexManifest, IndexRecipe, FileRecord, RefusalFit } from "./manifest.js";
import type { PassageIndex } from "./passage-index.js";

/** What an ingest hands over to be written. Vectors are in the order of the passages, and of their units. */
export interface IndexContent {
  documents: Document[];
  passages: Passage[];
  vectors: Float32Array[];
  units: ByteVectors;
}

/** What an index is made from. */
export interface IndexOrigin {
  recipe: IndexRecipe;
  files: Record<string, FileRecord>;
}

/** A passage of an index with its vectors. */
export interface EmbeddedPassage {
  passage: Passage;
  /** The text of its document. */
  text: string;
  vector: () => Float32Array;
  /** Of its units. */
  units: ByteVectors;
}

/** A build that is opened. */
export interface OpenBuild extends PassageIndex {
  /** Every passage in the order of the corpus: what the next ingest can reuse. */
  embedded(): AsyncIterable<EmbeddedPassage>;
}

/**
 * Where the builds of an index are kept: each is written beside the others, then put in use in one step, so that a reader
 * finds a whole one whenever the writer was stopped. Adapters: search/folder-store.ts, postgres/postgres-store.ts.
 */
export interface IndexStore {
  /** The setting that names it and where it is, for messages: `INDEX_DIR: "/srv/index"`. */
  readonly place: string;
  /** The folder that holds it, or null if none does. */
  readonly folder: string | null;
  /** The build in use, or null if there is none. */
  currentId(): Promise<string | null>;
  /** The build that is kept beside the one in use, the last that was in use if there are several, or null. */
  otherId(): Promise<string | null>;
  /** The manifest of a build, or null if it is missing, damaged or of another format. */
  manifest(buildId: string): Promise<IndexManifest | null>;
  /** @throws StartupError if the build is damaged */
  open(manifest: IndexManifest): Promise<OpenBuild>;
  /**
   * Writes a new build and puts it in use. To be called in `exclusively`.
   *
   * @param measure fits the decision to answer on the new build before it is in use
   * @param onProgress is told how many passages are written
   * @throws StartupError if it cannot be written; the one in use stays then
   */
  publish(
    content: IndexContent,
    origin: IndexOrigin,
    measure: (index: PassageIndex) => Promise<RefusalFit>,
    onProgress: (done: number) => void,
  ): Promise<IndexManifest>;
  /** Puts a build in use again and keeps it there until the next ingest. To be called in `exclusively`. */
  goBackTo(buildId: string): Promise<void>;
  /** Whether the build in use is one that a person went back to. */
  isPinned(): Promise<boolean>;
  /** Lets the next change of the documents be followed again. */
  unpin(): Promise<void>;
  /**
   * Removes builds but the one in use and the one before it, and what interrupted ingests left. To be called in `exclusively`.
   *
   * @param previous the build that was in use before, which a reader may be about to open, or null if there was none; if it is
   *   not known, the newest build that is older than the one in use is kept
   */
  prune(previous?: string | null): Promise<void>;
  /**
   * Runs a task while no other ingest can run on the store.
   *
   * @throws BusyError if another one is at work
   */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** @throws Error if it cannot be read just now, so that nothing can be answered */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** How much of each there is. */
export function countsOf({ documents, passages, units }: IndexContent): Omit<IndexManifest["counts"], "terms"> {
  const faqItems = passages.filter(({ kind }) => kind === "faq").length;
  return { documents: documents.length, passages: passages.length, units: units.count, faqItems };
}
