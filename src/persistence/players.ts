import { z } from "zod";
import { cargoCapacity, HULL_TYPES, HULLS } from "../rules/ships.ts";
import { uuidOf } from "../uuid.ts";
import { binaryArray, type Element, type ElementType } from "./binary-arrays.ts";
import type { Database } from "./database.ts";
import { Gathering } from "./gathering.ts";
import { startingEquipment } from "./pilots.ts";

/** Who joins: as their token names them. */
interface NewUser {
  readonly userId: string;
  readonly name: string;
}

interface Newcomer extends NewUser {
  readonly nowMs: number;
}

/** What the database holds of a ship's name. */
const SHIP_NAME_CHARACTERS_MAX = 100;

/** A player and where their ship is. */
export interface PlayerPlace {
  readonly playerId: string;
  readonly shipId: string;
  readonly sectorId: number;
}

const placeSchema = z.object({
  user_id: z.string(),
  player_id: z.string(),
  ship_id: z.string(),
  sector_id: z.int(),
});

const startSchema = z.object({
  region_id: z.string(),
  starting_credits: z.int(),
  starting_ship: z.enum(HULL_TYPES),
  starting_equipment: z.array(z.string()),
  capital_sector_id: z.int(),
});
const madeSchema = z.object({ owner_id: z.string() });
type Start = z.output<typeof startSchema>;

/** Where these users' ships are, in their order; null for somebody who has never joined. */
async function readPlaces(
  { pool }: Pick<Database, "pool">,
  userIds: readonly string[],
): Promise<(PlayerPlace | null)[]> {
  const { rows } = await pool.query({
    name: "read_places",
    text: `select p.user_id, p.id as player_id, s.id as ship_id, s.sector_id
      -- A plan for any number of keys is kept; one made for this number is made anew each time.
      from unnest((select $1::uuid[])) as asked(user_id)
      cross join lateral (select * from players where user_id = asked.user_id offset 0) p
      cross join lateral (select * from ships where id = p.current_ship_id offset 0) s`,
    values: [binaryArray("uuid", userIds)],
  });
  const places = new Map(
    z
      .array(placeSchema)
      .parse(rows)
      .map((row) => [row.user_id, { playerId: row.player_id, shipId: row.ship_id, sectorId: row.sector_id }]),
  );
  return userIds.map((userId) => places.get(userId) ?? null);
}

/** Where newcomers begin, and with what: columns of the galaxy's start region. */
async function readStart({ pool }: Pick<Database, "pool">): Promise<Start> {
  const { rows } = await pool.query({
    name: "read_start",
    text: `select r.id as region_id, r.starting_credits, r.starting_ship, r.starting_equipment, r.capital_sector_id
      from galaxies g join regions r on r.id = g.start_region_id`,
  });
  const [start] = z.array(startSchema).parse(rows);
  if (start === undefined) throw new Error("There is no galaxy to start in: run `npm run world`.");
  return start;
}

/** Finds the players of those who join. */
export class Players {
  readonly #places: Gathering<string, PlayerPlace | null>;
  readonly #newcomers: Gathering<Newcomer, PlayerPlace | null>;
  /** Who comes together starts alike. */
  readonly #starts: Gathering<null, Start>;

  constructor(database: Pick<Database, "pool">) {
    this.#places = new Gathering((userIds) => readPlaces(database, userIds));
    this.#newcomers = new Gathering((newcomers) => createPlayers(database, newcomers));
    this.#starts = new Gathering(async (asked) => {
      const start = await readStart(database);
      return asked.map(() => start);
    });
  }

  /**
   * The user's player; made, with the start region's ship, when they join for the first time. Called any number of times
   * at once it makes one: every id is derived from the user's.
   */
  async ensure(identity: NewUser, nowMs: number): Promise<PlayerPlace> {
    const present = await this.#places.ask(identity.userId);
    if (present !== null) return present;
    const made =
      (await this.#newcomers.ask({ ...identity, nowMs })) ?? (await this.#places.ask(identity.userId));
    if (made === null) throw new Error(`the player of user ${identity.userId} was made but is not there`);
    return made;
  }

  /** The sector in which newcomers begin. */
  async startSector(): Promise<number> {
    return (await this.#starts.ask(null)).capital_sector_id;
  }
}

/** One statement, since many come at once when a game opens. @returns null for whom somebody else was first */
async function createPlayers(
  database: Pick<Database, "pool">,
  newcomers: readonly Newcomer[],
): Promise<(PlayerPlace | null)[]> {
  const start = await readStart(database);
  const hull = HULLS[start.starting_ship];
  // Once each, in an order that other processes keep as well.
  const byUser = new Map(newcomers.map((newcomer) => [newcomer.userId, newcomer]));
  const users = [...byUser.values()].sort((a, b) => (a.userId < b.userId ? -1 : 1));
  const column = (type: ElementType, value: (user: Newcomer) => Element) =>
    binaryArray(type, users.map(value));
  // The three rows refer to each other; references are checked when the statement has written all of them.
  const { rows } = await database.pool.query({
    name: "create_players",
    text: `with newcomer as (
          select unnest($1::uuid[]) as user_id, unnest($2::text[]) as name, unnest($3::timestamptz[]) as at,
            unnest($4::uuid[]) as player_id, unnest($5::uuid[]) as ship_id, unnest($6::text[]) as ship_name),
        account as (
          insert into users (id, username, created_at) select user_id, name, at from newcomer
            on conflict (id) do nothing),
        player as (
          insert into players (id, user_id, credits, starting_credits, last_turn_regeneration, home_sector_id,
              home_region_id, current_ship_id, created_at)
            select player_id, user_id, $7, $7, at, $8, $9, ship_id, at from newcomer
            on conflict do nothing returning id, user_id)
      insert into ships (id, owner_id, registered_owner_id, type, name, sector_id, hull, hull_max, shield, shield_max,
          shield_anchor_at, cargo_capacity, equipment_slots, created_at)
        select ship_id, id, id, $10, ship_name, $8, $11, $11, $12, $12, at, $13, $14, at
          from player join newcomer using (user_id) returning owner_id`,
    values: [
      column("uuid", ({ userId }) => userId),
      column("text", ({ name }) => name),
      column("timestamptz", ({ nowMs }) => nowMs),
      column("uuid", ({ userId }) => playerIdOf(userId)),
      column("uuid", ({ userId }) => shipIdOf(userId)),
      column("text", ({ name }) => `${name}'s first`.slice(0, SHIP_NAME_CHARACTERS_MAX)),
      start.starting_credits,
      start.capital_sector_id,
      start.region_id,
      start.starting_ship,
      hull.hullMax,
      hull.shieldMax,
      cargoCapacity(start.starting_ship),
      JSON.stringify(startingEquipment(start.starting_equipment)),
    ],
  });
  const made = new Set(
    z
      .array(madeSchema)
      .parse(rows)
      .map((row) => row.owner_id),
  );
  return newcomers.map(({ userId }) => {
    const [playerId, shipId] = [playerIdOf(userId), shipIdOf(userId)];
    return made.has(playerId) ? { playerId, shipId, sectorId: start.capital_sector_id } : null;
  });
}

function playerIdOf(userId: string): string {
  return uuidOf("player", userId);
}

function shipIdOf(userId: string): string {
  return uuidOf("first-ship", userId);
}
