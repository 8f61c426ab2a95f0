import { mostAlike, type RelatedTerm } from "./thesaurus.js";
import { Vocabulary } from "./vocabulary.js";

/** BM25's usual constants (Robertson & Zaragoza 2009); k1 1.2 and b 0.75 are what the embedding model was measured with. */
export const K1 = 1.2;
export const B = 0.75;
/** Terms that a query's own terms bring in. */
const MAX_RELATED = 4;
/** Terms whose relations are kept; beyond it they are worked out anew. */
const MAX_KEPT = 10_000;

/** The index terms of a corpus, in the order of the alphabet, with the number of passages that each occurs in. */
export class TermTable {
  readonly vocabulary: Vocabulary;
  readonly #frequencies: Uint32Array;
  readonly #related = new Map<string, readonly RelatedTerm[]>();
  /** `letterMask` of each term: spares `respell` comparing a word with the whole vocabulary letter by letter. */
  readonly #letterMasks: Uint32Array;

  constructor(
    readonly passages: number,
    readonly terms: readonly string[],
    frequencies: Uint32Array,
  ) {
    this.#frequencies = frequencies;
    this.vocabulary = new Vocabulary(terms, (id) => idfOf(passages, frequencies[id]!));
    this.#letterMasks = Uint32Array.from(terms, letterMask);
  }

  /** Number of passages a term occurs in. */
  frequency(term: string): number {
    const id = this.vocabulary.idOf(term);
    return id === undefined ? 0 : this.#frequencies[id]!;
  }

  /** Inverse passage frequency; a term the corpus does not know gets the highest. */
  idf(term: string): number {
    return idfOf(this.passages, this.frequency(term));
  }

  /**
   * The most frequent term one slip away (two from seven letters on): a letter missing, added, wrong or swapped with its
   * neighbour. Terms of fewer than four letters, or with a digit, have too many neighbours to guess.
   */
  respell(term: string): string | null {
    if (term.length < 4 || /\d/.test(term)) return null;
    const allowed = term.length >= 7 ? 2 : 1;
    let best: string | null = null;
    let bestKey = Infinity;
    const mask = letterMask(term);
    for (let id = 0; id < this.terms.length; id++) {
      const candidate = this.terms[id]!;
      if (Math.abs(candidate.length - term.length) > allowed) continue;
      // A slip takes one letter away at most, and brings one in at most.
      const other = this.#letterMasks[id]!;
      if (bitCount(mask & ~other) > allowed || bitCount(other & ~mask) > allowed) continue;
      if (/\d/.test(candidate)) continue;
      const distance = slips(term, candidate, allowed);
      if (distance > allowed) continue;
      const frequency = this.#frequencies[id]!;
      if (frequency === 0) continue;
      // A nearer term always wins; of equally near ones, the more frequent.
      const key = distance - frequency / (this.passages + 1);
      if (key < bestKey) [best, bestKey] = [candidate, key];
    }
    return best;
  }

  /** The highest sum that any passage could reach for a query. */
  highestSum(terms: readonly string[]): number {
    return terms.reduce((sum, term) => sum + this.idf(term) * (K1 + 1), 0);
  }

  /** The corpus's terms most like one in meaning, without itself; what was worked out once is kept. */
  related(term: string): readonly RelatedTerm[] {
    let related = this.#related.get(term);
    if (related === undefined) {
      related = mostAlike(term, (other) => this.frequency(other) > 0, MAX_RELATED);
      if (this.#related.size >= MAX_KEPT) this.#related.clear();
      this.#related.set(term, related);
    }
    return related;
  }
}

/**
 * A term counts as often as the query says it (the query's factor in Robertson & Zaragoza 2009, 3.5, with a large k3): what a
 * long question is about, it repeats. A related one counts its weight.
 */
export function weightsOf(terms: readonly string[], related: readonly RelatedTerm[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const term of terms) weights.set(term, (weights.get(term) ?? 0) + 1);
  for (const { term, weight } of related) if (!weights.has(term)) weights.set(term, weight);
  return weights;
}

/** `ln(1 + (N − df + ½) / (df + ½))`. */
export function idfOf(passages: number, frequency: number): number {
  return Math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5));
}

/** One bit for each of the word's letters; others may share a bit, so that equal letters always have equal bits. */
function letterMask(word: string): number {
  let mask = 0;
  for (let i = 0; i < word.length; i++) mask |= 1 << (word.charCodeAt(i) & 31);
  return mask;
}

function bitCount(bits: number): number {
  let count = 0;
  for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** Damerau-Levenshtein distance (optimal string alignment), or more than `limit` as soon as it must be. */
function slips(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, substituted);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[b.length]!;
}
