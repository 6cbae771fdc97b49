import { Refusal } from "../errors.ts";
import type { FieldRow, PilotEvent } from "../persistence/books.ts";
import type { SectorCondition } from "../persistence/conditions.ts";
import { depletionOf } from "../persistence/fields.ts";
import type { SectorRecord, WarpRecord } from "../persistence/sectors.ts";
import type { Lease, Settlement, Work } from "../persistence/work.ts";
import { warpTurns } from "../rules/movement.ts";
import { SectorState, type Ship } from "../schema/sector.ts";
import { Conditions, type OpenIncident } from "./conditions.ts";
import type { Pilot } from "./pilot.ts";
import { Schedule } from "./schedule.ts";
import { describeSector } from "./sector-state.ts";
import type { Services } from "./services.ts";

export const TICK_MS = 100;

/** What a sector needs of the room that holds it. */
export interface SectorHost {
  /** To everybody in the sector, spectators too. */
  broadcast(type: string, payload: unknown): void;
  /** Something changes here, or will be due. */
  stirred(): void;
  /** The lease is another room's: this one may write nothing any more. */
  lost(): void;
  /** What this room shows can no longer be trusted: it ends, and its pilots join it again as the database has it. */
  failed(error: unknown): void;
  /** A harvest may have been one too many: if a patrol was sent, it is let in. */
  patrolOrdered(): void;
  /** The pilot's ship is gone from the sector, and their client should follow it. */
  departed(pilot: Pilot): void;
}

/** What a room gets when it opens its sector. */
export interface OpenedSector {
  readonly lease: Lease;
  readonly sector: SectorRecord;
  readonly conditions: readonly SectorCondition[];
  readonly incident: OpenIncident | null;
}

/** A patrol alone keeps no room open. */
function isIdleNpc(pilot: Pilot): boolean {
  return pilot.record.isNpc && !pilot.isBound;
}

/** One live sector: who is in it, what runs, and what everybody sees of it. Its room is the only one who calls it. */
export class Sector {
  readonly record: SectorRecord;
  readonly lease: Lease;
  readonly services: Services;
  readonly state = new SectorState();
  readonly schedule: Schedule;
  readonly conditions = new Conditions();
  readonly #pilots = new Map<string, Pilot>();
  readonly #host: SectorHost;
  #field: FieldRow | null;
  readonly #currentTick: () => number;
  #changed = false;
  #version = 0;
  #settling = 0;

  constructor(opened: OpenedSector, services: Services, host: SectorHost, currentTick: () => number) {
    this.record = opened.sector;
    this.lease = opened.lease;
    this.services = services;
    this.#host = host;
    this.schedule = new Schedule(() => host.stirred());
    this.#field = opened.sector.field;
    this.#currentTick = currentTick;
    describeSector(this.state, opened.sector);
    this.state.clockRef.tickMs = TICK_MS;
    this.stampClock();
    this.showRegrown();
    this.conditions.replace(opened.conditions, opened.incident);
    this.showConditions();
  }

  get tick(): number {
    return this.#currentTick();
  }

  get field(): FieldRow | null {
    return this.#field;
  }

  /** Nobody is here and nothing is on its way: the room may end. */
  get isQuiet(): boolean {
    return this.#settling === 0 && [...this.#pilots.values()].every(isIdleNpc);
  }

  /** Nothing runs and nothing is on its way to the database. */
  get isSettled(): boolean {
    return this.#settling === 0 && this.schedule.nextTick === Number.POSITIVE_INFINITY;
  }

  get pilots(): Iterable<Pilot> {
    return this.#pilots.values();
  }

  get pilotCount(): number {
    return this.#pilots.size;
  }

  pilot(playerId: string): Pilot | null {
    return this.#pilots.get(playerId) ?? null;
  }

