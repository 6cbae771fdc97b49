/** Frames and bodies that no honest client sends: random bytes, and honest ones that were tampered with. */
import { getMessageBytes, Protocol } from "@colyseus/core";
import type { Dice } from "../../src/dice.ts";
import { itemAt } from "../../src/rules/galaxy/prng.ts";

/** What honest messages are about: ids that exist, so that tampering ends close to what makes sense. */
export interface Bearings {
  readonly shipId: string;
  readonly stationId: string;
  readonly sectorId: number;
}

/** The codes of Colyseus' protocol, and a few around them. */
const PROTOCOL_CODES = { first: 8, count: 20 } as const;
const RANDOM_BYTES_MAX = 120;
/** Beyond what a body may have (64 KB), rarely: it is the server's memory that is aimed at. */
const HUGE_BODY_BYTES = 70_000;
const DEPTH = 300;

const STRANGE: readonly unknown[] = [
  ...[null, true, -1, 0, 0.5, 2 ** 31, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY, 9n ** 20n],
  ...["", "\u0000", "\ud800", "__proto__", "constructor", "' or 1 = 1; --", "x".repeat(1_000), "🚀"],
  ...[[], {}, [[]], { toString: "x" }, { $ne: null }, new Date(0), Buffer.alloc(9)],
];

export class Rubbish {
  readonly #dice: Dice;
  readonly #bearings: Bearings;

  constructor(dice: Dice, bearings: Bearings) {
    this.#dice = dice;
    this.#bearings = bearings;
  }

  /** What a WebSocket frame carries. */
  frame(): Buffer {
    const kind = this.#below(40);
    if (kind < 6) return this.#bytes(RANDOM_BYTES_MAX);
    if (kind === 6) {
      const code = PROTOCOL_CODES.first + this.#below(PROTOCOL_CODES.count);
      return Buffer.concat([Buffer.of(code), this.#bytes(RANDOM_BYTES_MAX)]);
    }
    const [type, body] = this.#one(this.#honest());
    // Flipped bytes mostly cost the seat, and then one has to be found again: fewer of those.
    if (kind < 9) return this.#flipped(this.#packed(type, body));
    return this.#packed(type, this.#tampered(body));
  }

  /** What goes onto a WebSocket's connection in place of frames. */
  line(): Buffer {
    return this.#bytes(RANDOM_BYTES_MAX);
  }

  /** What an HTTP request carries. */
  body(): Buffer {
    const kind = this.#below(40);
    if (kind === 0) return Buffer.alloc(HUGE_BODY_BYTES, "[");
    if (kind === 1) return Buffer.from(`${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`);
    if (kind < 10) return this.#bytes(RANDOM_BYTES_MAX);
    const honest = this.#one([
      { sectorId: this.#bearings.sectorId, protocol: 1 },
      { sectorId: this.#bearings.sectorId, spectate: true },
      { sectorId: this.#bearings.sectorId, protocol: 1, cursor: 3 },
      { reconnectionToken: "token" },
      { name: "Ada" },
    ]);
    const text = JSON.stringify(this.#tampered(honest), (_, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    return kind < 25 ? Buffer.from(text) : this.#flipped(Buffer.from(text));
  }

  /** A part of an address, where a sector's number or a room's name belongs. */
  word(): string {
    const { sectorId } = this.#bearings;
    const words = [
      "sector",
      "joinOrCreate",
      "reconnect",
      `${sectorId}`,
      `sector-${sectorId}`,
      "0",
      "-1",
      "1e9",
    ];
    if (this.#below(2) === 0) return this.#one(words);
    return this.#bytes(20).toString("base64url");
  }

  #honest(): readonly (readonly [type: string, body: Readonly<Record<string, unknown>>])[] {
    const { shipId, stationId, sectorId } = this.#bearings;
    const requestId = `r${this.#below(1_000_000)}`;
    return [
      ["harvest", { requestId }],
      ["harvest", { requestId, shipId }],
      ["attack", { requestId, targetId: shipId }],
      ["warp", { requestId, sectorId: sectorId + 1 }],
      ["dock", { requestId, stationId }],
      ["undock", { requestId }],
      ["claim_hull", { requestId }],
      ["flee", { requestId }],
      ["ack", { eventId: 3 }],
    ];
  }

  /** Some fields hold something else, are gone, or are there besides. */
  #tampered(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const tampered = { ...body };
    for (let changes = this.#below(3); changes >= 0; changes--) {
      const field = this.#one([...Object.keys(body), "__proto__", "more"]);
      if (this.#below(4) === 0) delete tampered[field];
      else
        Object.defineProperty(tampered, field, {
          value: this.#one(STRANGE),
          enumerable: true,
          configurable: true,
        });
    }
    return tampered;
  }

  #packed(type: string, body: Readonly<Record<string, unknown>>): Buffer {
    const bytes = Buffer.from(getMessageBytes.raw(Protocol.ROOM_DATA, type, body));
    if (this.#below(5) > 0) return bytes;
    // The same as a request that Colyseus answers by itself.
    return Buffer.concat([Buffer.of(Protocol.ROOM_REQUEST, this.#below(256)), bytes.subarray(1)]);
  }

  /** Some bytes are others, or the end is missing. */
  #flipped(bytes: Buffer): Buffer {
    for (let flips = this.#below(8); flips >= 0; flips--) {
      if (bytes.length > 0) bytes[this.#below(bytes.length)] = this.#below(256);
    }
    return this.#below(4) === 0 ? bytes.subarray(0, this.#below(bytes.length + 1)) : bytes;
  }

  #bytes(lengthMax: number): Buffer {
    return Buffer.from(Array.from({ length: this.#below(lengthMax) }, () => this.#below(256)));
  }

  #one<Value>(values: readonly Value[]): Value {
    return itemAt(values, this.#below(values.length));
  }

  #below(limit: number): number {
    return this.#dice.u32() % limit;
  }
}
