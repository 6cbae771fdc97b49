import type pg from "pg";
import { z } from "zod";
import { HULL_TYPES } from "../rules/ships.ts";
import type { PlayerRow, ShipRow } from "./books.ts";
import type { StartingHull } from "./movement.ts";
import {
  equipmentSchema,
  PLAYER_COLUMNS,
  playerSchema,
  SHIP_COLUMNS,
  shipSchema,
  withHolds,
} from "./rows.ts";

/** Everything a room knows of a pilot who is in it. */
export interface PilotRecord {
  readonly player: PlayerRow;
  readonly ship: ShipRow;
  readonly name: string;
  readonly color: string;
  readonly teamId: string | null;
  /** Flown by the room itself. */
  readonly isNpc: boolean;
  readonly isCitizen: boolean;
  readonly homeRegionId: string;
  /** Suspect, wanted or grey: may be attacked where only flagged pilots may. */
  readonly isFlagged: boolean;
  /** By faction slug. */
  readonly standings: ReadonlyMap<string, number>;
  /** Of the sector asked for; what the cooldown of a depleted field counts from. */
  readonly lastCompletedHarvestMs: number | null;
  readonly startingHull: StartingHull;
  /** When the current claim licence for the sector asked for ends, or ended; null without one. */
  readonly licenseExpiresMs: number | null;
  /** Mining Engineers at work on a planet of theirs in the region of the sector asked for. */
  readonly hasEngineers: boolean;
  /** Trade Specialists at work on a planet of theirs, wherever it is. */
  readonly hasTradeSpecialists: boolean;
}

/** Said with their table's name, since users and regions have columns of the same names. */
const PLAYERS_OWN_COLUMNS = PLAYER_COLUMNS.replaceAll(/\b([a-z_]+)\b/g, "p.$1");

const extraSchema = z.object({
  name: z.string(),
  name_color: z.string(),
  team_id: z.string().nullable(),
  is_galactic_citizen: z.boolean(),
  home_region_id: z.string(),
  is_flagged: z.boolean(),
  starting_ship: z.enum(HULL_TYPES),
  starting_equipment: z.array(z.string()),
});
const standingSchema = z.object({ code: z.string(), current_value: z.int() });
const miningSchema = z.object({
  harvested_at: z.date().nullable(),
  license_expires_at: z.date().nullable(),
  has_engineers: z.boolean(),
  has_trade_specialists: z.boolean(),
});

/** Equipment keys as a region lists them, each at its first level. */
export function startingEquipment(keys: readonly string[]) {
  return equipmentSchema.parse(Object.fromEntries(keys.map((key) => [key, { level: 0 }])));
}

/**
 * Reads the pilot of a user, their ship and hold, wherever it is.
 * @returns null when the user has no player or the player no ship
 */
export async function readPilot(
  pool: pg.Pool,
  userId: string,
  sectorId: number,
  nowMs: number,
): Promise<PilotRecord | null> {
  const playerRows = await pool.query({
    name: "read_pilot",
    text: `select ${PLAYERS_OWN_COLUMNS}, coalesce(nullif(p.nickname, ''), u.username) as name, p.name_color,
        p.team_id, p.is_galactic_citizen, p.home_region_id, r.starting_ship, r.starting_equipment,
        (p.is_suspect or p.is_wanted or coalesce(p.grey_until > $2, false)) as is_flagged
      from players p
      join users u on u.id = p.user_id
      join regions r on r.id = p.home_region_id
      where p.user_id = $1`,
    values: [userId, new Date(nowMs)],
  });
  const [raw] = playerRows.rows;
  if (raw === undefined) return null;
  const player = playerSchema.parse(raw);
  const extra = extraSchema.parse(raw);
  if (player.currentShipId === null) return null;

  const [shipRows, cargoRows, standingRows, miningRows] = await Promise.all([
    pool.query({
      name: "read_pilot_ship",
      text: `select ${SHIP_COLUMNS} from ships where id = $1`,
      values: [player.currentShipId],
    }),
    pool.query({
      name: "read_pilot_cargo",
      text: "select ship_id, commodity, quantity from ship_cargo where ship_id = $1 and quantity > 0",
      values: [player.currentShipId],
    }),
    pool.query({
      name: "read_pilot_standings",
      text: `select f.code, r.current_value from reputations r join factions f on f.id = r.faction_id
        where r.player_id = $1`,
      values: [player.id],
    }),
    pool.query({
      name: "read_pilot_mining",
      text: `select
          (select max(resolved_at) from mining_harvests
            where player_id = $1 and sector_id = $2 and status = 'COMPLETED') as harvested_at,
          (select l.expires_at from claim_licenses l
            join sectors s on s.region_id = l.region_id and s.sector_number = l.sector_number
            where l.player_id = $1 and l.is_current and s.sector_id = $2) as license_expires_at,
          exists (select from planets p join planet_professions w on w.planet_id = p.id
            where p.owner_player_id = $1 and w.profession = 'MINING_ENGINEERS' and w.active_count > 0
              and p.region_id = (select region_id from sectors where sector_id = $2)) as has_engineers,
          exists (select from planets p join planet_professions w on w.planet_id = p.id
            where p.owner_player_id = $1 and w.profession = 'TRADE_SPECIALISTS' and w.active_count > 0)
            as has_trade_specialists`,
      values: [player.id, sectorId],
    }),
  ]);
  const [ship] = withHolds(z.array(shipSchema).parse(shipRows.rows), cargoRows.rows);
  if (ship === undefined) return null;
  const mining = miningSchema.parse(miningRows.rows[0]);
  return {
    player,
    ship,
    name: extra.name,
    color: extra.name_color,
    teamId: extra.team_id,
    isNpc: false,
    isCitizen: extra.is_galactic_citizen,
    homeRegionId: extra.home_region_id,
    isFlagged: extra.is_flagged,
    standings: new Map(
      z
        .array(standingSchema)
        .parse(standingRows.rows)
        .map((row) => [row.code, row.current_value]),
    ),
    lastCompletedHarvestMs: mining.harvested_at?.getTime() ?? null,
    licenseExpiresMs: mining.license_expires_at?.getTime() ?? null,
    hasEngineers: mining.has_engineers,
    hasTradeSpecialists: mining.has_trade_specialists,
    startingHull: {
      hullType: extra.starting_ship,
      equipment: startingEquipment(extra.starting_equipment),
    },
  };
}

/** What is known of a ship that is not in the room: whose it is, and whether it still flies. */
export interface ShipFacts {
  readonly ownerId: string | null;
  readonly ownerTeamId: string | null;
  readonly status: string;
}

const shipFactsSchema = z.object({
  owner_id: z.string().nullable(),
  team_id: z.string().nullable(),
  status: z.string(),
});

/** @returns null when there is no such ship */
export async function readShipFacts(pool: pg.Pool, shipId: string): Promise<ShipFacts | null> {
  const { rows } = await pool.query({
    name: "read_ship_facts",
    text: `select s.owner_id, p.team_id, s.status from ships s left join players p on p.id = s.owner_id
      where s.id = $1`,
    values: [shipId],
  });
  const [row] = z.array(shipFactsSchema).parse(rows);
  return row === undefined ? null : { ownerId: row.owner_id, ownerTeamId: row.team_id, status: row.status };
}
