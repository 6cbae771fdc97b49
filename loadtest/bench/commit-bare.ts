/**
 * The yardstick of a batch: what this machine and its Postgres give to anybody who settles many harvests in one
 * transaction. Nine narrow tables; lock, read, decide, write over `pg`'s own pipeline; no rules, no checks, no references,
 * no second index, nobody who waits for an answer.
 */
import { randomUUID } from "node:crypto";
import { createHistogram } from "node:perf_hooks";
import pg from "pg";
import { z } from "zod";

const SCHEMA = "bench_bare";
/** By index whatever the planner thinks of tables as small as these: the fastest that was found. */
const SESSION = `-c search_path=${SCHEMA} -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_custom_plan`;
const NS_PER_MS = 1_000_000;
const WARM_UP_MS = 1_500;
const ORE_MAX = 20;

const TABLES = `
  create table leases (sector_id int primary key, epoch bigint not null);
  create table players (id uuid primary key, turns int not null, event_seq bigint not null) with (fillfactor = 70);
  create table ships (id uuid primary key, owner_id uuid not null, sector_id int not null, capacity int not null);
  create table fields (sector_id int primary key, pool int not null) with (fillfactor = 70);
  create table cargo (ship_id uuid, commodity text, quantity int not null, primary key (ship_id, commodity))
    with (fillfactor = 70);
  create table standings (player_id uuid, faction int, value int not null, primary key (player_id, faction))
    with (fillfactor = 70);
  create table harvests (id uuid primary key, player_id uuid not null, sector_id int not null, ore int not null,
    at timestamptz not null);
  create table requests (player_id uuid, request_id text, answer jsonb not null, primary key (player_id, request_id));
  create table events (player_id uuid, seq bigint, payload jsonb not null, primary key (player_id, seq));`;

const playersSchema = z.array(z.object({ id: z.string(), event_seq: z.coerce.number() }));
const cargoSchema = z.array(z.object({ ship_id: z.string(), quantity: z.int() }));

interface Pilot {
  readonly playerId: string;
  readonly shipId: string;
  readonly sectorId: number;
}

export interface BareBatches {
  /** Harvests a batch. */
  readonly items: number;
  /** Connections, each with one batch after the other. */
  readonly lanes: number;
}

export interface BareRun {
  readonly perSecond: number;
  /** From a batch's BEGIN to the answer to its COMMIT. */
  readonly p99Ms: number;
}

/** @returns what each kind of batches gave, one after the other */
export async function runBareBatches(
  url: string,
  size: { readonly sectors: number; readonly pilots: number },
  kinds: readonly BareBatches[],
  seconds: number,
): Promise<BareRun[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const pilots = await makeTables(client, size);
    const runs: BareRun[] = [];
    for (const kind of kinds) runs.push(await run(url, pilots, kind, seconds));
    return runs;
  } finally {
    await client.query(`drop schema if exists ${SCHEMA} cascade`);
    await client.end();
  }
}

async function makeTables(
  client: pg.Client,
  size: { readonly sectors: number; readonly pilots: number },
): Promise<Pilot[]> {
  const pilots = Array.from({ length: size.pilots }, (_, index) => ({
    playerId: randomUUID(),
    shipId: randomUUID(),
    sectorId: 1 + (index % size.sectors),
  }));
  const [playerIds, shipIds] = [pilots.map(({ playerId }) => playerId), pilots.map(({ shipId }) => shipId)];
  await client.query(`create schema ${SCHEMA}; set search_path = ${SCHEMA}; ${TABLES}`);
  await client.query("insert into leases select n, 1 from generate_series(1, $1::int) n", [size.sectors]);
  await client.query("insert into fields select n, 2000000000 from generate_series(1, $1::int) n", [
    size.sectors,
  ]);
  await client.query("insert into players select unnest($1::uuid[]), 1000000000, 0", [playerIds]);
  const sectorIds = pilots.map(({ sectorId }) => sectorId);
  await client.query(
    "insert into ships select unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::int[]), 500",
    [shipIds, playerIds, sectorIds],
  );
  await client.query("insert into cargo select unnest($1::uuid[]), 'ore', 0", [shipIds]);
  await client.query("insert into standings select unnest($1::uuid[]), 1, 0", [playerIds]);
  await client.query("analyze");
  return pilots;
}