  pilotOfUser(userId: string): Pilot | null {
    for (const pilot of this.#pilots.values()) if (pilot.userId === userId) return pilot;
    return null;
  }

  pilotOfShip(shipId: string): Pilot | null {
    for (const pilot of this.#pilots.values()) if (pilot.ship.id === shipId) return pilot;
    return null;
  }

  enter(pilot: Pilot): void {
    this.#pilots.set(pilot.id, pilot);
    this.state.ships.set(pilot.ship.id, pilot.toPublic(this.services.clock.nowMs()));
    this.touch();
  }

  /** Takes the pilot's ship out of the sector. Nothing of theirs may be running. */
  leave(pilot: Pilot): void {
    if (pilot.isBound) throw new Error(`pilot ${pilot.id} leaves while a command runs`);
    if (this.#pilots.get(pilot.id) !== pilot) throw new Error(`pilot ${pilot.id} has left before`);
    this.#pilots.delete(pilot.id);
    this.state.ships.delete(pilot.ship.id);
    this.touch();
    this.#host.departed(pilot);
  }

  /** The pilot flies another ship than before: that one goes, this one comes. */
  replaceShip(pilot: Pilot, formerShipId: string): void {
    this.state.ships.delete(formerShipId);
    this.state.ships.set(pilot.ship.id, pilot.toPublic(this.services.clock.nowMs()));
    this.touch();
  }

  publicShip(pilot: Pilot): Ship {
    const ship = this.state.ships.get(pilot.ship.id);
    if (ship === undefined) throw new Error(`ship ${pilot.ship.id} is not in sector ${this.record.sectorId}`);
    return ship;
  }

  /** What everybody sees has changed and goes out with the next patch. */
  touch(): void {
    this.#changed = true;
    this.#version++;
    this.#host.stirred();
  }

  /** Another number after each change of what everybody sees. */
  get version(): number {
    return this.#version;
  }

  /** Until when nothing changes here by itself; null when something is due or has yet to go out. */
  get restsUntilMs(): number | null {
    if (this.#changed || this.schedule.nextTick !== Number.POSITIVE_INFINITY) return null;
    return this.state.replenishesAtMs === 0 ? Number.POSITIVE_INFINITY : this.state.replenishesAtMs;
  }

  get hasChanged(): boolean {
    return this.#changed;
  }

  /** @returns whether something changed since it was taken last. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  broadcast(type: string, payload: unknown): void {
    this.#host.broadcast(type, payload);
  }

  /** A field fills by itself: when its countdown is over, everybody sees it full. Nothing is written for that. */
  showRefill(): void {
    const { replenishesAtMs } = this.state;
    if (this.#field === null || replenishesAtMs === 0) return;
    if (this.services.clock.nowMs() >= replenishesAtMs) this.#showField(this.#field);
  }

  /** Tells clients which server time the current tick has, so that they can draw progress by themselves. */
  stampClock(): void {
    this.state.clockRef.tick = this.tick;
    this.state.clockRef.serverMs = this.services.clock.nowMs();
    this.touch();
  }

  /** Who arrives sees the field and the shields as they are now: nothing is sent while they regrow. */
  showRegrown(): void {
    if (this.#field !== null) this.#showField(this.#field);
    const nowMs = this.services.clock.nowMs();
    for (const pilot of this.#pilots.values()) {
      if (pilot.fight === null) this.publicShip(pilot).shield = pilot.shieldAt(nowMs);
    }
    this.touch();
  }

  /** What a warp from here costs now. */
  warpTurns({ turnCost }: Pick<WarpRecord, "turnCost">): number {
    const { extraWarpTurns } = this.conditions.effectsAt(this.services.clock.nowMs());
    return warpTurns({ turnCost, isPlayerGate: turnCost === 0, extraTurns: extraWarpTurns });
  }

  /** Shows what incidents do to the sector at this moment. */
  showConditions(): void {
    if (!this.conditions.show(this.state, this.services.clock.nowMs())) return;
    for (const warp of this.record.warps) {
      const shown = this.state.warps.get(String(warp.toSectorId));
      if (shown !== undefined) shown.turnCost = this.warpTurns(warp);
    }
    this.touch();
  }

  /** A harvest may have been one too many: if a patrol was sent, it is let in. */
  letPatrolsIn(): void {
    this.#host.patrolOrdered();
  }

  /** Runs what is due. Everything due at a tick comes before any message that arrives after it. */
  step(tick: number): void {
    for (const appointment of this.schedule.takeDue(tick)) this.reliably(appointment.run);
  }

  /**
   * To be called when a request that has waited for something goes on: its pilot's ship may have left meanwhile, and
   * what has come due by now comes before it, even if this tick's beat is late.
   * @throws Refusal when the ship is no longer here
   */
  readyFor(pilot: Pilot): void {
    if (this.#pilots.get(pilot.id) !== pilot) {
      throw new Refusal("not_in_sector", { sectorId: pilot.ship.sectorId });
    }
    this.step(this.tick);
  }

  /**
   * Makes an outcome durable and takes over what it left: rows, field, events. A fenced one ends this room.
   * The room stays until every settlement has been answered.
   */
  async settle(work: Work): Promise<Settlement> {
    const pilots = work.playerIds.flatMap((id) => this.#pilots.get(id) ?? []);
    this.#settling++;
    for (const pilot of pilots) pilot.settling++;
    try {
      const settlement = await this.services.queue.submit(work);
      const { kind } = settlement;
      if (kind === "fenced" || (kind === "repeated" && settlement.isFenced)) this.#host.lost();
      return settlement;
    } finally {
      this.#settling--;
      for (const pilot of pilots) pilot.settling--;
    }
  }

  /** Shows what is durable already. If that fails, the room does, not the request. */
  reliably(show: () => void): void {
    try {
      show();
    } catch (error) {
      this.#host.failed(error);
    }
  }

  /** Lets something run on that nobody waits for. */
  background(work: Promise<void>): void {
    work.catch((error: unknown) => this.#host.failed(error));
  }

  /** Shows a settlement to the pilots it concerns: their rows, their events, the field. */
  publish(settlement: Settlement & { kind: "applied" | "repeated" }, concerned: readonly Pilot[]): void {
    for (const pilot of concerned) pilot.absorb(settlement.rows);
    if (settlement.rows.field !== null) this.#showField(settlement.rows.field);
    if (settlement.kind === "applied") this.#tell(settlement.events, concerned);
    for (const pilot of concerned) this.sendSnapshot(pilot);
  }

  sendSnapshot(pilot: Pilot): void {
    const { settings, clock } = this.services;
    pilot.sendSnapshot(settings.turnsPerDay, clock.nowMs());
  }

  /** The ship does nothing that lasts any more. */
  endAction(pilot: Pilot): void {
    const { action } = this.publicShip(pilot);
    action.kind = "";
    action.startTick = 0;
    action.endTick = 0;
    action.targetId = "";
    this.touch();
  }

  /** The ship's durable status, unless something that runs says more. */
  showShip(pilot: Pilot): void {
    const ship = this.publicShip(pilot);
    ship.status = pilot.fight !== null ? "IN_COMBAT" : pilot.isMining ? "MINING" : pilot.ship.status;
    ship.stationId = pilot.stationId;
    if (pilot.fight === null) {
      ship.hull = pilot.ship.hull;
      ship.shield = pilot.shieldAt(this.services.clock.nowMs());
    }
    this.touch();
  }

  #tell(events: readonly PilotEvent[], concerned: readonly Pilot[]): void {
    for (const pilot of concerned) pilot.tell(events.filter((event) => event.playerId === pilot.id));
  }

  #showField(field: FieldRow): void {
    this.#field = field;
    const { state, dueMs } = depletionOf(field, this.services.clock.nowMs());
    if (this.state.depletion === state && this.state.replenishesAtMs === (dueMs ?? 0)) return;
    this.state.depletion = state;
    this.state.replenishesAtMs = dueMs ?? 0;
    this.touch();
  }
}
