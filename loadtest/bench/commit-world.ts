/** Pilots and fields for the commit benchmarks: by number, so that SQL, pgbench and this program mean the same ones. */
import type pg from "pg";
import { z } from "zod";
import { makeWorld } from "../../test/support/fixtures.ts";

/** Far from running dry within a benchmark: every harvest is a completed one. */
const TURNS = 100_000_000;
const HOLD_UNITS = 1_000_000_000;
const MADE_AT = new Date("2102-01-01T00:00:00Z");
/** 1 % of the sectors … */
const HOT_SECTORS_PERCENT = 1;
/** … in which 4 of 5 pilots are. */
const HOT_OF_FIVE = 4;

export interface CommitWorld {
  readonly regionId: string;
  readonly sectors: number;
  /** Of each crowd. */
  readonly pilots: number;
}

/** Evenly spread pilots, or pilots of whom 80 % are in 1 % of the sectors. */
export type Crowd = "spread" | "crowded";

export interface NumberedPilot {
  readonly playerId: string;
  readonly shipId: string;
  readonly sectorId: number;
}

const hotSectors = (sectors: number) => Math.max(1, Math.floor((sectors * HOT_SECTORS_PERCENT) / 100));

function uuidOfNumber(kind: "a" | "b" | "c", number: number): string {
  return `00000000-0000-4000-${kind}000-${number.toString(16).padStart(12, "0")}`;
}

/** The same in SQL, of an expression for the number. */
export const uuidSql = (kind: "a" | "b" | "c", number: string) =>
  `('00000000-0000-4000-${kind}000-' || lpad(to_hex((${number})::int), 12, '0'))::uuid`;

/** The first number of a crowd's pilots. */
export function firstPilot(world: CommitWorld, crowd: Crowd): number {
  return crowd === "spread" ? 0 : world.pilots;
}

function sectorOf(world: CommitWorld, number: number): number {
  const { sectors, pilots } = world;
  if (number < pilots) return 1 + (number % sectors);
  const index = number - pilots;
  const hot = hotSectors(sectors);
  return index % 5 < HOT_OF_FIVE
    ? 1 + (Math.floor(index / 5) % hot)
    : 1 + hot + (Math.floor(index / 5) % (sectors - hot));
}

/** The same for SQL and for pgbench's own expressions, of the name of a number. */
export function sectorSql({ sectors, pilots }: CommitWorld, number: string): string {
  const hot = hotSectors(sectors);
  const index = `(${number} - ${pilots})`;
  return `(case when ${number} < ${pilots} then 1 + ${number} % ${sectors}
    when ${index} % 5 < ${HOT_OF_FIVE} then 1 + (${index} / 5) % ${hot}
    else 1 + ${hot} + (${index} / 5) % ${sectors - hot} end)`;
}

export function pilotOf(world: CommitWorld, number: number): NumberedPilot {
  return {
    playerId: uuidOfNumber("b", number),
    shipId: uuidOfNumber("c", number),
    sectorId: sectorOf(world, number),
  };
}

/** Makes the fields and both crowds, all sectors opened once (epoch 1), and gives the planner its statistics. */
export async function makeCommitWorld(pool: pg.Pool, sectors: number, pilots: number): Promise<CommitWorld> {
  const { regionId, zoneId, clusterId } = await makeWorld(pool);
  const world = { regionId, sectors, pilots };
  await pool.query(
    `insert into sectors (sector_id, region_id, sector_number, zone_id, cluster_id, name, type, x, y, z)
      select n, $2, n, $3, $4, 'Sector ' || n, 'ASTEROID_FIELD', 0, 0, 0 from generate_series(1, $1::int) n`,
    [sectors, regionId, zoneId, clusterId],
  );
  await pool.query(
    `insert into asteroid_fields (sector_id, richness_tier, pool_size, pool_remaining)
      select n, 5, 500, 500 from generate_series(1, $1::int) n`,
    [sectors],
  );
  await pool.query(
    "insert into sector_leases (sector_id, epoch) select n, 1 from generate_series(1, $1::int) n",
    [sectors],
  );
  const numbers = "generate_series(0, $1::int * 2 - 1) n";
  await pool.query(
    `insert into users (id, username, created_at) select ${uuidSql("a", "n")}, 'pilot ' || n, $2 from ${numbers}`,
    [pilots, MADE_AT],
  );
  await pool.query(
    `insert into players (id, user_id, credits, turns, max_turns, starting_turns, last_turn_regeneration, created_at)
      select ${uuidSql("b", "n")}, ${uuidSql("a", "n")}, 10000, $2::int, $2::int, $2::int, $3::timestamptz, $4
      from ${numbers}`,
    [pilots, TURNS, new Date(), MADE_AT],
  );
  await pool.query(
    `insert into ships (id, owner_id, type, name, sector_id, hull, hull_max, shield, shield_max, shield_anchor_at,
        cargo_capacity, equipment_slots, created_at)
      select ${uuidSql("c", "n")}, ${uuidSql("b", "n")}, 'CARGO_HAULER', 'Ship ' || n, ${sectorSql(world, "n")},
        500, 500, 100, 100, $2::timestamptz, $3::int, '{"mining_laser": {"level": 0}}', $2::timestamptz
      from ${numbers}`,
    [pilots, MADE_AT, HOLD_UNITS],
  );
  await pool.query("update players set current_ship_id = s.id from ships s where s.owner_id = players.id");
  // Those who have mined before have a hold and a standing; so has every pilot here.
  await pool.query("insert into ship_cargo (ship_id, commodity, quantity) select id, 'ore', 1 from ships");
  await pool.query(
    `insert into reputations (player_id, faction_id, current_value)
      select p.id, f.id, 0 from players p, factions f where f.code = 'astral_mining_consortium'`,
  );
  await pool.query("vacuum analyze");
  return world;
}

const countSchema = z.array(z.object({ count: z.int() }));

/** Harvests in the database: what was acknowledged must be there. */
export async function countHarvests(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    "select count(*)::int as count from mining_harvests where status = 'COMPLETED'",
  );
  return countSchema.parse(rows)[0]?.count ?? 0;
}