async function run(
  url: string,
  pilots: readonly Pilot[],
  { items, lanes }: BareBatches,
  seconds: number,
): Promise<BareRun> {
  const latency = createHistogram();
  const countFromMs = performance.now() + WARM_UP_MS;
  const endMs = countFromMs + seconds * 1000;
  let [done, next] = [0, 0];
  const lane = async () => {
    const client = new pg.Client({ connectionString: url, pipeline: true, options: SESSION });
    await client.connect();
    while (performance.now() < endMs) {
      // No two lanes have the same pilots: `next` is far from coming round while a batch is out.
      const batch = Array.from({ length: items }, () => at(pilots, next++));
      const startedMs = performance.now();
      await settle(client, batch);
      if (startedMs < countFromMs) continue;
      done += items;
      latency.record(Math.round((performance.now() - startedMs) * NS_PER_MS));
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const ranMs = performance.now() - countFromMs;
  return { perSecond: (done * 1000) / ranMs, p99Ms: latency.percentile(99) / NS_PER_MS };
}

/** Neighbours are in different sectors, and far apart on the disk. */
function at(pilots: readonly Pilot[], number: number): Pilot {
  const pilot = pilots[(number * 7919) % pilots.length];
  if (pilot === undefined) throw new Error("a world without pilots");
  return pilot;
}

type Ask = (name: string, text: string, values: unknown[]) => Promise<pg.QueryResult>;

async function settle(client: pg.Client, batch: readonly Pilot[]): Promise<void> {
  const ask: Ask = (name, text, values) => client.query({ name, text, values });
  const columns = {
    playerIds: batch.map(({ playerId }) => playerId),
    shipIds: batch.map(({ shipId }) => shipId),
    requestIds: batch.map(() => randomUUID()),
  };
  const [, rows] = await Promise.all([client.query("begin"), lockAndRead(ask, batch, columns)]);
  await Promise.all([write(ask, batch, columns, rows), client.query("commit")]);
}

interface Columns {
  readonly playerIds: readonly string[];
  readonly shipIds: readonly string[];
  readonly requestIds: readonly string[];
}

interface Rows {
  /** Of each player, the number of the next event. */
  readonly seqOf: ReadonlyMap<string, number>;
  readonly oreOf: ReadonlyMap<string, number>;
}

async function lockAndRead(
  ask: Ask,
  batch: readonly Pilot[],
  { playerIds, shipIds, requestIds }: Columns,
): Promise<Rows> {
  const sectorIds = [...new Set(batch.map(({ sectorId }) => sectorId))];
  const locked = (table: string, key: string, lock: string) =>
    `select * from ${table} where ${key} order by 1 for ${lock}`;
  const [, players, , , cargo] = await Promise.all([
    ask("leases", locked("leases", "sector_id = any($1::int[])", "share"), [sectorIds]),
    ask("players", locked("players", "id = any($1::uuid[])", "no key update"), [playerIds]),
    ask("ships", locked("ships", "id = any($1::uuid[])", "no key update"), [shipIds]),
    ask("fields", locked("fields", "sector_id = any($1::int[])", "no key update"), [sectorIds]),
    ask("cargo", "select ship_id, quantity from cargo where ship_id = any($1::uuid[])", [shipIds]),
    ask("standings", "select * from standings where player_id = any($1::uuid[])", [playerIds]),
    ask(
      "asked",
      `select r.* from unnest($1::uuid[], $2::text[]) as k(player_id, request_id)
        join requests r on r.player_id = k.player_id and r.request_id = k.request_id`,
      [playerIds, requestIds],
    ),
  ]);
  return {
    seqOf: new Map(playersSchema.parse(players.rows).map(({ id, event_seq }) => [id, event_seq + 1])),
    oreOf: new Map(cargoSchema.parse(cargo.rows).map(({ ship_id, quantity }) => [ship_id, quantity])),
  };
}

async function write(
  ask: Ask,
  batch: readonly Pilot[],
  { playerIds, shipIds, requestIds }: Columns,
  { seqOf, oreOf }: Rows,
): Promise<void> {
  const mined = batch.map((pilot) => ({
    ...pilot,
    ...{ harvestId: randomUUID(), ore: 1 + Math.floor(Math.random() * ORE_MAX) },
  }));
  const drawn = new Map<number, number>();
  for (const { sectorId, ore } of mined) drawn.set(sectorId, (drawn.get(sectorId) ?? 0) + ore);
  const seqs = playerIds.map((id) => seqOf.get(id));
  const ores = mined.map(({ ore }) => ore);
  const answers = mined.map(({ harvestId, ore }) => JSON.stringify({ harvestId, ore }));
  await Promise.all([
    ask(
      "spend",
      `update players p set turns = turns - 5, event_seq = v.seq from unnest($1::uuid[], $2::bigint[]) as v(id, seq)
        where p.id = v.id`,
      [playerIds, seqs],
    ),
    ask(
      "draw",
      "update fields f set pool = pool - v.ore from unnest($1::int[], $2::int[]) as v(id, ore) where f.sector_id = v.id",
      [[...drawn.keys()], [...drawn.values()]],
    ),
    ask(
      "load",
      `update cargo c set quantity = v.quantity from unnest($1::uuid[], $2::int[]) as v(id, quantity)
        where c.ship_id = v.id and c.commodity = 'ore'`,
      [shipIds, mined.map(({ shipId, ore }) => (oreOf.get(shipId) ?? 0) + ore)],
    ),
    ask(
      "esteem",
      "update standings s set value = value + 1 from unnest($1::uuid[]) as v(id) where s.player_id = v.id and s.faction = 1",
      [playerIds],
    ),
    ask(
      "harvests",
      "insert into harvests select unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::int[]), unnest($4::int[]), now()",
      [mined.map(({ harvestId }) => harvestId), playerIds, batch.map(({ sectorId }) => sectorId), ores],
    ),
    ask(
      "requests",
      "insert into requests select unnest($1::uuid[]), unnest($2::text[]), unnest($3::jsonb[])",
      [...[playerIds, requestIds, answers]],
    ),
    ask("events", "insert into events select unnest($1::uuid[]), unnest($2::bigint[]), unnest($3::jsonb[])", [
      ...[playerIds, seqs, answers],
    ]),
  ]);
}
