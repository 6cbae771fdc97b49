/** A small world made by hand, so that a test says in its own words what is in it. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { Commodity } from "../../src/rules/commodities.ts";
import { FACTIONS } from "../../src/rules/factions.ts";
import { HULLS, type HullType } from "../../src/rules/ships.ts";

/** When everything in the fixtures was made: long before the tests' own time. */
const WORLD_MADE_AT = new Date("2102-01-01T00:00:00Z");

export interface World {
  readonly regionId: string;
  readonly zoneId: string;
  readonly clusterId: string;
}

/** A galaxy of one region without any sectors. */
export async function makeWorld(pool: pg.Pool, region: { pvpRules?: string } = {}): Promise<World> {
  const ids = {
    galaxyId: randomUUID(),
    regionId: randomUUID(),
    zoneId: randomUUID(),
    clusterId: randomUUID(),
  };
  await pool.query("insert into galaxies (id, name, created_at) values ($1, 'Test', $2)", [
    ids.galaxyId,
    WORLD_MADE_AT,
  ]);
  await pool.query(
    `insert into regions (id, galaxy_id, name, region_type, pvp_rules, starting_credits, starting_ship, starting_equipment)
      values ($1, $2, 'Terran Space', 'terran_space', $3, 10000, 'CARGO_HAULER', '{mining_laser}')`,
    [ids.regionId, ids.galaxyId, region.pvpRules ?? "open"],
  );
  await pool.query("update galaxies set start_region_id = $1", [ids.regionId]);
  await pool.query(
    `insert into zones (id, region_id, zone_type, start_sector, end_sector, policing_level, danger_rating)
      values ($1, $2, 'FEDERATION', 1, 1000, 9, 1)`,
    [ids.zoneId, ids.regionId],
  );
  await pool.query(
    "insert into clusters (id, region_id, name, cluster_type) values ($1, $2, 'Core', 'STANDARD')",
    [ids.clusterId, ids.regionId],
  );
  for (const faction of FACTIONS) {
    await pool.query("insert into factions (id, code, name, faction_type) values ($1, $2, $3, $4)", [
      randomUUID(),
      faction.slug,
      faction.name,
      faction.type,
    ]);
  }
  return ids;
}

export interface SectorOptions {
  readonly type?: string;
  /** Of an asteroid field; 3 unless told. */
  readonly tier?: 1 | 2 | 3 | 4 | 5;
  readonly pool?: number;
  readonly deep?: boolean;
  readonly cooldownHours?: number;
  readonly controllingFaction?: string;
}

/** An asteroid field, unless `type` says otherwise. */
export async function makeSector(
  pool: pg.Pool,
  world: World,
  sectorId: number,
  options: SectorOptions = {},
): Promise<number> {
  const type = options.type ?? "ASTEROID_FIELD";
  const tier = options.tier ?? 3;
  await pool.query(
    `insert into sectors (sector_id, region_id, sector_number, zone_id, cluster_id, name, type, x, y, z, controlling_faction,
        resources)
      values ($1, $2, $1, $3, $4, $5, $6, 0, 0, 0, $7, $8)`,
    [
      sectorId,
      world.regionId,
      world.zoneId,
      world.clusterId,
      `Sector ${sectorId}`,
      type,
      options.controllingFaction ?? null,
      JSON.stringify({ asteroid_richness: { richness: "moderate", richness_tier: tier } }),
    ],
  );
  await pool.query("update regions set capital_sector_id = coalesce(capital_sector_id, $1)", [sectorId]);
  if (type === "ASTEROID_FIELD") {
    const left = options.pool ?? tier * 100;
    const drawnAt = left < tier * 100 ? new Date(Date.now() - 60_000) : null;
    await pool.query(
      `insert into asteroid_fields (sector_id, richness_tier, pool_size, pool_remaining, has_deep_asteroids,
          cooldown_hours, last_depleting_harvest_at, replenish_due_at)
        values ($1, $2, $2 * 100, $3, $4, $5, $6, $6::timestamptz + interval '24 hours')`,
      [sectorId, tier, left, options.deep ?? false, options.cooldownHours ?? null, drawnAt],
    );
  }
  return sectorId;
}

export async function makeWarp(pool: pg.Pool, from: number, to: number, turnCost = 1): Promise<void> {
  await pool.query(
    "insert into sector_warps (source_sector_id, destination_sector_id, turn_cost) values ($1, $2, $3)",
    [from, to, turnCost],
  );
}

