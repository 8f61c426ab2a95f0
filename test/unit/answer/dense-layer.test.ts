import { describe, expect, it } from "vitest";
import { DenseLayer, rowsTimes } from "../../../src/answer/dense-layer.js";

/** Numbers that look random, the same ones each time. */
function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 12.9898 * i) * 2);
}

function byHand(x: Float32Array, weights: Float32Array, bias: Float32Array, count: number): number[] {
  const outputs = bias.length;
  const inputs = weights.length / outputs;
  return Array.from({ length: count * outputs }, (_, at) => {
    const row = Math.floor(at / outputs);
    const column = at % outputs;
    let sum = bias[column]!;
    for (let i = 0; i < inputs; i++) sum += x[row * inputs + i]! * weights[i * outputs + column]!;
    return sum;
  });
}

describe("a dense layer", () => {
  it.each([
    [1, 16, 1],
    [3, 16, 2],
    [7, 48, 5],
    [128, 32, 1],
    [384, 128, 41],
    [5, 16, 0],
  ])("of %d inputs and %d outputs makes of %d rows what sums make of them", (inputs, outputs, count) => {
    const weights = numbers(inputs * outputs, 1);
    const bias = numbers(outputs, 2);
    const x = numbers(count * inputs, 3);
    const made = [...new DenseLayer(weights, bias).apply(x, count)];
    const expected = byHand(x, weights, bias, count);
    expect(made).toHaveLength(expected.length);
    made.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 3));
  });

  it("keeps its weights while others are made and used", () => {
    const first = new DenseLayer(numbers(160, 4), numbers(16, 5));
    const x = numbers(10, 6);
    const before = first.apply(x, 1);
    const large = new DenseLayer(numbers(512 * 256, 7), numbers(256, 8));
    large.apply(numbers(300 * 512, 9), 300);
    expect(first.apply(x, 1)).toEqual(before);
  });

  it("says which weights do not fit", () => {
    expect(() => new DenseLayer(numbers(30, 1), numbers(10, 1))).toThrow(/30 weights cannot have 10 outputs/);
    expect(() => new DenseLayer(numbers(30, 1), numbers(16, 1))).toThrow(RangeError);
  });
});

describe("rows times a matrix that is used once", () => {
  it.each([
    [1, 16, 1],
    [32, 32, 41],
    [16, 128, 6],
    [300, 256, 90],
  ])(
    "of %d inputs and %d outputs makes of %d rows what sums make of them, and spoils no layer",
    (inputs, outputs, count) => {
      const layer = new DenseLayer(numbers(160, 4), numbers(16, 5));
      const before = layer.apply(numbers(10, 6), 1);
      const matrix = numbers(inputs * outputs, 1);
      const x = numbers(count * inputs, 3);
      const expected = byHand(x, matrix, new Float32Array(outputs), count);
      rowsTimes(x, count, matrix, outputs).forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 3));
      expect(layer.apply(numbers(10, 6), 1)).toEqual(before);
    },
  );
});
