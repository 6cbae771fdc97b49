import type { Cargo, Commodity } from "../rules/commodities.ts";
import type { LaserLevel, RichnessTier } from "../rules/mining.ts";
import type { Surplus } from "../rules/prices.ts";
import type { RewardType, SpendingPurpose } from "../rules/rewards.ts";
import type { HullType } from "../rules/ships.ts";
import type { CombatLogRow } from "./combat.ts";
import type { Boon, SectorCondition } from "./conditions.ts";
import type { DealRow } from "./deals.ts";
import { Journal, Shelf } from "./drafts.ts";
import type { LicenseRow } from "./licenses.ts";
import type { HarvestRow } from "./mining.ts";
import type { MovementRow } from "./movement.ts";
import type { PatrolRow } from "./patrols.ts";

/** Equipment by slot key, as it is stored on the ship. */
export interface Equipment {
  mining_laser?: { level: LaserLevel };
  ecm_suite?: { level: number };
  tractor_beam?: { level: number };
  /** One that was taken out: its level comes back with the next. */
  removed_mining_laser?: { level: LaserLevel };
}

export interface PlayerRow {
  readonly id: string;
  readonly credits: number;
  readonly militaryRank: string;
  readonly turns: number;
  readonly maxTurns: number;
  readonly lifetimeTurnsRegenerated: number;
  readonly lifetimeTurnsSpent: number;
  /** Up to when turns have been credited. */
  readonly turnsAnchorMs: number;
  readonly ariaBonusBps: number;
  readonly attackDrones: number;
  readonly defenseDrones: number;
  readonly quantumShards: number;
  readonly quantumCrystals: number;
  readonly currentShipId: string | null;
  readonly hullClaimedAtMs: number | null;
  readonly amEnforcementUntilMs: number | null;
  readonly eventSeq: number;
}

export interface ShipRow {
  readonly id: string;
  readonly ownerId: string | null;
  readonly type: HullType;
  readonly name: string;
  readonly sectorId: number;
  readonly status: string;
  readonly dockedStationId: string | null;
  readonly hull: number;
  readonly hullMax: number;
  readonly shield: number;
  readonly shieldMax: number;
  readonly shieldAnchorMs: number;
  readonly cargoCapacity: number;
  readonly equipment: Equipment;
  readonly purchaseValue: number;
  readonly createdAtMs: number;
  readonly destroyedAtMs: number | null;
  /** Units by commodity. One that was aboard and is gone stays here as 0, so that its row is written. */
  readonly cargo: Readonly<Cargo>;
}

export interface FieldRow {
  readonly sectorId: number;
  readonly richnessTier: RichnessTier;
  readonly poolSize: number;
  readonly poolRemaining: number;
  readonly lastDepletingHarvestMs: number | null;
  readonly replenishDueMs: number | null;
  readonly hasDeepAsteroids: boolean;
  readonly cooldownHours: number | null;
}

/** A pilot's standing with one faction, named by its slug. */
export interface StandingRow {
  readonly playerId: string;
  readonly factionCode: string;
  readonly value: number;
  /** Trade volume since standing last grew by it, in credits. */
  readonly tradeCarryCr: number;
}

/** What pilots have sold to a station above its usual stock. Locked with its station's row. */
export interface MarketRow extends Surplus {
  readonly stationId: string;
  readonly commodity: Commodity;
}

/** What a user has of one kind of reward: part of the reward ledger, locked with the item that spends it. */
export interface BalanceRow {
  readonly userId: string;
  readonly rewardType: RewardType;
  readonly amount: number;
}

/** What was taken out of a balance. */
export interface SpendingRow extends BalanceRow {
  readonly id: string;
  readonly purpose: SpendingPurpose;
  readonly reference: string;
  readonly atMs: number;
}

export function balanceKey(userId: string, rewardType: RewardType): string {
  return `${userId}/${rewardType}`;
}

