/** The cheap line: frames over a bare WebSocket. State and patches are counted, never decoded. */
import { getMessageBytes, Protocol } from "@colyseus/core";
import { decode } from "@colyseus/schema";
import { unpack } from "msgpackr";
import { z } from "zod";
import { APP } from "../app.ts";
import { FrameSocket } from "./frame-socket.ts";
import type { HttpClient } from "./http.ts";
import { BROADCASTS, type Connector, type Line, type LineEvents, type Seat, seatSchema } from "./line.ts";

/** A room that does not let a client in within this time will not. */
const JOIN_MS_MAX = 30_000;
const MODIFIERS = 0xc0;

const payloadSchema = z.record(z.string(), z.unknown());

/** What arrived over the cheap lines, WebSocket framing left out. */
export interface Traffic {
  frames: number;
  bytes: number;
  /** Frames that were patches of a state. */
  patches: number;
}

export function noTraffic(): Traffic {
  return { frames: 0, bytes: 0, patches: 0 };
}

export class WireConnector implements Connector {
  readonly decodesState = false;
  readonly #http: HttpClient;
  readonly #traffic: Traffic;

  constructor(http: HttpClient, traffic: Traffic) {
    this.#http = http;
    this.#traffic = traffic;
  }

  async join(token: string, options: { sectorId: number; cursor: number }, events: LineEvents) {
    const asked = { ...options, ...APP, protocol: 1 };
    const seat = await this.#http.post("/matchmake/joinOrCreate/sector", asked, token);
    return this.consume(seatSchema.parse(seat), events);
  }

  consume(seat: Seat, events: LineEvents): Promise<Line> {
    return this.#open(seat, "", events);
  }

  async reconnect(reconnectionToken: string, events: LineEvents): Promise<Line> {
    const [roomId = "", token = ""] = reconnectionToken.split(":");
    const seat = await this.#http.post(`/matchmake/reconnect/${roomId}`, { reconnectionToken: token });
    return this.#open(seatSchema.parse(seat), `&reconnectionToken=${token}`, events);
  }

  #open(seat: Seat, more: string, events: LineEvents): Promise<Line> {
    const { publicAddress, processId, roomId, sessionId } = seat;
    const { protocol, host } = this.#http.base;
    const base = `${protocol.replace("http", "ws")}//${publicAddress ?? host}`;
    const address = `${base}/${processId}/${roomId}?sessionId=${sessionId}${more}`;
    return WireLine.open(address, roomId, events, this.#traffic);
  }
}

/** @param address of a seat: ws://host/processId/roomId?sessionId=… */
export function openLine(
  address: string,
  roomId: string,
  events: LineEvents,
  traffic: Traffic,
): Promise<Line> {
  return WireLine.open(address, roomId, events, traffic);
}

class WireLine implements Line {
  reconnectionToken = "";
  readonly shown = null;
  readonly #socket: FrameSocket;
  readonly #roomId: string;
  readonly #events: LineEvents;
  readonly #traffic: Traffic;
  readonly #joined = Promise.withResolvers<Line>();
  readonly #late: NodeJS.Timeout;
  #isIn = false;
  /** Why the room has not let it in, as far as it was told. */
  #reason: string | null = null;

  private constructor(address: string, roomId: string, events: LineEvents, traffic: Traffic) {
    this.#roomId = roomId;
    this.#events = events;
    this.#traffic = traffic;
    this.#socket = new FrameSocket(address, {
      onFrame: (bytes) => this.#receive(bytes),
      onClosed: (code, reason) => this.#closed(code, reason),
    });
    this.#late = setTimeout(() => {
      this.#reason = "the room did not let it in in time";
      this.#socket.terminate();
    }, JOIN_MS_MAX);
  }

  /** @returns once the first state is there */
  static open(address: string, roomId: string, events: LineEvents, traffic: Traffic): Promise<Line> {
    return new WireLine(address, roomId, events, traffic).#joined.promise;
  }

  send(type: string, body: Readonly<Record<string, unknown>>): void {
    this.#socket.send(getMessageBytes.raw(Protocol.ROOM_DATA, type, body));
  }

  cut(): void {
    this.#socket.terminate();
  }

  leave(): void {
    if (this.#socket.isOpen) this.#socket.send(Buffer.of(Protocol.LEAVE_ROOM));
    else this.#socket.terminate();
  }

  #receive(bytes: Buffer): void {
    this.#traffic.frames++;
    this.#traffic.bytes += bytes.length;
    const kind = (bytes[0] ?? 0) & ~MODIFIERS;
    if (kind === Protocol.ROOM_STATE_PATCH) this.#traffic.patches++;
    else if (kind === Protocol.ROOM_DATA) this.#hear(bytes);
    else if (kind === Protocol.JOIN_ROOM) this.#acknowledge(bytes);
    else if (kind === Protocol.ERROR) this.#reason = errorText(bytes);
    else if (kind === Protocol.ROOM_STATE && !this.#isIn) {
      this.#isIn = true;
      clearTimeout(this.#late);
      this.#joined.resolve(this);
    }
  }

  #closed(code: number, reason: string | null): void {
    clearTimeout(this.#late);
    if (this.#isIn) this.#events.onClosed(code);
    else
      this.#joined.reject(
        new Error(`${this.#reason ?? reason ?? "closed before the room let it in"} (${code})`),
      );
  }

  #acknowledge(bytes: Buffer): void {
    const length = bytes[1] ?? 0;
    this.reconnectionToken = `${this.#roomId}:${bytes.toString("utf8", 2, 2 + length)}`;
    this.#socket.send(Buffer.of(Protocol.JOIN_ROOM));
  }

  #hear(bytes: Buffer): void {
    const at = { offset: 1 };
    if (!decode.stringCheck(bytes, at)) return;
    const type = decode.string(bytes, at);
    if (BROADCASTS.has(type)) return;
    const payload = bytes.length > at.offset ? unpack(bytes.subarray(at.offset)) : {};
    this.#events.onMessage(type, payloadSchema.parse(payload));
  }
}

function errorText(bytes: Buffer): string {
  const at = { offset: 1 };
  decode.number(bytes, at);
  return decode.string(bytes, at);
}
