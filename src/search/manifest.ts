import { randomBytes } from "node:crypto";
import { SPLITTER_VERSION, type SplitterSettings } from "../corpus/split-passages.js";
import type { EmbedderFingerprint } from "../embed/embedder.js";
import { TOKENIZER_VERSION } from "./tokenize.js";

/** Raise it when the layout of an index folder changes. */
export const INDEX_FORMAT = 4;

/** Raise it when the models change that `refusal` is fitted for: a threshold of others is none of theirs. */
const DECISION_VERSION = 3;

/** Sorts by time: `20261123T150210Z-3e79c1`; after the dash the milliseconds and a random part, hex. */
export function newBuildId(): string {
  const now = new Date();
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const milliseconds = now.getUTCMilliseconds().toString(16).padStart(3, "0");
  return `${time}-${milliseconds}${randomBytes(2).toString("hex").slice(0, 3)}`;
}

/** What was known of a corpus file when the index was built; size and time spare reading it again. */
export interface FileRecord {
  sha256: string;
  bytes: number;
  modifiedMs: number;
  /** Why the file is not in the index, if it was skipped. */
  skipped?: string;
}

/** Everything that decides what an index holds; a difference in `recipe` makes an index stale. */
export interface IndexManifest {
  format: number;
  buildId: string;
  /** ISO 8601. */
  builtAt: string;
  recipe: IndexRecipe;
  /** Corpus files by their path relative to the corpus folder. */
  files: Record<string, FileRecord>;
  counts: { documents: number; passages: number; units: number; faqItems: number; terms: number };
  /** CRC-32 of every file of the build, by name. */
  checksums: Record<string, string>;
  /** How the decision to answer was fitted to this corpus. */
  refusal: RefusalFit;
}

/** The decision to answer, fitted to a corpus with probe questions, and its two error rates (answer/fit-refusal.ts). */
export interface RefusalFit {
  /** The least logit of the subject model that is answered here. */
  leastSubject: number;
  /** Share of the questions about other things that would be answered, of how many. */
  answeredForeign: number;
  foreignProbes: number;
  /** Share of the questions made from the corpus itself that would be refused, of how many. */
  refusedOwn: number;
  ownProbes: number;
}

/** Before anything was measured. */
export const UNFITTED: RefusalFit = {
  leastSubject: -1.1,
  answeredForeign: 0,
  foreignProbes: 0,
  refusedOwn: 0,
  ownProbes: 0,
};

export interface IndexRecipe {
  embedder: EmbedderFingerprint;
  splitter: { version: number; settings: SplitterSettings };
  tokenizer: number;
  decision: number;
  hnsw: { m: number; efConstruction: number; seed: number };
}

/** Graph settings (Malkov & Yashunin 2018): see ARCHITECTURE.md for what was measured. */
export const HNSW_SETTINGS = { m: 32, efConstruction: 200, seed: 100 };

export function recipeFor(embedder: EmbedderFingerprint, settings: SplitterSettings): IndexRecipe {
  return {
    embedder,
    splitter: { version: SPLITTER_VERSION, settings },
    tokenizer: TOKENIZER_VERSION,
    decision: DECISION_VERSION,
    hnsw: HNSW_SETTINGS,
  };
}

/** Why vectors of another recipe cannot be reused, in words, or null if they can. */
export function recipeDifference(before: IndexRecipe, now: IndexRecipe): string | null {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const embedder = embedderDifference(before.embedder, now.embedder);
  if (embedder !== null) return `${embedder}; all passages are embedded again`;
  if (!same(before.splitter, now.splitter)) return "passages are cut differently by this version";
  if (!same(before.tokenizer, now.tokenizer)) return "words are read differently by this version";
  if (before.decision !== now.decision) return "what to refuse is decided differently by this version";
  if (!same(before.hnsw, now.hnsw)) return "the vector graph is built differently by this version";
  return null;
}

/** How the model of an index differs from another, in words, or null if their vectors compare. */
export function embedderDifference(before: EmbedderFingerprint, now: EmbedderFingerprint): string | null {
  const names = (Object.keys(now) as (keyof EmbedderFingerprint)[]).filter((name) => before[name] !== now[name]);
  if (names.length === 0) return null;
  if (names.includes("model")) return `the embedding model changed from ${before.model} to ${now.model}`;
  const changes = names.map((name) =>
    name === "revision" ? "its files" : `${PARTS[name]} from ${quoted(before[name])} to ${quoted(now[name])}`,
  );
  return `the embedding model ${now.model} changed (${changes.join(", ")})`;
}

const PARTS: Record<keyof EmbedderFingerprint, string> = {
  model: "model",
  revision: "files",
  dtype: "dtype",
  pooling: "pooling",
  queryPrefix: "query prefix",
  passagePrefix: "passage prefix",
  dimensions: "dimensions",
  maxTokens: "most tokens",
  manner: "manner",
};

/** Texts in quotes, so that spaces show; what an older index did not record is "?". */
function quoted(value: string | number | undefined): string {
  return value === undefined ? "?" : JSON.stringify(value);
}
