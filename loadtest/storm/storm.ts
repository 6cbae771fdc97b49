/** Bots play; faults strike by schedule; afterwards everything that the bots were told is held against Postgres. */
import { setTimeout as pause } from "node:timers/promises";
import { ensureContracts } from "../../src/persistence/contracts.ts";
import { connect, type Database } from "../../src/persistence/database.ts";
import { migrate } from "../../src/persistence/migrate.ts";
import { insertGalaxy } from "../../src/persistence/world.ts";
import { Fleet } from "../fleet/fleet.ts";
import type { RequestRecord } from "../fleet/ledger.ts";
import { makeNewcomersFrail } from "../frail-ships.ts";
import { keepIncidentsOpen } from "../incidents.ts";
import { holdAgainstDatabase, type TruthReport } from "../truth.ts";
import { fieldIds, loadGalaxy } from "../world.ts";
import { Cluster } from "./cluster.ts";
import { diedWith, type Outage } from "./died-with.ts";
import { FrontDoor } from "./front-door.ts";
import { PostgresProxy } from "./postgres-proxy.ts";
import { lookForDeadlocksSoon } from "./refusals.ts";
import { type Fault, fingerprintOf, killsServer, labelOf } from "./schedule.ts";
import { Servers } from "./servers.ts";
import { isCommittedByQueue, isRefusalOfQueue } from "./steps.ts";
import { type Stage, type Struck, strike } from "./strike.ts";

/** What was asked and not answered when a fault struck is answered this soon after the fault is over. */
export const SETTLED_MS_MAX = 5_000;
/** Whatever has not happened by then will not: it counts as stuck. */
const STUCK_MS = 30_000;
/** Longer than any fault takes, with what it needs to be made good. */
const DOUBT_MS_MAX = 120_000;
const LOOK_AGAIN_MS = 10;
const JOINS_PER_SECOND = 50;
/** Busy enough that something is to be committed at every moment; the mix leaves nobody out. */
const BOTS = {
  everyMs: 700,
  mix: {
    ...{ harvest: 45, attack: 10, warp: 20, dock: 10, sell: 10, drop: 5 },
    ...{ expedition: 10, contribute: 10, deliver: 5, incident: 5 },
  },
  sdkOneIn: 10,
} as const;

/** Quick harvests, so that some are due at every moment; a clock that is looked at every second. */
const SERVER_SETTINGS = {
  GUESTS: "on",
  HARVEST_SECONDS: "1",
  CLOCK_CHECK_SECONDS: "1",
  RECONNECT_SECONDS: "5",
  SOCKETS_PER_ADDRESS_MAX: "100000",
} as const;

export interface StormOptions {
  readonly seed: number;
  readonly bots: number;
  readonly sectors: number;
  readonly faults: Iterable<Fault>;
  /** Shown the servers once the bots play. */
  readonly onPlay?: (servers: Servers) => void;
  /** Told when the bots begin nothing new any more. */
  readonly onDrain?: () => void;
  /** A line for people. */
  readonly tell: (line: string) => void;
  /** Throws no more faults after the one that is under way. */
  readonly signal: AbortSignal;
}

/** What one fault did. */
export interface Blow {
  readonly label: string;
  /** From the fault to the first outcome that was committed after it; null: that did not happen. */
  readonly recoveredMs: number | null;
  /** Requests that were on their way when it struck. */
  readonly inDoubt: number;
  /** From the end of the fault to the last answer to one of those; null: one stayed without. */
  readonly settledMs: number | null;
  /** What a server wrote that had lost its sectors meanwhile. */
  readonly pastLease: readonly string[];
}

