import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../config.js";
import { areSynonyms, synonymsOf } from "./synonyms.js";

/** Word vectors of English index terms: see models/docent-words-en. */
const FOLDER = path.join(PROJECT_DIR, "models", "docent-words-en");
const DIMENSIONS = 100;
/** Cosines up to here are chance (the 95th percentile of pairs of terms drawn at random is 0.20)… */
const UNRELATED = 0.35;
/** … and from here on the words are as good as synonyms. */
const SAME = 0.75;
/** No related word counts as much as the word itself. */
const MOST = 0.9;

/** What two everyday words for the same thing count at least. */
const SYNONYMS = 0.6;
/** Words are related from this likeness on; `neighbours.bin` holds a little more than that. */
const RELATED = 0.5;

interface Table {
  terms: readonly string[];
  rows: Map<string, number>;
  vectors: Int8Array;
  norms: Float32Array;
  /** The rows like row r are `[starts[r], starts[r + 1])` in `neighbours`. */
  starts: Uint32Array;
  neighbours: Uint16Array;
}

let table: Table | null = null;

function load(): Table {
  const terms = readFileSync(path.join(FOLDER, "terms.txt"), "utf8").split("\n");
  const bytes = readFileSync(path.join(FOLDER, "vectors.bin"));
  const vectors = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const norms = new Float32Array(terms.length);
  for (let row = 0; row < terms.length; row++) {
    let sum = 0;
    for (let i = row * DIMENSIONS; i < (row + 1) * DIMENSIONS; i++) sum += vectors[i]! ** 2;
    norms[row] = Math.sqrt(sum);
  }
  const { buffer } = Uint8Array.from(readFileSync(path.join(FOLDER, "neighbours.bin")));
  const starts = new Uint32Array(buffer, 0, terms.length + 1);
  const neighbours = new Uint16Array(buffer, starts.byteLength);
  return { terms, rows: new Map(terms.map((term, row) => [term, row])), vectors, norms, starts, neighbours };
}

/** Where an index term's word vector stands in the table; -1 if it has none. */
export function rowOf(term: string): number {
  table ??= load();
  return table.rows.get(term) ?? -1;
}

/** The word vector of a row: bytes, of a length of about 400. */
export function rowVector(row: number): Int8Array {
  table ??= load();
  return table.vectors.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
}

/** How far the words of two rows mean the same by their vectors, 0 to 0.9; 0 if either is -1. */
export function rowLikeness(a: number, b: number): number {
  if (a < 0 || b < 0) return 0;
  table ??= load();
  const { vectors, norms } = table;
  const startA = a * DIMENSIONS;
  const startB = b * DIMENSIONS;
  let sum = 0;
  for (let i = 0; i < DIMENSIONS; i++) sum += vectors[startA + i]! * vectors[startB + i]!;
  const cosine = sum / (norms[a]! * norms[b]!);
  return cosine <= UNRELATED ? 0 : MOST * Math.min(1, (cosine - UNRELATED) / (SAME - UNRELATED));
}

/**
 * The gist of a bag of index terms: the mean of their word vectors, each by its weight (smooth inverse frequency does the
 * same, Arora et al. 2017); null if the table knows none of them. Its length is 1.
 */
export function gistOf(terms: readonly (readonly [term: string, weight: number])[]): Float32Array | null {
  const sum = weightedSum(
    terms.map(([term]) => rowOf(term)),
    terms.map(([, weight]) => weight),
  );
  const length = lengthOf(sum);
  return length === 0 ? null : sum.map((value) => value / length);
}

/** The length that the gist of rows has before it is made 1; 0 if all are -1. */
export function gistLength(rows: readonly number[], weights: readonly number[]): number {
  return lengthOf(weightedSum(rows, weights));
}

/** What one term adds to the cosine of a gist with a bag of terms, before weight and length: its own cosine with the gist. */
export function gistShare(row: number, gist: Float32Array): number {
  if (row < 0) return 0;
  table ??= load();
  const { vectors, norms } = table;
  const start = row * DIMENSIONS;
  let sum = 0;
  for (let i = 0; i < DIMENSIONS; i++) sum += vectors[start + i]! * gist[i]!;
  return sum / norms[row]!;
}

function weightedSum(rows: readonly number[], weights: readonly number[]): Float32Array {
  table ??= load();
  const { vectors, norms } = table;
  const sum = new Float32Array(DIMENSIONS);
  for (const [at, row] of rows.entries()) {
    if (row < 0) continue;
    const scale = weights[at]! / norms[row]!;
    const start = row * DIMENSIONS;
    for (let i = 0; i < DIMENSIONS; i++) sum[i]! += scale * vectors[start + i]!;
  }
  return sum;
}

function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! ** 2;
  return Math.sqrt(squares);
}

/** How alike two gists are, -1 to 1; 0 if one is missing. */
export function gistCosine(a: Float32Array | null, b: Float32Array | null): number {
  if (a === null || b === null) return 0;
  let sum = 0;
  for (let i = 0; i < DIMENSIONS; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** How far two index terms mean the same: 1 for the same term, up to 0.9 for related ones, 0 for strangers. */
export function termLikeness(a: string, b: string): number {
  if (a === b) return 1;
  return likenessOf(rowLikeness(rowOf(a), rowOf(b)), areSynonyms(a, b));
}

/** The likeness of two terms of which the likeness by vectors, and whether they are everyday synonyms, is known. */
export function likenessOf(byVectors: number, synonyms: boolean): number {
  return synonyms ? Math.max(SYNONYMS, byVectors) : byVectors;
}

/** A term of a corpus that means much the same as another, and how far (0 to 1). */
export interface RelatedTerm {
  term: string;
  weight: number;
}

/**
 * Of a corpus's terms those most like one, best first, without the term itself: of a likeness of 0.5 at least; equally like
 * ones in alphabetical order.
 *
 * @param has whether the corpus has a term
 */
export function mostAlike(term: string, has: (term: string) => boolean, k: number): RelatedTerm[] {
  table ??= load();
  const { terms, starts, neighbours } = table;
  const row = rowOf(term);
  const near = row < 0 ? [] : Array.from(neighbours.subarray(starts[row], starts[row + 1]), (other) => terms[other]!);
  return [...new Set([...near, ...synonymsOf(term)])]
    .filter((other) => other !== term && has(other))
    .map((other) => ({ term: other, weight: termLikeness(term, other) }))
    .filter(({ weight }) => weight >= RELATED)
    .sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
    .slice(0, k);
}
