import type { ClientBase } from "pg";
import { z } from "zod";
import { binaryArray } from "./binary-arrays.ts";
import {
  type FieldRow,
  type PlayerRow,
  type ReadRows,
  type ShipRow,
  type StandingRow,
  standingKey,
} from "./books.ts";
import { readHarvestModifiers } from "./conditions.ts";
import { lockBalances, lockLicenses, lockMarkets, readExtractions } from "./deal-locks.ts";
import { Flight, type Queryable } from "./flight.ts";
import {
  FIELD_COLUMNS,
  fieldSchema,
  PLAYER_COLUMNS,
  playerSchema,
  READ_CARGO,
  SHIP_COLUMNS,
  withHolds,
} from "./rows.ts";
import type { Statement } from "./statements.ts";
import type { Answer, Work } from "./work.ts";

const leaseSchema = z.object({ sector_id: z.int(), epoch: z.coerce.number() });
const standingSchema = z
  .object({
    player_id: z.string(),
    code: z.string(),
    current_value: z.int(),
    trade_carry_cr: z.int(),
  })
  .transform((row) => ({
    playerId: row.player_id,
    factionCode: row.code,
    value: row.current_value,
    tradeCarryCr: row.trade_carry_cr,
  }));
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
  /** The stations that were locked. */
  readonly stations: ReadonlySet<string>;
}

/** Names a request: its id is unique among those of its player alone. */
export function requestKey(playerId: string, requestId: string): string {
  return `${playerId}/${requestId}`;
}

/**
 * The rows that items name are locked without waiting. Those written beside them (holds, standings, a sector's last
 * fight) are nobody else's to keep: for one of them a whole batch waits, so not for long.
 */
const BESIDE_LOCK_WAIT_MS_MAX = 250;

const BEGIN: Statement = { name: "begin", text: "begin", values: [] };

/**
 * For this transaction. An item writes only about players and ships that it names, which are locked: no trigger need look
 * for them again.
 */
const SETTINGS: Statement = {
  name: "batch_settings",
  text: `select set_config('lock_timeout', '${BESIDE_LOCK_WAIT_MS_MAX}', true),
    set_config('sectorkeep.rows_held', 'on', true)`,
  values: [],
};

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

/**
 * Begins the transaction, locks and reads, in the server's one lock order: leases, players, ships, fields, standings. It is
 * one flight, in the order in which the statements are listed. `skip locked`: a row that somebody
 * else holds leaves its items to the next batch instead of stopping this one; `no key update`, because nobody changes
 * keys and rows that refer to these may be inserted meanwhile.
 */
export async function readBatch(
  client: ClientBase,
  items: readonly Work[],
  nowMs: number,
): Promise<BatchRows> {
  const playerIds = unique(items.flatMap((item) => item.playerIds));
  const shipIds = unique(items.flatMap((item) => item.shipIds));
  const fieldIds = unique(items.flatMap((item) => (item.fieldSectorId === null ? [] : [item.fieldSectorId])));
  const claims = items.flatMap(({ playerIds: [playerId = ""], claim }) =>
    claim === undefined ? [] : [{ playerId, ...claim }],
  );
  const flight = new Flight(client);
  flight.query(BEGIN);
  flight.query(SETTINGS);
  const reads = Promise.all([
    lockLeases(flight, unique(items.map((item) => item.lease.sectorId))),
    lockPlayers(flight, playerIds),
    lockShips(flight, shipIds),
    lockFields(flight, fieldIds),
    lockMarkets(
      flight,
      items.flatMap(({ market }) => (market === undefined ? [] : [market])),
    ),
    readStandings(flight, items),
    lockLicenses(flight, claims),
    readExtractions(flight, claims),
    lockBalances(
      flight,
      items.flatMap(({ balance }) => (balance === undefined ? [] : [balance])),
    ),
    // After the leases: what has begun in a sector before a batch holds its lease is seen.
    readHarvestModifiers(flight, fieldIds, playerIds, nowMs),
    readRequests(flight, items),
  ]);
  const [
    [
      epochs,
      players,
      ships,
      fields,
      stations,
      standings,
      licenses,
      extractions,
      balances,
      modifiers,
      requests,
    ],
  ] = await Promise.all([reads, flight.send()]);
  const flown = await readFlown(client, [...players.values()], shipIds);
  return {
    ...{ epochs, players, ships, fields, standings, licenses, extractions, balances, flown, requests },
    ...stations,
    ...modifiers,
  };
}

async function lockLeases(db: Queryable, sectorIds: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await db.query({
    name: "lock_leases",
    text: `select sector_id, epoch from sector_leases where sector_id = any($1::int[])
      order by sector_id for share skip locked`,
    values: [binaryArray("int", sectorIds)],
  });
  const leases = rows.map((row) => leaseSchema.parse(row));
  return new Map(leases.map(({ sector_id, epoch }) => [sector_id, epoch]));
}

async function lockPlayers(db: Queryable, ids: readonly string[]): Promise<Map<string, PlayerRow>> {
  const { rows } = await db.query({
    name: "lock_players",
    text: `select ${PLAYER_COLUMNS} from players where id = any($1::uuid[])
      order by id for no key update skip locked`,
    values: [binaryArray("uuid", ids)],
  });
  return keyed(playerSchema, rows, ({ id }) => id);
}

