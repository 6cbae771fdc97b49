/** A pilot who plays by a mix of actions, each at its time. */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import type { Airspace, Chart, Charts, Sighting } from "./charts.ts";
import { goodsFor } from "./goods.ts";
import { type HttpClient, HttpRefusal } from "./http.ts";
import type { Reply } from "./ledger.ts";
import type { Connector } from "./line.ts";
import type { Measure } from "./measure.ts";
import { type Me, type PilotNumbers, Session } from "./session.ts";

export const ACTIONS = ["harvest", "attack", "warp", "dock", "sell", "drop"] as const;
export type Action = (typeof ACTIONS)[number];
/** How often each is chosen, relative to the others. */
export type Mix = Readonly<Record<Action, number>>;

/** How long a pilot who lost the line stays away. */
const AWAY_MS_MAX = 2_000;
/** What was promised for a tick and has not come so long after it is not waited for any more. */
const LATE_MS_MAX = 15_000;
const SIGN_IN_AGAIN_MS = 500;

const harvestSchema = z.object({ harvestId: z.string(), startTick: z.int(), endTick: z.int() });
const fightSchema = z.object({ fightId: z.string(), startTick: z.int(), endTick: z.int() });
const dockedSchema = z.object({ stationId: z.string() });
const outcomeSchema = z.object({ harvestId: z.string().optional(), fightId: z.string().optional() });
const destroyedSchema = z.object({ destroyedShipId: z.string().nullable() });

export interface PilotParts {
  readonly http: HttpClient;
  readonly connector: Connector;
  readonly measure: Measure;
  readonly airspace: Airspace;
  readonly charts: Charts;
  readonly random: Prng;
}

export interface PilotOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly mix: Mix;
  /** Flies there first, if a warp leads there from where newcomers begin. */
  readonly homeSectorId: number | null;
}

/** Something that runs in the room and whose end will be told. */
interface Running {
  readonly kind: "harvest" | "fight";
  readonly dueMs: number;
  /** True while the line has held since it began: then the telling of its end can be timed. */
  isTimed: boolean;
}

export class LoadPilot {
  readonly sighting: Sighting;
  readonly #parts: PilotParts;
  readonly #options: PilotOptions;
  readonly #running = new Map<string, Running>();
  #session: Session | null = null;
  #numbers: PilotNumbers | null = null;
  /** The station that the ship is docked at. */
  #dockedAt: string | null = null;
  #isPod = false;
  #isPlaying = false;
  #stopping = false;

  constructor(parts: PilotParts, options: PilotOptions) {
    this.#parts = parts;
    this.#options = options;
    const shipId = () => this.#session?.shipId ?? "";
    const isPrey = () => this.#session?.isConnected === true && this.#dockedAt === null && !this.#isPod;
    this.sighting = {
      get shipId() {
        return shipId();
      },
      get isPrey() {
        return isPrey();
      },
      fightingUntilMs: 0,
    };
  }

  get session(): Session | null {
    return this.#session;
  }

  /** Joined, and where it begins to play. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Nothing of this pilot's is under way any more. */
  get isSettled(): boolean {
    return this.#session === null || (this.#session.unanswered === 0 && this.#running.size === 0);
  }

  stopActing(): void {
    this.#stopping = true;
  }

