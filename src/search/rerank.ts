import type { Hit } from "../types.js";
import { minMax } from "./rank.js";
import { termsOf } from "./tokenize.js";

/** Candidates that are put in a new order, the best by their fused scores: with twice as many, nothing more was found. */
export const RERANKED = 50;
/**
 * What each of three signals counts beside the fused score's 1. This and the figures below were chosen on the dev set of
 * `npm run eval:retrieval` (ARCHITECTURE.md, "How is finding measured?"), where 0.2 to 0.4 came out within 0.5 %.
 */
const SIGNAL = 0.3;
/** What likeness to the first hits counts beside all that (0 to 1); 0.15 to 0.45 came out within 0.7 %. */
const FEEDBACK = 0.4;
/** Queries of more of the corpus's terms than that keep more of the fused order, by the square; 6 to 10 came out alike. */
const SHORT_QUERY = 8;
/** Hits that are taken for right. More of them (five, ten) found no more. */
const FEEDBACK_HITS = 3;
/** A hit that is so much worse than the first counts 1/e of it: one that stands out is likened to itself alone. */
const FEEDBACK_DECAY = 0.1;

/** A hit that is not in order yet. */
export type Fused = Omit<Hit, "order">;

/** A candidate's index terms, as numbers of the vocabulary. */
interface Read {
  /** In the order they stand there. */
  sequence: readonly number[];
  /** `(1 + ln tf) · idf` of each. */
  weights: ReadonlyMap<number, number>;
  /** The length of them all. */
  length: number;
}

/**
 * Puts the best candidates of a hybrid search in a better order. The fused score adds up single words and one vector for a whole
 * passage; this adds
 *
 * 1. coverage: how much of the query a passage has, each term once, by its idf. BM25 lets a passage that repeats one term pass
 *    one that has them all.
 * 2. nearness: the terms that stand together there. Each pair adds the smaller idf over the least distance (as in Tao & Zhai,
 *    SIGIR 2007, and Büttcher et al., SIGIR 2006).
 * 3. the best sentence: the highest cosine of a unit, where a long passage's own is blurred by the rest.
 * 4. likeness to the first three by all of that, weighed by how near to the first they come (Rocchio's pseudo-relevance
 *    feedback, with cosines of tf-idf): of passages that are as good otherwise, the one about the same matter comes first.
 *
 * Each becomes 0 to 1 over the candidates, as in `fuse`, and counts less for a long query: of many words no passage needs to
 * have all, or all near each other, and no one sentence says them. Scores stay as they are; equal candidates keep their order.
 *
 * @param text the query's words
 * @param hits best fused score first
 */
export function rerank(text: string, hits: readonly Fused[]): Hit[] {
  if (hits.length < 2) return hits.map((hit) => ({ ...hit, order: hit.score }));
  const { vocabulary } = hits[0]!.reading;
  const terms = [...new Set(termsOf(text))].flatMap((term) => vocabulary.idOf(term) ?? []);
  const idf = (term: number): number => vocabulary.idf(term);
  const read = hits.map((hit) => readOf(hit, idf));
  const signals = [
    read.map(({ weights }) => coverage(terms, weights, idf)),
    read.map(({ sequence }) => nearness(terms, sequence, idf)),
    hits.map(({ unitCosines, dense }) => (unitCosines.length === 0 ? dense : Math.max(...unitCosines))),
  ].map((values) => minMax(values));
  const brevity = Math.min(1, SHORT_QUERY / Math.max(1, terms.length)) ** 2;
  const share = SIGNAL * brevity;
  const most = 1 + share * signals.length;
  const scores = hits.map(({ score }, i) => signals.reduce((sum, signal) => sum + share * signal[i]!, score) / most);
  const likeness = minMax(likenessToFirst(scores, read));
  const order = scores.map((score, i) => score + FEEDBACK * brevity * likeness[i]!);
  return [...hits.keys()]
    .sort((a, b) => order[b]! - order[a]!)
    .map((i) => ({ ...hits[i]!, order: order[i]! / (1 + FEEDBACK) }));
}

/** Reranks the first `RERANKED` of all candidates; the others stay behind them. */
export function rerankFirst(text: string, hits: readonly Fused[]): Hit[] {
  const first = rerank(text, hits.slice(0, RERANKED));
  const least = first.at(-1)?.order ?? 0;
  return [...first, ...hits.slice(RERANKED).map((hit) => ({ ...hit, order: Math.min(least, hit.score) }))];
}

/** What is embedded of a passage (`embeddedTextOf`), as terms. */
function readOf({ passage, reading }: Fused, idf: (term: number) => number): Read {
  const { title, headings, contexts, units } = reading;
  // A FAQ item's question is both its heading and its first unit.
  const above = passage.kind === "faq" ? [] : [title, headings, contexts[0] ?? []];
  const sequence: number[] = [];
  for (const list of [...above, ...units]) for (const term of list) sequence.push(term);
  const weights = new Map<number, number>();
  for (const term of sequence) weights.set(term, (weights.get(term) ?? 0) + 1);
  let squares = 0;
  for (const [term, count] of weights) {
    const weight = (count === 1 ? 1 : 1 + Math.log(count)) * idf(term);
    weights.set(term, weight);
    squares += weight ** 2;
  }
  return { sequence, weights, length: Math.sqrt(squares) };
}

function coverage(
  terms: readonly number[],
  passage: ReadonlyMap<number, number>,
  idf: (term: number) => number,
): number {
  return terms.reduce((sum, term) => sum + (passage.has(term) ? idf(term) : 0), 0);
}

/** For each pair of terms that a passage has, the smaller idf over the least distance between them, summed. */
export function nearness(terms: readonly number[], sequence: readonly number[], idf: (term: number) => number): number {
  const places = new Map<number, number[]>(terms.map((term) => [term, []]));
  for (const [place, term] of sequence.entries()) places.get(term)?.push(place);
  const met = [...places].filter(([, at]) => at.length > 0);
  let sum = 0;
  for (const [i, [term, at]] of met.entries()) {
    for (const [other, otherAt] of met.slice(i + 1)) {
      sum += Math.min(idf(term), idf(other)) / leastDistance(at, otherAt);
    }
  }
  return sum;
}

/** Of two lists of numbers in ascending order. */
function leastDistance(a: readonly number[], b: readonly number[]): number {
  let least = Infinity;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const distance = a[i]! - b[j]!;
    least = Math.min(least, Math.abs(distance));
    if (distance < 0) i++;
    else j++;
  }
  return least;
}

/** How much each candidate is like the best ones by their tf-idf. */
function likenessToFirst(scores: readonly number[], read: readonly Read[]): number[] {
  const first = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, FEEDBACK_HITS);
  const wanted = new Map<number, number>();
  for (const i of first) {
    const { weights, length } = read[i]!;
    const share = Math.exp((scores[i]! - scores[first[0]!]!) / FEEDBACK_DECAY) / Math.max(length, Number.EPSILON);
    for (const [term, weight] of weights) wanted.set(term, (wanted.get(term) ?? 0) + share * weight);
  }
  return read.map(({ weights, length }) => {
    if (length === 0) return 0;
    let sum = 0;
    for (const [term, weight] of weights) sum += weight * (wanted.get(term) ?? 0);
    return sum / length;
  });
}
