/** What the rows of a pilot and a field look like: their columns, and their shape in memory, for everybody who reads them. */
import { z } from "zod";
import { COMMODITIES, type Commodity } from "../rules/commodities.ts";
import { HULL_TYPES } from "../rules/ships.ts";
import type { FieldRow, PlayerRow, ShipRow } from "./books.ts";

const ms = z.date().transform((date) => date.getTime());
const msOrNull = z
  .date()
  .nullable()
  .transform((date) => date?.getTime() ?? null);

const laserLevel = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
export const equipmentSchema = z.object({
  mining_laser: z.object({ level: laserLevel }).exactOptional(),
  ecm_suite: z.object({ level: z.int() }).exactOptional(),
  tractor_beam: z.object({ level: z.int() }).exactOptional(),
  removed_mining_laser: z.object({ level: laserLevel }).exactOptional(),
});

export const PLAYER_COLUMNS = `id, credits, military_rank, turns, max_turns, lifetime_turns_regenerated, lifetime_turns_spent,
  last_turn_regeneration, aria_bonus_bps, attack_drones, defense_drones, quantum_shards, quantum_crystals,
  current_ship_id, hull_claimed_at, am_enforcement_until, event_seq`;

export const playerSchema = z
  .object({
    id: z.string(),
    credits: z.int(),
    military_rank: z.string(),
    turns: z.int(),
    max_turns: z.int(),
    lifetime_turns_regenerated: z.int(),
    lifetime_turns_spent: z.int(),
    last_turn_regeneration: ms,
    aria_bonus_bps: z.int(),
    attack_drones: z.int(),
    defense_drones: z.int(),
    quantum_shards: z.int(),
    quantum_crystals: z.int(),
    current_ship_id: z.string().nullable(),
    hull_claimed_at: msOrNull,
    am_enforcement_until: msOrNull,
    event_seq: z.int(),
  })
  .transform(
    (row): PlayerRow => ({
      id: row.id,
      credits: row.credits,
      militaryRank: row.military_rank,
      turns: row.turns,
      maxTurns: row.max_turns,
      lifetimeTurnsRegenerated: row.lifetime_turns_regenerated,
      lifetimeTurnsSpent: row.lifetime_turns_spent,
      turnsAnchorMs: row.last_turn_regeneration,
      ariaBonusBps: row.aria_bonus_bps,
      attackDrones: row.attack_drones,
      defenseDrones: row.defense_drones,
      quantumShards: row.quantum_shards,
      quantumCrystals: row.quantum_crystals,
      currentShipId: row.current_ship_id,
      hullClaimedAtMs: row.hull_claimed_at,
      amEnforcementUntilMs: row.am_enforcement_until,
      eventSeq: row.event_seq,
    }),
  );

/** Columns and shape of a ship row; its cargo comes from rows of its own. */
export const SHIP_COLUMNS = `id, owner_id, type, name, sector_id, status, docked_station_id, hull, hull_max, shield,
  shield_max, shield_anchor_at, cargo_capacity, equipment_slots, purchase_value, created_at, destroyed_at`;

export const shipSchema = z
  .object({
    id: z.string(),
    owner_id: z.string().nullable(),
    type: z.enum(HULL_TYPES),
    name: z.string(),
    sector_id: z.int(),
    status: z.string(),
    docked_station_id: z.string().nullable(),
    hull: z.int(),
    hull_max: z.int(),
    shield: z.int(),
    shield_max: z.int(),
    shield_anchor_at: ms,
    cargo_capacity: z.int(),
    equipment_slots: equipmentSchema,
    purchase_value: z.int(),
    created_at: ms,
    destroyed_at: msOrNull,
  })
  .transform(
    (row): ShipRow => ({
      id: row.id,
      ownerId: row.owner_id,
      type: row.type,
      name: row.name,
      sectorId: row.sector_id,
      status: row.status,
      dockedStationId: row.docked_station_id,
      hull: row.hull,
      hullMax: row.hull_max,
      shield: row.shield,
      shieldMax: row.shield_max,
      shieldAnchorMs: row.shield_anchor_at,
      cargoCapacity: row.cargo_capacity,
      equipment: row.equipment_slots,
      purchaseValue: row.purchase_value,
      createdAtMs: row.created_at,
      destroyedAtMs: row.destroyed_at,
      cargo: {},
    }),
  );

const cargoSchema = z.object({
  ship_id: z.string(),
  commodity: z.enum(COMMODITIES),
  quantity: z.int(),
});

export const FIELD_COLUMNS = `sector_id, richness_tier, pool_size, pool_remaining, last_depleting_harvest_at,
  replenish_due_at, has_deep_asteroids, cooldown_hours`;

export const fieldSchema = z
  .object({
    sector_id: z.int(),
    richness_tier: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]),
    pool_size: z.int(),
    pool_remaining: z.int(),
    last_depleting_harvest_at: msOrNull,
    replenish_due_at: msOrNull,
    has_deep_asteroids: z.boolean(),
    cooldown_hours: z.int().nullable(),
  })
  .transform(
    (row): FieldRow => ({
      sectorId: row.sector_id,
      richnessTier: row.richness_tier,
      poolSize: row.pool_size,
      poolRemaining: row.pool_remaining,
      lastDepletingHarvestMs: row.last_depleting_harvest_at,
      replenishDueMs: row.replenish_due_at,
      hasDeepAsteroids: row.has_deep_asteroids,
      cooldownHours: row.cooldown_hours,
    }),
  );

/** The holds of any number of ships. */
export const READ_CARGO =
  "select ship_id, commodity, quantity from ship_cargo where ship_id = any($1::uuid[]) and quantity > 0";

/** The ships with what their cargo rows say they carry. */
export function withHolds(shipRows: readonly unknown[], cargoRows: readonly unknown[]): ShipRow[] {
  const holds = new Map<string, Partial<Record<Commodity, number>>>();
  for (const row of cargoRows) {
    const { ship_id, commodity, quantity } = cargoSchema.parse(row);
    holds.set(ship_id, { ...holds.get(ship_id), [commodity]: quantity });
  }
  return shipRows
    .map((row) => shipSchema.parse(row))
    .map((ship) => ({ ...ship, cargo: holds.get(ship.id) ?? {} }));
}
