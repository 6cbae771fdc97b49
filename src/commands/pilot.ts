import { cargoFree, type PilotEvent, type PlayerRow, type ShipRow } from "../persistence/books.ts";
import type { RunningHarvest } from "../persistence/mining-scene.ts";
import type { PilotRecord } from "../persistence/pilots.ts";
import { nextTurnMs, turnMs, withTurnsDue } from "../persistence/turns.ts";
import type { Answer, SettledRows } from "../persistence/work.ts";
import { licenseHolds, licenseUntil } from "../rules/licenses.ts";
import { HARVEST_TURNS } from "../rules/mining.ts";
import { regenerateShield } from "../rules/ships.ts";
import type { Surface } from "../rules/surfaces.ts";
import { Action, Ship } from "../schema/sector.ts";
import type { LiveFight } from "./fight.ts";
import type { Appointment } from "./schedule.ts";

/** Where a pilot's messages go: the client that has control of the ship. */
export interface PilotClient {
  send(type: string, payload: unknown): void;
}

/** A harvest that runs, or that has come due or been interrupted and is becoming durable. */
export interface LiveHarvest {
  readonly running: RunningHarvest;
  phase: "running" | "due" | "interrupted";
  appointment: Appointment | null;
}

/** Answers to a pilot's latest requests, so that a repeat of one under way is answered without the database. */
const RECENT_ANSWERS_MAX = 32;

interface RecentAnswer {
  readonly fingerprint: string;
  readonly answer: Answer;
}

/** A pilot whose ship is in the sector, with a client or (for a while) without one. */
export class Pilot {
  readonly userId: string;
  readonly record: PilotRecord;
  player: PlayerRow;
  ship: ShipRow;
  standings: Map<string, number>;
  /** Somebody else than this room may have moved them since they were read. */
  hasOldStandings = false;
  lastCompletedHarvestMs: number | null;
  /** When the current licence for this sector ends; the transaction decides, this is what the pilot is shown. */
  licenseExpiresMs: number | null;
  client: PilotClient | null = null;
  /** Through what they play: of the session that has control of the ship, or had it last. Null where it does not say. */
  surface: Surface | null = null;
  harvest: LiveHarvest | null = null;
  fight: LiveFight | null = null;
  /** Settled when no move of the ship (warp, dock …) is on its way to the database. */
  moving: Promise<unknown> | null = null;
  /** Outcomes on their way to the database. Their events come with them, not before the room knows of them. */
  settling = 0;
  /** The newest event that was sent to the client, and the newest that it said it has. */
  sentSeq: number;
  ackedSeq: number;
  /** The newest event that this room knows of. */
  #newestSeq = 0;
  readonly #recentCostly = new Map<string, RecentAnswer>();
  /** By themselves: what is free to ask must not push out the answer to what runs, which nobody else knows yet. */
  readonly #recentFree = new Map<string, RecentAnswer>();

  constructor(userId: string, record: PilotRecord) {
    this.userId = userId;
    this.record = record;
    this.player = record.player;
    this.ship = record.ship;
    this.standings = new Map(record.standings);
    this.licenseExpiresMs = record.licenseExpiresMs;
    this.lastCompletedHarvestMs = record.lastCompletedHarvestMs;
    this.sentSeq = record.player.eventSeq;
    this.ackedSeq = record.player.eventSeq;
  }

  get id(): string {
    return this.player.id;
  }

