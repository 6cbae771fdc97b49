/** A final frame of binary data (RFC 6455, 5.2). */
const FINAL_BINARY = 0x82;
/** The lengths up to which one byte, then two more, say how long a message is; beyond that eight. */
const [ONE_BYTE_MAX, TWO_BYTES_MAX] = [125, 0xffff];
const [TWO_BYTES_FOLLOW, EIGHT_BYTES_FOLLOW] = [126, 127];

/**
 * Messages as a server's WebSocket frames, neither masked nor compressed, joined for one write. Who is sent the same
 * messages one after the other, as a room's clients are, shares the memory.
 */
export class JoinedFrames {
  readonly #bytesMax: number;
  #messages: readonly Uint8Array[] = [];
  #joined: readonly Buffer[] = [];

  /** @param bytesMax of one write; a longer message is one by itself */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** @returns what to write, in order; not to be changed */
  of(messages: readonly Uint8Array[]): readonly Buffer[] {
    if (!areSame(messages, this.#messages)) {
      this.#messages = messages;
      this.#joined = joined(messages, this.#bytesMax);
    }
    return this.#joined;
  }
}

function areSame(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.length === others.length && some.every((message, index) => message === others[index]);
}

function joined(messages: readonly Uint8Array[], bytesMax: number): Buffer[] {
  const writes: Uint8Array[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const header = headerOf(message.length);
    const frameBytes = header.length + message.length;
    bytes += frameBytes;
    if (bytes <= bytesMax) writes.at(-1)?.push(header, message);
    else {
      writes.push([header, message]);
      bytes = frameBytes;
    }
  }
  return writes.map((parts) => Buffer.concat(parts));
}

function headerOf(bytes: number): Uint8Array {
  if (bytes <= ONE_BYTE_MAX) return Uint8Array.of(FINAL_BINARY, bytes);
  if (bytes <= TWO_BYTES_MAX) return Uint8Array.of(FINAL_BINARY, TWO_BYTES_FOLLOW, bytes >> 8, bytes & 0xff);
  const header = Buffer.alloc(10);
  header.set([FINAL_BINARY, EIGHT_BYTES_FOLLOW]);
  header.writeBigUInt64BE(BigInt(bytes), 2);
  return header;
}
