/** Reads MessagePack: as much of it as a room sends. */

/** @throws on anything that is not the one value of exactly these bytes */
export function readMsgpack(bytes: Buffer): unknown {
  const reader = new Reader(bytes);
  const value = reader.value();
  if (reader.at !== bytes.length) throw new Error(`${bytes.length - reader.at} bytes after the value`);
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(): unknown {
    const first = this.#take(1).readUInt8();
    if (first < 0x80) return first;
    if (first < 0x90) return this.#map(first & 0x0f);
    if (first < 0xa0) return this.#array(first & 0x0f);
    if (first < 0xc0) return this.#text(first & 0x1f);
    if (first >= 0xe0) return first - 0x100;
    const read = this.#readers[first];
    if (read === undefined)
      throw new Error(`0x${first.toString(16)} at ${this.at - 1} is of no kind that is read here`);
    return read();
  }

  readonly #uint8 = () => this.#take(1).readUInt8();
  readonly #uint16 = () => this.#take(2).readUInt16BE();
  readonly #uint32 = () => this.#take(4).readUInt32BE();

  readonly #readers: Readonly<Record<number, () => unknown>> = {
    192: () => null,
    194: () => false,
    195: () => true,
    202: () => this.#take(4).readFloatBE(),
    203: () => this.#take(8).readDoubleBE(),
    204: this.#uint8,
    205: this.#uint16,
    206: this.#uint32,
    207: () => Number(this.#take(8).readBigUInt64BE()),
    208: () => this.#take(1).readInt8(),
    209: () => this.#take(2).readInt16BE(),
    210: () => this.#take(4).readInt32BE(),
    211: () => Number(this.#take(8).readBigInt64BE()),
    // What `undefined` becomes: an extension of one byte.
    212: () => {
      this.#take(2);
      return undefined;
    },
    217: () => this.#text(this.#uint8()),
    218: () => this.#text(this.#uint16()),
    219: () => this.#text(this.#uint32()),
    220: () => this.#array(this.#uint16()),
    221: () => this.#array(this.#uint32()),
    222: () => this.#map(this.#uint16()),
    223: () => this.#map(this.#uint32()),
  };

  #take(count: number): Buffer {
    if (this.at + count > this.#bytes.length) throw new Error(`${count} more bytes wanted at ${this.at}`);
    const taken = this.#bytes.subarray(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  #text(length: number): string {
    return this.#take(length).toString("utf8");
  }

  #array(length: number): unknown[] {
    return Array.from({ length }, () => this.value());
  }

  #map(length: number): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length }, () => [String(this.value()), this.value()]));
  }
}
