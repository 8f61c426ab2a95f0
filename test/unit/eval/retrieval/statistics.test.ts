import { describe, expect, it } from "vitest";
import { figuresOf } from "../../../../src/eval/retrieval/measure.js";
import { resultOf } from "../../../../src/eval/retrieval/results.js";
import { bootstrapInterval, ratioOfMeans } from "../../../../src/eval/retrieval/statistics.js";

const difference = ([over, under]: readonly number[]): number => over! - under!;

describe("ratioOfMeans", () => {
  it("is the ratio of the means, not the mean of the ratios", () => {
    // (0.9 + 0.3) / (0.8 + 0.2) = 1.2; the ratios are 1.125 and 1.5, on average 1.3125.
    expect(ratioOfMeans([0.9, 0.3], [0.8, 0.2])).toBeCloseTo(1.2, 10);
    expect(ratioOfMeans([0.5], [0])).toBeNull();
  });
});

describe("bootstrapInterval", () => {
  it("is a point where every query says the same", () => {
    const same = Array.from({ length: 20 }, () => [0.75, 0.5]);
    const { low, high } = bootstrapInterval([same, same], difference);
    expect(low).toBeCloseTo(0.25, 10);
    expect(high).toBeCloseTo(0.25, 10);
  });

  it("is what the normal distribution says of a mean over many queries", () => {
    // Half of 400 differences are 1, half 0: mean 0.5, standard error 0.5 / √400 = 0.025, so 0.5 ± 1.96 · 0.025.
    const queries = Array.from({ length: 400 }, (_, i) => [i % 2, 0]);
    const { low, high } = bootstrapInterval([queries], difference);
    expect(low).toBeCloseTo(0.451, 1);
    expect(Math.abs(low - 0.451)).toBeLessThan(0.008);
    expect(Math.abs(high - 0.549)).toBeLessThan(0.008);
  });

  it("draws within each collection, so that a large one weighs no more than a small one", () => {
    const large = Array.from({ length: 900 }, () => [1, 0]);
    const small = Array.from({ length: 3 }, () => [0, 0]);
    expect(bootstrapInterval([large, small], difference).low).toBeCloseTo(0.5, 10);
  });

  it("gives the same interval for the same figures", () => {
    const queries = Array.from({ length: 30 }, (_, i) => [Math.sin(i), 0]);
    expect(bootstrapInterval([queries], difference)).toEqual(bootstrapInterval([queries], difference));
  });
});

describe("figuresOf", () => {
  it("counts a document where it first stands", () => {
    // Ranks: a 1, b 2, c 3. Relevant: b and d. DCG 1/log2(3), ideal 1 + 1/log2(3).
    const { ndcg10, mrr10, recall5 } = figuresOf(["a", "a", "b", "a", "c"], ["b", "d"]);
    expect(ndcg10).toBeCloseTo(0.6309 / 1.6309, 3);
    expect(mrr10).toBe(0.5);
    expect(recall5).toBe(0.5);
  });

  it("looks no further than ten, and than five for recall", () => {
    const others = Array.from({ length: 10 }, (_, i) => `x${i}`);
    expect(figuresOf([...others, "a"], ["a"])).toEqual({ ndcg10: 0, mrr10: 0, recall5: 0 });
    expect(figuresOf([...others.slice(0, 5), "a"], ["a"])).toMatchObject({ mrr10: 1 / 6, recall5: 0 });
  });
});

describe("resultOf", () => {
  const one = (value: number) => ({ ndcg10: value, mrr10: value, recall5: value });
  const measured = (hybrid: number[], bm25: number[]) => ({
    documents: 9,
    passages: 9,
    indexSeconds: 1,
    queryMilliseconds: 1,
    figures: {
      bm25: bm25.map(one),
      dense: bm25.map(() => one(0.1)),
      "hybrid-plain": bm25.map(() => one(0.2)),
      hybrid: hybrid.map(one),
    },
  });

  it("gives each collection the same weight and keeps the splits apart", () => {
    const result = resultOf("m", "r", [
      { name: "a", split: "report", measured: measured([0.6, 0.6, 0.6], [0.4, 0.4, 0.4]) },
      { name: "b", split: "report", measured: measured([0.9], [0.6]) },
      { name: "c", split: "dev", measured: measured([0.1], [0.2]) },
    ]);
    expect(result.splits.report!.means.hybrid.ndcg10).toBeCloseTo(0.75, 10);
    expect(result.splits.report!.ratios.ndcg10).toBeCloseTo(1.5, 10);
    expect(result.splits.report!.ratioInterval.low).toBeCloseTo(1.5, 10);
    expect(result.splits.dev!.difference).toMatchObject({ mean: expect.closeTo(-0.1, 10) as number });
    expect(result.collections.map(({ queries }) => queries)).toEqual([3, 1, 1]);
  });
});