export interface StationOptions {
  readonly stationClass?: number;
  readonly faction?: string | null;
  /** What it usually has in store. */
  readonly stock?: Partial<Record<Commodity, { quantity: number; capacity: number }>>;
}

/** A station of class 1 that nobody owns, unless told otherwise. */
export async function makeStation(
  pool: pg.Pool,
  world: World,
  sectorId: number,
  security = "basic",
  { stationClass = 1, faction = null, stock = {} }: StationOptions = {},
): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `insert into stations (id, name, sector_id, region_id, station_class, security, faction_affiliation, commodities)
      values ($1, 'Port', $2, $3, $4, $5, $6, $7)`,
    [id, sectorId, world.regionId, stationClass, security, faction, JSON.stringify(stock)],
  );
  return id;
}

export interface PilotOptions {
  readonly userId?: string;
  readonly hull?: HullType;
  readonly laserLevel?: number | null;
  readonly turns?: number;
  readonly cargo?: Partial<Record<Commodity, number>>;
  readonly attackDrones?: number;
  readonly teamId?: string;
  /** When turns were last credited. */
  readonly at?: Date;
  readonly hullPoints?: number;
  readonly shield?: number;
  readonly credits?: number;
}

export interface MadePilot {
  readonly userId: string;
  readonly playerId: string;
  readonly shipId: string;
}

/** A user with a player and a ship: a Cargo Hauler with a stock Mining Laser and 1000 turns, unless told otherwise. */
export async function makePilot(
  pool: pg.Pool,
  world: World,
  sectorId: number,
  options: PilotOptions = {},
): Promise<MadePilot> {
  const made = { userId: options.userId ?? randomUUID(), playerId: randomUUID(), shipId: randomUUID() };
  const at = options.at ?? new Date();
  const hull = options.hull ?? "CARGO_HAULER";
  const { hullMax, shieldMax, cargoUnits } = HULLS[hull];
  const laser = options.laserLevel === undefined ? 0 : options.laserLevel;
  const turns = options.turns ?? 1000;
  const name = `pilot ${made.userId.slice(0, 8)}`;
  await pool.query("insert into users (id, username, created_at) values ($1, $2, $3)", [
    made.userId,
    name,
    WORLD_MADE_AT,
  ]);
  await pool.query(
    `insert into players (id, user_id, credits, starting_credits, turns, starting_turns, last_turn_regeneration, home_region_id, created_at,
        attack_drones, team_id)
      values ($1, $2, $8, $8, $3, $3, $4, $5, $4, $6, $7)`,
    [
      made.playerId,
      made.userId,
      turns,
      at,
      world.regionId,
      options.attackDrones ?? 0,
      options.teamId ?? null,
      options.credits ?? 10_000,
    ],
  );
  await pool.query(
    `insert into ships (id, owner_id, type, name, sector_id, hull, hull_max, shield, shield_max, shield_anchor_at,
        cargo_capacity, equipment_slots, created_at)
      values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $9)`,
    [
      made.shipId,
      made.playerId,
      hull,
      sectorId,
      options.hullPoints ?? hullMax,
      hullMax,
      options.shield ?? shieldMax,
      shieldMax,
      at,
      cargoUnits,
      JSON.stringify(laser === null ? {} : { mining_laser: { level: laser } }),
    ],
  );
  await pool.query("update players set current_ship_id = $1 where id = $2", [made.shipId, made.playerId]);
  for (const [commodity, quantity] of Object.entries(options.cargo ?? {})) {
    await pool.query("insert into ship_cargo (ship_id, commodity, quantity) values ($1, $2, $3)", [
      made.shipId,
      commodity,
      quantity,
    ]);
  }
  return made;
}

/** Puts a ship at a berth, as if it had docked there for nothing, long ago. */
export async function berth(pool: pg.Pool, shipId: string, stationId: string): Promise<void> {
  await pool.query(
    `with docked as (
        update ships set status = 'DOCKED', docked_station_id = $2 where id = $1 returning owner_id, sector_id
      )
      insert into movements (id, player_id, ship_id, kind, from_sector_id, to_sector_id, station_id, turns_spent, at)
        select gen_random_uuid(), owner_id, $1, 'dock', sector_id, sector_id, $2, 0, '2000-01-01Z' from docked`,
    [shipId, stationId],
  );
}
