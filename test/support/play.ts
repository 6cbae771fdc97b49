/** What tests of the game ask for again and again. */
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import pg from "pg";
import { z } from "zod";
import type { ErrorCode } from "../../src/errors.ts";
import type { SectorState } from "../../src/schema/sector.ts";
import { type MadePilot, makeSector, makeWarp, type PilotOptions, type World } from "./fixtures.ts";
import type { GameUnderTest } from "./game.ts";
import { type Answer, PilotClient } from "./pilot-client.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The answer of a request that must have been accepted. */
export async function accepted(asking: Promise<Answer>): Promise<Record<string, unknown>> {
  const answer = await asking;
  if ("refused" in answer) assert.fail(`refused: ${answer.refused} ${JSON.stringify(answer.detail)}`);
  return answer.accepted;
}

/** The detail of a refusal that must have this code. */
export async function refused(asking: Promise<Answer>, code: ErrorCode): Promise<Record<string, unknown>> {
  const answer = await asking;
  assert.equal("refused" in answer ? answer.refused : "accepted", code);
  return "refused" in answer ? answer.detail : {};
}

/** Every table that a command could change, as it is now. */
const TRUTH = {
  players: "id",
  ships: "id",
  ship_cargo: "ship_id, commodity",
  asteroid_fields: "sector_id",
  reputations: "player_id, faction_id",
  mining_harvests: "id",
  combat_logs: "id",
  movements: "id",
  deals: "id",
  station_surplus: "station_id, commodity",
  claim_licenses: "id",
  sector_bookmarks: "player_id, sector_id",
  npc_patrols: "id",
  events: "player_id, seq",
  requests: "player_id, request_id",
} as const;

