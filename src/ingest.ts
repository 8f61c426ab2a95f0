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
import { StartupError } from "./errors.js";
import { HnswIndex } from "./search/hnsw-index.js";
import { withLock } from "./folder-lock.js";
import { currentBuild, isPinned, pruneBuilds, publishBuild, readManifest, unpin } from "./search/index-folder.js";
import {
  type FileRecord,
  type IndexManifest,
  recipeDifference,
  recipeFor,
  type RefusalFit,
} from "./search/manifest.js";
import { ByteVectors } from "./search/byte-vectors.js";
import type { IndexContent } from "./search/write-index.js";
import type { Document, Passage } from "./types.js";

export interface IngestOptions {
  corpusDir: string;
  indexDir: string;
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
 * Brings the index folder up to date with the corpus folder.
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
  const { corpusDir, indexDir, embedder } = options;
  const splitter = options.splitter ?? DEFAULT_SPLITTER;
  // A wrong folder is reported before anything is created.
  await listFiles(corpusDir);
  if (wouldReadItself(corpusDir, indexDir)) {
    throw new StartupError(
      `INDEX_DIR: "${indexDir}" lies in the corpus folder and would be read as part of it. Name a folder outside "${corpusDir}".`,
    );
  }
  return withLock(indexDir, async () => {
    await pruneBuilds(indexDir);
    const build = await currentBuild(indexDir);
    const before = build === null ? null : await readManifest(build);
    const recipe = recipeFor(embedder.fingerprint, splitter);
    let rebuildReason = before === null ? null : recipeDifference(before.recipe, recipe);
    let index: HnswIndex | null = null;
    if (options.force !== true && build !== null && rebuildReason === null) {
      // Opened even if nothing changed: a damaged build is not up to date.
      index = before === null ? null : await HnswIndex.load(build, before).catch(() => null);
      if (index === null) rebuildReason = "the index before is damaged or of another version";
    }

    if (before !== null && index !== null) {
      const files = await recordFiles(corpusDir, before.files);
      if (sameFiles(before.files, files)) {
        await unpin(indexDir);
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
    const content: IndexContent = { documents: corpus.documents, passages, vectors, units };
    const faqItems = passages.filter((passage) => passage.kind === "faq").length;
    const counts = {
      documents: corpus.documents.length,
      passages: passages.length,
      units: units.count,
      faqItems,
      terms: 0,
    };
    const manifest = await publishBuild(
      indexDir,
      async (folder) => {
        // Imported here, because a server whose index is up to date never needs LangChain.
        const { writeHnswIndex } = await import("./search/write-index.js");
        const { terms } = await writeHnswIndex(folder, content, embedder.fingerprint.dimensions, (done) =>
          options.onProgress?.({ step: "index", done, total: passages.length }),
        );
        counts.terms = terms;
      },
      { recipe, files, counts },
      async (folder, provisional) => {
        const { fitRefusal } = await import("./answer/fit-refusal.js");
        return fitRefusal({ index: await HnswIndex.load(folder, provisional), embedder });
      },
    );
    await pruneBuilds(indexDir, build);
    return {
      buildId: manifest.buildId,
      built: true,
      rebuildReason,
      documents: corpus.documents.length,
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
  const build = await currentBuild(options.indexDir);
  const manifest = build === null ? null : await readManifest(build);
  if (manifest === null) return true;
  const recipe = recipeFor(options.embedder.fingerprint, options.splitter ?? DEFAULT_SPLITTER);
  if (recipeDifference(manifest.recipe, recipe) !== null) return true;
  if (await isPinned(options.indexDir)) return false;
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
  passageVector(text: string): Float32Array | undefined;
  /** Where the vector of an embedded unit text stands in `units`. */
  unitAt(text: string): number | undefined;
  units: ByteVectors;
}

/** The vectors of an index by the texts they were made from. */
async function reusableOf(index: HnswIndex): Promise<Reusable> {
  const { passages, vectorAt, units } = index.reusable();
  const texts = new Map((await index.documents()).map(({ id, text }) => [id, text]));
  const labels = new Map<string, number>();
  const places = new Map<string, number>();
  let label = 0;
  let place = 0;
  for (const passage of passages) {
    labels.set(embeddedTextOf(passage), label++);
    for (const unit of passage.units) {
      places.set(embeddedTextOfUnit(passage, unit, texts.get(passage.documentId)!), place++);
    }
  }
  return {
    passageVector: (text) => {
      const known = labels.get(text);
      return known === undefined ? undefined : vectorAt(known);
    },
    unitAt: (text) => places.get(text),
    units,
  };
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
  const vectors = passageTexts.map((text) => reusable?.passageVector(text));
  const units = ByteVectors.allocate(unitTexts.length, embedder.fingerprint.dimensions);
  const places = unitTexts.map((text) => reusable?.unitAt(text));
  places.forEach((from, at) => {
    if (from !== undefined) units.copy(at, reusable!.units, from);
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
