/** Throws rubbish at a server over both transports: it must not fall, not change a row, and not grow. */
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { z } from "zod";
import { connect } from "../../src/persistence/database.ts";
import { migrate } from "../../src/persistence/migrate.ts";
import { insertGalaxy } from "../../src/persistence/world.ts";
import { itemAt, Prng } from "../../src/rules/galaxy/prng.ts";
import { fieldIds, loadGalaxy } from "../world.ts";
import { Cluster } from "./cluster.ts";
import { CREW_SETTINGS, type CrewMember, makeCrew, tokenOf } from "./crew.ts";
import { type Bearings, Rubbish } from "./rubbish.ts";
import { ServerChild } from "./server-child.ts";
import { type Route, type Tally, Thrower } from "./thrower.ts";

const TRANSPORTS = ["ws", "uws"] as const;
/** Clients at a time of each server: enough that one's joining is another's throwing. */
const CLIENTS = 10;
/** What may be had more after the assault than after its first tenth: caches fill up, nothing else. */
const HEAP_GROWTH_BYTES_MAX = 16e6;
const RSS_GROWTH_BYTES_MAX = 100e6;
const PROGRESS_MS = 5_000;
/** The share after which a server has everything in memory that it will need. */
const WARM_UP = 0.1;
/** Seats and rooms that nobody is in any more are gone by then. */
const SEATS_GONE_MS = 3_000;

export interface FuzzOptions {
  readonly seed: number;
  readonly frames: number;
  readonly tell: (line: string) => void;
}

export interface FuzzReport extends Omit<Tally, "findings"> {
  readonly findings: readonly string[];
  readonly heapGrowthBytes: readonly number[];
  readonly rssGrowthBytes: readonly number[];
}

