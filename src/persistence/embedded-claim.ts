/** This process' hold on an embedded cluster: it is made, started, claimed, brought back when it dies, and stopped. */
import pg from "pg";
import { z } from "zod";
import { EmbeddedPostgresError, type Place } from "./embedded-account.ts";
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
import { classify } from "./sqlstate.ts";

/** Held by the process that the cluster serves, for as long as it lives. Any fixed number does. */
const OWNER_LOCK_KEY = 5_318_008_220;
/** A predecessor that has just been killed needs a moment until its connection is gone. */
const OWNER_WAIT_MS = 2_000;
/** The same for who can go on without the claim, and would wait like this beside every running server. */
const GUEST_WAIT_MS = 200;
/** No event tells that a server of another process is ready, so we look again. */
const LOOK_AGAIN_MS = 40;
/** Longer than a recovery after a crash takes. */
const READY_MS_MAX = 90_000;
/** Between attempts to bring back a server that has died under us. */
const REVIVE_MS = 1_000;

export interface ClaimOptions {
  /** False for databases that nobody will miss: no waiting for the disk. */
  readonly durable: boolean;
  /** Whether another process' server is used where that has claimed the folder; otherwise that is an error. */
  readonly joins: boolean;
  /** Told about a server that died and is being brought back. */
  readonly onTrouble: (message: string) => void;
}

/** A session that has the owner's lock, and dies with us however we die. */
export class Claim {
  readonly #place: Promise<Place>;
  readonly #options: ClaimOptions;
  #session: pg.Client | null = null;
  /** Null when the server was running already: somebody else's child then. */
  #launched: ServerProcess | null = null;
  /** Whether we have had the owner's lock: then the server is ours to stop. */
  #isOurs = false;
  #holder: string | null = null;
  #stopped: Promise<void> | null = null;
  /** The start, or the last attempt to bring the server back. */
  #working: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;

  /** @param place where the cluster lies, once that is known */
  constructor(place: Promise<Place>, options: ClaimOptions) {
    this.#place = place;
    this.#options = options;
  }

  get isHeld(): boolean {
    return this.#session !== null;
  }

  /** The other process that has claimed the cluster and lets us use it; null when it is ours. */
  get holder(): string | null {
    return this.#holder;
  }

  /**
   * Makes the cluster if there is none, starts its server if none runs, and claims it.
   * @throws EmbeddedPostgresError when another process holds it, or the server does not come up, or it is stopped meanwhile
   */
  start(): Promise<void> {
    const starting = this.#start();
    this.#working = starting.catch(() => {});
    return starting;
  }

  /**
   * Ends the server if it is ours, also while it starts. The claim is kept until then, so that nobody moves in while we
   * move out.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #start(): Promise<void> {
    const place = await this.#place;
    if (this.#stopped === null) await ensureCluster(place, this.#options.durable);
    await this.#take(place);
  }

  async #take(place: Place): Promise<void> {
    const { durable, joins } = this.#options;
    const session = await reachServer(place, durable, {
      isStopping: () => this.#stopped !== null,
      onLaunch: (server) => {
        this.#launched = server;
      },
    });
    try {
      this.#holder = await lockOrHolder(session, joins ? GUEST_WAIT_MS : OWNER_WAIT_MS);
      this.#isOurs = this.#holder === null;
      if (this.#holder !== null && !joins) throw inUse(place, this.#holder);
    } catch (error) {
      await session.end();
      // Whose ever it is now, it is not ours.
      this.#launched = null;
      throw error;
    }
    if (this.#holder !== null) {
      this.#launched = null;
      await session.end();
      return;
    }
    this.#session = session;
    session.once("end", () => this.#lost());
  }

  async #end(): Promise<void> {
    await this.#working;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#isOurs) await stopServer(await this.#place);
    // One that was launched and not reached any more ends by this alone.
    await this.#launched?.end();
    await this.#session?.end();
  }

  #lost(): void {
    this.#session = null;
    if (this.#stopped !== null) return;
    this.#options.onTrouble("The embedded Postgres has gone away; starting it again.");
    this.#working = this.#revive();
  }

  async #revive(): Promise<void> {
    try {
      await this.#take(await this.#place);
    } catch (error) {
      if (this.#stopped !== null) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onTrouble(`The embedded Postgres is still away: ${reason}`);
      this.#retry = setTimeout(() => {
        this.#working = this.#revive();
      }, REVIVE_MS);
    }
  }
}

interface Launching {
  readonly isStopping: () => boolean;
  readonly onLaunch: (server: ServerProcess) => void;
}

/** A session on the running server, which is launched when there is none. */
async function reachServer(
  place: Place,
  durable: boolean,
  { isStopping, onLaunch }: Launching,
): Promise<pg.Client> {
  const deadline = performance.now() + READY_MS_MAX;
  let launched: ServerProcess | null = null;
  let cause: unknown = null;
  while (performance.now() < deadline && !isStopping()) {
    const server = await findServer(place.clusterDir);
    if (server === null && (launched === null || launched.hasEnded())) {
      if (launched !== null) await explainEnd(place, launched);
      launched = await launchServer(place, durable);
      onLaunch(launched);
    } else if (server !== null && server !== "wait") {
      const identity = { ...(await readIdentity(place)), port: server.port };
      try {
        return await openSession(connectionString(identity, "postgres"));
      } catch (error) {
        cause = error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  if (isStopping())
    throw new EmbeddedPostgresError(
      `The Postgres in ${place.clusterDir} was told to stop before it could be used.`,
    );
  throw new EmbeddedPostgresError(
    `The Postgres in ${place.clusterDir} could not be reached within ${READY_MS_MAX / 1000} s. If no Postgres runs ` +
      "there, delete its postmaster.pid and start again.",
    { cause },
  );
}

/** A connection of this process. @throws what the database threw */
export async function openSession(url: string): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: url, application_name: `sectorkeep ${process.pid}` });
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

/** How to reach a database of the cluster. */
export function connectionString({ port, password }: Identity, database: string): string {
  // sslmode: the loopback needs none, and PGSSLMODE in somebody's environment must not ask for it.
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
}

/** @returns null when the session has the owner's lock now, else who has it */
async function lockOrHolder(session: pg.Client, waitMs: number): Promise<string | null> {
  await session.query(`set lock_timeout = ${waitMs}`);
  try {
    await session.query(`select pg_advisory_lock(${OWNER_LOCK_KEY})`);
    return null;
  } catch (error) {
    if (classify(error) !== "locked") throw error;
    const { rows } = await session.query(
      `select application_name as name from pg_stat_activity join pg_locks using (pid)
        where locktype = 'advisory' and granted and (classid::bigint << 32) + objid::bigint = ${OWNER_LOCK_KEY}`,
    );
    const [holder] = z.array(z.object({ name: z.string() })).parse(rows);
    return holder?.name ?? "another process";
  }
}

function inUse({ clusterDir }: Place, holder: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The data folder of ${clusterDir} is in use by ${holder}. Stop that process, or set DATA_DIR to another folder.`,
  );
}