export interface StormReport {
  readonly fingerprint: string;
  readonly blows: readonly Blow[];
  readonly truth: TruthReport;
  /** Who or what did not get on. */
  readonly stuck: readonly string[];
  /** Servers that ended although nobody had killed them. */
  readonly deaths: readonly string[];
  /** What servers logged as errors, by message. */
  readonly errors: ReadonlyMap<string, number>;
  /** How often Postgres has told a commit queue that it refuses a statement, by SQLSTATE. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly actions: number;
  readonly outcomes: number;
}

/** Errors that a server should log under what a storm does to it. */
const EXPECTED_ERRORS: ReadonlySet<string> = new Set(["the database is away; outcomes wait for it"]);

/** What speaks against the server, a line each; empty when it has stood the storm. */
export function faultsFound({ truth, stuck, deaths, errors, blows }: StormReport): string[] {
  const late = blows.filter(({ settledMs }) => settledMs === null || settledMs > SETTLED_MS_MAX);
  const dead = blows.filter(({ recoveredMs }) => recoveredMs === null);
  const unexpected = [...errors].filter(([message]) => !EXPECTED_ERRORS.has(message));
  return [
    ...(truth.holds ? [] : ["what the bots were told is not what Postgres has"]),
    ...stuck.map((what) => `stuck: ${what}`),
    ...deaths.map((what) => `a server ${what}`),
    ...unexpected.map(([message, count]) => `${count} × logged as an error: ${message}`),
    ...dead.map(({ label }) => `${label}: nothing was committed any more`),
    ...blows.flatMap(({ pastLease: [first, ...more] }) =>
      first === undefined ? [] : [`a zombie has ended, past its lease, ${first} (and ${more.length} more)`],
    ),
    ...late.map(({ label, settledMs }) => `${label}: in doubt for ${settledMs ?? "more than 30,000"} ms`),
  ];
}

/** @throws when the storm itself cannot be set up */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const { seed, sectors, tell } = options;
  const cluster = await Cluster.start();
  const closing: (() => Promise<unknown>)[] = [() => cluster.discard()];
  try {
    await migrate(cluster.url);
    const database = connect(cluster.url, { max: 2, applicationName: "storm", onIdleError: () => {} });
    closing.push(() => database.pool.end());
    await insertGalaxy(database, loadGalaxy(seed, sectors), { now: new Date() });
    await makeNewcomersFrail(database.pool);
    await lookForDeadlocksSoon(database.pool);
    // A job makes them within a minute: no pilot has to wait for that.
    await ensureContracts(database.pool, Date.now());
    closing.push(keepIncidentsOpen(database.pool, fieldIds(sectors), seed));
    const proxy = await PostgresProxy.before(cluster.url);
    closing.push(() => proxy.close());
    const door = await FrontDoor.open();
    closing.push(() => door.close());
    const servers = new Servers(door, {
      DATABASE_URL: proxy.url,
      DATA_DIR: cluster.dataDir,
      ...SERVER_SETTINGS,
    });
    closing.push(() => servers.close());
    await servers.replace();
    tell(`A server listens on ${servers.active.port}; ${options.bots} bots join.`);
    return await play(options, { cluster, proxy, door, servers }, database);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function play(
  { seed, bots, sectors, faults, tell, signal, onPlay, onDrain }: StormOptions,
  parts: Pick<Stage, "cluster" | "proxy" | "door" | "servers">,
  database: Database,
): Promise<StormReport> {
  const fleet = new Fleet({
    urls: [parts.door.url],
    pilots: bots,
    first: 0,
    step: 1,
    joinsPerSecond: JOINS_PER_SECOND,
    seed,
    homeSectorIds: fieldIds(sectors),
    ...BOTS,
  });
  const witness = new Witness(fleet, parts.proxy);
  fleet.start();
  onPlay?.(parts.servers);
  const stage = {
    ...parts,
    harvestBegun: () => witness.harvestBegun(),
    struck: () => witness.struck(),
    pool: database.pool,
    ledgers: () => fleet.ledgers,
  };
  const stuck: string[] = [];
  const thrown: Fault[] = [];
  const blows: Blow[] = [];
  const outages: Outage[] = [];
  for (const fault of faults) {
    await pause(fault.afterMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    thrown.push(fault);
    try {
      await parts.servers.standBy();
      const struck = await strike(fault, stage);
      outages.push({ ...struck, killsServer: killsServer(fault) });
      const blow = await witness.aftermath(labelOf(fault), struck);
      blows.push(blow);
      tell(`${String(blows.length).padStart(5)}  ${lineOf(blow)}`);
    } catch (error) {
      stuck.push(`${labelOf(fault)}: ${error instanceof Error ? error.message : error}`);
      // Nothing that follows could be told apart from this.
      break;
    }
  }
  const { actions, outcomes } = fleet.progress;
  tell(`${actions} actions, ${outcomes} outcomes told. Everybody joins once more and hears the rest.`);
  onDrain?.();
  const drained = await fleet.drain(STUCK_MS);
  return {
    fingerprint: fingerprintOf(thrown),
    blows,
    truth: await holdAgainstDatabase(database.pool, drained.ledgers, {
      mayVanish: (promised) => diedWith(promised, outages),
      // Postgres is killed and its lines are stalled for seconds.
      mayBeLate: true,
    }),
    stuck: [...stuck, ...drained.stuck],
    deaths: parts.servers.troubles(),
    errors: parts.servers.errors(),
    refusals: witness.refusals,
    actions,
    outcomes,
  };
}

function lineOf({ label, recoveredMs, inDoubt, settledMs }: Blow): string {
  const ms = (value: number | null) => (value === null ? "never" : `${Math.round(value)} ms`).padStart(8);
  return `${label.padEnd(34)} back after ${ms(recoveredMs)}   ${String(inDoubt).padStart(3)} in doubt, settled after ${ms(settledMs)}`;
}

/** Watches bots and database, to say what a fault did to them. */
class Witness {
  /** How often Postgres has told the commit queue of any server that it refuses a statement, by SQLSTATE. */
  readonly refusals = new Map<string, number>();
  readonly #fleet: Fleet;
  /** When the commit queue of any server was last told that it has committed. */
  #committedMs: number[] = [];
  #doubtful: readonly RequestRecord[] = [];
  /** When the last of them was answered; null before. */
  #settledMs: number | null = null;

  constructor(fleet: Fleet, proxy: PostgresProxy) {
    this.#fleet = fleet;
    proxy.watch((step) => {
      if (isCommittedByQueue(step)) this.#committedMs.push(performance.now());
      if (isRefusalOfQueue(step))
        this.refusals.set(step.statement, (this.refusals.get(step.statement) ?? 0) + 1);
      return "pass";
    });
  }

  struck(): number {
    const doubtful = this.#requests().filter(({ attempts, reply }) => attempts > 0 && reply === null);
    this.#doubtful = doubtful;
    this.#settledMs = null;
    // From now on, not from when the fault is over: some faults last longer than the doubt.
    void happens(() => doubtful.every(({ reply }) => reply !== null), DOUBT_MS_MAX).then((ms) => {
      this.#settledMs = ms;
    });
    this.#committedMs = [];
    return performance.now();
  }

  async harvestBegun(): Promise<void> {
    const begun = () => {
      const last = this.#fleet.ledgers.flatMap(({ requests }) => requests.at(-1) ?? []);
      return new Set(
        last.filter(({ kind, reply }) => kind === "harvest" && reply !== null && "accepted" in reply),
      );
    };
    const before = begun();
    const isNew = () => [...begun()].some((record) => !before.has(record));
    if ((await happens(isNew)) === null) throw new Error("nobody begins a harvest any more");
  }

  /** What became of the fault, once that can be said. */
  async aftermath(label: string, { atMs, curedMs, pastLease = [] }: Struck): Promise<Blow> {
    const next = () => this.#committedMs.find((ms) => ms > curedMs);
    await happens(() => next() !== undefined && this.#settledMs !== null);
    const [recovered, settledMs] = [next(), this.#settledMs];
    return {
      label,
      recoveredMs: recovered === undefined ? null : recovered - atMs,
      inDoubt: this.#doubtful.length,
      settledMs: settledMs === null ? null : Math.max(0, settledMs - curedMs),
      pastLease,
    };
  }

  #requests(): RequestRecord[] {
    return this.#fleet.ledgers.flatMap(({ requests }) => requests);
  }
}

/** @returns when it has happened, of `performance.now()`; null when it was given up */
async function happens(what: () => boolean, msMax = STUCK_MS): Promise<number | null> {
  const deadlineMs = performance.now() + msMax;
  while (!what()) {
    if (performance.now() > deadlineMs) return null;
    await pause(LOOK_AGAIN_MS);
  }
  return performance.now();
}
