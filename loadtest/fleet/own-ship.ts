/** What a pilot knows of the own ship: where it is, what it is doing, and when that ends. */
import { z } from "zod";
import type { Airspace, Sighting } from "./charts.ts";
import type { Reply } from "./ledger.ts";
import type { Measure } from "./measure.ts";
import type { Me, PilotNumbers, Session } from "./session.ts";

/** What was promised for a tick and has not come so long after it is not waited for any more. */
const LATE_MS_MAX = 15_000;
/** Somebody else's fight with us: how long is told to them alone. */
const FIGHT_MS = 2_000;

const harvestSchema = z.object({ harvestId: z.string(), startTick: z.int(), endTick: z.int() });
const fightSchema = z.object({ fightId: z.string(), startTick: z.int(), endTick: z.int() });
const dockedSchema = z.object({ stationId: z.string() });
const outcomeSchema = z.object({ harvestId: z.string().optional(), fightId: z.string().optional() });
const destroyedSchema = z.object({ destroyedShipId: z.string().nullable() });

const OUTCOME = "harvest outcome, after it was due";
/** What was told before it can have been due: time runs alike here and there, or somebody is paid for less than they waited. */
export const OUTCOME_EARLY = "harvest outcomes before they were due";
/** Two machines' clocks do not run at quite the same rate; whatever they are, they differ by far less than this. */
const CLOCK_RATES_DIFFER_MAX = 0.001;
/** The room tells an end with the numbers that show it, and looks for what it could not tell once a second. */
const SILENT_MS_MAX = 5_000;

/** What it needs to know of the pilot's session. */
type Stay = Pick<Session, "shipId" | "isConnected" | "tickMs" | "ledger">;

/** Something that runs in the room and whose end will be told. */
interface Running {
  readonly kind: "harvest" | "fight";
  /** The earliest moment at which its last tick can begin, of `performance.now()`. */
  readonly dueMs: number;
  /** How much sooner it may seem to be over than it is due. */
  readonly earlyMsMax: number;
  /** True while the line has held since it was asked for: then the telling of its end can be timed. */
  isTimed: boolean;
  /** Runs since the pilot's numbers have said that it is over. */
  silence: NodeJS.Timeout | null;
}

export class OwnShip {
  readonly sighting: Sighting;
  /** The station that it is docked at. */
  dockedAt: string | null = null;
  isPod = false;
  numbers: PilotNumbers | null = null;
  readonly #session: () => Stay | null;
  readonly #measure: Measure;
  readonly #airspace: Airspace;
  readonly #running = new Map<string, Running>();
  #arrivedMs = 0;

  constructor(session: () => Stay | null, parts: { measure: Measure; airspace: Airspace }) {
    this.#session = session;
    this.#measure = parts.measure;
    this.#airspace = parts.airspace;
    const isPrey = () => session()?.isConnected === true && this.dockedAt === null && !this.isPod;
    this.sighting = {
      get shipId() {
        return session()?.shipId ?? "";
      },
      get isPrey() {
        return isPrey();
      },
      fightingUntilMs: 0,
    };
  }

  /** Nothing of it runs whose end would be told. */
  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  get isMining(): boolean {
    const nowMs = performance.now();
    return [...this.#running.values()].some(
      ({ kind, dueMs }) => kind === "harvest" && nowMs < dueMs + LATE_MS_MAX,
    );
  }

