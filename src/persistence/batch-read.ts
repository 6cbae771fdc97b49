import type { ClientBase } from "pg";
import { z } from "zod";
import { COMMODITIES, type Commodity } from "../rules/commodities.ts";
import { HULL_TYPES } from "../rules/ships.ts";
import { type FieldRow, type PlayerRow, type ReadRows, type ShipRow, standingKey } from "./books.ts";
import type { Answer, Work } from "./work.ts";

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
});

/** Columns and shape of a player row, shared by everybody who reads one. */
export const PLAYER_COLUMNS = `id, credits, turns, max_turns, lifetime_turns_regenerated, lifetime_turns_spent,
  last_turn_regeneration, aria_bonus_bps, attack_drones, defense_drones, quantum_shards, quantum_crystals,
  current_ship_id, hull_claimed_at, event_seq`;

export const playerSchema = z
  .object({
    id: z.string(),
    credits: z.int(),
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
    event_seq: z.int(),
  })
  .transform(
    (row): PlayerRow => ({
      id: row.id,
      credits: row.credits,
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

const READ_CARGO =
  "select ship_id, commodity, quantity from ship_cargo where ship_id = any($1::uuid[]) and quantity > 0";

const leaseSchema = z.object({ sector_id: z.int(), epoch: z.coerce.number() });
const standingSchema = z.object({ player_id: z.string(), code: z.string(), current_value: z.int() });
const requestSchema = z.object({
  player_id: z.string(),
  request_id: z.string(),
  fingerprint: z.string(),
  answer: z.record(z.string(), z.unknown()),
});

export interface StoredRequest {
  readonly fingerprint: string;
  readonly answer: Answer;
}

/** Everything a batch needs, read under lock. What another transaction holds is missing: nothing here waits. */
export interface BatchRows extends ReadRows {
  readonly epochs: ReadonlyMap<number, number>;
  /** Of the players: ships that no item names. Not locked. */
  readonly flown: ReadonlyMap<string, ShipRow>;
  readonly requests: ReadonlyMap<string, StoredRequest>;
}

export function requestKey(playerId: string, requestId: string): string {
  return `${playerId}/${requestId}`;
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

/**
 * Locks and reads, in the server's one lock order: leases, players, ships, fields, standings. All statements are on
 * the wire before the first answer is awaited. `skip locked`: a row that somebody else holds leaves its items to
 * the next batch instead of stopping this one; `no key update`, because nobody changes keys and rows that refer to
 * these may be inserted meanwhile.
 */
export async function readBatch(client: ClientBase, items: readonly Work[]): Promise<BatchRows> {
  const leases = unique(items.map((item) => item.lease.sectorId));
  const players = unique(items.flatMap((item) => item.playerIds));
  const ships = unique(items.flatMap((item) => item.shipIds));
  const fields = unique(items.flatMap((item) => (item.fieldSectorId === null ? [] : [item.fieldSectorId])));
  const standings = items.flatMap((item) =>
    item.standingCodes.map((code) => [item.playerIds[0] ?? "", code] as const),
  );
  const query = (name: string, text: string, values: unknown[]) => client.query({ name, text, values });
  const nothing = Promise.resolve({ rows: [] });

  const [leaseRows, playerRows, shipRows, fieldRows, standingRows, cargoRows, requestRows] =
    await Promise.all([
      query(
        "lock_leases",
        `select sector_id, epoch from sector_leases where sector_id = any($1::int[])
          order by sector_id for share skip locked`,
        [leases],
      ),
      query(
        "lock_players",
        `select ${PLAYER_COLUMNS} from players where id = any($1::uuid[])
          order by id for no key update skip locked`,
        [players],
      ),
      query(
        "lock_ships",
        `select ${SHIP_COLUMNS} from ships where id = any($1::uuid[]) order by id for no key update skip locked`,
        [ships],
      ),
      fields.length === 0
        ? nothing
        : query(
            "lock_fields",
            `select ${FIELD_COLUMNS} from asteroid_fields where sector_id = any($1::int[])
              order by sector_id for no key update skip locked`,
            [fields],
          ),
      standings.length === 0
        ? nothing
        : query(
            "read_standings",
            `select r.player_id, f.code, r.current_value from unnest($1::uuid[], $2::text[]) as k(player_id, code)
              join factions f on f.code = k.code
              join reputations r on r.player_id = k.player_id and r.faction_id = f.id`,
            [standings.map(([playerId]) => playerId), standings.map(([, code]) => code)],
          ),
      query("read_cargo", READ_CARGO, [ships]),
      query(
        "read_requests",
        `select r.player_id, r.request_id, r.fingerprint, r.answer
          from unnest($1::uuid[], $2::text[]) as k(player_id, request_id)
          join requests r on r.player_id = k.player_id and r.request_id = k.request_id`,
        [items.map((item) => item.key.playerId), items.map((item) => item.key.requestId)],
      ),
    ]);

  const standingsRead = z.array(standingSchema).parse(standingRows.rows);
  const lockedPlayers = byId(z.array(playerSchema).parse(playerRows.rows));
  return {
    epochs: new Map(
      z
        .array(leaseSchema)
        .parse(leaseRows.rows)
        .map((row) => [row.sector_id, row.epoch]),
    ),
    players: lockedPlayers,
    ships: byId(withHolds(z.array(shipSchema).parse(shipRows.rows), cargoRows.rows)),
    flown: await readFlown(client, [...lockedPlayers.values()], ships),
    fields: new Map(
      z
        .array(fieldSchema)
        .parse(fieldRows.rows)
        .map((row) => [row.sectorId, row]),
    ),
    standings: new Map(
      standingsRead.map((row) => [
        standingKey(row.player_id, row.code),
        { playerId: row.player_id, factionCode: row.code, value: row.current_value },
      ]),
    ),
    requests: new Map(
      z
        .array(requestSchema)
        .parse(requestRows.rows)
        .map((row) => [requestKey(row.player_id, row.request_id), row]),
    ),
  };
}

/**
 * The ships that players fly by now, where their items name others: an escape pod or a new hull that the first try of
 * a repeated item has left. They are only shown, never changed, so they are not locked. Mostly there are none.
 */
async function readFlown(
  client: ClientBase,
  players: readonly PlayerRow[],
  asked: readonly string[],
): Promise<Map<string, ShipRow>> {
  const known = new Set(asked);
  const flown = players.flatMap(({ currentShipId: id }) => (id === null || known.has(id) ? [] : [id]));
  if (flown.length === 0) return new Map();
  const [shipRows, cargoRows] = await Promise.all([
    client.query({
      name: "read_flown_ships",
      text: `select ${SHIP_COLUMNS} from ships where id = any($1::uuid[])`,
      values: [flown],
    }),
    client.query({ name: "read_cargo", text: READ_CARGO, values: [flown] }),
  ]);
  return byId(withHolds(z.array(shipSchema).parse(shipRows.rows), cargoRows.rows));
}

function byId<Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** The ships with what their cargo rows say they carry. */
export function withHolds(ships: readonly ShipRow[], cargoRows: readonly unknown[]): ShipRow[] {
  const holds = new Map<string, Partial<Record<Commodity, number>>>();
  for (const { ship_id, commodity, quantity } of z.array(cargoSchema).parse(cargoRows)) {
    holds.set(ship_id, { ...holds.get(ship_id), [commodity]: quantity });
  }
  return ships.map((ship) => ({ ...ship, cargo: holds.get(ship.id) ?? {} }));
}

/**
 * Which of the ids are in the database at all, whoever holds them: tells a row that is locked from one that is gone.
 */
export async function readPresent(
  client: ClientBase,
  ids: { players: readonly string[]; ships: readonly string[]; sectorIds: readonly number[] },
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query(
    `select id::text from players where id = any($1::uuid[])
      union all select id::text from ships where id = any($2::uuid[])
      union all select sector_id::text from sector_leases where sector_id = any($3::int[])
      union all select 'field/' || sector_id from asteroid_fields where sector_id = any($3::int[])`,
    [ids.players, ids.ships, ids.sectorIds],
  );
  return new Set(
    z
      .array(z.object({ id: z.string() }))
      .parse(rows)
      .map((row) => row.id),
  );
}
