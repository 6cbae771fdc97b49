/**
 * A WebSocket client (RFC 6455) for thousands of bots in one thread: what it reads costs a call of the system and little else.
 * All sockets of the thread read into one piece of memory, and frames are handed on where they lie. The package `ws` costs
 * half as much again, in streams and copies. Speaks with servers that send whole messages, as ours do.
 */
import { randomBytes } from "node:crypto";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";

const READ_BYTES = 64 * 1024;
/** What one read brings is dealt with before the next one, of whichever socket. */
const readInto = Buffer.allocUnsafe(READ_BYTES);

const OPCODE = { binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
const OPCODE_BITS = 0x0f;
const LENGTH_BITS = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const FINAL = 0x80;
const MASKED = 0x80;
/** Clients must mask what they send, against proxies that could be misled; there are none here, and a mask of zeros changes nothing. */
const MASK = Buffer.alloc(4);
const HEAD_END = "\r\n\r\n";

const CLOSED_WITHOUT_CODE = 1005;
const LINE_LOST = 1006;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "ws:": 80, "wss:": 443 };

/** Where an address leads. @throws RangeError when it is neither ws: nor wss: */
export function endpointOf({ protocol, hostname, port }: URL): {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
} {
  const usual = DEFAULT_PORTS[protocol];
  if (usual === undefined) throw new RangeError(`${protocol} is neither ws: nor wss:`);
  // Brackets are how an address writes an IPv6 host, not part of it.
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: port === "" ? usual : Number(port), isSecure: protocol === "wss:" };
}

export interface FrameSocketEvents {
  /** A message. `bytes` are another message's once this returns. */
  onFrame(bytes: Buffer): void;
  /** The connection is gone. @param reason what it died of, where that is known */
  onClosed(code: number, reason: string | null): void;
}

export class FrameSocket {
  readonly #socket: Socket;
  readonly #events: FrameSocketEvents;
  #isOpen = false;
  /** Of a frame, or of the answer's head, whose rest has yet to come. */
  #rest: Buffer | null = null;
  #code = LINE_LOST;
  #reason: string | null = null;

  /** @param address ws: or wss: */
  constructor(address: string, events: FrameSocketEvents) {
    this.#events = events;
    const url = new URL(address);
    const { host, pathname, search } = url;
    const end = endpointOf(url);
    const options = {
      ...{ host: end.host, port: end.port, noDelay: true },
      onread: { buffer: readInto, callback: (length: number) => this.#read(length) },
    };
    this.#socket = end.isSecure
      ? connectSecurely({ ...options, ...(isIP(end.host) === 0 && { servername: end.host }) })
      : connect(options);
    this.#socket.on("error", (error) => {
      this.#reason ??= error.message;
    });
    this.#socket.once("close", () => events.onClosed(this.#code, this.#reason));
    this.#socket.write(
      [
        `GET ${pathname}${search} HTTP/1.1`,
        `Host: ${host}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        `Sec-WebSocket-Version: 13${HEAD_END}`,
      ].join("\r\n"),
    );
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#socket.writable;
  }

  /** Sends a message; nothing once the connection is closing. */
  send(bytes: Uint8Array): void {
    this.#send(OPCODE.binary, bytes);
  }

  /** Cuts the line, without a word. */
  terminate(): void {
    this.#socket.destroy();
  }

  #send(opcode: number, bytes: Uint8Array): void {
    if (!this.isOpen) return;
    const isShort = bytes.length < LENGTH_16;
    const head = Buffer.alloc(isShort ? 2 : 4);
    head[0] = FINAL | opcode;
    head[1] = MASKED | (isShort ? bytes.length : LENGTH_16);
    if (!isShort) head.writeUInt16BE(bytes.length, 2);
    this.#socket.write(Buffer.concat([head, MASK, bytes]));
  }

  /** @returns whether to go on reading */
  #read(length: number): boolean {
    const arrived = readInto.subarray(0, length);
    const bytes = this.#rest === null ? arrived : Buffer.concat([this.#rest, arrived]);
    const used = this.#isOpen ? this.#hearAll(bytes, 0) : this.#open(bytes);
    this.#rest = used < bytes.length ? Buffer.from(bytes.subarray(used)) : null;
    return true;
  }

  /** @returns how many bytes of the answer, and of frames behind it, have been dealt with */
  #open(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    const [status = ""] = bytes.toString("latin1", 0, end).split("\r\n", 1);
    if (!status.startsWith("HTTP/1.1 101 ")) {
      this.#reason = `answered with ${status}`;
      this.terminate();
      return bytes.length;
    }
    this.#isOpen = true;
    return this.#hearAll(bytes, end + HEAD_END.length);
  }

  /** @returns where the first frame begins that is not whole yet */
  #hearAll(bytes: Buffer, from: number): number {
    let start = from;
    while (bytes.length - start >= 2) {
      const short = (bytes[start + 1] ?? 0) & LENGTH_BITS;
      const payloadAt = start + (short === LENGTH_64 ? 10 : short === LENGTH_16 ? 4 : 2);
      if (bytes.length < payloadAt) break;
      const length =
        short === LENGTH_64
          ? Number(bytes.readBigUInt64BE(start + 2))
          : short === LENGTH_16
            ? bytes.readUInt16BE(start + 2)
            : short;
      const end = payloadAt + length;
      if (bytes.length < end) break;
      this.#hear((bytes[start] ?? 0) & OPCODE_BITS, bytes.subarray(payloadAt, end));
      start = end;
    }
    return start;
  }

  #hear(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.binary) this.#events.onFrame(payload);
    else if (opcode === OPCODE.ping) this.#send(OPCODE.pong, payload);
    else if (opcode === OPCODE.close) {
      this.#code = payload.length < 2 ? CLOSED_WITHOUT_CODE : payload.readUInt16BE(0);
      this.#send(OPCODE.close, payload.subarray(0, 2));
      this.#socket.end();
    } else if (opcode !== OPCODE.pong) {
      this.#reason = `sent a frame of kind ${opcode}, which no server of ours does`;
      this.terminate();
    }
  }
}
