import { StartupError } from "../errors.js";

const MAGIC = 0x31504c44; // "DLP1"
const HEADER_BYTES = 8;
const ALIGNMENT = 8;

const TYPES = { u8: Uint8Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
type ColumnType = keyof typeof TYPES;
export type Column = Uint8Array | Uint32Array | Float32Array | Float64Array;

interface Entry {
  name: string;
  type: ColumnType;
  length: number;
}

/**
 * Named columns of numbers as one file: magic and length of the header (u32 each), the header (JSON: name, type and length of
 * each column), then the columns, each at a multiple of eight bytes. Little-endian, as every machine Node runs on.
 */
export function pack(columns: Record<string, Column>): Uint8Array {
  const entries: Entry[] = Object.entries(columns).map(([name, column]) => ({
    name,
    type: typeOf(column),
    length: column.length,
  }));
  const header = new TextEncoder().encode(JSON.stringify(entries));
  const all = Object.values(columns);
  const bytes = new Uint8Array(
    all.reduce((end, column) => aligned(end) + column.byteLength, HEADER_BYTES + header.length),
  );
  bytes.set(new Uint8Array(Uint32Array.of(MAGIC, header.length).buffer), 0);
  bytes.set(header, HEADER_BYTES);
  let at = HEADER_BYTES + header.length;
  for (const column of all) {
    at = aligned(at);
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  return bytes;
}

/**
 * The columns of a packed file: views of its bytes, which are not copied where they are aligned.
 *
 * @param file its name, for the error
 * @throws StartupError if the bytes were not written by `pack`
 */
export function unpack(bytes: Uint8Array, file: string): (name: string, type: ColumnType) => Column {
  const damaged = (): StartupError => new StartupError(`the index file ${file} is damaged`);
  const { buffer, byteOffset } = (
    bytes.byteOffset % ALIGNMENT === 0 ? bytes : Uint8Array.from(bytes)
  ) as Uint8Array<ArrayBuffer>;
  if (bytes.length < HEADER_BYTES) throw damaged();
  const [magic, headerLength] = new Uint32Array(buffer, byteOffset, 2);
  if (magic !== MAGIC || HEADER_BYTES + headerLength! > bytes.length) throw damaged();
  let entries: Entry[];
  try {
    const header = new Uint8Array(buffer, byteOffset + HEADER_BYTES, headerLength);
    entries = JSON.parse(new TextDecoder().decode(header)) as Entry[];
  } catch {
    throw damaged();
  }
  const columns = new Map<string, Column>();
  let at = HEADER_BYTES + headerLength!;
  for (const { name, type, length } of entries) {
    at = aligned(at);
    const end = at + length * TYPES[type].BYTES_PER_ELEMENT;
    if (end > bytes.length) throw damaged();
    columns.set(name, new TYPES[type](buffer, byteOffset + at, length));
    at = end;
  }
  if (at !== bytes.length) throw damaged();
  return (name, type) => {
    const column = columns.get(name);
    if (column === undefined || typeOf(column) !== type) throw damaged();
    return column;
  };
}

function typeOf(column: Column): ColumnType {
  return (Object.keys(TYPES) as ColumnType[]).find((type) => column instanceof TYPES[type])!;
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}
