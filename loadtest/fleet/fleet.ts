/** Many pilots in one thread. */
import { setTimeout as pause } from "node:timers/promises";
import { itemAt, Prng } from "../../src/rules/galaxy/prng.ts";
import { Airspace, Charts } from "./charts.ts";
import { HttpClient } from "./http.ts";
import type { Ledger } from "./ledger.ts";
import { Measure, type MeasureParts } from "./measure.ts";
import type { Mix } from "./mix.ts";
import { LoadPilot } from "./pilot.ts";
import { SdkConnector } from "./sdk-line.ts";
import { noTraffic, type Traffic, WireConnector } from "./wire-line.ts";

const LOOK_AGAIN_MS = 50;
/** Whatever has happened is shown by then: patches come at least 2.5 times a second. */
const SHOWN_MS = 1_500;
/** Who has just come in is seen by then, on whatever machine. */
const SEEN_MS_MAX = 10_000;
/** One pilot in so many does not flee, or hardly any fight would go on to its end. */
const BRAVE_EVERY = 3;

export interface FleetOptions {
  /** Servers that are as good as each other; pilots begin at them in turn. */
  readonly urls: readonly string[];
  readonly pilots: number;
  /** This fleet's pilots are number `first`, `first + step` … of all: several fleets make one crowd. */
  readonly first: number;
  readonly step: number;
  readonly joinsPerSecond: number;
  readonly everyMs: number;
  readonly mix: Mix;
  readonly seed: number;
  /** One pilot in so many uses the official SDK; 0 for none. */
  readonly sdkOneIn: number;
  /** Pilots are spread over these; empty where the tool has not made the world. */
  readonly homeSectorIds: readonly number[];
}

export interface FleetProgress {
  /** Pilots that have joined and flown to where they begin to play. */
  readonly playing: number;
  readonly connected: number;
  /** Since the measure was taken last. */
  readonly actions: number;
  readonly outcomes: number;
}

/** What a drain could not bring to an end. */
export interface Drained {
  readonly ledgers: readonly Ledger[];
  /** Pilots with a request that was never answered or an outcome that was never told, or who are not in a room: and why. */
  readonly stuck: readonly string[];
}

export class Fleet {
  readonly measure = new Measure();
  readonly traffic: Traffic = noTraffic();
  readonly #options: FleetOptions;
  readonly #pilots: LoadPilot[];
  #playing: Promise<unknown> = Promise.resolve();

