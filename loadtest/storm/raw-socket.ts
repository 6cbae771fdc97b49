/** Clients that no library would let one write. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A TCP connection to the server that remembers what came back. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves with the ms since `connect` when the server has closed it. */
  readonly closed: Promise<number>;
  sentBytes = 0;
  #received: Buffer = Buffer.alloc(0);
  readonly #waiting: (() => void)[] = [];

  constructor(port: number, localAddress = "127.0.0.1") {
    const startMs = performance.now();
    this.socket = connect({ port, host: "127.0.0.1", localAddress });
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#look();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once("close", () => {
        this.#look();
        resolve(performance.now() - startMs);
      });
    });
  }

  get received(): Buffer {
    return this.#received;
  }

  /** Takes what has been received so far away. */
  take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async write(data: string | Uint8Array): Promise<void> {
    this.sentBytes += data.length;
    if (!this.socket.destroyed && !this.socket.write(data))
      await Promise.race([once(this.socket, "drain").catch(() => {}), this.closed]);
  }

  /** Resolves once `what` holds of the received bytes, or the connection is closed. */
  async until(what: (received: Buffer) => boolean): Promise<void> {
    while (!what(this.#received) && !this.socket.destroyed)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The answer's status line and headers, once they are there. */
  async head(): Promise<string> {
    await this.until((bytes) => bytes.includes("\r\n\r\n"));
    return this.#received.toString("latin1").split("\r\n\r\n")[0] ?? "";
  }

  end(): void {
    this.socket.destroy();
  }

  #look(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Colyseus' code for "I have joined". */
const JOIN_ROOM = 10;

/** A WebSocket by hand: it acknowledges, answers and reads only when it is told to. */
export class RawWebSocket extends RawConnection {
  /** Asks for the socket of `path`. @returns the status line of the answer */
  async upgrade(path: string, headers: readonly string[] = []): Promise<string> {
    await this.write(
      [
        `GET ${path} HTTP/1.1`,
        "Host: 127.0.0.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        ...headers,
        "",
        "",
      ].join("\r\n"),
    );
    const head = await this.head();
    this.take(head.length + 4);
    return head.split("\r\n")[0] ?? "";
  }

  send(payload: Uint8Array, opcode = 2): Promise<void> {
    return this.write(maskedFrame(opcode, payload));
  }

  acknowledgeJoin(): Promise<void> {
    return this.send(Buffer.from([JOIN_ROOM]));
  }

  /** The next frame; null when the connection was closed without one. */
  async frame(): Promise<Frame | null> {
    await this.until((bytes) => frameLength(bytes) !== null);
    return this.#takeFrame();
  }

  /** All frames that are there by now. */
  takeFrames(): Frame[] {
    const frames: Frame[] = [];
    for (let frame = this.#takeFrame(); frame !== null; frame = this.#takeFrame()) frames.push(frame);
    return frames;
  }

  #takeFrame(): Frame | null {
    const length = frameLength(this.received);
    if (length === null) return null;
    const bytes = this.take(length.header + length.payload);
    return { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(length.header) };
  }

  /** Reads on to the closing frame, answering pings. @returns its code; null when there was none */
  async closeCode(): Promise<number | null> {
    for (;;) {
      const frame = await this.frame();
      if (frame === null) return null;
      if (frame.opcode === 8) return frame.payload.readUInt16BE(0);
      if (frame.opcode === 9) await this.send(frame.payload, 10);
    }
  }
}

/** One frame of a client, of at most 64 KB. */
export function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  const header = Buffer.alloc(payload.length < 126 ? 2 : 4);
  header.writeUInt8(0x80 | opcode, 0);
  if (payload.length < 126) header.writeUInt8(0x80 | payload.length, 1);
  else {
    header.writeUInt8(0x80 | 126, 1);
    header.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([header, mask, masked]);
}

function frameLength(bytes: Buffer): { header: number; payload: number } | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < header) return null;
  const payload =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < header + payload ? null : { header, payload };
}
