/** The columns that a batch writes of each table, and what of a row in memory they come from. */
import { AM_FACTION } from "../rules/factions.ts";
import type {
  BalanceRow,
  FieldRow,
  MarketRow,
  PilotEvent,
  PlayerRow,
  ShipRow,
  SpendingRow,
  StandingRow,
} from "./books.ts";
import type { CombatLogRow } from "./combat.ts";
import type { DealRow } from "./deals.ts";
import type { LicenseRow } from "./licenses.ts";
import type { HarvestRow } from "./mining.ts";
import type { MovementRow } from "./movement.ts";
import type { PatrolRow } from "./patrols.ts";
import type { Column } from "./statements.ts";
import { turnsFullMs } from "./turns.ts";
import type { Answer, RequestKey } from "./work.ts";

/** A request that this batch answers: kept, so that its repeat gets the same. */
export interface AnsweredRequest extends RequestKey {
  readonly answer: Answer;
}

/** Every column of a player that a `PlayerRow` has and something may change. */
export const playerColumns = (turnsPerDay: number, nowMs: number): readonly Column<PlayerRow>[] => [
  ["id", "uuid", (row) => row.id],
  ["credits", "int", (row) => row.credits],
  ["turns", "int", (row) => row.turns],
  ["lifetime_turns_regenerated", "int", (row) => row.lifetimeTurnsRegenerated],
  ["lifetime_turns_spent", "int", (row) => row.lifetimeTurnsSpent],
  ["last_turn_regeneration", "timestamptz", (row) => row.turnsAnchorMs],
  ["turn_reset_at", "timestamptz", (row) => turnsFullMs(row, turnsPerDay, nowMs)],
  ["attack_drones", "int", (row) => row.attackDrones],
  ["defense_drones", "int", (row) => row.defenseDrones],
  ["quantum_shards", "int", (row) => row.quantumShards],
  ["quantum_crystals", "int", (row) => row.quantumCrystals],
  ["current_ship_id", "uuid", (row) => row.currentShipId],
  ["hull_claimed_at", "timestamptz", (row) => row.hullClaimedAtMs],
  ["am_enforcement_until", "timestamptz", (row) => row.amEnforcementUntilMs],
  ["event_seq", "int", (row) => row.eventSeq],
];

/** Every column of a ship; `created_at` is the present for a new one and stays for an old one. */
export const shipColumns: readonly Column<ShipRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["owner_id", "uuid", (row) => row.ownerId],
  ["type", "text", (row) => row.type],
  ["name", "text", (row) => row.name],
  ["sector_id", "int", (row) => row.sectorId],
  ["status", "text", (row) => row.status],
  ["docked_station_id", "uuid", (row) => row.dockedStationId],
  ["hull", "int", (row) => row.hull],
  ["hull_max", "int", (row) => row.hullMax],
  ["shield", "int", (row) => row.shield],
  ["shield_max", "int", (row) => row.shieldMax],
  ["shield_anchor_at", "timestamptz", (row) => row.shieldAnchorMs],
  ["cargo_capacity", "int", (row) => row.cargoCapacity],
  ["equipment_slots", "jsonb", (row) => JSON.stringify(row.equipment)],
  ["purchase_value", "int", (row) => row.purchaseValue],
  ["created_at", "timestamptz", (row) => row.createdAtMs],
  ["destroyed_at", "timestamptz", (row) => row.destroyedAtMs],
];

export interface HoldRow {
  readonly shipId: string;
  readonly commodity: string;
  readonly quantity: number;
}

export const holdColumns: readonly Column<HoldRow>[] = [
  ["ship_id", "uuid", (row) => row.shipId],
  ["commodity", "text", (row) => row.commodity],
  ["quantity", "int", (row) => row.quantity],
];

export const fieldColumns: readonly Column<FieldRow>[] = [
  ["sector_id", "int", (row) => row.sectorId],
  ["pool_remaining", "int", (row) => row.poolRemaining],
  ["last_depleting_harvest_at", "timestamptz", (row) => row.lastDepletingHarvestMs],
  ["replenish_due_at", "timestamptz", (row) => row.replenishDueMs],
];