/** One personal event: `seq` is its place in the pilot's feed and the `eventId` that clients see. */
export interface PilotEvent {
  readonly playerId: string;
  readonly seq: number;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Names a pilot's standing with one faction. */
export function standingKey(playerId: string, factionCode: string): string {
  return `${playerId}/${factionCode}`;
}

export function marketKey(stationId: string, commodity: Commodity): string {
  return `${stationId}/${commodity}`;
}

export function cargoUsed(cargo: Readonly<Cargo>): number {
  return Object.values(cargo).reduce((sum, units) => sum + (units ?? 0), 0);
}

/** Units that still fit into the hold; 0 when it holds more than its capacity. */
export function cargoFree(ship: ShipRow): number {
  return Math.max(0, ship.cargoCapacity - cargoUsed(ship.cargo));
}

/** `cargo` with `units` more (or, negative, fewer) of one commodity. */
export function withCargo(cargo: Readonly<Cargo>, commodity: Commodity, units: number): Cargo {
  return { ...cargo, [commodity]: (cargo[commodity] ?? 0) + units };
}

/** The rows that a batch has locked and read. */
export interface ReadRows {
  players: ReadonlyMap<string, PlayerRow>;
  ships: ReadonlyMap<string, ShipRow>;
  fields: ReadonlyMap<number, FieldRow>;
  standings: ReadonlyMap<string, StandingRow>;
  markets: ReadonlyMap<string, MarketRow>;
  balances: ReadonlyMap<string, BalanceRow>;
  /** By player and place, oldest first. */
  licenses: ReadonlyMap<string, readonly LicenseRow[]>;
  /** When each player of an item with a claim last extracted without a licence: the newest few times. */
  extractions: ReadonlyMap<string, readonly number[]>;
  /** States of the fields' sectors, and what their players have of incidents: see conditions.ts. */
  conditions: ReadonlyMap<number, readonly SectorCondition[]>;
  boons: ReadonlyMap<string, readonly Boon[]>;
}

/**
 * What one batch works on: the locked rows, changed in memory item by item, written at the end in one statement a
 * table. What an item did is kept or dropped as a whole, so a refused item leaves no trace in its neighbours.
 */
export class Books {
  readonly players: Shelf<string, PlayerRow>;
  readonly ships: Shelf<string, ShipRow>;
  readonly fields: Shelf<number, FieldRow>;
  readonly standings: Shelf<string, StandingRow>;
  readonly markets: Shelf<string, MarketRow>;
  readonly balances: Shelf<string, BalanceRow>;
  readonly licenses: Shelf<string, readonly LicenseRow[]>;
  readonly extractions: ReadonlyMap<string, readonly number[]>;
  readonly conditions: ReadonlyMap<number, readonly SectorCondition[]>;
  readonly boons: ReadonlyMap<string, readonly Boon[]>;
  readonly patrols = new Journal<PatrolRow>();
  readonly harvests = new Journal<HarvestRow>();
  readonly combatLogs = new Journal<CombatLogRow>();
  readonly movements = new Journal<MovementRow>();
  readonly deals = new Journal<DealRow>();
  readonly spendings = new Journal<SpendingRow>();
  readonly events = new Journal<PilotEvent>();

  constructor(rows: ReadRows) {
    this.players = new Shelf(rows.players);
    this.ships = new Shelf(rows.ships);
    this.fields = new Shelf(rows.fields);
    this.standings = new Shelf(rows.standings);
    this.markets = new Shelf(rows.markets);
    this.balances = new Shelf(rows.balances);
    this.licenses = new Shelf(rows.licenses);
    this.extractions = rows.extractions;
    this.conditions = rows.conditions;
    this.boons = rows.boons;
  }

  /** Appends to a pilot's feed. The pilot's row is locked, so the numbers have no gaps. */
  tell(playerId: string, type: string, payload: Readonly<Record<string, unknown>>): void {
    const player = this.players.get(playerId);
    if (player === undefined) throw new Error(`no player row ${playerId} to tell ${type}`);
    const seq = player.eventSeq + 1;
    this.players.put(playerId, { ...player, eventSeq: seq });
    this.events.add({ playerId, seq, type, payload });
  }

  /** Keeps what the current item did. */
  keep(): void {
    for (const part of this.#parts()) part.keep();
  }

  /** Forgets what the current item did. */
  drop(): void {
    for (const part of this.#parts()) part.drop();
  }

  #parts() {
    return [
      this.players,
      this.ships,
      this.fields,
      this.standings,
      this.markets,
      this.balances,
      this.spendings,
      this.licenses,
      this.harvests,
      this.combatLogs,
      this.movements,
      this.deals,
      this.patrols,
      this.events,
    ];
  }
}