  /** Plays from `startMs` (of `performance.now()`) until `stopActing`. Never rejects. */
  async play(startMs: number): Promise<void> {
    await until(startMs);
    const session = await this.#signIn();
    if (session === null) return;
    await session.enter();
    this.#parts.measure.took("enter", performance.now() - startMs);
    await this.#flyHome(session);
    this.#isPlaying = true;
    const { everyMs } = this.#options;
    // Everybody at a time of their own.
    let intendedMs = performance.now() + (this.#parts.random.u32() / 2 ** 32) * everyMs;
    while (!this.#stopping) {
      await until(intendedMs);
      if (this.#stopping) break;
      await this.#act(session, intendedMs);
      // From the intended time, not from now: what a slow answer delays is timed from when it should have been.
      intendedMs += everyMs;
    }
  }

  /** Joins once more: what the feed holds comes before the answer to whatever is asked afterwards. */
  async hearTheRest(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    await session.rejoin();
    await session.ask("flee", {}, performance.now());
  }

  async #signIn(): Promise<Session | null> {
    while (!this.#stopping) {
      try {
        this.#session = await Session.signIn(this.#parts, this.#options.name, {
          arrived: (sectorId, me) => this.#arrived(sectorId, me),
          numbers: (numbers) => this.#counted(numbers),
          event: (type, payload) => this.#told(type, payload),
        });
        return this.#session;
      } catch {
        this.#parts.measure.refused("(sign-in)");
        await pause(SIGN_IN_AGAIN_MS);
      }
    }
    return null;
  }

  async #flyHome(session: Session): Promise<void> {
    const { homeSectorId } = this.#options;
    if (homeSectorId === null || session.sectorId === homeSectorId) return;
    await this.#ask(session, "warp", { sectorId: homeSectorId }, performance.now());
  }

  #arrived(sectorId: number, me: Me | null): void {
    this.#parts.airspace.moved(this.sighting, sectorId);
    for (const running of this.#running.values()) running.isTimed = false;
    if (me !== null) {
      this.#dockedAt = me.status === "DOCKED" ? me.stationId : null;
      this.#isPod = me.shipType === "ESCAPE_POD";
    }
  }

  #counted(numbers: PilotNumbers): void {
    this.#numbers = numbers;
    // Nothing of ours runs any more: what we still waited for has died with its room.
    if (numbers.turnsReserved === 0) this.#running.clear();
  }

  #told(type: string, payload: Readonly<Record<string, unknown>>): void {
    const { harvestId, fightId } = outcomeSchema.parse(payload);
    const running = this.#running.get(harvestId ?? fightId ?? "");
    this.#running.delete(harvestId ?? fightId ?? "");
    if (running?.isTimed === true && type === "mining_harvest_completed") {
      this.#parts.measure.took("harvest outcome, after it was due", performance.now() - running.dueMs);
    }
    if (type === "combat_resolved") {
      this.sighting.fightingUntilMs = 0;
      if (destroyedSchema.parse(payload).destroyedShipId === this.#session?.shipId) this.#isPod = true;
    }
    this.#parts.measure.count("outcomes");
  }

  async #act(session: Session, intendedMs: number): Promise<void> {
    const { measure } = this.#parts;
    if (!session.isConnected) return measure.count("turns missed: away");
    if (this.#isMining()) return measure.count("turns missed: mining");
    const action = this.#isFighting() ? "flee" : this.#choose();
    try {
      await this.#perform(session, action, intendedMs);
    } catch (error) {
      // A chart that could not be had; the next turn asks again.
      measure.refused(`(chart) ${error instanceof HttpRefusal ? error.code : "no connection"}`);
    }
  }

  #isMining(): boolean {
    const nowMs = performance.now();
    return [...this.#running.values()].some(
      ({ kind, dueMs }) => kind === "harvest" && nowMs < dueMs + LATE_MS_MAX,
    );
  }

  #isFighting(): boolean {
    return performance.now() < this.sighting.fightingUntilMs;
  }

  #choose(): Action {
    const { mix } = this.#options;
    const total = ACTIONS.reduce((sum, action) => sum + mix[action], 0);
    let left = (this.#parts.random.u32() / 2 ** 32) * total;
    for (const action of ACTIONS) {
      left -= mix[action];
      if (left < 0) return action;
    }
    return "harvest";
  }

  /** Does it, or what has to be done before it is possible. */
  async #perform(session: Session, action: Action | "flee", intendedMs: number): Promise<void> {
    const { charts, random } = this.#parts;
    if (action === "drop") return void session.drop(random.int(0, AWAY_MS_MAX));
    if (action === "flee") return this.#ask(session, "flee", {}, intendedMs);
    const chart = await charts.sector(session.sectorId);
    if (this.#dockedAt !== null) return this.#trade(session, chart, intendedMs);
    const [station] = chart.stations;
    const calls = action === "dock" || (action === "sell" && this.#goods(station) !== null);
    if ((calls || this.#isPod) && station !== undefined) {
      return this.#ask(session, "dock", { stationId: station.stationId }, intendedMs);
    }
    if (action === "attack" && !this.#isPod) {
      const prey = this.#parts.airspace.preyIn(session.sectorId, this.sighting);
      if (prey.length > 0) return this.#raid(session, random.one(prey), intendedMs);
    }
    if (action === "warp" || !this.#canMine(chart.type)) return this.#warp(session, intendedMs);
    return this.#ask(session, "harvest", {}, intendedMs);
  }

  #goods(station: Chart["stations"][number] | undefined) {
    return goodsFor(station, this.#numbers?.cargo ?? {});
  }

  /** In the dock: a new hull if need be, then what can be sold, then out again. */
  #trade(session: Session, { stations }: Chart, intendedMs: number): Promise<void> {
    const goods = this.#goods(stations.find(({ stationId }) => stationId === this.#dockedAt));
    if (this.#isPod) return this.#ask(session, "claim_hull", {}, intendedMs);
    if (goods !== null && this.#options.mix.sell > 0) return this.#ask(session, "sell", goods, intendedMs);
    return this.#ask(session, "undock", {}, intendedMs);
  }

  #canMine(sectorType: string): boolean {
    const numbers = this.#numbers;
    if (numbers === null || sectorType !== "ASTEROID_FIELD") return false;
    return numbers.equipment.mining_laser !== undefined && numbers.cargoFree > 0;
  }

  async #raid(session: Session, prey: Sighting, intendedMs: number): Promise<void> {
    await this.#ask(session, "attack", { targetId: prey.shipId }, intendedMs, prey);
  }

  async #warp(session: Session, intendedMs: number): Promise<void> {
    const { charts, random } = this.#parts;
    const [chart, start] = await Promise.all([charts.sector(session.sectorId), charts.start()]);
    const ways = chart.warps.map(({ sectorId }) => sectorId);
    const elsewhere = ways.filter((sectorId) => sectorId !== start);
    const choices = elsewhere.length > 0 ? elsewhere : ways;
    if (choices.length === 0) return this.#parts.measure.count("turns missed: no way out");
    return this.#ask(session, "warp", { sectorId: random.one(choices) }, intendedMs);
  }

  async #ask(
    session: Session,
    kind: string,
    body: Readonly<Record<string, unknown>>,
    intendedMs: number,
    prey?: Sighting,
  ): Promise<void> {
    this.#parts.measure.count("actions");
    const reply = await session.ask(kind, body, intendedMs);
    this.#answered(session, kind, reply, prey);
  }

  #answered(session: Session, kind: string, reply: Reply, prey: Sighting | undefined): void {
    if (reply === null) return;
    if ("refused" in reply) {
      if (reply.refused === "ship_in_combat") this.sighting.fightingUntilMs = performance.now() + 2_000;
      return;
    }
    if (kind === "dock") this.#dockedAt = dockedSchema.parse(reply.accepted).stationId;
    if (kind === "undock") this.#dockedAt = null;
    if (kind === "claim_hull") this.#isPod = false;
    if (kind === "harvest") {
      const { harvestId, startTick, endTick } = harvestSchema.parse(reply.accepted);
      this.#begin(session, "harvest", harvestId, endTick - startTick);
    }
    if (kind === "attack") {
      const { fightId, startTick, endTick } = fightSchema.parse(reply.accepted);
      const { dueMs } = this.#begin(session, "fight", fightId, endTick - startTick);
      this.sighting.fightingUntilMs = dueMs;
      if (prey !== undefined) prey.fightingUntilMs = dueMs;
    }
  }

  #begin(session: Session, kind: Running["kind"], id: string, ticks: number): Running {
    const running: Running = { kind, dueMs: performance.now() + ticks * session.tickMs, isTimed: true };
    // An answer that came late can come after the event of its own outcome.
    if (!session.ledger.events.some(({ payload }) => payload.harvestId === id || payload.fightId === id)) {
      this.#running.set(id, running);
    }
    return running;
  }
}

async function until(ms: number): Promise<void> {
  const waitMs = ms - performance.now();
  if (waitMs > 0) await pause(waitMs);
}
