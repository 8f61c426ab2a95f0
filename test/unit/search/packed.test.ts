import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StartupError } from "../../../src/errors.js";
import { type Column, pack, unpack } from "../../../src/search/packed.js";

const column = fc.oneof(
  fc.uint8Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
  fc.float32Array({ maxLength: 9, noNaN: true }),
  fc.float64Array({ maxLength: 9, noNaN: true }),
);
const TYPES = new Map<object, "u8" | "u32" | "f32" | "f64">([
  [Uint8Array, "u8"],
  [Uint32Array, "u32"],
  [Float32Array, "f32"],
  [Float64Array, "f64"],
]);
const typeOf = (one: Column): "u8" | "u32" | "f32" | "f64" => TYPES.get(one.constructor)!;

describe("packed columns", () => {
  it("come back as they were, at any offset of their buffer", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), column), fc.nat(9), (columns, offset) => {
        const bytes = pack(columns);
        const shifted = new Uint8Array(bytes.length + offset);
        shifted.set(bytes, offset);
        const read = unpack(shifted.subarray(offset), "some.bin");
        for (const [name, given] of Object.entries(columns)) expect([...read(name, typeOf(given))]).toEqual([...given]);
      }),
    );
  });

  it("are views of the bytes where these are aligned", () => {
    const bytes = pack({ some: Uint32Array.of(1, 2, 3) });
    expect(unpack(bytes, "some.bin")("some", "u32").buffer).toBe(bytes.buffer);
  });

  it("are refused where they are damaged, missing or of another type", () => {
    const bytes = pack({ some: Uint32Array.of(1, 2, 3), other: Float32Array.of(1) });
    const damaged = [
      new Uint8Array(),
      bytes.slice(0, 7),
      bytes.slice(0, 12),
      bytes.slice(0, -1),
      new Uint8Array([...bytes, 0]),
      bytes.with(0, bytes[0]! ^ 1),
      bytes.with(5, 1), // A longer header.
      bytes.with(8, "x".charCodeAt(0)),
    ];
    for (const wrong of damaged)
      expect(() => unpack(wrong, "some.bin")).toThrow(new StartupError("the index file some.bin is damaged"));
    const read = unpack(bytes, "some.bin");
    expect(() => read("none", "u32")).toThrow(StartupError);
    expect(() => read("some", "f32")).toThrow(StartupError);
  });
});
