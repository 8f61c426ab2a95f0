import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { type Corpus, listFiles, readCorpus } from "./corpus/read-corpus.js";
import type { ReadingLimits } from "./corpus/reading-limits.js";
import {
  DEFAULT_SPLITTER,
  embeddedTextOf,
  embeddedTextOfUnit,
  type SplitterSettings,
} from "./corpus/split-passages.js";
import type { Embedder } from "./embed/embedder.js";
import { DocentError, StartupError } from "./errors.js";
import {
  type FileRecord,
  type IndexManifest,
  recipeDifference,
  recipeFor,
  type RefusalFit,
} from "./search/manifest.js";
import { ByteVectors } from "./search/byte-vectors.js";
import type { IndexStore, OpenBuild } from "./search/index-store.js";
import type { Document, Passage } from "./types.js";

export interface IngestOptions {
  corpusDir: string;
  store: IndexStore;
  embedder: Embedder;
  splitter?: SplitterSettings;
  /** What a file may cost, if not as much as usual. */
  limits?: Partial<ReadingLimits>;
  /** Build anew even if nothing changed, and reuse nothing. */
  force?: boolean;
  onProgress?: (progress: IngestProgress) => void;
  /** Told before the work why nothing of the index before can be reused, if so. */
  onRebuild?: (reason: string) => void;
}

export interface IngestProgress {
  step: "embed" | "index";
  done: number;
  total: number;
}

export interface IngestSummary {
  buildId: string;
  /** False if the index was up to date and nothing was written. */
  built: boolean;
  /** Why vectors of the index before could not be reused, if there was one. */
  rebuildReason: string | null;
  documents: number;
  passages: number;
  faqItems: number;
  /** Texts (passages and sentences) whose vectors were taken over, and texts embedded anew. */
  reused: number;
  embedded: number;
  skipped: { path: string; reason: string }[];
  /** How the decision to answer does on probe questions. */
  refusal: RefusalFit;
  seconds: number;
}

/**
 * Brings the index up to date with the corpus folder.
 *
 * 1. compare the corpus with the manifest; stop here if nothing changed
 * 2. read and cut the documents
 * 3. take over the vectors of unchanged texts, embed the others
 * 4. write a new build beside the old one and put it in use
 *
 * @throws StartupError if a folder cannot be used, nothing readable is in the corpus, or another ingest is at work
 */
export async function ingest(options: IngestOptions): Promise<IngestSummary> {
  const started = performance.now();
  const { corpusDir, store, embedder } = options;
  const splitter = options.splitter ?? DEFAULT_SPLITTER;
  // A wrong folder is reported before anything is created.
  await listFiles(corpusDir);
  if (store.folder !== null && wouldReadItself(corpusDir, store.folder)) {
    throw new StartupError(
      `${store.place} lies in the corpus folder and would be read as part of it. Name a folder outside "${corpusDir}".`,
    );
  }
  return store.exclusively(async () => {
    await store.prune();
    const build = await store.currentId();
    const before = build === null ? null : await store.manifest(build);
    const recipe = recipeFor(embedder.fingerprint, splitter);
    let rebuildReason = before === null ? null : recipeDifference(before.recipe, recipe);
    let index: OpenBuild | null = null;
    if (options.force !== true && build !== null && rebuildReason === null) {
      // Opened even if nothing changed: a damaged build is not up to date.
      index = before === null ? null : await store.open(before).catch(unlessAway);
      if (index === null) rebuildReason = "the index before is damaged or of another version";
    }

    if (before !== null && index !== null) {
      const files = await recordFiles(corpusDir, before.files);
      if (sameFiles(before.files, files)) {
        await store.unpin();
        const { documents, passages, faqItems } = before.counts;
        const counts = { documents, passages, faqItems, reused: 0, embedded: 0, skipped: skippedOf(before) };
        return {
          buildId: before.buildId,
          built: false,
          rebuildReason: null,
          ...counts,
          refusal: before.refusal,
          seconds: secondsSince(started),
        };
      }
    }

    const files = await recordFiles(corpusDir, {});
    const corpus = await readCorpus(corpusDir, { splitter, limits: options.limits });
    if (rebuildReason !== null) options.onRebuild?.(rebuildReason);
    if (corpus.documents.length === 0) throw new StartupError(nothingToRead(corpusDir, corpus));
    for (const { path: file, reason } of corpus.skipped) if (files[file] !== undefined) files[file].skipped = reason;
    const { passages } = corpus;
    const reusable = index === null ? null : await reusableOf(index);
    const embedded = await embedAll(corpus.documents, passages, embedder, reusable, options.onProgress);
    const { vectors, units } = embedded;
    const manifest = await store.publish(
      { documents: corpus.documents, passages, vectors, units },
      { recipe, files },
      async (made) => {
        const { fitRefusal } = await import("./answer/fit-refusal.js");
        return fitRefusal({ index: made, embedder });
      },
      (done) => options.onProgress?.({ step: "index", done, total: passages.length }),
    );
    await store.prune(build);
    const { documents, faqItems } = manifest.counts;
    return {
      buildId: manifest.buildId,
      built: true,
      rebuildReason,
      documents,
      passages: passages.length,
      faqItems,
      reused: embedded.reused,
      embedded: embedded.fresh,
      skipped: corpus.skipped,
      refusal: manifest.refusal,
      seconds: secondsSince(started),
    };
  });
}

