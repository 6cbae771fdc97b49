/** One client that takes a seat, throws rubbish from it, is thrown out, and comes back. */
import http from "node:http";
import { getMessageBytes, Protocol } from "@colyseus/core";
import { z } from "zod";
import type { Dice } from "../../src/dice.ts";
import { RawWebSocket } from "./raw-socket.ts";
import type { Bearings, Rubbish } from "./rubbish.ts";
import type { ServerChild } from "./server-child.ts";

/** A client that is still let in after so many frames makes room for a fresh one. */
const FRAMES_PER_SEAT = 300;
/** Then the server is asked something honest, to know what it has read. */
const FRAMES_AT_ONCE = 10;
/** One in so many batches of frames comes with an HTTP request. */
const HTTP_BATCH_ONE_IN = 2;
/** One seat in so many ends with bytes that are no WebSocket frames. */
const LINE_ONE_IN = 8;
const CLOSE = 8;
const JOIN_MS_MAX = 5_000;
const ANSWER_MS_MAX = 10_000;
export interface Tally {
  frames: number;
  requests: number;
  seats: number;
  /** Answers by what they were: HTTP statuses, codes of refusals. */
  readonly answers: Map<string, number>;
  /** What no rubbish may bring about. */
  readonly findings: string[];
}

export interface Route {
  readonly method: string;
  readonly path: string;
}

export interface Arms {
  readonly rubbish: Rubbish;
  readonly bearings: Bearings;
  readonly dice: Dice;
  readonly routes: readonly Route[];
  readonly tally: Tally;
}

export class Thrower {
  readonly #server: ServerChild;
  readonly #token: string;
  readonly #arms: Arms;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  constructor(server: ServerChild, token: string, arms: Arms) {
    this.#server = server;
    this.#token = token;
    this.#arms = arms;
  }

  /** Until all throwers together have thrown `limit` frames and requests. */
  async throwUntil(limit: number): Promise<void> {
    const { tally } = this.#arms;
    while (tally.frames + tally.requests < limit && this.#server.death === null) {
      try {
        await this.#fromOneSeat(limit);
      } catch (error) {
        tally.findings.push(
          `an honest client could not join: ${error instanceof Error ? error.message : error}`,
        );
        break;
      }
    }
    this.#agent.destroy();
  }

  async #fromOneSeat(limit: number): Promise<void> {
    const { dice, rubbish, tally } = this.#arms;
    const socket = await this.#join();
    tally.seats++;
    let thrown = 0;
    while (thrown < FRAMES_PER_SEAT && tally.frames + tally.requests < limit) {
      if (dice.u32() % HTTP_BATCH_ONE_IN === 0) await this.#request();
      for (let frame = 0; frame < FRAMES_AT_ONCE; frame++) await socket.send(rubbish.frame());
      thrown += FRAMES_AT_ONCE;
      if (await this.#isHeard(socket, `honest ${thrown}`)) {
        tally.frames += FRAMES_AT_ONCE;
        continue;
      }
      // One of them was the last that the server has read.
      tally.frames++;
      break;
    }
    if (dice.u32() % LINE_ONE_IN === 0) await socket.write(rubbish.line());
    socket.end();
  }

  /** @returns whether the server still answers an honest request from this seat; it has read everything before it then */
  async #isHeard(socket: RawWebSocket, requestId: string): Promise<boolean> {
    await socket.send(getMessageBytes.raw(Protocol.ROOM_DATA, "flee", { requestId }));
    const late = setTimeout(() => {
      this.#arms.tally.findings.push("an honest request was not answered");
      socket.end();
    }, ANSWER_MS_MAX);
    try {
      for (;;) {
        const frame = await socket.frame();
        if (frame === null) return false;
        const text = frame.payload.toString("latin1");
        if (text.includes(requestId)) return true;
        if (frame.opcode === CLOSE) {
          this.#count(`closed ${frame.payload.readUInt16BE(0)}`);
          return false;
        }
        const code = /code.([a-z_]{4,30})/.exec(text)?.[1];
        if (code !== undefined) this.#count(code);
        // A mistake of the server's, whatever it was sent.
        if (code === "internal") this.#arms.tally.findings.push(`a frame was answered with ${text}`);
      }
    } finally {
      clearTimeout(late);
    }
  }

  async #join(): Promise<RawWebSocket> {
    const body = JSON.stringify({ sectorId: this.#arms.bearings.sectorId, protocol: 1 });
    const { status, text } = await this.#ask(
      "POST",
      "/matchmake/joinOrCreate/sector",
      Buffer.from(body),
      this.#token,
    );
    if (status !== 200) throw new Error(`${status} ${text}`);
    const { processId, roomId, sessionId } = seatSchema.parse(JSON.parse(text));
    const socket = new RawWebSocket(this.#server.port);
    const late = setTimeout(() => socket.end(), JOIN_MS_MAX);
    await socket.upgrade(`/${processId}/${roomId}?sessionId=${sessionId}`);
    // The first frame is the room's: it has let us in.
    if ((await socket.frame()) !== null) await socket.acknowledgeJoin();
    clearTimeout(late);
    return socket;
  }

  async #request(): Promise<void> {
    const { dice, rubbish, routes, tally } = this.#arms;
    tally.requests++;
    const route = routes[dice.u32() % routes.length];
    if (route === undefined) throw new Error("there are no routes");
    const path = route.path.replaceAll(/:\w+/g, () =>
      dice.u32() % 4 === 0 ? rubbish.word() : this.#wordFor(route.path),
    );
    const query = dice.u32() % 8 === 0 ? `?${encodeURIComponent(rubbish.word())}=${rubbish.word()}` : "";
    const method = dice.u32() % 10 === 0 ? "DELETE" : route.method;
    const tokens = [null, null, this.#token, this.#token.slice(0, -2), rubbish.word()] as const;
    const token = tokens[dice.u32() % tokens.length] ?? null;
    const { status, text } = await this.#ask(method, `${path}${query}`, rubbish.body(), token);
    this.#count(`HTTP ${status}`);
    if (status === 500) tally.findings.push(`${method} ${path} was answered with ${text}`);
  }

  /** What honest clients put into an address. */
  #wordFor(path: string): string {
    return path.startsWith("/matchmake") ? "joinOrCreate" : String(this.#arms.bearings.sectorId);
  }

  #count(answer: string): void {
    const { answers } = this.#arms.tally;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  }

  /** @returns status 0 when the server closed the connection instead of answering */
  #ask(
    method: string,
    path: string,
    body: Buffer,
    token: string | null,
  ): Promise<{ status: number; text: string }> {
    const headers = {
      "content-type": "application/json",
      "content-length": body.length,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    };
    const options = { host: "127.0.0.1", port: this.#server.port, method, path, headers, agent: this.#agent };
    return new Promise((resolve) => {
      const asking = http.request({ ...options, timeout: ANSWER_MS_MAX }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", gone);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
        );
      });
      // A line that was kept open may be closed by the server just as it is used again.
      const gone = () =>
        resolve(asking.reusedSocket ? this.#ask(method, path, body, token) : { status: 0, text: "closed" });
      asking.on("error", gone);
      asking.on("timeout", () => {
        this.#arms.tally.findings.push(`${method} ${path} was not answered`);
        asking.destroy();
      });
      asking.end(body);
    });
  }
}

const seatSchema = z.object({ processId: z.string(), roomId: z.string(), sessionId: z.string() });
