import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../config.js";
import { areSynonyms } from "./synonyms.js";

/** Word vectors of English index terms: see models/docent-words-en. */
const FOLDER = path.join(PROJECT_DIR, "models", "docent-words-en");
const DIMENSIONS = 100;
/** Cosines up to here are chance (the 95th percentile of pairs of terms drawn at random is 0.22)… */
const UNRELATED = 0.35;
/** … and from here on the words are as good as synonyms. */
const SAME = 0.75;
/** No related word counts as much as the word itself. */
const MOST = 0.9;

/** What two everyday words for the same thing count at least. */
const SYNONYMS = 0.6;

interface Table {
  rows: Map<string, number>;
  vectors: Int8Array;
  norms: Float32Array;
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
  return { rows: new Map(terms.map((term, row) => [term, row])), vectors, norms };
}

/** Cosine of two index terms' word vectors, -1 to 1; null if either is not in the table. */
function termCosine(a: string, b: string): number | null {
  table ??= load();
  const { rows, vectors, norms } = table;
  const rowA = rows.get(a);
  const rowB = rows.get(b);
  if (rowA === undefined || rowB === undefined) return null;
  let sum = 0;
  for (let i = 0; i < DIMENSIONS; i++) sum += vectors[rowA * DIMENSIONS + i]! * vectors[rowB * DIMENSIONS + i]!;
  return sum / (norms[rowA]! * norms[rowB]!);
}

/**
 * The gist of a bag of index terms: the mean of their word vectors, each by its weight (smooth inverse frequency does the
 * same, Arora et al. 2017); null if the table knows none of them. Its length is 1.
 */
export function gistOf(terms: readonly (readonly [term: string, weight: number])[]): Float32Array | null {
  table ??= load();
  const { rows, vectors, norms } = table;
  const sum = new Float32Array(DIMENSIONS);
  for (const [term, weight] of terms) {
    const row = rows.get(term);
    if (row === undefined) continue;
    const scale = weight / norms[row]!;
    for (let i = 0; i < DIMENSIONS; i++) sum[i]! += scale * vectors[row * DIMENSIONS + i]!;
  }
  let squares = 0;
  for (let i = 0; i < DIMENSIONS; i++) squares += sum[i]! ** 2;
  if (squares === 0) return null;
  const length = Math.sqrt(squares);
  for (let i = 0; i < DIMENSIONS; i++) sum[i]! /= length;
  return sum;
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
  const least = areSynonyms(a, b) ? SYNONYMS : 0;
  const cosine = termCosine(a, b);
  if (cosine === null || cosine <= UNRELATED) return least;
  return Math.max(least, MOST * Math.min(1, (cosine - UNRELATED) / (SAME - UNRELATED)));
}

/** A term of a corpus that means much the same as another, and how far (0 to 1). */
export interface RelatedTerm {
  term: string;
  weight: number;
}

/** Of many terms those most like one, best first, without the term itself. */
export function mostAlike(term: string, terms: readonly string[], k: number, least: number): RelatedTerm[] {
  const alike: RelatedTerm[] = [];
  for (const candidate of terms) {
    const weight = candidate === term ? 0 : termLikeness(term, candidate);
    if (weight >= least) alike.push({ term: candidate, weight });
  }
  return alike.sort((a, b) => b.weight - a.weight).slice(0, k);
}
