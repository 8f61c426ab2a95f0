import { StartupError } from "../errors.js";
import { mostAlike, type RelatedTerm } from "./thesaurus.js";

/** BM25's usual constants (Robertson & Zaragoza 2009); k1 1.2 and b 0.75 are what the embedding model was measured with. */
const K1 = 1.2;
const B = 0.75;
const MAGIC = 0x31584c44; // "DLX1"
const HEADER_BYTES = 20;
/** Terms that a query's own terms bring in. */
const MAX_RELATED = 4;
const LEAST_LIKENESS = 0.5;
/** Terms whose relations are kept; beyond it they are worked out anew. */
const MAX_KEPT = 10_000;

/**
 * An eager BM25 index (BM25S, arXiv 2407.03618): every posting already holds its finished weight
 * `idf · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / average))` with `idf = ln(1 + (N − df + ½) / (df + ½))`,
 * so that a query only sums arrays. Passages are numbered from 0 (their label in the vector index).
 */
export class LexicalIndex {
  readonly #termIds: Map<string, number>;
  /** Postings of term t are `[offsets[t], offsets[t + 1])` in `labels` and `weights`. */
  readonly #offsets: Uint32Array;
  readonly #labels: Uint32Array;
  readonly #weights: Float32Array;
  readonly #related = new Map<string, readonly RelatedTerm[]>();
  /** Scratch of `search`, all 0 between calls. Doubles, so that `scoresOf` comes to exactly the same sums. */
  readonly #scores: Float64Array;
  /** `letterMask` of each term: spares `respell` comparing a word with the whole vocabulary letter by letter. */
  readonly #letterMasks: Uint32Array;

  private constructor(
    readonly passages: number,
    readonly terms: readonly string[],
    offsets: Uint32Array,
    labels: Uint32Array,
    weights: Float32Array,
  ) {
    this.#termIds = new Map(terms.map((term, id) => [term, id]));
    this.#offsets = offsets;
    this.#labels = labels;
    this.#weights = weights;
    this.#scores = new Float64Array(passages);
    this.#letterMasks = Uint32Array.from(terms, letterMask);
  }

  /** @param termsOfPassages the terms of each passage, repeated as they occur */
  static build(termsOfPassages: Iterable<readonly string[]>): LexicalIndex {
    const postings = new Map<string, { labels: number[]; counts: number[] }>();
    const lengths: number[] = [];
    for (const terms of termsOfPassages) {
      const label = lengths.length;
      lengths.push(terms.length);
      for (const term of terms) {
        let list = postings.get(term);
        if (list === undefined) postings.set(term, (list = { labels: [], counts: [] }));
        if (list.labels.at(-1) === label) list.counts[list.counts.length - 1]!++;
        else {
          list.labels.push(label);
          list.counts.push(1);
        }
      }
    }
    const averageLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
    const vocabulary = [...postings.keys()].sort();
    const size = vocabulary.reduce((sum, term) => sum + postings.get(term)!.labels.length, 0);
    const offsets = new Uint32Array(vocabulary.length + 1);
    const labels = new Uint32Array(size);
    const weights = new Float32Array(size);
    let at = 0;
    vocabulary.forEach((term, id) => {
      const list = postings.get(term)!;
      const idf = idfOf(lengths.length, list.labels.length);
      list.labels.forEach((label, i) => {
        const tf = list.counts[i]!;
        const norm = K1 * (1 - B + (B * lengths[label]!) / averageLength);
        labels[at] = label;
        weights[at++] = (idf * tf * (K1 + 1)) / (tf + norm);
      });
      offsets[id + 1] = at;
    });
    return new LexicalIndex(lengths.length, vocabulary, offsets, labels, weights);
  }

