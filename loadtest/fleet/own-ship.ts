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

/** Something that runs in the room and whose end will be told. */
interface Running {
  readonly kind: "harvest" | "fight";
  readonly dueMs: number;
  /** True while the line has held since it began: then the telling of its end can be timed. */
  isTimed: boolean;
}

export class OwnShip {
  readonly sighting: Sighting;
  /** The station that it is docked at. */
  dockedAt: string | null = null;
  isPod = false;
  numbers: PilotNumbers | null = null;
  readonly #session: () => Session | null;
  readonly #measure: Measure;
  readonly #airspace: Airspace;
  readonly #running = new Map<string, Running>();

  constructor(session: () => Session | null, parts: { measure: Measure; airspace: Airspace }) {
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

  get isFighting(): boolean {
    return performance.now() < this.sighting.fightingUntilMs;
  }

  canMine(sectorType: string): boolean {
    if (this.numbers === null || sectorType !== "ASTEROID_FIELD") return false;
    return this.numbers.equipment.mining_laser !== undefined && this.numbers.cargoFree > 0;
  }

  arrived(sectorId: number, me: Me | null): void {
    this.#airspace.moved(this.sighting, sectorId);
    for (const running of this.#running.values()) running.isTimed = false;
    if (me === null) return;
    this.dockedAt = me.status === "DOCKED" ? me.stationId : null;
    this.isPod = me.shipType === "ESCAPE_POD";
  }

  counted(numbers: PilotNumbers): void {
    this.numbers = numbers;
    // Nothing of ours runs any more: what we still waited for has died with its room.
    if (numbers.turnsReserved === 0) this.#running.clear();
  }

  told(type: string, payload: Readonly<Record<string, unknown>>): void {
    const { harvestId, fightId } = outcomeSchema.parse(payload);
    const running = this.#running.get(harvestId ?? fightId ?? "");
    this.#running.delete(harvestId ?? fightId ?? "");
    if (running?.isTimed === true && type === "mining_harvest_completed") {
      this.#measure.took("harvest outcome, after it was due", performance.now() - running.dueMs);
    }
    if (type === "combat_resolved") {
      this.sighting.fightingUntilMs = 0;
      if (destroyedSchema.parse(payload).destroyedShipId === this.sighting.shipId) this.isPod = true;
    }
  }

  /** @param prey who was attacked, if somebody was */
  answered(kind: string, reply: Reply, prey: Sighting | undefined): void {
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
      this.#begin("harvest", harvestId, endTick - startTick);
    }
    if (kind === "attack") {
      const { fightId, startTick, endTick } = fightSchema.parse(reply.accepted);
      const dueMs = this.#begin("fight", fightId, endTick - startTick);
      this.sighting.fightingUntilMs = dueMs;
      if (prey !== undefined) prey.fightingUntilMs = dueMs;
    }
  }

  #begin(kind: Running["kind"], id: string, ticks: number): number {
    const session = this.#session();
    const dueMs = performance.now() + ticks * (session?.tickMs ?? 0);
    // An answer that came late can come after the event of its own outcome.
    const isOver = session?.ledger.events.some(
      ({ payload }) => payload.harvestId === id || payload.fightId === id,
    );
    if (isOver !== true) this.#running.set(id, { kind, dueMs, isTimed: true });
    return dueMs;
  }
}
