import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DENSE_SHARE, fuse, minMax } from "../../../src/search/rank.js";

describe("minMax", () => {
  it.each([
    [[], []],
    [
      [2, 4, 3],
      [0, 1, 0.5],
    ],
    [
      [-1, 1, 0],
      [0, 1, 0.5],
    ],
    [
      [0.3, 0.3],
      [1, 1],
    ],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [-0.2, -0.2],
      [0, 0],
    ],
    [[5], [1]],
  ])("turns %j into %j", (values, normal) => {
    expect(minMax(values)).toEqual(normal);
  });
});

describe("fuse", () => {
  it("works out an example", () => {
    // Dense becomes 1, 0, 0.5; lexical 0, 1, 1.
    const fused = fuse([0.9, 0.1, 0.5], [0, 0.4, 0.4]);
    expect(fused[0]).toBeCloseTo(0.4, 12);
    expect(fused[1]).toBeCloseTo(0.6, 12);
    expect(fused[2]).toBeCloseTo(0.8, 12);
    expect(DENSE_SHARE).toBe(0.4);
  });

  it("takes another share", () => {
    expect(fuse([1, 0], [0, 1], 1)).toEqual([1, 0]);
    expect(fuse([1, 0], [0, 1], 0)).toEqual([0, 1]);
    expect(fuse([1, 0], [0, 1], 0.5)).toEqual([0.5, 0.5]);
  });

  it("ranks by one leg where the other cannot tell", () => {
    expect(fuse([0.1, 0.9], [0, 0])).toEqual([0, 0.4]);
    expect(fuse([0.5, 0.5], [0.2, 0.7])).toEqual([0.4, 1]);
  });

  it("stays within 0 and 1", () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score), { minLength: 1 }), (pairs) => {
        const fused = fuse(
          pairs.map(([dense]) => dense),
          pairs.map(([, lexical]) => lexical),
        );
        expect(fused).toHaveLength(pairs.length);
        for (const value of fused) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