export async function truthOf(pool: pg.Pool): Promise<Record<string, unknown[]>> {
  const read = Object.entries(TRUTH).map(async ([table, order]) => {
    const { rows } = await pool.query(`select * from ${table} order by ${order}`);
    return [table, rows] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** What everybody sees of the ships in the live sectors. A sector without ships may end at any time. */
function shipsOf(game: GameUnderTest): object {
  return Object.assign({}, ...[...game.server.sectors].map((room) => room.live?.state.ships.toJSON()));
}

/** Fails when `work` changes a row of the database, or what everybody sees of a ship. */
export async function changesNothing(game: GameUnderTest, work: () => Promise<unknown>): Promise<void> {
  const look = async () => {
    await game.server.queue.drained();
    return { ships: shipsOf(game), rows: await truthOf(game.pool) };
  };
  const before = await look();
  await work();
  assert.deepEqual(await look(), before);
}

/** Fails unless the request is refused with this code and changes nothing. @returns the detail of the refusal */
export async function refuses(
  game: GameUnderTest,
  client: PilotClient,
  type: string,
  body: Record<string, unknown>,
  code: ErrorCode,
): Promise<Record<string, unknown>> {
  let detail: Record<string, unknown> = {};
  await changesNothing(game, async () => {
    detail = await refused(client.ask(type, body), code);
  });
  return detail;
}

/** How many messages of a type a client has heard. */
export function timesHeard(client: PilotClient, type: string): number {
  return client.told.filter((told) => told.type === type).length;
}

/** The newest of what only the pilot may see. */
export function newest(client: PilotClient): Record<string, unknown> {
  const told = client.told.findLast(({ type }) => type === "pilot");
  assert.ok(told !== undefined, "the client has heard no snapshot");
  return told.payload;
}

/** A further region of the world. */
export async function makeRegion(
  pool: pg.Pool,
  options: { type?: string; status?: string; pvpRules?: string } = {},
): Promise<World> {
  const ids = { regionId: randomUUID(), zoneId: randomUUID(), clusterId: randomUUID() };
  await pool.query(
    `insert into regions (id, galaxy_id, name, region_type, status, pvp_rules)
      select $1::uuid, id, $1::text, $2, $3, $4 from galaxies`,
    [ids.regionId, options.type ?? "player_owned", options.status ?? "active", options.pvpRules ?? "open"],
  );
  await pool.query(
    `insert into zones (id, region_id, zone_type, start_sector, end_sector, policing_level, danger_rating)
      values ($1, $2, 'EXPANSE', 1, 1000, 3, 6)`,
    [ids.zoneId, ids.regionId],
  );
  await pool.query(
    "insert into clusters (id, region_id, name, cluster_type) values ($1, $2, 'Core', 'STANDARD')",
    [ids.clusterId, ids.regionId],
  );
  return ids;
}

const seatSchema = z.looseObject({
  name: z.string(),
  roomId: z.string(),
  sessionId: z.string(),
  processId: z.string(),
});

/** Takes the seat that a warp was answered with. */
export async function follow(
  game: GameUnderTest,
  pilot: { userId: string },
  seat: unknown,
): Promise<PilotClient> {
  const sdk = PilotClient.sdk(game.port, await game.token(pilot.userId));
  const room = await sdk.consumeSeatReservation<SectorState>(seatSchema.parse(seat));
  return game.keep(PilotClient.over(room));
}

let sectorsMade = 0;

/** A field with a number of its own. */
export function newSector(game: GameUnderTest, world: World = game.world, faction?: string): Promise<number> {
  const holder = faction === undefined ? {} : { controllingFaction: faction };
  return makeSector(game.pool, world, ++sectorsMade, holder);
}

/** Two sectors with a warp between them. */
export async function newNeighbours(
  game: GameUnderTest,
  to: { world?: World; faction?: string } = {},
  turnCost = 1,
): Promise<{ here: number; there: number }> {
  const here = await newSector(game);
  const there = await newSector(game, to.world, to.faction);
  await makeWarp(game.pool, here, there, turnCost);
  return { here, there };
}

/** Warps and takes the seat at the other end. */
export async function warpTo(
  game: GameUnderTest,
  flown: { pilot: MadePilot; client: PilotClient },
  sectorId: number,
): Promise<{ answer: Record<string, unknown>; client: PilotClient }> {
  const { seat, ...answer } = await accepted(flown.client.ask("warp", { sectorId }));
  return { answer, client: await follow(game, flown.pilot, seat) };
}

/** A wreck in the pilot's name. */
export async function makeWreck(game: GameUnderTest, pilot: MadePilot): Promise<string> {
  const { rows } = await game.pool.query(
    `insert into ships (id, owner_id, type, name, sector_id, status, hull, hull_max, shield, shield_max, shield_anchor_at,
        cargo_capacity, created_at, destroyed_at)
      select gen_random_uuid(), owner_id, 'ESCAPE_POD', 'Wreck', sector_id, 'DESTROYED', 0, 200, 0, 150,
        shield_anchor_at, 50, created_at, created_at
      from ships where id = $1 returning id`,
    [pilot.shipId],
  );
  return String(rows[0].id);
}

/** Flies a pilot into the station of a sector. */
export async function flyDocked(
  game: GameUnderTest,
  sectorId: number,
  stationId: string,
  options: PilotOptions,
) {
  const flown = await game.fly(sectorId, options);
  await accepted(flown.client.ask("dock", { stationId }));
  return flown;
}

/** Somebody outside holds the pilot's row or their ship's, so that what they do waits for the database. @returns lets go of it */
export async function holdUp(
  game: GameUnderTest,
  { playerId, shipId }: MadePilot,
  row: "player" | "ship" = "player",
): Promise<() => Promise<void>> {
  const outsider = new pg.Client({ connectionString: game.test.url });
  await outsider.connect();
  await outsider.query("begin");
  await (row === "player"
    ? outsider.query("select from players where id = $1 for no key update", [playerId])
    : outsider.query("select from ships where id = $1 for no key update", [shipId]));
  return async () => {
    await outsider.query("commit");
    await outsider.end();
  };
}

/** Resolves when a move of the pilot's is on its way to the database. */
export async function underWay(game: GameUnderTest, { playerId }: MadePilot): Promise<void> {
  const isMoving = () =>
    [...game.server.sectors].some((room) => (room.live?.pilot(playerId)?.moving ?? null) !== null);
  while (!isMoving()) await new Promise((resolve) => setImmediate(resolve));
}
