/**
 * Writes ONNX models without the ONNX package: the protobuf messages of onnx.proto3 (field numbers as published there),
 * and no more of them than a graph of plain operators with constant weights needs.
 */

/** Element types of tensors (`TensorProto.DataType`). */
export const ELEMENT = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;
const IR_VERSION = 8;
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

type Data = Float32Array | Int8Array | Uint8Array | BigInt64Array;
type Attribute = { float: number } | { int: number } | { ints: readonly number[] };
/** A number, or a name for a size that is only known when the model runs, such as "batch". */
type Dimension = number | string;

/** Collects operators and constants, and names the values between them. */
export class OnnxGraph {
  readonly #nodes: Buffer[] = [];
  readonly #constants: Buffer[] = [];
  readonly #inputs: Buffer[] = [];
  readonly #outputs: Buffer[] = [];
  #named = 0;

  input(name: string, element: number, shape: readonly Dimension[]): string {
    this.#inputs.push(field(11, valueInfo(name, element, shape)));
    return name;
  }

  /** Gives a value the name under which the model returns it. */
  output(name: string, value: string, element: number, shape: readonly Dimension[]): void {
    this.#nodes.push(field(1, node("Identity", [value], [name], {})));
    this.#outputs.push(field(12, valueInfo(name, element, shape)));
  }

  /** A weight of the model. @returns the name to use it by */
  constant(data: Data, shape: readonly number[] = [data.length]): string {
    const name = this.#name("constant");
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const dims = shape.map((size) => integer(1, size));
    this.#constants.push(field(5, [...dims, integer(2, elementOf(data)), field(8, Buffer.from(name)), field(9, raw)]));
    return name;
  }

  /** A whole-number constant, such as a shape or an axis. */
  integers(...values: number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt));
  }

  /** A single number without dimensions. */
  scalar(value: number): string {
    return this.constant(Float32Array.of(value), []);
  }

  /** Adds an operator of the ONNX set. @returns the name of its (first) output */
  apply(operator: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.applyMany(operator, inputs, 1, attributes)[0]!;
  }

  applyMany(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, Attribute> = {},
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.#name(operator));
    this.#nodes.push(field(1, node(operator, inputs, names, attributes)));
    return names;
  }

  /** @param opset version of the operator set; 17 is the first with LayerNormalization */
  serialize(opset = 17): Buffer {
    const graph = [
      ...this.#nodes,
      field(2, Buffer.from("graph")),
      ...this.#constants,
      ...this.#inputs,
      ...this.#outputs,
    ];
    return Buffer.concat([integer(1, IR_VERSION), field(7, graph), field(8, [integer(2, opset)])]);
  }

  #name(stem: string): string {
    return `${stem}_${this.#named++}`;
  }
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, Attribute>,
): Buffer[] {
  return [
    ...inputs.map((name) => field(1, Buffer.from(name))),
    ...outputs.map((name) => field(2, Buffer.from(name))),
    field(4, Buffer.from(operator)),
    ...Object.entries(attributes).map(([name, value]) => field(5, attribute(name, value))),
  ];
}

function attribute(name: string, value: Attribute): Buffer[] {
  const named = field(1, Buffer.from(name));
  if ("float" in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.float);
    return [named, tag(2, FIXED32), bytes, integer(20, ATTRIBUTE.float)];
  }
  if ("int" in value) return [named, integer(3, value.int), integer(20, ATTRIBUTE.int)];
  return [named, ...value.ints.map((one) => integer(8, one)), integer(20, ATTRIBUTE.ints)];
}

function valueInfo(name: string, element: number, shape: readonly Dimension[]): Buffer[] {
  const dims = shape.map((size) => field(1, typeof size === "number" ? integer(1, size) : field(2, Buffer.from(size))));
  const tensor = field(1, [integer(1, element), field(2, dims)]);
  return [field(1, Buffer.from(name)), field(2, tensor)];
}

function elementOf(data: Data): number {
  if (data instanceof Float32Array) return ELEMENT.float;
  if (data instanceof Int8Array) return ELEMENT.int8;
  return data instanceof Uint8Array ? ELEMENT.uint8 : ELEMENT.int64;
}

/** A field that holds bytes, or a message made of fields. */
function field(number: number, content: Buffer | Buffer[]): Buffer {
  const bytes = Array.isArray(content) ? Buffer.concat(content) : content;
  return Buffer.concat([tag(number, BYTES), varint(BigInt(bytes.length)), bytes]);
}

function integer(number: number, value: number): Buffer {
  // A negative number is written as the 64-bit number of the same bits.
  return Buffer.concat([tag(number, VARINT), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function tag(number: number, wireType: number): Buffer {
  return varint(BigInt((number << 3) | wireType));
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}
