import type { DenseLayer } from "./dense-layer.js";

/** A matrix, row by row, times a vector, plus a bias. */
export function times(matrix: Float32Array, vector: ArrayLike<number>, bias?: Float32Array): Float32Array {
  const width = vector.length;
  const out = new Float32Array(matrix.length / width);
  for (let row = 0; row < out.length; row++) {
    let sum = bias === undefined ? 0 : bias[row]!;
    const start = row * width;
    for (let i = 0; i < width; i++) sum += matrix[start + i]! * vector[i]!;
    out[row] = sum;
  }
  return out;
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Adds to the numbers from a place on a vector times a number. */
export function addTimes(to: Float32Array, start: number, vector: Float32Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) to[start + i]! += factor * vector[i]!;
}

export function softmaxInPlace(logits: Float32Array): void {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += logits[i] = Math.exp(logits[i]! - most);
  for (let i = 0; i < logits.length; i++) logits[i]! /= sum;
}

/** Neighbours that a convolution sees of each word: one before, itself, one after. */
const TAPS = 3;

/**
 * What goes in plus a convolution of width 3 with ReLU.
 *
 * @param x `count` rows of as many numbers as the layer has outputs
 * @param step from one tap to the next
 * @param layer of the three taps' numbers, one tap after the other
 */
export function convolve(x: Float32Array, count: number, step: number, layer: DenseLayer): Float32Array {
  const width = layer.outputs;
  const seen = new Float32Array(count * TAPS * width);
  for (let t = 0; t < count; t++) {
    for (let tap = 0; tap < TAPS; tap++) {
      const from = t + (tap - 1) * step;
      if (from >= 0 && from < count) seen.set(x.subarray(from * width, (from + 1) * width), (t * TAPS + tap) * width);
    }
  }
  const out = layer.apply(seen, count);
  for (let at = 0; at < out.length; at++) out[at] = x[at]! + Math.max(0, out[at]!);
  return out;
}