  /** Number of passages a term occurs in. */
  frequency(term: string): number {
    const id = this.#termIds.get(term);
    return id === undefined ? 0 : this.#offsets[id + 1]! - this.#offsets[id]!;
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
      // A nearer term always wins; of equally near ones, the more frequent.
      const key = distance - this.frequency(candidate) / (this.passages + 1);
      if (key < bestKey) [best, bestKey] = [candidate, key];
    }
    return best;
  }

  /** The highest sum that any passage could reach for a query. */
  #highestSum(terms: readonly string[]): number {
    return terms.reduce((sum, term) => sum + this.idf(term) * (K1 + 1), 0);
  }

  /** The corpus's terms most like one in meaning, without itself; what was worked out once is kept. */
  related(term: string): readonly RelatedTerm[] {
    let related = this.#related.get(term);
    if (related === undefined) {
      related = mostAlike(term, this.terms, MAX_RELATED, LEAST_LIKENESS);
      if (this.#related.size >= MAX_KEPT) this.#related.clear();
      this.#related.set(term, related);
    }
    return related;
  }

  /**
   * The passages that match best. Scores are BM25 sums over the highest sum any passage could reach, so 0 to 1.
   *
   * @param terms the query's terms; repeated ones count as often as they stand there
   * @param k how many passages at most
   * @param accept which passages may be returned
   * @param related further terms that count by their weight
   */
  search(
    terms: readonly string[],
    k: number,
    accept: (label: number) => boolean,
    related: readonly RelatedTerm[] = [],
  ): { label: number; score: number }[] {
    const weighted = weightsOf(terms, related);
    const best = this.#highestSum(terms);
    if (best === 0) return [];
    const scores = this.#scores;
    const touched: number[] = [];
    for (const [term, weight] of weighted) {
      const id = this.#termIds.get(term);
      if (id === undefined) continue;
      for (let i = this.#offsets[id]!; i < this.#offsets[id + 1]!; i++) {
        const label = this.#labels[i]!;
        if (scores[label] === 0) touched.push(label);
        scores[label]! += weight * this.#weights[i]!;
      }
    }
    const top = topLabels(touched, scores, k, accept);
    const found = top.map((label) => ({ label, score: scores[label]! / best }));
    for (const label of touched) scores[label] = 0;
    return found;
  }

  /** Scores of given passages for a query, on the scale of `search`. */
  scoresOf(terms: readonly string[], labels: readonly number[], related: readonly RelatedTerm[] = []): number[] {
    const wanted = new Map(labels.map((label, i) => [label, i]));
    const sums = new Array<number>(labels.length).fill(0);
    const best = this.#highestSum(terms);
    for (const [term, weight] of weightsOf(terms, related)) {
      const id = this.#termIds.get(term);
      if (id === undefined) continue;
      const end = this.#offsets[id + 1]!;
      for (const [label, i] of wanted) {
        const at = lowerBound(this.#labels, label, this.#offsets[id]!, end);
        if (at < end && this.#labels[at] === label) sums[i]! += weight * this.#weights[at]!;
      }
    }
    return sums.map((sum) => (best === 0 ? 0 : sum / best));
  }

  /** Layout: magic, passages, terms, postings, vocabulary bytes (u32 each); offsets, labels, weights; vocabulary. */
  serialize(): Uint8Array {
    const vocabulary = new TextEncoder().encode(this.terms.join("\n"));
    const arrays = [this.#offsets, this.#labels, this.#weights];
    const bytes = new Uint8Array(HEADER_BYTES + arrays.reduce((sum, a) => sum + a.byteLength, 0) + vocabulary.length);
    const header = [MAGIC, this.passages, this.terms.length, this.#labels.length, vocabulary.length];
    bytes.set(new Uint8Array(new Uint32Array(header).buffer), 0);
    let at = HEADER_BYTES;
    for (const array of arrays) {
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
      at += array.byteLength;
    }
    bytes.set(vocabulary, at);
    return bytes;
  }

  /** @throws StartupError if the bytes were not written by `serialize` */
  static deserialize(bytes: Uint8Array): LexicalIndex {
    // A copy, because typed arrays need an aligned buffer.
    const buffer = new Uint8Array(bytes).buffer;
    const [magic, passages = 0, terms = 0, postings = 0, vocabularyBytes = 0] =
      buffer.byteLength < HEADER_BYTES ? [] : new Uint32Array(buffer, 0, HEADER_BYTES / 4);
    const labelsAt = HEADER_BYTES + (terms + 1) * 4;
    const weightsAt = labelsAt + postings * 4;
    const vocabularyAt = weightsAt + postings * 4;
    if (magic !== MAGIC || buffer.byteLength !== vocabularyAt + vocabularyBytes) {
      throw new StartupError("the lexical index file is damaged");
    }
    const words = new TextDecoder().decode(new Uint8Array(buffer, vocabularyAt, vocabularyBytes));
    const vocabulary = terms === 0 ? [] : words.split("\n");
    if (vocabulary.length !== terms) throw new StartupError("the lexical index file is damaged");
    return new LexicalIndex(
      passages,
      vocabulary,
      new Uint32Array(buffer, HEADER_BYTES, terms + 1),
      new Uint32Array(buffer, labelsAt, postings),
      new Float32Array(buffer, weightsAt, postings),
    );
  }
}

/**
 * A term counts as often as the query says it (the query's factor in Robertson & Zaragoza 2009, 3.5, with a large k3): what a
 * long question is about, it repeats. A related one counts its weight.
 */
function weightsOf(terms: readonly string[], related: readonly RelatedTerm[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const term of terms) weights.set(term, (weights.get(term) ?? 0) + 1);
  for (const { term, weight } of related) if (!weights.has(term)) weights.set(term, weight);
  return weights;
}

function idfOf(passages: number, frequency: number): number {
  return Math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5));
}

/** The k labels with the highest scores, best first; equal scores keep the order of their labels. */
function topLabels(
  labels: readonly number[],
  scores: Float64Array,
  k: number,
  accept: (label: number) => boolean,
): number[] {
  const top: number[] = [];
  const before = (a: number, b: number): boolean => scores[a]! > scores[b]! || (scores[a] === scores[b] && a < b);
  for (const label of labels) {
    if (top.length === k && !before(label, top[k - 1]!)) continue;
    if (!accept(label)) continue;
    let at = top.length;
    while (at > 0 && before(label, top[at - 1]!)) at--;
    top.splice(at, 0, label);
    if (top.length > k) top.pop();
  }
  return top;
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

function lowerBound(sorted: Uint32Array, value: number, from: number, to: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