  /** A harvest is over by now, and how it ended has not been told. */
  get isOutcomeLate(): boolean {
    const nowMs = performance.now();
    return [...this.#running.values()].some(({ kind, dueMs }) => kind === "harvest" && dueMs < nowMs);
  }

  /** Writes into the measure how long each outcome has been waited for by now. */
  measureWaiting(nowMs: number): void {
    for (const { kind, dueMs, isTimed } of this.#running.values()) {
      if (kind === "harvest" && isTimed && dueMs < nowMs) this.#measure.waits(OUTCOME, nowMs - dueMs);
    }
  }

  get isFighting(): boolean {
    return performance.now() < this.sighting.fightingUntilMs;
  }

  canMine(sectorType: string): boolean {
    if (this.numbers === null || sectorType !== "ASTEROID_FIELD") return false;
    return this.numbers.equipment.mining_laser !== undefined && this.numbers.cargoFree > 0;
  }

  arrived(sectorId: number, me: Me | null): void {
    this.#airspace.moved(this.sighting, sectorId);
    this.#arrivedMs = performance.now();
    for (const running of this.#running.values()) {
      running.isTimed = false;
      clearTimeout(running.silence ?? undefined);
    }
    // The new line's numbers may have been there before.
    this.#forgetOver();
    if (me === null) return;
    this.dockedAt = me.status === "DOCKED" ? me.stationId : null;
    this.isPod = me.shipType === "ESCAPE_POD";
  }

  counted(numbers: PilotNumbers): void {
    this.numbers = numbers;
    this.#forgetOver();
  }

  told(type: string, payload: Readonly<Record<string, unknown>>): void {
    const { harvestId, fightId } = outcomeSchema.parse(payload);
    const running = this.#running.get(harvestId ?? fightId ?? "");
    this.#running.delete(harvestId ?? fightId ?? "");
    clearTimeout(running?.silence ?? undefined);
    if (running?.isTimed === true && type === "mining_harvest_completed") {
      const lateMs = performance.now() - running.dueMs;
      if (lateMs < -running.earlyMsMax) this.#measure.count(OUTCOME_EARLY);
      else this.#measure.took(OUTCOME, lateMs);
    }
    if (type === "combat_resolved") {
      this.sighting.fightingUntilMs = 0;
      if (destroyedSchema.parse(payload).destroyedShipId === this.sighting.shipId) this.isPod = true;
    }
  }

  /** @param askedMs of `performance.now()` @param prey who was attacked, if somebody was */
  answered(kind: string, reply: Reply, askedMs: number, prey: Sighting | undefined): void {
    if (reply === null) return;
    if ("refused" in reply) {
      if (reply.refused === "ship_in_combat") this.sighting.fightingUntilMs = performance.now() + FIGHT_MS;
      return;
    }
    if (kind === "dock") this.dockedAt = dockedSchema.parse(reply.accepted).stationId;
    if (kind === "undock") this.dockedAt = null;
    if (kind === "claim_hull") this.isPod = false;
    if (kind === "harvest") {
      const { harvestId, startTick, endTick } = harvestSchema.parse(reply.accepted);
      this.#begin("harvest", harvestId, endTick - startTick, askedMs);
    }
    if (kind === "attack") {
      const { fightId, startTick, endTick } = fightSchema.parse(reply.accepted);
      const dueMs = this.#begin("fight", fightId, endTick - startTick, askedMs);
      this.sighting.fightingUntilMs = dueMs;
      if (prey !== undefined) prey.fightingUntilMs = dueMs;
    }
  }

  /** From the asking, not from the answer: an answer that comes late would make the outcome look early. */
  #begin(kind: Running["kind"], id: string, ticks: number, askedMs: number): number {
    const session = this.#session();
    // The tick in which it was asked for may have been all but over.
    const lastsMs = (ticks - 1) * (session?.tickMs ?? 0);
    const dueMs = askedMs + lastsMs;
    // An answer that came late can come after the event of its own outcome.
    const isOver = session?.ledger.events.some(
      ({ payload }) => payload.harvestId === id || payload.fightId === id,
    );
    if (isOver === true) return dueMs;
    const isTimed = askedMs > this.#arrivedMs;
    const earlyMsMax = lastsMs * CLOCK_RATES_DIFFER_MAX + 1;
    this.#running.set(id, { kind, dueMs, earlyMsMax, isTimed, silence: null });
    return dueMs;
  }

  /**
   * When the numbers say that nothing of ours runs any more: what we asked for over another line may have died with its
   * room; the end of what we asked for over this one has to be told on it.
   */
  #forgetOver(): void {
    if (this.numbers?.turnsReserved !== 0) return;
    for (const [id, running] of this.#running) {
      if (!running.isTimed) this.#running.delete(id);
      else running.silence ??= this.#expectEnd(id, running);
    }
  }

  /** Writes down that the end of something was not told, unless it is soon or the line is lost. */
  #expectEnd(id: string, running: Running): NodeJS.Timeout {
    const look = () => {
      const session = this.#session();
      if (this.#running.get(id) !== running || !running.isTimed || session?.isConnected !== true) return;
      const seconds = SILENT_MS_MAX / 1000;
      session.ledger.notToldInTime.push(
        `${running.kind} ${id} is over, and ${seconds} s later its end was not told`,
      );
    };
    // What had arrived by then is read first: this thread may have been busy.
    return setTimeout(() => setImmediate(look), SILENT_MS_MAX).unref();
  }
}