/** A store that is away says nothing of the build; everything need not be embedded again for it. */
function unlessAway(error: unknown): null {
  if (error instanceof DocentError) throw error;
  return null;
}

/** Whether the index folder lies where the corpus is looked for (hidden folders are passed over). */
function wouldReadItself(corpusDir: string, indexDir: string): boolean {
  const below = path.relative(corpusDir, indexDir);
  return !path.isAbsolute(below) && below.split(path.sep).every((part) => !part.startsWith("."));
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 10) / 100;
}

/**
 * Whether the index in use was made from other documents than there are now, or by another recipe. A build that a person went
 * back to stays in use though documents have changed.
 */
export async function isStale(options: Omit<IngestOptions, "onProgress" | "onRebuild" | "force">): Promise<boolean> {
  const { store } = options;
  const build = await store.currentId();
  const manifest = build === null ? null : await store.manifest(build);
  if (manifest === null) return true;
  const recipe = recipeFor(options.embedder.fingerprint, options.splitter ?? DEFAULT_SPLITTER);
  if (recipeDifference(manifest.recipe, recipe) !== null) return true;
  if (await store.isPinned()) return false;
  return !sameFiles(manifest.files, await recordFiles(options.corpusDir, manifest.files));
}

/** The coarsest file times in use (FAT's) advance in steps of two seconds. */
const CLOCK_STEP_MS = 2000;

/** Sizes, times and hashes of the corpus files; a file of known size and time is not read again. */
async function recordFiles(corpusDir: string, known: Record<string, FileRecord>): Promise<Record<string, FileRecord>> {
  const records: Record<string, FileRecord> = {};
  for (const file of await listFiles(corpusDir)) {
    const whole = path.join(corpusDir, file);
    try {
      const { size, mtimeMs } = await stat(whole);
      const before = known[file];
      const unchanged = before !== undefined && before.bytes === size && before.modifiedMs === mtimeMs;
      const sha256 = unchanged ? before.sha256 : await hashOf(whole);
      // A file written a moment ago may be written again without its time changing, so its time is not relied on.
      const isSettled = Date.now() - mtimeMs > CLOCK_STEP_MS;
      records[file] = { sha256, bytes: size, modifiedMs: isSettled ? mtimeMs : 0 };
    } catch {
      records[file] = { sha256: "", bytes: 0, modifiedMs: 0 }; // Unreadable; readCorpus says why.
    }
  }
  return records;
}

