import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StartupError } from "../../../src/errors.js";
import { ByteVectors } from "../../../src/search/byte-vectors.js";

const DIMENSIONS = 512;

/** A vector of length 1 in a random direction: normally distributed figures, as embeddings have them. */
function randomVector(seed: number, dimensions = DIMENSIONS): Float32Array {
  let state = (seed % 2147483646) + 1;
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const vector = Float32Array.from(
    { length: dimensions },
    () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** A table with a vector for each seed. */
function tableOf(seeds: number[]): ByteVectors {
  const table = ByteVectors.allocate(seeds.length, DIMENSIONS);
  seeds.forEach((seed, at) => table.set(at, randomVector(seed)));
  return table;
}

describe("ByteVectors", () => {
  it("gives cosines off by less than 0.004", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const vector = randomVector(a);
        const other = randomVector(b);
        // From unrelated to equal, as a query may be.
        const mixed = vector.map((value, i) => share * value + (1 - share) * other[i]!);
        const length = Math.hypot(...mixed);
        const query = mixed.map((value) => value / length);
        const table = ByteVectors.allocate(2, DIMENSIONS);
        table.set(1, vector);
        expect(Math.abs(table.cosine(1, query) - dot(vector, query))).toBeLessThan(0.004);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps a vector of zeros, which has no direction", () => {
    const table = ByteVectors.allocate(1, DIMENSIONS);
    table.set(0, new Float32Array(DIMENSIONS));
    expect(table.cosine(0, randomVector(1))).toBe(0);
  });

  it("keeps the largest figures exactly, negative ones too", () => {
    const table = ByteVectors.allocate(1, 2);
    table.set(0, Float32Array.of(0, -1));
    expect([...table.bytes]).toEqual([0, -127]);
    expect(table.cosine(0, Float32Array.of(0, 1))).toBeCloseTo(-1, 6);
    expect(table.cosine(0, Float32Array.of(1, 0))).toBe(0);
  });

  it("copies between tables", () => {
    const from = tableOf([1, 2, 3]);
    const to = ByteVectors.allocate(2, DIMENSIONS);
    to.copy(1, from, 2);
    const query = randomVector(9);
    expect(to.cosine(1, query)).toBe(from.cosine(2, query));
    expect(to.cosine(0, query)).toBe(0);
  });

  it("comes back from its bytes unchanged, at any offset of their buffer", () => {
    const table = tableOf([4, 5, 6]);
    const bytes = table.serialize();
    expect(bytes.length).toBe(12 + 3 * 4 + 3 * DIMENSIONS);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const copy = ByteVectors.deserialize(shifted.subarray(1));
    expect([copy.count, copy.dimensions]).toEqual([3, DIMENSIONS]);
    const query = randomVector(7);
    for (const at of [0, 1, 2]) expect(copy.cosine(at, query)).toBe(table.cosine(at, query));
    expect(copy.serialize()).toEqual(bytes);
    expect(ByteVectors.deserialize(ByteVectors.allocate(0, 5).serialize()).count).toBe(0);
  });

  it("refuses damaged bytes", () => {
    const bytes = tableOf([1]).serialize();
    const damaged = [
      new Uint8Array(),
      bytes.slice(0, 11),
      bytes.slice(0, -1),
      new Uint8Array([...bytes, 0]),
      bytes.with(0, bytes[0]! ^ 1),
      bytes.with(4, 2),
      bytes.with(8, bytes[8]! ^ 1),
    ];
    for (const wrong of damaged) expect(() => ByteVectors.deserialize(wrong)).toThrow(StartupError);
  });
});
