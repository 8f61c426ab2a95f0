import { mean, percentile } from "../metrics.js";

/** Resamples an interval is made from. */
const RESAMPLES = 2000;
const SEED = 20_260_101;

export interface Interval {
  low: number;
  high: number;
}

/**
 * A 95 % interval of a statistic of means, by the percentile bootstrap over queries (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, 13.3): queries are drawn anew with replacement from each collection, so that the collections keep their
 * weight. The same figures always give the same interval.
 *
 * @param collections for each collection, for each query, its values, as many everywhere
 * @param statistic of the values' means over collections of their means over queries
 */
export function bootstrapInterval(
  collections: readonly (readonly (readonly number[])[])[],
  statistic: (means: readonly number[]) => number,
  resamples = RESAMPLES,
): Interval {
  const random = mulberry32(SEED);
  const values = collections[0]?.[0]?.length ?? 0;
  const drawn = Array.from({ length: resamples }, () => {
    const sums = new Array<number>(values).fill(0);
    for (const queries of collections) {
      for (let i = 0; i < queries.length; i++) {
        const query = queries[Math.floor(random() * queries.length)]!;
        for (let v = 0; v < values; v++) sums[v]! += query[v]! / queries.length / collections.length;
      }
    }
    return statistic(sums);
  });
  return { low: percentile(drawn, 0.025) ?? 0, high: percentile(drawn, 0.975) ?? 0 };
}

/** How much better, as a ratio of means, with one collection counting as much as another; null if the baseline's mean is 0. */
export function ratioOfMeans(values: readonly number[], baseline: readonly number[]): number | null {
  const over = mean(values);
  const under = mean(baseline);
  return over === null || under === null || under === 0 ? null : over / under;
}

/** A small generator of numbers in [0, 1) with a seed (Tommy Ettinger's mulberry32): intervals must not change by chance. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
