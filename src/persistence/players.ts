import { z } from "zod";
import { cargoCapacity, HULL_TYPES, HULLS } from "../rules/ships.ts";
import { uuidOf } from "../uuid.ts";
import type { Database } from "./database.ts";
import { startingEquipment } from "./pilots.ts";

/** Who joins: as their token names them. */
interface NewUser {
  readonly userId: string;
  readonly name: string;
}

/** A player and where their ship is. */
export interface PlayerPlace {
  readonly playerId: string;
  readonly shipId: string;
  readonly sectorId: number;
}

const placeSchema = z.object({ player_id: z.string(), ship_id: z.string(), sector_id: z.int() });

const startSchema = z.object({
  region_id: z.string(),
  starting_credits: z.int(),
  starting_ship: z.enum(HULL_TYPES),
  starting_equipment: z.array(z.string()),
  capital_sector_id: z.int(),
});

/** Where a user's ship is; null for somebody who has never joined. */
async function readPlace({ pool }: Pick<Database, "pool">, userId: string): Promise<PlayerPlace | null> {
  const { rows } = await pool.query({
    name: "read_place",
    text: `select p.id as player_id, s.id as ship_id, s.sector_id from players p
      join ships s on s.id = p.current_ship_id where p.user_id = $1`,
    values: [userId],
  });
  const [place] = z.array(placeSchema).parse(rows);
  return place === undefined
    ? null
    : { playerId: place.player_id, shipId: place.ship_id, sectorId: place.sector_id };
}

/** Where newcomers begin, and with what: columns of the galaxy's start region. */
async function readStart({ pool }: Pick<Database, "pool">) {
  const { rows } = await pool.query({
    name: "read_start",
    text: `select r.id as region_id, r.starting_credits, r.starting_ship, r.starting_equipment, r.capital_sector_id
      from galaxies g join regions r on r.id = g.start_region_id`,
  });
  const [start] = z.array(startSchema).parse(rows);
  if (start === undefined) throw new Error("There is no galaxy to start in: run `npm run world`.");
  return start;
}

/** The sector in which newcomers begin. */
export async function readStartSector(database: Pick<Database, "pool">): Promise<number> {
  return (await readStart(database)).capital_sector_id;
}

/**
 * The user's player; made, with the start region's ship, when they join for the first time. Called any number of times
 * at once it makes one: every id is derived from the user's.
 */
export async function ensurePlayer(
  database: Pick<Database, "pool">,
  identity: NewUser,
  nowMs: number,
): Promise<PlayerPlace> {
  const present = await readPlace(database, identity.userId);
  if (present !== null) return present;
  const made =
    (await createPlayer(database, identity, nowMs)) ?? (await readPlace(database, identity.userId));
  if (made === null) throw new Error(`the player of user ${identity.userId} was made but is not there`);
  return made;
}

/** One statement, since many newcomers come at once when a game opens. @returns null when somebody else was first */
async function createPlayer(
  database: Pick<Database, "pool">,
  { userId, name }: NewUser,
  nowMs: number,
): Promise<PlayerPlace | null> {
  const start = await readStart(database);
  const hull = HULLS[start.starting_ship];
  const [playerId, shipId] = [uuidOf("player", userId), uuidOf("first-ship", userId)];
  // The three rows refer to each other; references are checked when the statement has written all of them.
  const { rowCount } = await database.pool.query({
    name: "create_player",
    text: `with account as (
          insert into users (id, username, created_at) values ($1, $2, $3) on conflict (id) do nothing),
        player as (
          insert into players (id, user_id, credits, starting_credits, last_turn_regeneration, home_sector_id,
              home_region_id, current_ship_id, created_at)
            values ($4, $1, $5, $5, $3, $6, $7, $8, $3) on conflict do nothing returning id)
      insert into ships (id, owner_id, registered_owner_id, type, name, sector_id, hull, hull_max, shield, shield_max,
          shield_anchor_at, cargo_capacity, equipment_slots, created_at)
        select $8, id, id, $9, $10, $6, $11, $11, $12, $12, $3, $13, $14, $3 from player`,
    values: [
      userId,
      name,
      new Date(nowMs),
      playerId,
      start.starting_credits,
      start.capital_sector_id,
      start.region_id,
      shipId,
      start.starting_ship,
      `${name}'s first`.slice(0, 100),
      hull.hullMax,
      hull.shieldMax,
      cargoCapacity(start.starting_ship),
      JSON.stringify(startingEquipment(start.starting_equipment)),
    ],
  });
  return rowCount === 0 ? null : { playerId, shipId, sectorId: start.capital_sector_id };
}