/** In pieces: a file may be larger than what is read of it. */
async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function sameFiles(before: Record<string, FileRecord>, now: Record<string, FileRecord>): boolean {
  const names = Object.keys(now);
  return (
    names.length === Object.keys(before).length && names.every((name) => before[name]?.sha256 === now[name]!.sha256)
  );
}

function skippedOf(manifest: IndexManifest): { path: string; reason: string }[] {
  return Object.entries(manifest.files).flatMap(([file, record]) =>
    record.skipped === undefined ? [] : [{ path: file, reason: record.skipped }],
  );
}

function nothingToRead(corpusDir: string, corpus: Corpus): string {
  const [first] = corpus.skipped;
  const why = first === undefined ? "it holds no files" : `no file could be read (${first.path}: ${first.reason})`;
  return `CORPUS_DIR: nothing to answer from in "${corpusDir}": ${why}. Put .txt, .md, .html, .pdf or .docx files there.`;
}

interface Reusable {
  passages: ReadonlyMap<string, () => Float32Array>;
  /** Which vector of which. */
  units: ReadonlyMap<string, readonly [units: ByteVectors, at: number]>;
}

/** The vectors of an index by the texts they were made from. */
async function reusableOf(index: OpenBuild): Promise<Reusable> {
  const passages = new Map<string, () => Float32Array>();
  const units = new Map<string, readonly [ByteVectors, number]>();
  for await (const { passage, text, vector, units: vectors } of index.embedded()) {
    passages.set(embeddedTextOf(passage), vector);
    for (const [at, unit] of passage.units.entries()) units.set(embeddedTextOfUnit(passage, unit, text), [vectors, at]);
  }
  return { passages, units };
}

interface Embedded {
  vectors: Float32Array[];
  units: ByteVectors;
  reused: number;
  fresh: number;
}

async function embedAll(
  documents: Document[],
  passages: Passage[],
  embedder: Embedder,
  reusable: Reusable | null,
  onProgress?: (progress: IngestProgress) => void,
): Promise<Embedded> {
  const textOf = new Map(documents.map(({ id, text }) => [id, text]));
  const passageTexts = passages.map((passage) => embeddedTextOf(passage));
  const unitTexts = passages.flatMap((passage) =>
    passage.units.map((unit) => embeddedTextOfUnit(passage, unit, textOf.get(passage.documentId)!)),
  );
  const vectors = passageTexts.map((text) => reusable?.passages.get(text)?.());
  const units = ByteVectors.allocate(unitTexts.length, embedder.fingerprint.dimensions);
  const places = unitTexts.map((text) => reusable?.units.get(text));
  places.forEach((from, at) => {
    if (from !== undefined) units.copy(at, ...from);
  });

  const newPassages = passageTexts.flatMap((_, i) => (vectors[i] === undefined ? [i] : []));
  const newUnits = unitTexts.flatMap((_, i) => (places[i] === undefined ? [i] : []));
  const total = newPassages.length + newUnits.length;
  const report = (done: number): void => onProgress?.({ step: "embed", done, total });
  const passageVectors = await embedder.embedPassages(
    newPassages.map((i) => passageTexts[i]!),
    report,
  );
  newPassages.forEach((i, at) => (vectors[i] = passageVectors[at]!));
  // In slices, because the float vectors of all sentences at once would take four times what is kept.
  const slice = 4096;
  for (let from = 0; from < newUnits.length; from += slice) {
    const chunk = newUnits.slice(from, from + slice);
    const unitVectors = await embedder.embedPassages(
      chunk.map((i) => unitTexts[i]!),
      (done) => report(newPassages.length + from + done),
    );
    chunk.forEach((i, at) => units.set(i, unitVectors[at]!));
  }
  return {
    vectors: vectors.map((vector) => vector!),
    units,
    reused: passageTexts.length + unitTexts.length - total,
    fresh: total,
  };
}
