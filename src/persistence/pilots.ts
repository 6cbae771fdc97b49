import type pg from "pg";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { COMMODITIES } from "../rules/commodities.ts";
import { HULL_TYPES } from "../rules/ships.ts";
import { binaryArray } from "./binary-arrays.ts";
import type { PlayerRow, ShipRow } from "./books.ts";
import type { Database } from "./database.ts";
import { Gathering } from "./gathering.ts";
import type { StartingHull } from "./movement.ts";
import { equipmentSchema, PLAYER_COLUMNS, playerSchema, SHIP_COLUMNS, shipSchema } from "./rows.ts";

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
  /** Null of those who have nothing. */
  cargo: z.partialRecord(z.enum(COMMODITIES), z.int()).nullable(),
  /** By faction slug. */
  standings: z.record(z.string(), z.int()).nullable(),
  harvested_at: z.date().nullable(),
  license_expires_at: z.date().nullable(),
  has_engineers: z.boolean(),
  has_trade_specialists: z.boolean(),
});
const askedSchema = z.object({ index: z.int() });
/** Equipment keys as a region lists them, each at its first level. */
export function startingEquipment(keys: readonly string[]) {
  return equipmentSchema.parse(Object.fromEntries(keys.map((key) => [key, { level: 0 }])));
}

/** Whose pilot is asked for, and of which sector what is the pilot's own there. */
interface PilotQuestion {
  readonly userId: string;
  readonly sectorId: number;
}

/** Reads pilots for rooms; those that are asked for together, in one statement. */
export class PilotReader {
  readonly #records: Gathering<PilotQuestion, PilotRecord | null>;

  constructor({ pool }: Pick<Database, "pool">, clock: Pick<Clock, "nowMs">) {
    this.#records = new Gathering((questions) => readPilots(pool, questions, clock.nowMs()));
  }

  /**
   * The pilot of a user, their ship and hold, wherever it is.
   * @returns null when the user has no player or the player no ship
   */
  read(userId: string, sectorId: number): Promise<PilotRecord | null> {
    return this.#records.ask({ userId, sectorId });
  }
}

const SHIP_PREFIX = "ship_";
/** Said with another name, since players have columns of the same names. */
const SHIPS_OWN_COLUMNS = SHIP_COLUMNS.replaceAll(/\b([a-z_]+)\b/g, `s.$1 as ${SHIP_PREFIX}$1`);

/** @returns in the order of the questions; the same question may be asked several times */
async function readPilots(
  pool: pg.Pool,
  questions: readonly PilotQuestion[],
  nowMs: number,
): Promise<(PilotRecord | null)[]> {
  const { rows } = await pool.query({
    name: "read_pilots",
    text: `select asked.index, ${PLAYERS_OWN_COLUMNS}, ${SHIPS_OWN_COLUMNS},
        coalesce(nullif(p.nickname, ''), u.username) as name, p.name_color,
        p.team_id, p.is_galactic_citizen, p.home_region_id, r.starting_ship, r.starting_equipment,
        (p.is_suspect or p.is_wanted or coalesce(p.grey_until > $3, false)) as is_flagged,
        (select jsonb_object_agg(commodity, quantity) from ship_cargo
          where ship_id = s.id and quantity > 0) as cargo,
        (select jsonb_object_agg(f.code, held.current_value) from reputations held
          join factions f on f.id = held.faction_id where held.player_id = p.id) as standings,
        (select max(resolved_at) from mining_harvests
          where player_id = p.id and sector_id = asked.sector_id and status = 'COMPLETED') as harvested_at,
        (select l.expires_at from claim_licenses l
          join sectors on sectors.region_id = l.region_id and sectors.sector_number = l.sector_number
          where l.player_id = p.id and l.is_current and sectors.sector_id = asked.sector_id) as license_expires_at,
        exists (select from planets join planet_professions w on w.planet_id = planets.id
          where planets.owner_player_id = p.id and w.profession = 'MINING_ENGINEERS' and w.active_count > 0
            and planets.region_id = (select region_id from sectors where sector_id = asked.sector_id)) as has_engineers,
        exists (select from planets join planet_professions w on w.planet_id = planets.id
          where planets.owner_player_id = p.id and w.profession = 'TRADE_SPECIALISTS' and w.active_count > 0)
          as has_trade_specialists
      -- A plan for any number of keys is kept; one made for this number is made anew each time.
      from unnest((select $1::uuid[]), (select $2::int[])) with ordinality as asked(user_id, sector_id, index)
      cross join lateral (select * from players where user_id = asked.user_id offset 0) p
      cross join lateral (select * from users where id = p.user_id offset 0) u
      join regions r on r.id = p.home_region_id
      cross join lateral (select * from ships where id = p.current_ship_id offset 0) s`,
    values: [
      binaryArray(
        "uuid",
        questions.map(({ userId }) => userId),
      ),
      binaryArray(
        "int",
        questions.map(({ sectorId }) => sectorId),
      ),
      new Date(nowMs),
    ],
  });
  const records = new Map(rows.map((row) => [askedSchema.parse(row).index, recordOf(row)]));
  return questions.map((_, index) => records.get(index + 1) ?? null);
}

function recordOf(row: Readonly<Record<string, unknown>>): PilotRecord {
  const extra = extraSchema.parse(row);
  const shipRow = Object.entries(row).flatMap(([name, value]) =>
    name.startsWith(SHIP_PREFIX) ? [[name.slice(SHIP_PREFIX.length), value]] : [],
  );
  return {
    player: playerSchema.parse(row),
    ship: { ...shipSchema.parse(Object.fromEntries(shipRow)), cargo: extra.cargo ?? {} },
    name: extra.name,
    color: extra.name_color,
    teamId: extra.team_id,
    isNpc: false,
    isCitizen: extra.is_galactic_citizen,
    homeRegionId: extra.home_region_id,
    isFlagged: extra.is_flagged,
    standings: new Map(Object.entries(extra.standings ?? {})),
    lastCompletedHarvestMs: extra.harvested_at?.getTime() ?? null,
    licenseExpiresMs: extra.license_expires_at?.getTime() ?? null,
    hasEngineers: extra.has_engineers,
    hasTradeSpecialists: extra.has_trade_specialists,
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
