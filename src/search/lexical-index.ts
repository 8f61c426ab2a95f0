import { StartupError } from "../errors.js";
import { pack, unpack } from "./packed.js";
import { B, idfOf, K1, TermTable, weightsOf } from "./term-table.js";
import type { RelatedTerm } from "./thesaurus.js";

/** A term of a query with its postings. */
interface QueryTerm {
  weight: number;
  /** Its postings are `[start, end)`. */
  start: number;
  end: number;
}

/**
 * An eager BM25 index (BM25S, arXiv 2407.03618): every posting already holds its finished weight
 * `idf · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / average))` with `idf = ln(1 + (N − df + ½) / (df + ½))`,
 * so that a query only sums arrays. Passages are numbered from 0 (their label in the vector index).
 */
export class LexicalIndex extends TermTable {
  /** Postings of term t are `[offsets[t], offsets[t + 1])` in `labels` and `weights`. */
  readonly #offsets: Uint32Array;
  readonly #labels: Uint32Array;
  readonly #weights: Float32Array;
  /** Scratch of `search`, all 0 between calls. Doubles, so that `scoresOf` comes to exactly the same sums. */
  readonly #scores: Float64Array;
  /** Scratch of `search`: the passages met so far. */
  readonly #met: Uint32Array;

  private constructor(
    passages: number,
    terms: readonly string[],
    offsets: Uint32Array,
    labels: Uint32Array,
    weights: Float32Array,
  ) {
    super(
      passages,
      terms,
      Uint32Array.from(terms, (_, id) => offsets[id + 1]! - offsets[id]!),
    );
    this.#offsets = offsets;
    this.#labels = labels;
    this.#weights = weights;
    this.#scores = new Float64Array(passages);
    this.#met = new Uint32Array(passages);
  }

  /**
   * @param termsOfPassages the terms of each passage, repeated as they occur
   * @param others terms that stand where nothing is searched, to be in the vocabulary all the same
   */
  static build(termsOfPassages: Iterable<readonly string[]>, others: Iterable<string> = []): LexicalIndex {
    const postings = new Map<string, { labels: number[]; counts: number[] }>();
    const lengths: number[] = [];
    const listOf = (term: string): { labels: number[]; counts: number[] } => {
      let list = postings.get(term);
      if (list === undefined) postings.set(term, (list = { labels: [], counts: [] }));
      return list;
    };
    for (const terms of termsOfPassages) {
      const label = lengths.length;
      lengths.push(terms.length);
      for (const term of terms) {
        const list = listOf(term);
        if (list.labels.at(-1) === label) list.counts[list.counts.length - 1]!++;
        else {
          list.labels.push(label);
          list.counts.push(1);
        }
      }
    }
    for (const term of others) listOf(term);
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

  /**
   * The passages that match best. Scores are BM25 sums over the highest sum any passage could reach, so 0 to 1.
   *
   * @param terms the query's terms; repeated ones count as often as they stand there
   * @param k how many passages at most
   * @param accept which passages may be returned; all if null
   * @param related further terms that count by their weight
   */
  search(
    terms: readonly string[],
    k: number,
    accept: ((label: number) => boolean) | null,
    related: readonly RelatedTerm[] = [],
  ): { label: number; score: number }[] {
    const highest = this.highestSum(terms);
    if (highest === 0 || k === 0) return [];
    const scores = this.#scores;
    const met = this.#met;
    let count = 0;
    for (const { weight, start, end } of this.#queryTerms(terms, related)) {
      for (let i = start; i < end; i++) {
        const label = this.#labels[i]!;
        if (scores[label] === 0) met[count++] = label;
        scores[label]! += weight * this.#weights[i]!;
      }
    }
    const top = topLabels(met.subarray(0, count), scores, k, accept);
    const found = top.map((label) => ({ label, score: scores[label]! / highest }));
    for (let i = 0; i < count; i++) scores[met[i]!] = 0;
    return found;
  }

  /** Scores of given passages for a query, on the scale of `search`. */
  scoresOf(terms: readonly string[], labels: readonly number[], related: readonly RelatedTerm[] = []): number[] {
    const highest = this.highestSum(terms);
    const query = this.#queryTerms(terms, related);
    return labels.map((label) => {
      let sum = 0;
      for (const { weight, start, end } of query) {
        const at = lowerBound(this.#labels, label, start, end);
        if (at < end && this.#labels[at] === label) sum += weight * this.#weights[at]!;
      }
      return highest === 0 ? 0 : sum / highest;
    });
  }

  /** The terms of a query that the corpus has, with their postings. */
  #queryTerms(terms: readonly string[], related: readonly RelatedTerm[]): QueryTerm[] {
    const query: QueryTerm[] = [];
    for (const [term, weight] of weightsOf(terms, related)) {
      const id = this.vocabulary.idOf(term);
      if (id !== undefined && weight > 0)
        query.push({ weight, start: this.#offsets[id]!, end: this.#offsets[id + 1]! });
    }
    return query;
  }

  serialize(): Uint8Array {
    return pack({
      passages: Uint32Array.of(this.passages),
      offsets: this.#offsets,
      labels: this.#labels,
      weights: this.#weights,
      vocabulary: new TextEncoder().encode(this.terms.join("\n")),
    });
  }

  /** @throws StartupError if the bytes were not written by `serialize` */
  static deserialize(bytes: Uint8Array): LexicalIndex {
    const column = unpack(bytes, "lexical.bin");
    const [passages] = column("passages", "u32");
    const offsets = column("offsets", "u32") as Uint32Array;
    const labels = column("labels", "u32") as Uint32Array;
    const weights = column("weights", "f32") as Float32Array;
    const words = new TextDecoder().decode(column("vocabulary", "u8"));
    const vocabulary = offsets.length === 1 ? [] : words.split("\n");
    const fits = vocabulary.length === offsets.length - 1 && labels.length === weights.length;
    if (passages === undefined || !fits || offsets.at(-1) !== labels.length)
      throw new StartupError("the index file lexical.bin is damaged");
    return new LexicalIndex(passages, vocabulary, offsets, labels, weights);
  }
}

/** The k labels with the highest scores, best first; equal scores keep the order of their labels. */
function topLabels(
  labels: Uint32Array,
  scores: Float64Array,
  k: number,
  accept: ((label: number) => boolean) | null,
): number[] {
  const top: number[] = [];
  let least = -Infinity;
  for (const label of labels) {
    const score = scores[label]!;
    if (top.length === k && (score < least || (score === least && label > top[k - 1]!))) continue;
    if (accept !== null && !accept(label)) continue;
    let at = top.length;
    while (at > 0 && (score > scores[top[at - 1]!]! || (score === scores[top[at - 1]!] && label < top[at - 1]!))) at--;
    top.splice(at, 0, label);
    if (top.length > k) top.pop();
    if (top.length === k) least = scores[top[k - 1]!]!;
  }
  return top;
}

function lowerBound(sorted: Uint32Array, value: number, from: number, to: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
