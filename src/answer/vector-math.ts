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

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const odds = logits.map((logit) => Math.exp(logit - most));
  const sum = odds.reduce((total, one) => total + one, 0);
  return odds.map((one) => one / sum);
}

const AT_A_TIME = 4;

/**
 * What goes in plus a convolution of width 3 with ReLU.
 *
 * @param x `count` rows of `width`
 * @param step from one tap to the next
 * @param weights [tap][in][out]
 */
export function convolve(
  x: Float32Array,
  count: number,
  width: number,
  step: number,
  weights: Float32Array,
  bias: Float32Array,
): Float32Array {
  const out = new Float32Array(count * width);
  const sum = new Float64Array(width);
  // What is not zero, and where its weights begin; four at a time, filled up with zeros, because sums cost more than products.
  const values = new Float64Array(3 * width + AT_A_TIME);
  const starts = new Int32Array(values.length);
  for (let t = 0; t < count; t++) {
    let filled = 0;
    for (let tap = 0; tap < 3; tap++) {
      const from = t + (tap - 1) * step;
      if (from < 0 || from >= count) continue;
      for (let i = 0; i < width; i++) {
        const value = x[from * width + i]!;
        if (value === 0) continue;
        values[filled] = value;
        starts[filled++] = (tap * width + i) * width;
      }
    }
    values.fill(0, filled, filled + AT_A_TIME);
    sum.set(bias);
    for (let k = 0; k < filled; k += AT_A_TIME) {
      const a = values[k]!;
      const b = values[k + 1]!;
      const c = values[k + 2]!;
      const d = values[k + 3]!;
      const atA = starts[k]!;
      const atB = starts[k + 1]!;
      const atC = starts[k + 2]!;
      const atD = starts[k + 3]!;
      for (let o = 0; o < width; o++) {
        sum[o]! += a * weights[atA + o]! + b * weights[atB + o]! + c * weights[atC + o]! + d * weights[atD + o]!;
      }
    }
    for (let o = 0, at = t * width; o < width; o++, at++) out[at] = x[at]! + Math.max(0, sum[o]!);
  }
  return out;
}