/** @throws when the servers cannot be set up */
export async function runFuzz({ seed, frames, tell }: FuzzOptions): Promise<FuzzReport> {
  const cluster = await Cluster.start();
  const closing: (() => Promise<unknown>)[] = [() => cluster.discard()];
  try {
    await migrate(cluster.url);
    const database = connect(cluster.url, { max: 2, applicationName: "fuzz", onIdleError: () => {} });
    closing.push(() => database.pool.end());
    const sectorIds = fieldIds(TRANSPORTS.length);
    await insertGalaxy(database, loadGalaxy(seed, sectorIds.length), { now: new Date() });
    const crew = await makePowerless(database.pool, sectorIds);
    const targets: ServerChild[] = [];
    for (const transport of TRANSPORTS) {
      const server = await ServerChild.start({
        DATABASE_URL: cluster.url,
        DATA_DIR: cluster.dataDir,
        TRANSPORT: transport,
        RECONNECT_SECONDS: "0",
        ...CREW_SETTINGS,
      });
      targets.push(server);
      closing.push(async () => {
        server.kill();
        await server.ended;
      });
    }
    return await assault({ seed, frames, tell }, targets, crew, database.pool);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Pilots that can do nothing, even by a frame that makes sense by accident: they have no turns, and get none. */
async function makePowerless(pool: pg.Pool, sectorIds: readonly number[]): Promise<CrewMember[]> {
  const crew = await makeCrew(pool, "Fuzz", sectorIds, CLIENTS * sectorIds.length);
  await pool.query("update players set turns = 0, starting_turns = 0");
  await pool.query("update galaxies set default_turns_per_day = 1");
  return crew;
}

async function assault(
  { seed, frames, tell }: FuzzOptions,
  servers: readonly ServerChild[],
  crew: readonly CrewMember[],
  pool: pg.Pool,
): Promise<FuzzReport> {
  const tally: Tally = { frames: 0, requests: 0, seats: 0, answers: new Map(), findings: [] };
  const routes = await publishedRoutes();
  const before = await checksums(pool);
  const throwers = crew.map(async (member, index) => {
    const dice = new Prng(`${seed}/fuzz/${index}`);
    const bearings = await bearingsOf(pool, member);
    // Each server has a sector of its own: two that know nothing of each other would take it from one another.
    const server = itemAt(servers, index % servers.length);
    const arms = { dice, rubbish: new Rubbish(dice, bearings), bearings, routes, tally };
    return new Thrower(server, await tokenOf(member), arms);
  });
  const all = await Promise.all(throwers);
  const throwUntil = (limit: number) => Promise.all(all.map((thrower) => thrower.throwUntil(limit)));
  const progress = setInterval(() => {
    tell(`  ${tally.frames} frames and ${tally.requests} requests thrown, from ${tally.seats} seats`);
  }, PROGRESS_MS);
  try {
    await throwUntil(frames * WARM_UP);
    const warm = await Promise.all(servers.map((server) => server.report()));
    await throwUntil(frames);
    await pause(SEATS_GONE_MS);
    const after = await Promise.all(servers.map((server) => server.report()));
    const growth = (key: "heapBytes" | "rssBytes") =>
      after.map((report, index) => report[key] - (warm[index]?.[key] ?? 0));
    const report = { heapGrowthBytes: growth("heapBytes"), rssGrowthBytes: growth("rssBytes") };
    tally.findings.push(...changed(before, await checksums(pool)), ...grown(report));
    return { ...tally, ...report };
  } finally {
    clearInterval(progress);
    for (const { errors, death } of servers) {
      for (const [message, count] of errors) tally.findings.push(`${count} × logged: ${message}`);
      if (death !== null) tally.findings.push(`a server ${death}`);
    }
  }
}

function grown(report: Pick<FuzzReport, "heapGrowthBytes" | "rssGrowthBytes">): string[] {
  const heap = report.heapGrowthBytes.filter((bytes) => bytes > HEAP_GROWTH_BYTES_MAX);
  const rss = report.rssGrowthBytes.filter((bytes) => bytes > RSS_GROWTH_BYTES_MAX);
  return [
    ...heap.map((bytes) => `a server's heap has grown by ${bytes} bytes`),
    ...rss.map((bytes) => `a server's memory has grown by ${bytes} bytes`),
  ];
}

const PROTOCOL = new URL("../../docs/protocol.json", import.meta.url);
const protocolSchema = z.object({ http: z.array(z.object({ method: z.string(), path: z.string() })) });

/** Every route there is, as the server's own document of its protocol lists them. */
async function publishedRoutes(): Promise<Route[]> {
  const { http: routes } = protocolSchema.parse(JSON.parse(await readFile(PROTOCOL, "utf8")));
  return routes;
}

const stationSchema = z.object({ id: z.string() });

async function bearingsOf(pool: pg.Pool, { shipId, sectorId }: CrewMember): Promise<Bearings> {
  const { rows } = await pool.query("select id from stations where sector_id = $1", [sectorId]);
  return { shipId, sectorId, stationId: stationSchema.parse(rows[0]).id };
}

/** Opening a sector raises its lease's epoch, as it should. */
const MAY_CHANGE = ["sector_leases"] as const;

const tableSchema = z.object({ name: z.string() });
const sumSchema = z.object({ sum: z.string().nullable() });

/** A checksum of every table's rows. */
async function checksums(pool: pg.Pool): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await pool.query(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> all($1)",
    [MAY_CHANGE],
  );
  const sums = new Map<string, string | null>();
  for (const { name } of z.array(tableSchema).parse(rows)) {
    const { rows: found } = await pool.query(
      `select md5(string_agg(t::text, '' order by t::text)) as sum from "${name}" t`,
    );
    sums.set(name, sumSchema.parse(found[0]).sum);
  }
  return sums;
}

function changed(
  before: ReadonlyMap<string, string | null>,
  after: ReadonlyMap<string, string | null>,
): string[] {
  return [...after]
    .filter(([name, sum]) => before.get(name) !== sum)
    .map(([name]) => `the table ${name} has changed`);
}