  constructor(options: FleetOptions) {
    this.#options = options;
    const doors = options.urls.map((_, index) => {
      const http = new HttpClient(options.urls, index);
      return { http, wire: new WireConnector(http, this.traffic), sdk: new SdkConnector(http) };
    });
    const charts = new Charts(new HttpClient(options.urls));
    const shared = { measure: this.measure, airspace: new Airspace(), charts };
    const { everyMs, mix, homeSectorIds, first, step, sdkOneIn } = options;
    this.#pilots = Array.from({ length: options.pilots }, (_, index) => {
      const number = first + index * step;
      const isSdk = sdkOneIn > 0 && number % sdkOneIn === 0;
      const { http, wire, sdk } = itemAt(doors, number % doors.length);
      return new LoadPilot(
        {
          ...shared,
          http,
          connector: isSdk ? sdk : wire,
          random: new Prng(`${options.seed}/pilot/${number}`),
        },
        {
          name: `Load ${number}`,
          everyMs,
          mix,
          homeSectorId: homeSectorIds[number % Math.max(1, homeSectorIds.length)] ?? null,
          isBrave: number % BRAVE_EVERY === 0,
        },
      );
    });
  }

  /** Begins to join, at the set rate; everybody plays until `stopActing`. */
  start(): void {
    const startMs = performance.now();
    const { first, step, joinsPerSecond } = this.#options;
    this.#playing = Promise.all(
      this.#pilots.map((pilot, index) =>
        pilot.play(startMs + ((first + index * step) / joinsPerSecond) * 1000),
      ),
    );
  }

  /** What everybody has asked for and was told until now. */
  get ledgers(): readonly Ledger[] {
    return this.#pilots.flatMap(({ session }) => session?.ledger ?? []);
  }

  get progress(): FleetProgress {
    return {
      playing: this.#pilots.filter(({ isPlaying }) => isPlaying).length,
      connected: this.#pilots.filter(({ session }) => session?.isConnected === true).length,
      actions: this.measure.counted("actions"),
      outcomes: this.measure.counted("outcomes"),
    };
  }

  /** What was measured since it was taken last, with what is waited for by now; it begins anew. */
  takeMeasure(): MeasureParts {
    const nowMs = performance.now();
    for (const pilot of this.#pilots) pilot.measureWaiting(nowMs);
    return this.measure.take();
  }

  /** Nobody begins anything new. */
  stopActing(): void {
    for (const pilot of this.#pilots) pilot.stopActing();
  }

  /**
   * Waits for what is under way, then lets everybody join once more, so that whatever their feeds hold has been told,
   * and leave.
   * @param settleMsMax how long what is under way may take; whoever is not done then is `stuck`
   */
  async drain(settleMsMax: number): Promise<Drained> {
    this.stopActing();
    const deadlineMs = performance.now() + settleMsMax;
    const isDone = this.#playing.then(() => true);
    await Promise.race([isDone, pause(settleMsMax, undefined, { ref: false })]);
    while (performance.now() < deadlineMs && this.#pilots.some((pilot) => !pilot.isSettled)) {
      await pause(LOOK_AGAIN_MS);
    }
    const waited = this.#pilots.map(({ waitsFor }) => waitsFor);
    // Once as patch after patch has made it, and once as somebody sees it who has just come.
    await this.#lookAround(deadlineMs);
    await this.#hearTheRest(settleMsMax);
    await this.#lookAround(deadlineMs);
    const stuck = this.#pilots.flatMap((pilot, index) => {
      const why = waited[index] ?? pilot.isOut;
      return why === null ? [] : `${pilot.name}: ${why}`;
    });
    const ledgers = this.#pilots.flatMap(({ session }) => session?.ledger ?? []);
    for (const pilot of this.#pilots) pilot.end();
    return { ledgers, stuck };
  }

  /** Those who decode state keep what it shows, once everybody is in a room. */
  async #lookAround(deadlineMs: number): Promise<void> {
    const seeing = this.#pilots.filter(({ isSeeing }) => isSeeing);
    if (seeing.length === 0) return;
    const isIn = ({ session }: LoadPilot) => session === null || session.isConnected;
    while (performance.now() < deadlineMs && !this.#pilots.every(isIn)) await pause(LOOK_AGAIN_MS);
    // Whoever comes in meanwhile need not be seen yet.
    const playersIn = this.#pilots.flatMap(({ session }) =>
      session?.isConnected === true ? (session.ledger.playerId ?? []) : [],
    );
    await pause(SHOWN_MS);
    const seenMs = performance.now() + SEEN_MS_MAX;
    while (performance.now() < seenMs && !seeing.every((pilot) => this.#seesAll(pilot)))
      await pause(LOOK_AGAIN_MS);
    for (const pilot of seeing) if (pilot.isSettled) pilot.look(playersIn);
  }

  /** As far as the fleet knows who is there. */
  #seesAll({ session }: LoadPilot): boolean {
    if (session?.shown == null) return true;
    const { sectorId, ships } = session.shown;
    const seen = new Set(ships.map(({ shipId }) => shipId));
    return this.#pilots.every(
      ({ session: other }) =>
        other?.isConnected !== true || seen.has(other.shipId) === (other.sectorId === sectorId),
    );
  }

  /** In the order in which they came, at the rate in which they came. */
  async #hearTheRest(msMax: number): Promise<void> {
    const { step, joinsPerSecond } = this.#options;
    const startMs = performance.now();
    const rejoin = async (pilot: LoadPilot, index: number) => {
      const waitMs = startMs + ((index * step) / joinsPerSecond) * 1000 - performance.now();
      if (waitMs > 0) await pause(waitMs);
      await pilot.hearTheRest();
    };
    const all = Promise.all(this.#pilots.map(rejoin)).then(() => true);
    const joinMs = (this.#pilots.length * step * 1000) / joinsPerSecond;
    await Promise.race([all, pause(joinMs + msMax, undefined, { ref: false })]);
  }
}
