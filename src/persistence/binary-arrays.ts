/**
 * Arrays, and rows for COPY, in Postgres' binary format. `pg` writes arrays as text, with every element quoted and escaped; writing and
 * parsing that took a quarter of a busy server's time. See docs/performance.md.
 */

/** What an element may be, by type. Moments are ms since 1970, UTC; jsonb is text that `JSON.stringify` wrote. */
export type ElementType = "uuid" | "int" | "bigint" | "text" | "boolean" | "timestamptz" | "jsonb";
export type Element = string | number | boolean | null;

interface Encoding {
  readonly oid: number;
  readonly bytesOf: (value: Element) => number;
  /** Writes at `at`; exactly as many bytes as `bytesOf` said. */
  readonly write: (buffer: Buffer, value: Element, at: number) => void;
}

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const TWO_POW_32 = 2 ** 32;
/** Postgres counts microseconds from here. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);
const JSONB_VERSION = 1;

/** A whole number up to 2^53, in two halves: BigInts are several times slower. */
function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_POW_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * TWO_POW_32, at + 4);
}

/** Where the text of a uuid has its pairs of digits, and what each character code is worth; a row has a dozen uuids. */
const UUID_PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const NO_DIGIT = 16;
const HEX_DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase());
  return digit === -1 ? NO_DIGIT : digit;
});

function writeUuid(buffer: Buffer, value: Element, at: number): void {
  const text = String(value);
  let seen = text.length === 36 ? 0 : NO_DIGIT;
  let written = at;
  for (const pair of UUID_PAIRS) {
    const high = HEX_DIGITS[text.charCodeAt(pair)] ?? NO_DIGIT;
    const low = HEX_DIGITS[text.charCodeAt(pair + 1)] ?? NO_DIGIT;
    seen |= high | low;
    buffer[written++] = (high << 4) | low;
  }
  if ((seen & NO_DIGIT) !== 0) throw new TypeError(`not a uuid: ${text}`);
}

const fixed = (oid: number, bytes: number, write: Encoding["write"]): Encoding => ({
  oid,
  bytesOf: () => bytes,
  write,
});

const ENCODINGS: Readonly<Record<ElementType, Encoding>> = {
  boolean: fixed(16, 1, (buffer, value, at) => buffer.writeInt8(value === true ? 1 : 0, at)),
  int: fixed(23, 4, (buffer, value, at) => buffer.writeInt32BE(Number(value), at)),
  bigint: fixed(20, 8, (buffer, value, at) => writeInt64(buffer, Number(value), at)),
  timestamptz: fixed(1184, 8, (buffer, value, at) =>
    writeInt64(buffer, (Number(value) - EPOCH_2000_MS) * 1000, at),
  ),
  uuid: fixed(2950, 16, writeUuid),
  text: {
    oid: 25,
    bytesOf: (value) => Buffer.byteLength(String(value)),
    write: (buffer, value, at) => buffer.write(String(value), at),
  },
  jsonb: {
    oid: 3802,
    bytesOf: (value) => 1 + Buffer.byteLength(String(value)),
    write: (buffer, value, at) => {
      buffer.writeInt8(JSONB_VERSION, at);
      buffer.write(String(value), at + 1);
    },
  },
};

/** Begins what COPY takes: its signature, then two numbers for what nobody uses. */
const COPY_HEADER = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
const COPY_END = -1;
const COUNT_BYTES = 2;

/**
 * Rows for `COPY … FROM STDIN (FORMAT binary)`; a column's type is to be the table's own, since COPY converts nothing.
 * @param values of one row after the other, each with one value a type
 * @throws RangeError or TypeError for a value that its type cannot hold
 */
export function binaryRows(types: readonly ElementType[], values: readonly Element[]): Buffer {
  const encodings = types.map((type) => ENCODINGS[type]);
  const width = encodings.length;
  let bytes = COPY_HEADER.length + (values.length / width) * COUNT_BYTES + COUNT_BYTES;
  let column = 0;
  for (const value of values) {
    bytes += LENGTH_BYTES + (value === null ? 0 : (encodings[column]?.bytesOf(value) ?? 0));
    column = column + 1 === width ? 0 : column + 1;
  }
  const buffer = Buffer.allocUnsafe(bytes);
  let at = COPY_HEADER.copy(buffer);
  column = 0;
  for (const value of values) {
    if (column === 0) at = buffer.writeInt16BE(width, at);
    const encoding = encodings[column];
    const length = value === null || encoding === undefined ? NULL_LENGTH : encoding.bytesOf(value);
    at = buffer.writeInt32BE(length, at);
    if (length !== NULL_LENGTH) {
      encoding?.write(buffer, value, at);
      at += length;
    }
    column = column + 1 === width ? 0 : column + 1;
  }
  buffer.writeInt16BE(COPY_END, at);
  return buffer;
}

/**
 * The values as a one-dimensional array, for a parameter that the statement casts to `type[]`.
 * @throws RangeError or TypeError for a value that the type cannot hold
 */
export function binaryArray(type: ElementType, values: readonly Element[]): Buffer {
  const { oid, bytesOf, write } = ENCODINGS[type];
  let bytes = HEADER_BYTES;
  let hasNull = 0;
  for (const value of values) {
    bytes += LENGTH_BYTES;
    if (value === null) hasNull = 1;
    else bytes += bytesOf(value);
  }
  const buffer = Buffer.allocUnsafe(bytes);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(hasNull, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    const length = value === null ? NULL_LENGTH : bytesOf(value);
    buffer.writeInt32BE(length, at);
    at += LENGTH_BYTES;
    if (value === null) continue;
    write(buffer, value, at);
    at += length;
  }
  return buffer;
}