export const harvestColumns: readonly Column<HarvestRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["player_id", "uuid", (row) => row.playerId],
  ["ship_id", "uuid", (row) => row.shipId],
  ["sector_id", "int", (row) => row.sectorId],
  ["region_id", "uuid", (row) => row.regionId],
  ["status", "text", (row) => row.status],
  ["terminal_reason", "text", (row) => row.terminalReason],
  ["turns_spent", "int", (row) => row.turnsSpent],
  ["refund_turns", "int", (row) => row.refundTurns],
  ["started_at", "timestamptz", (row) => row.startedAtMs],
  ["resolves_at", "timestamptz", (row) => row.resolvesAtMs],
  ["resolved_at", "timestamptz", (row) => row.resolvedAtMs],
  ["laser_level", "int", (row) => row.laserLevel],
  ["richness_tier", "int", (row) => row.richnessTier],
  ["am_claimed", "boolean", (row) => row.amClaimed],
  ["has_license", "boolean", (row) => row.hasLicense],
  ["yield_bonus_bps", "int", (row) => row.yieldBonusBps],
  ["has_deep_asteroids", "boolean", (row) => row.hasDeepAsteroids],
  ["pool_before", "int", (row) => row.poolBefore],
  ["pool_drawn", "int", (row) => row.poolDrawn],
  ["cargo_free_before", "int", (row) => row.cargoFreeBefore],
  ["roll_ore", "bigint", (row) => row.rolls?.ore ?? null],
  ["roll_precious_chance", "bigint", (row) => row.rolls?.preciousChance ?? null],
  ["roll_precious_quantity", "bigint", (row) => row.rolls?.preciousQuantity ?? null],
  ["roll_shard_chance", "bigint", (row) => row.rolls?.shardChance ?? null],
  ["ore_rolled", "int", (row) => row.oreRolled],
  ["ore_yield", "int", (row) => row.oreYield],
  ["precious_metals_yield", "int", (row) => row.preciousMetalsYield],
  ["quantum_shards_yield", "int", (row) => row.quantumShardsYield],
  ["floored", "boolean", (row) => row.floored],
  ["am_rep_delta", "int", (row) => row.amRepDelta],
  ["fc_rep_delta", "int", (row) => row.fcRepDelta],
  ["depletion_state_before", "text", (row) => row.depletionStateBefore],
  ["depletion_state_after", "text", (row) => row.depletionStateAfter],
  ["surface", "text", (row) => row.surface],
];

export const combatColumns: readonly Column<CombatLogRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["attacker_id", "uuid", (row) => row.attackerId],
  ["defender_id", "uuid", (row) => row.defenderId],
  ["attacker_ship_id", "uuid", (row) => row.attackerShipId],
  ["defender_ship_id", "uuid", (row) => row.defenderShipId],
  ["sector_id", "int", (row) => row.sectorId],
  ["region_id_snapshot", "uuid", (row) => row.regionIdSnapshot],
  ["result", "text", (row) => row.result],
  ["destroyed_ship_id", "uuid", (row) => row.destroyedShipId],
  ["rounds", "int", (row) => row.rounds],
  ["turns_spent", "int", (row) => row.turnsSpent],
  ["damage_to_attacker", "int", (row) => row.damageToAttacker],
  ["damage_to_defender", "int", (row) => row.damageToDefender],
  ["attacker_drones_lost", "int", (row) => row.attackerDronesLost],
  ["defender_drones_lost", "int", (row) => row.defenderDronesLost],
  ["loot", "jsonb", (row) => JSON.stringify(row.loot)],
  ["log", "jsonb", (row) => JSON.stringify(row.log)],
  ["started_at", "timestamptz", (row) => row.startedAtMs],
  ["ended_at", "timestamptz", (row) => row.endedAtMs],
];

export const movementColumns: readonly Column<MovementRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["player_id", "uuid", (row) => row.playerId],
  ["ship_id", "uuid", (row) => row.shipId],
  ["kind", "text", (row) => row.kind],
  ["from_sector_id", "int", (row) => row.fromSectorId],
  ["to_sector_id", "int", (row) => row.toSectorId],
  ["station_id", "uuid", (row) => row.stationId],
  ["turns_spent", "int", (row) => row.turnsSpent],
  ["at", "timestamptz", (row) => row.atMs],
];

