/** Everything that bots fly against, made for one run and gone afterwards: database, world, servers. */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { ensureContracts } from "../src/persistence/contracts.ts";
import { connect, type Database } from "../src/persistence/database.ts";
import { discardEmbedded, startEmbedded } from "../src/persistence/embedded.ts";
import { migrate } from "../src/persistence/migrate.ts";
import { insertGalaxy } from "../src/persistence/world.ts";
import { discardLater } from "./discards.ts";
import { makeNewcomersFrail } from "./frail-ships.ts";
import { keepIncidentsOpen } from "./incidents.ts";
import { startRedis } from "./redis.ts";
import { freePort, LoadServer } from "./servers.ts";
import { fieldIds, loadGalaxy } from "./world.ts";

/** Room sockets besides those of the bots: one that comes back before its lost one is found dead has two. */
const SOCKETS_FACTOR = 3;
const SOCKETS_SPARE = 1_000;
const SHIPS_PER_SECTOR_MIN = 200;
const POOL_MAX = 4;

export interface ArenaOptions {
  readonly bots: number;
  readonly sectors: number;
  readonly processes: number;
  readonly harvestSeconds: number;
  readonly seed: number;
  /** A Postgres in which a database of our own is made; null for an embedded one. */
  readonly databaseUrl: string | null;
  /** Some newcomers begin in a ship that is nearly gone, so that ships are lost in fights. */
  readonly hasFrailShips?: boolean;
  /** Something befalls each asteroid field, again and again. */
  readonly hasIncidents?: boolean;
  /** Settings of the servers that win over those of the arena. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onTrouble: (line: string) => void;
}

export interface Arena {
  readonly urls: readonly string[];
  readonly database: Database;
  readonly databaseUrl: string;
  readonly servers: readonly LoadServer[];
  readonly homeSectorIds: readonly number[];
  /** Ends the servers alone, so that nothing is written any more. */
  stopServers(): Promise<void>;
  /** Ends and removes everything. */
  stop(): Promise<void>;
}

/** @throws with a message that says what to do; whatever had been started is stopped again */
export async function startArena(options: ArenaOptions): Promise<Arena> {
  const steps: (() => Promise<unknown>)[] = [];
  const building = build(options, steps);
  const stop = discardLater(async () => {
    // Half of it could not be told from what comes a moment later.
    await building.catch(() => {});
    for (const step of steps.splice(0).reverse()) await step();
  });
  try {
    return { ...(await building), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(options: ArenaOptions, steps: (() => Promise<unknown>)[]): Promise<Omit<Arena, "stop">> {
  const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-load-"));
  steps.push(() => rm(folder, { recursive: true, force: true }));
  const databaseUrl = await makeDatabase(options, folder, steps);
  await migrate(databaseUrl);
  const database = connect(databaseUrl, {
    max: POOL_MAX,
    applicationName: "sectorkeep load test",
    // A statement on it fails by itself; that an idle one ends with its database is nobody's business.
    onIdleError: () => {},
  });
  steps.push(() => database.pool.end());
  await insertGalaxy(database, loadGalaxy(options.seed, options.sectors), { now: new Date() });
  if (options.hasFrailShips === true) await makeNewcomersFrail(database.pool);
  // A job makes them within a minute: no pilot has to wait for that.
  await ensureContracts(database.pool, Date.now());
  if (options.hasIncidents === true)
    steps.push(keepIncidentsOpen(database.pool, fieldIds(options.sectors), options.seed));
  const servers = await startServers(options, { databaseUrl, folder }, steps);
  const stopServers = () => Promise.all(servers.map((server) => server.stop()));
  steps.push(stopServers);
  return {
    urls: servers.map(({ port }) => `http://localhost:${port}`),
    database,
    databaseUrl,
    servers,
    homeSectorIds: fieldIds(options.sectors),
    async stopServers() {
      await stopServers();
    },
  };
}

async function makeDatabase(
  { databaseUrl, onTrouble }: ArenaOptions,
  folder: string,
  steps: (() => Promise<unknown>)[],
): Promise<string> {
  if (databaseUrl === null) {
    const starting = startEmbedded({ dataDir: folder, onTrouble });
    steps.push(async () => {
      await (await starting.catch(() => null))?.stop();
      await discardEmbedded(folder);
    });
    return (await starting).url;
  }
  const name = `sectorkeep_load_${process.pid}_${Date.now()}`;
  await administer(databaseUrl, `create database ${name}`);
  steps.push(() => administer(databaseUrl, `drop database ${name} with (force)`));
  const own = new URL(databaseUrl);
  own.pathname = `/${name}`;
  return own.href;
}

async function administer(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "sectorkeep load test" });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function startServers(
  options: ArenaOptions,
  { databaseUrl, folder }: { databaseUrl: string; folder: string },
  steps: (() => Promise<unknown>)[],
): Promise<LoadServer[]> {
  const { bots, processes, harvestSeconds, settings, onTrouble } = options;
  const sockets = bots * SOCKETS_FACTOR + SOCKETS_SPARE;
  const env: NodeJS.ProcessEnv = {
    LOG_LEVEL: "error",
    ...process.env,
    DATABASE_URL: databaseUrl,
    // The guests' tokens are those of every server that shares it.
    DATA_DIR: folder,
    GUESTS: "on",
    HARVEST_SECONDS: String(harvestSeconds),
    // All bots come from one address, and newcomers all begin in one sector.
    SOCKETS_PER_ADDRESS_MAX: String(sockets),
    CONNECTIONS_MAX: String(sockets * 2),
    SHIPS_PER_SECTOR_MAX: String(Math.max(SHIPS_PER_SECTOR_MIN, bots)),
    DRAIN_SECONDS: "5",
    ...settings,
  };
  if (processes === 1) return [await LoadServer.start({ ...env, PORT: "0", REDIS_URL: "" }, onTrouble)];
  if (env.REDIS_URL === undefined || env.REDIS_URL === "") {
    const redis = await startRedis(folder);
    steps.push(() => redis.stop());
    env.REDIS_URL = redis.url;
  }
  const servers: LoadServer[] = [];
  // Stopped with the rest if a later one does not start.
  steps.push(() => Promise.all(servers.map((server) => server.stop())));
  for (let count = 0; count < processes; count++) {
    const port = await freePort();
    const own = { ...env, PORT: String(port), PUBLIC_ADDRESS: `localhost:${port}` };
    servers.push(await LoadServer.start(own, onTrouble));
  }
  return servers;
}
