/**
 * Rows of numbers times a matrix, plus a bias, by a WebAssembly function of vector instructions: several times as fast as the
 * same loops in JavaScript, which has none. It is assembled here, because its sixty instructions need no compiler.
 */

/** Outputs are made in blocks of four vectors of four numbers, of two rows at a time: they stay in registers. */
const LANES = 4;
const VECTORS = 4;
const ROWS = 2;
const BLOCK = LANES * VECTORS;
const NUMBER_BYTES = 4;
const VECTOR_BYTES = LANES * NUMBER_BYTES;
const PAGE_BYTES = 65_536;

type Multiply = (
  x: number,
  rowBytes: number,
  weights: number,
  outBytes: number,
  bias: number,
  out: number,
  outEnd: number,
) => void;

/** A layer whose weights stand in the function's memory. Not for use by several threads at once. */
export class DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly #weights: number;
  readonly #bias: number;

  /**
   * @param weights [in][out]
   * @param bias as many as outputs, a multiple of 16
   * @throws RangeError if the numbers do not fit together
   */
  constructor(weights: Float32Array, bias: Float32Array) {
    this.outputs = bias.length;
    this.inputs = weights.length / this.outputs;
    if (this.outputs % BLOCK !== 0 || !Number.isInteger(this.inputs))
      throw new RangeError(`A layer of ${weights.length} weights cannot have ${this.outputs} outputs.`);
    this.#weights = keep(weights);
    this.#bias = keep(bias);
  }

  /**
   * What the layer makes of rows.
   *
   * @param x `count` rows of `inputs` numbers
   * @returns `count` rows of `outputs` numbers
   */
  apply(x: Float32Array, count: number): Float32Array {
    return run(x, count, this.inputs, this.outputs, this.#weights, this.#bias, kept);
  }
}

/**
 * Rows times a matrix that is used once.
 *
 * @param x `count` rows of as many numbers as the matrix has inputs
 * @param matrix [in][out]; `outputs` a multiple of 16 and at most 256
 * @returns `count` rows of `outputs` numbers
 */
export function rowsTimes(x: Float32Array, count: number, matrix: Float32Array, outputs: number): Float32Array {
  const weights = scratch(kept, matrix.byteLength);
  new Float32Array(memory.buffer, weights, matrix.length).set(matrix);
  return run(x, count, matrix.length / outputs, outputs, weights, noBias, weights + aligned(matrix.byteLength));
}

/** @param from where there is room from */
function run(
  x: Float32Array,
  count: number,
  inputs: number,
  outputs: number,
  weights: number,
  bias: number,
  from: number,
): Float32Array {
  const rows = count + (count % ROWS);
  const outBytes = outputs * NUMBER_BYTES;
  const rowBytes = inputs * NUMBER_BYTES;
  const at = scratch(from, rows * (rowBytes + outBytes));
  const out = at + rows * rowBytes;
  new Float32Array(memory.buffer, at, count * inputs).set(x);
  if (count > 0) multiply(at, rowBytes, weights, outBytes, bias, out, out + rows * outBytes);
  return new Float32Array(memory.buffer, out, count * outputs).slice();
}

