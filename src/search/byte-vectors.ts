import { StartupError } from "../errors.js";

const MAGIC = 0x31564c44; // "DLV1"
const HEADER_BYTES = 12;

/**
 * Vectors kept as one byte a dimension and one scale a vector: a quarter of the memory, and cosines off by less than 0.004 (of
 * single words by 0.006), which changes no ranking to speak of.
 */
export class ByteVectors {
  private constructor(
    readonly count: number,
    readonly dimensions: number,
    readonly scales: Float32Array,
    readonly bytes: Int8Array,
  ) {}

  static allocate(count: number, dimensions: number): ByteVectors {
    return new ByteVectors(count, dimensions, new Float32Array(count), new Int8Array(count * dimensions));
  }

  /** Stores a vector of length 1 at a place. */
  set(at: number, vector: Float32Array): void {
    let largest = 0;
    for (const value of vector) largest = Math.max(largest, Math.abs(value));
    const scale = largest / 127 || 1;
    this.scales[at] = scale;
    for (let i = 0; i < this.dimensions; i++) this.bytes[at * this.dimensions + i] = Math.round(vector[i]! / scale);
  }

  /** Copies a stored vector from another table of the same dimensions. */
  copy(at: number, from: ByteVectors, fromAt: number): void {
    this.scales[at] = from.scales[fromAt]!;
    const start = fromAt * this.dimensions;
    this.bytes.set(from.bytes.subarray(start, start + this.dimensions), at * this.dimensions);
  }

  /** Those of `[from, to)`, not copied. */
  slice(from: number, to: number): ByteVectors {
    const bytes = this.bytes.subarray(from * this.dimensions, to * this.dimensions);
    return new ByteVectors(to - from, this.dimensions, this.scales.subarray(from, to), bytes);
  }

  /** The vector at a place, as nearly as it is kept. */
  vectorAt(at: number): Float32Array {
    const start = at * this.dimensions;
    return Float32Array.from(this.bytes.subarray(start, start + this.dimensions), (byte) => byte * this.scales[at]!);
  }

  /** Cosine of a query (length 1) with the vector at a place. */
  cosine(at: number, query: Float32Array): number {
    const start = at * this.dimensions;
    let sum = 0;
    for (let i = 0; i < this.dimensions; i++) sum += this.bytes[start + i]! * query[i]!;
    return sum * this.scales[at]!;
  }

  /** Layout: magic, count, dimensions (u32 each); scales (f32); bytes (i8). */
  serialize(): Uint8Array {
    const bytes = new Uint8Array(HEADER_BYTES + this.scales.byteLength + this.bytes.byteLength);
    bytes.set(new Uint8Array(new Uint32Array([MAGIC, this.count, this.dimensions]).buffer), 0);
    const { buffer, byteOffset, byteLength } = this.scales;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), HEADER_BYTES);
    bytes.set(
      new Uint8Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength),
      HEADER_BYTES + byteLength,
    );
    return bytes;
  }

  /** @throws StartupError if the bytes were not written by `serialize` */
  static deserialize(serialized: Uint8Array): ByteVectors {
    // Typed arrays need an aligned buffer.
    const { buffer, byteOffset, length } = serialized.byteOffset % 4 === 0 ? serialized : Uint8Array.from(serialized);
    const [magic, count = 0, dimensions = 0] =
      length < HEADER_BYTES ? [] : new Uint32Array(buffer, byteOffset, HEADER_BYTES / 4);
    if (magic !== MAGIC || length !== HEADER_BYTES + count * 4 + count * dimensions) {
      throw new StartupError("a file of vectors is damaged");
    }
    const scales = new Float32Array(buffer, byteOffset + HEADER_BYTES, count);
    const bytes = new Int8Array(buffer, byteOffset + HEADER_BYTES + count * 4, count * dimensions);
    return new ByteVectors(count, dimensions, scales, bytes);
  }
}