async function lockShips(db: Queryable, ids: readonly string[]): Promise<Map<string, ShipRow>> {
  const values = [binaryArray("uuid", ids)];
  const [ships, cargo] = await Promise.all([
    db.query({
      name: "lock_ships",
      text: `select ${SHIP_COLUMNS} from ships where id = any($1::uuid[]) order by id for no key update skip locked`,
      values,
    }),
    db.query({ name: "read_cargo", text: READ_CARGO, values }),
  ]);
  return byId(withHolds(ships.rows, cargo.rows));
}

async function lockFields(db: Queryable, sectorIds: readonly number[]): Promise<Map<number, FieldRow>> {
  if (sectorIds.length === 0) return new Map();
  const { rows } = await db.query({
    name: "lock_fields",
    text: `select ${FIELD_COLUMNS} from asteroid_fields where sector_id = any($1::int[])
      order by sector_id for no key update skip locked`,
    values: [binaryArray("int", sectorIds)],
  });
  return keyed(fieldSchema, rows, ({ sectorId }) => sectorId);
}

/** Not locked: a standing is changed under its player's lock alone. */
async function readStandings(db: Queryable, items: readonly Work[]): Promise<Map<string, StandingRow>> {
  const asked = items.flatMap(({ playerIds: [playerId = ""], standingCodes }) =>
    standingCodes.map((code) => ({ playerId, code })),
  );
  if (asked.length === 0) return new Map();
  const ids = binaryArray(
    "uuid",
    asked.map(({ playerId }) => playerId),
  );
  const codes = binaryArray(
    "text",
    asked.map(({ code }) => code),
  );
  const { rows } = await db.query({
    name: "read_standings",
    // The few factions once, not once a row.
    text: `with f as materialized (select id, code from factions)
      select r.player_id, f.code, r.current_value, r.trade_carry_cr
      from unnest($1::uuid[], $2::text[]) as k(player_id, code)
      join f on f.code = k.code
      join reputations r on r.player_id = k.player_id and r.faction_id = f.id`,
    values: [ids, codes],
  });
  return keyed(standingSchema, rows, ({ playerId, factionCode }) => standingKey(playerId, factionCode));
}

/** What has been answered already, of the requests that the items came with. */
async function readRequests(db: Queryable, items: readonly Work[]): Promise<Map<string, StoredRequest>> {
  const players = binaryArray(
    "uuid",
    items.map(({ key }) => key.playerId),
  );
  const requests = binaryArray(
    "text",
    items.map(({ key }) => key.requestId),
  );
  const { rows } = await db.query({
    name: "read_requests",
    text: `select r.player_id, r.request_id, r.fingerprint, r.answer
      from unnest($1::uuid[], $2::text[]) as k(player_id, request_id)
      cross join lateral (
        -- By key, whatever a plan believes that was made while the table was empty.
        select * from requests where player_id = k.player_id and request_id = k.request_id offset 0
      ) r`,
    values: [players, requests],
  });
  return keyed(requestSchema, rows, ({ player_id, request_id }) => requestKey(player_id, request_id));
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
  const values = [binaryArray("uuid", flown)];
  const flight = new Flight(client);
  const rows = Promise.all([
    flight.query({
      name: "read_flown_ships",
      text: `select ${SHIP_COLUMNS} from ships where id = any($1::uuid[])`,
      values,
    }),
    flight.query({ name: "read_cargo", text: READ_CARGO, values }),
  ]);
  const [[shipRows, cargoRows]] = await Promise.all([rows, flight.send()]);
  return byId(withHolds(shipRows.rows, cargoRows.rows));
}

/** Row by row: a schema of the list, made anew for each batch, would cost ten times as much as reading a small one. */
function keyed<Key, Row>(
  schema: z.ZodType<Row>,
  rows: readonly unknown[],
  keyOf: (row: Row) => Key,
): Map<Key, Row> {
  return new Map(rows.map((row) => schema.parse(row)).map((row) => [keyOf(row), row]));
}

function byId(ships: readonly ShipRow[]): Map<string, ShipRow> {
  return new Map(ships.map((ship) => [ship.id, ship]));
}

/**
 * Which of the ids are in the database at all, whoever holds them: tells a row that is locked from one that is gone.
 */
export async function readPresent(
  client: ClientBase,
  ids: {
    players: readonly string[];
    ships: readonly string[];
    sectorIds: readonly number[];
    stations: readonly string[];
  },
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query(
    `select id::text from players where id = any($1::uuid[])
      union all select id::text from ships where id = any($2::uuid[])
      union all select sector_id::text from sector_leases where sector_id = any($3::int[])
      union all select id::text from stations where id = any($4::uuid[])
      union all select 'field/' || sector_id from asteroid_fields where sector_id = any($3::int[])`,
    [ids.players, ids.ships, ids.sectorIds, ids.stations],
  );
  const present = z.array(z.object({ id: z.string() })).parse(rows);
  return new Set(present.map(({ id }) => id));
}
