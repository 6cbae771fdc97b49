/** The dear line: the official SDK, which decodes all state, so that a run also shows that it can. */
import { Client, type Room } from "@colyseus/sdk";
import { z } from "zod";
import type { SectorState } from "../../src/schema/sector.ts";
import { APP } from "../app.ts";
import type { HttpClient } from "./http.ts";
import { BROADCASTS, type Connector, type Line, type LineEvents, type Seat } from "./line.ts";
import { shownIn } from "./shown.ts";

/** Any code but 4000 means to the server that the pilot did not mean to leave. */
const LINE_CUT = 3000;

const payloadSchema = z.record(z.string(), z.unknown());

export class SdkConnector implements Connector {
  readonly decodesState = true;
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  get #client(): Client {
    return new Client(this.#http.base.origin.replace(/^http/, "ws"));
  }

  async join(token: string, options: { sectorId: number; cursor: number }, events: LineEvents) {
    const client = this.#client;
    client.auth.token = token;
    const room = await client.joinOrCreate<SectorState>("sector", { ...options, ...APP, protocol: 1 });
    return enter(room, events);
  }

  async consume(seat: Seat, events: LineEvents): Promise<Line> {
    return enter(await this.#client.consumeSeatReservation<SectorState>(seat), events);
  }

  async reconnect(reconnectionToken: string, events: LineEvents): Promise<Line> {
    return enter(await this.#client.reconnect<SectorState>(reconnectionToken), events);
  }
}

function enter(room: Room<unknown, SectorState>, events: LineEvents): Promise<Line> {
  room.reconnection.enabled = false;
  room.onMessage("*", (type, payload) => {
    if (!BROADCASTS.has(String(type))) events.onMessage(String(type), payloadSchema.parse(payload ?? {}));
  });
  const line: Line = {
    get reconnectionToken() {
      return room.reconnectionToken;
    },
    get shown() {
      return shownIn(room.state);
    },
    send: (type, body) => {
      if (room.connection.isOpen) room.send(type, body);
    },
    cut: () => room.connection.close(LINE_CUT),
    leave: () => void room.leave(),
  };
  return new Promise((resolve, reject) => {
    let joined = false;
    room.onLeave((code) => {
      if (joined) events.onClosed(code);
      else reject(new Error(`closed before the room let it in (${code})`));
    });
    room.onStateChange.once(() => {
      joined = true;
      resolve(line);
    });
  });
}