export const dealColumns: readonly Column<DealRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["player_id", "uuid", (row) => row.playerId],
  ["ship_id", "uuid", (row) => row.shipId],
  ["kind", "text", (row) => row.kind],
  ["station_id", "uuid", (row) => row.stationId],
  ["sector_id", "int", (row) => row.sectorId],
  ["credits", "int", (row) => row.credits],
  ["am_rep_delta", "int", (row) => row.amRepDelta],
  ["commodity", "text", (row) => row.sale?.commodity ?? (row.deliveredOre === null ? null : "ore")],
  ["quantity", "int", (row) => row.sale?.quantity ?? row.deliveredOre],
  ["unit_price_cr", "int", (row) => row.sale?.unitPriceCr ?? null],
  ["bonus_bps", "int", (row) => row.sale?.bonusBps ?? null],
  ["laser_level", "int", (row) => row.laserLevel],
  ["license_id", "uuid", (row) => row.licenseId],
  ["at", "timestamptz", (row) => row.atMs],
];

export const licenseColumns: readonly Column<LicenseRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["player_id", "uuid", (row) => row.playerId],
  ["region_id", "uuid", (row) => row.regionId],
  ["sector_number", "int", (row) => row.sectorNumber],
  ["faction_code", "text", () => AM_FACTION],
  ["purchased_at", "timestamptz", (row) => row.purchasedAtMs],
  ["expires_at", "timestamptz", (row) => row.expiresAtMs],
  ["cost_paid_cr", "int", (row) => row.costPaidCr],
  ["is_current", "boolean", (row) => row.isCurrent],
  ["renewal_of", "uuid", (row) => row.renewalOf],
  ["issuer_station_id", "uuid", (row) => row.issuerStationId],
];

export const patrolColumns: readonly Column<PatrolRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["faction_code", "text", (row) => row.factionCode],
  ["sector_id", "int", (row) => row.sectorId],
  ["target_player_id", "uuid", (row) => row.targetPlayerId],
  ["ordered_at", "timestamptz", (row) => row.orderedAtMs],
  ["until_at", "timestamptz", (row) => row.untilMs],
];

export const marketColumns: readonly Column<MarketRow>[] = [
  ["station_id", "uuid", (row) => row.stationId],
  ["commodity", "text", (row) => row.commodity],
  ["units", "int", (row) => row.units],
  ["as_of", "timestamptz", (row) => row.asOfMs],
];

export const balanceColumns: readonly Column<BalanceRow>[] = [
  ["user_id", "uuid", (row) => row.userId],
  ["reward_type", "text", (row) => row.rewardType],
  ["amount", "bigint", (row) => row.amount],
];

export const spendingColumns: readonly Column<SpendingRow>[] = [
  ["id", "uuid", (row) => row.id],
  ["user_id", "uuid", (row) => row.userId],
  ["reward_type", "text", (row) => row.rewardType],
  ["amount", "int", (row) => row.amount],
  ["purpose", "text", (row) => row.purpose],
  ["reference", "text", (row) => row.reference],
  ["at", "timestamptz", (row) => row.atMs],
];

export const eventColumns = (nowMs: number): readonly Column<PilotEvent>[] => [
  ["player_id", "uuid", (row) => row.playerId],
  ["seq", "int", (row) => row.seq],
  ["type", "text", (row) => row.type],
  ["payload", "jsonb", (row) => JSON.stringify(row.payload)],
  ["created_at", "timestamptz", () => nowMs],
];

export const requestColumns = (nowMs: number): readonly Column<AnsweredRequest>[] => [
  ["player_id", "uuid", (row) => row.playerId],
  ["request_id", "text", (row) => row.requestId],
  ["fingerprint", "text", (row) => row.fingerprint],
  ["answer", "jsonb", (row) => JSON.stringify(row.answer)],
  ["created_at", "timestamptz", () => nowMs],
];

export const lastCombatColumns: readonly Column<[sectorId: number, atMs: number]>[] = [
  ["sector_id", "int", ([sectorId]) => sectorId],
  ["last_combat_at", "timestamptz", ([, atMs]) => atMs],
];

export interface StandingWrite extends StandingRow {
  readonly level: string;
}

export const standingColumns: readonly Column<StandingWrite>[] = [
  ["player_id", "uuid", (row) => row.playerId],
  ["code", "text", (row) => row.factionCode],
  ["current_value", "int", (row) => row.value],
  ["current_level", "text", (row) => row.level],
  ["trade_carry_cr", "int", (row) => row.tradeCarryCr],
];