/** What is used of it; the types of Node 20 leave it out. */
interface Wasm {
  Memory: new (of: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
const memory = new wasm.Memory({ initial: 1 });
/** Weights are kept up to here; beyond them is room for one call's rows. */
let kept = 0;

function keep(values: Float32Array): number {
  const at = scratch(kept, values.byteLength);
  new Float32Array(memory.buffer, at, values.length).set(values);
  kept += aligned(values.byteLength);
  return at;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / VECTOR_BYTES) * VECTOR_BYTES;
}

/** Makes sure that there is room for so many bytes from a place on; returns the place. */
function scratch(from: number, bytes: number): number {
  const missing = from + bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return from;
}

/** A bias of nothing, for as many outputs as a matrix may have. */
const MOST_OUTPUTS = 256;
const noBias = keep(new Float32Array(MOST_OUTPUTS));

// The instructions used, by their names in the WebAssembly specification.
const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY = 0x40;
const LOOP = 0x03;
const END = 0x0b;
const BR_IF = 0x0d;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const I32_CONST = 0x41;
const I32_LT_U = 0x49;
const I32_ADD = 0x6a;
const SIMD = 0xfd;
const V128_LOAD = [SIMD, 0x00];
const V128_LOAD32_SPLAT = [SIMD, 0x09];
const V128_STORE = [SIMD, 0x0b];
const F32X4_ADD = [SIMD, 0xe4, 0x01];
const F32X4_MUL = [SIMD, 0xe6, 0x01];

/** A number in the variable-length form of WebAssembly. */
function leb(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}

const get = (local: number): number[] => [LOCAL_GET, local];
const set = (local: number, ...value: readonly number[]): number[] => [...value, LOCAL_SET, local];
const plus = (left: readonly number[], right: readonly number[]): number[] => [...left, ...right, I32_ADD];
const constant = (value: number): number[] => [I32_CONST, ...leb(value)];
/** Reads or writes at an address and so many bytes; the address is known to be a multiple of four. */
const access = (instruction: readonly number[], offset: number): number[] => [...instruction, 2, ...leb(offset)];
/** Once, and again while one local is less than another. */
const loop = (local: number, limit: number, ...body: readonly number[]): number[] => [
  LOOP,
  EMPTY,
  ...body,
  ...get(local),
  ...get(limit),
  I32_LT_U,
  BR_IF,
  0,
  END,
];

function assembled(): Uint8Array {
  const [x, rowBytes, weights, outBytes, bias, out, outEnd] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [column, input, inputEnd, weight] = [7, 8, 9, 10] as const;
  const sums = 11;
  const [first, second, factor] = [19, 20, 21] as const;
  const vectors = Array.from({ length: VECTORS }, (_, v) => v);
  const add = (sum: number, value: number): number[] =>
    set(sum, ...get(sum), ...get(value), ...get(factor), ...F32X4_MUL, ...F32X4_ADD);
  const eachInput = loop(
    input,
    inputEnd,
    ...set(first, ...get(input), ...access(V128_LOAD32_SPLAT, 0)),
    ...set(second, ...plus(get(input), get(rowBytes)), ...access(V128_LOAD32_SPLAT, 0)),
    ...vectors.flatMap((v) => [
      ...set(factor, ...get(weight), ...access(V128_LOAD, v * VECTOR_BYTES)),
      ...add(sums + v, first),
      ...add(sums + VECTORS + v, second),
    ]),
    ...set(input, ...plus(get(input), constant(NUMBER_BYTES))),
    ...set(weight, ...plus(get(weight), get(outBytes))),
  );
  const eachBlock = loop(
    column,
    outBytes,
    ...vectors.flatMap((v) => {
      const start = [...plus(get(bias), get(column)), ...access(V128_LOAD, v * VECTOR_BYTES)];
      return [...set(sums + v, ...start), ...set(sums + VECTORS + v, ...start)];
    }),
    ...set(input, ...get(x)),
    ...set(inputEnd, ...plus(get(x), get(rowBytes))),
    ...set(weight, ...plus(get(weights), get(column))),
    ...eachInput,
    ...vectors.flatMap((v) => [
      ...plus(get(out), get(column)),
      ...get(sums + v),
      ...access(V128_STORE, v * VECTOR_BYTES),
      ...plus(plus(get(out), get(outBytes)), get(column)),
      ...get(sums + VECTORS + v),
      ...access(V128_STORE, v * VECTOR_BYTES),
    ]),
    ...set(column, ...plus(get(column), constant(BLOCK * NUMBER_BYTES))),
  );
  const eachPair = loop(
    out,
    outEnd,
    ...set(column, ...constant(0)),
    ...eachBlock,
    ...set(x, ...plus(get(x), plus(get(rowBytes), get(rowBytes)))),
    ...set(out, ...plus(get(out), plus(get(outBytes), get(outBytes)))),
  );
  const locals = [2, 4, I32, ROWS * VECTORS + 3, V128];
  const body = [...locals, ...eachPair, END];
  const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
  const section = (id: number, ...content: readonly number[]): number[] => [id, ...leb(content.length), ...content];
  return Uint8Array.from([
    ...new TextEncoder().encode("\0asm"),
    1,
    0,
    0,
    0,
    ...section(1, 1, 0x60, 7, ...Array<number>(7).fill(I32), 0),
    ...section(2, 1, ...name("host"), ...name("memory"), 2, 0, 1),
    ...section(3, 1, 0),
    ...section(7, 1, ...name("multiply"), 0, 0),
    ...section(10, 1, ...leb(body.length), ...body),
  ]);
}

const { multiply } = new wasm.Instance(new wasm.Module(assembled()), { host: { memory } }).exports as {
  multiply: Multiply;
};
