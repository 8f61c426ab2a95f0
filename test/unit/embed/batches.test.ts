import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBatches } from "../../../src/embed/batches.js";

describe("planBatches", () => {
  it("puts texts of like length together, shortest first", () => {
    expect(planBatches([9, 2, 10, 2, 3], { size: 20, padding: 0.25 })).toEqual([
      [1, 3, 4],
      [0, 2],
    ]);
  });

  it("counts the padding", () => {
    // 6 + 10 would fit in 16 without it.
    expect(planBatches([6, 10], { size: 16, padding: 1 })).toEqual([[0], [1]]);
    expect(planBatches([6, 10], { size: 20, padding: 1 })).toEqual([[0, 1]]);
    expect(planBatches([6, 10], { size: 20, padding: 0.19 })).toEqual([[0], [1]]);
  });

  it("makes no batch of nothing", () => {
    expect(planBatches([], { size: 10, padding: 0.1 })).toEqual([]);
  });

  it("leaves out no text, and keeps to its limits wherever more than one text is together", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 80 });
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 600 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, size, padding) => {
          const batches = planBatches(all, { size, padding });
          expect(batches.flat().sort((a, b) => a - b)).toEqual(all.map((_, at) => at));
          const longest: number[] = [];
          for (const batch of batches) {
            const own = batch.map((at) => all[at]!);
            longest.push(Math.max(...own));
            if (batch.length === 1) continue;
            const padded = Math.max(...own) * batch.length;
            expect(padded).toBeLessThanOrEqual(size);
            expect(padded - own.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(padded * padding);
          }
          expect(longest).toEqual([...longest].sort((a, b) => a - b));
        },
      ),
    );
  });
});