  get newestSeq(): number {
    return Math.max(this.#newestSeq, this.sentSeq, this.player.eventSeq);
  }

  /** Something runs that has to end by its own rules before the ship can go. */
  get isBound(): boolean {
    return this.harvest !== null || this.fight !== null || this.moving !== null;
  }

  /** A harvest runs or has come due. One that was interrupted binds the ship until that is durable, but mines no more. */
  get isMining(): boolean {
    return this.harvest !== null && this.harvest.phase !== "interrupted";
  }

  /** The stored row says that the ship harmonizes or is in maintenance: no command of its pilot began it or can end it. */
  get isLaidUp(): boolean {
    return this.ship.status !== "IN_SPACE" && this.ship.status !== "DOCKED";
  }

  /** Whether, as far as this room knows, a licence for this sector holds at a moment. */
  isLicensed(atMs: number): boolean {
    return this.licenseExpiresMs !== null && licenseHolds(licenseUntil(this.licenseExpiresMs), atMs);
  }

  /** Turns that running commands will take when they end. */
  get reservedTurns(): number {
    const mining = this.harvest === null ? 0 : HARVEST_TURNS;
    const fighting = this.fight !== null && this.fight.attacker.pilot === this ? this.fight.turnsSpent : 0;
    return mining + fighting;
  }

  /** Turns that can be spent at `nowMs`: the balance with what has come back, less what is reserved. */
  turnsAvailable(turnsPerDay: number, nowMs: number): number {
    return withTurnsDue(this.player, turnsPerDay, nowMs).turns - this.reservedTurns;
  }

  /** Takes over what a commit left of this pilot's rows. */
  absorb(rows: SettledRows): void {
    this.player = rows.players.find((row) => row.id === this.player.id) ?? this.player;
    this.ship = rows.ships.find((row) => row.id === this.player.currentShipId) ?? this.ship;
    for (const standing of rows.standings) {
      if (standing.playerId === this.player.id) this.standings.set(standing.factionCode, standing.value);
    }
  }

  /** Takes over what more than rooms change, as it was read anew. */
  renew({ standings }: Pick<PilotRecord, "standings">): void {
    this.standings = new Map(standings);
    this.hasOldStandings = false;
  }

  /** @param costs whether it is kept in the database, too, once it is durable */
  remember(requestId: string, recent: RecentAnswer, costs: boolean): void {
    const answers = costs ? this.#recentCostly : this.#recentFree;
    answers.set(requestId, recent);
    const [oldest] = answers.keys();
    if (answers.size > RECENT_ANSWERS_MAX && oldest !== undefined) answers.delete(oldest);
  }

  recall(requestId: string): RecentAnswer | null {
    return this.#recentCostly.get(requestId) ?? this.#recentFree.get(requestId) ?? null;
  }

  /**
   * Sends the events that come next in the feed. One that does not (something before it was written elsewhere) is
   * left for the reader of the feed, which sends both in order.
   */
  tell(events: readonly PilotEvent[]): void {
    if (this.client === null) return;
    for (const event of events) {
      if (event.playerId !== this.player.id || event.seq !== this.sentSeq + 1) continue;
      this.sentSeq = event.seq;
      this.#newestSeq = Math.max(this.#newestSeq, event.seq);
      this.client.send(event.type, { ...event.payload, eventId: event.seq });
    }
  }

  sendSnapshot(turnsPerDay: number, nowMs: number): void {
    this.client?.send("pilot", this.snapshot(turnsPerDay, nowMs));
  }

  /** What only this pilot may see. */
  snapshot(turnsPerDay: number, nowMs: number) {
    const player = withTurnsDue(this.player, turnsPerDay, nowMs);
    return {
      playerId: player.id,
      shipId: this.ship.id,
      credits: player.credits,
      turns: player.turns - this.reservedTurns,
      turnsReserved: this.reservedTurns,
      maxTurns: player.maxTurns,
      nextTurnAtMs: nextTurnMs(this.player, turnsPerDay, nowMs),
      msPerTurn: turnMs(this.player, turnsPerDay),
      cargo: this.ship.cargo,
      cargoFree: cargoFree(this.ship),
      cargoCapacity: this.ship.cargoCapacity,
      equipment: this.ship.equipment,
      standing: Object.fromEntries(this.standings),
      attackDrones: player.attackDrones,
      defenseDrones: player.defenseDrones,
      quantumShards: player.quantumShards,
      quantumCrystals: player.quantumCrystals,
    };
  }

  /** The ship's shield as regrown since it was last written; in a fight its own rounds say what is left. */
  shieldAt(nowMs: number): number {
    const { type: hullType, shield, shieldMax: maxShield, shieldAnchorMs: anchorMs } = this.ship;
    return regenerateShield({ hullType, shield, maxShield, anchorMs }, nowMs).shield;
  }

  /** Where the ship is docked; empty when it is not. */
  get stationId(): string {
    return this.ship.dockedStationId ?? "";
  }

  /** The ship as everybody sees it. */
  toPublic(nowMs: number): Ship {
    const ship = new Ship();
    ship.shipId = this.ship.id;
    ship.pilotId = this.player.id;
    ship.pilotName = this.record.name;
    ship.pilotColor = this.record.color;
    ship.teamId = this.record.teamId ?? "";
    ship.name = this.ship.name;
    ship.hullType = this.ship.type;
    ship.status = this.ship.status;
    ship.stationId = this.stationId;
    ship.hull = this.ship.hull;
    ship.hullMax = this.ship.hullMax;
    ship.shield = this.shieldAt(nowMs);
    ship.shieldMax = this.ship.shieldMax;
    ship.action = new Action();
    return ship;
  }
}
