/** A client that keeps every byte it is sent, reads them without an SDK, and sends whatever a test wants sent. */

import { getMessageBytes, Protocol } from "@colyseus/core";
import { type Decoder, decode, Reflection, type Schema } from "@colyseus/schema";
import { type Frame, RawWebSocket } from "../../loadtest/storm/raw-socket.ts";
import type { GameUnderTest } from "./game.ts";
import { readMsgpack } from "./msgpack.ts";
import type { TheSeat } from "./presence.ts";
import { until } from "./until.ts";

const OPCODE = { binary: 2, close: 8 } as const;
export interface WireMessage {
  readonly type: string | number;
  readonly payload: unknown;
}

export class WireClient {
  readonly socket: RawWebSocket;
  /** Everything the server has sent on this socket, in order. */
  readonly frames: Frame[] = [];

  private constructor(socket: RawWebSocket) {
    this.socket = socket;
    socket.socket.on("data", () => this.frames.push(...socket.takeFrames()));
  }

  /** Takes a seat. It does not acknowledge that it has joined until `acknowledge`. */
  static async open(game: GameUnderTest, seat: TheSeat, more = ""): Promise<WireClient> {
    const socket = new RawWebSocket(game.port);
    const { processId, roomId, sessionId } = seat;
    await socket.upgrade(`/${processId}/${roomId}?sessionId=${sessionId}${more}`);
    const client = new WireClient(socket);
    client.frames.push(...socket.takeFrames());
    return client;
  }

  /** Takes a seat and is in the room. */
  static async join(game: GameUnderTest, seat: TheSeat): Promise<WireClient> {
    const client = await WireClient.open(game, seat);
    await until("the room has let it in", () => client.#coded(Protocol.JOIN_ROOM).length > 0);
    await client.acknowledge();
    await until("it has the room's state", () => client.#coded(Protocol.ROOM_STATE).length > 0);
    return client;
  }

  /** What a room sends, in order: not the transport's own pings, and not the closing frame. */
  get sent(): Buffer[] {
    return this.frames.filter(({ opcode }) => opcode === OPCODE.binary).map(({ payload }) => payload);
  }

  get closeCode(): number | null {
    return this.frames.find(({ opcode }) => opcode === OPCODE.close)?.payload.readUInt16BE(0) ?? null;
  }

  get isCut(): boolean {
    return this.socket.socket.destroyed;
  }

  /** Messages by name, broadcast or personal. */
  get messages(): WireMessage[] {
    return this.#coded(Protocol.ROOM_DATA).map((bytes) => {
      const it = { offset: 1 };
      const type = decode.stringCheck(bytes, it) ? decode.string(bytes, it) : decode.number(bytes, it);
      return { type, payload: bytes.length > it.offset ? readMsgpack(bytes.subarray(it.offset)) : undefined };
    });
  }

  /** The errors it was told, as texts. */
  get errors(): string[] {
    return this.#coded(Protocol.ERROR).map((bytes) => {
      const it = { offset: 1 };
      decode.number(bytes, it);
      return decode.string(bytes, it);
    });
  }

  /** The room's state after each frame that changed it, from the first on. */
  get states(): unknown[] {
    const [joined] = this.#coded(Protocol.JOIN_ROOM);
    if (joined === undefined) return [];
    const it = { offset: 1 };
    for (let texts = 0; texts < 2; texts++) it.offset += 1 + (joined[it.offset] ?? 0);
    const reflectionBytes = decode.number(joined, it);
    const decoder: Decoder<Schema> = Reflection.decode(joined.subarray(0, it.offset + reflectionBytes), it);
    const changes = this.sent.filter(
      ([code]) => code === Protocol.ROOM_STATE || code === Protocol.ROOM_STATE_PATCH,
    );
    return changes.map((bytes) => {
      decoder.decode(bytes, { offset: 1 });
      return decoder.state.toJSON();
    });
  }

  acknowledge(): Promise<void> {
    return this.socket.acknowledgeJoin();
  }

  /** Sends a message the way SDKs do. */
  send(type: string, payload?: unknown): Promise<void> {
    return this.socket.send(messageBytes(type, payload));
  }

  end(): void {
    this.socket.end();
  }

  #coded(code: number): Buffer[] {
    return this.sent.filter(([first]) => first === code);
  }
}

/** A message as it goes over the wire. */
export function messageBytes(type: string, payload?: unknown): Uint8Array {
  return getMessageBytes.raw(Protocol.ROOM_DATA, type, payload);
}
