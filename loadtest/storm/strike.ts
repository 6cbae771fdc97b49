/** Carries faults out, each at its moment, and makes good again what an operator or time would make good. */
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { ANSWER_MS_MAX } from "../../src/persistence/database.ts";
import type { Ledger } from "../fleet/ledger.ts";
import type { Cluster } from "./cluster.ts";
import type { FrontDoor } from "./front-door.ts";
import { beforeWaking, whenStopped, writtenPastLease } from "./past-lease.ts";
import type { Step, Verdict } from "./postgres-line.ts";
import type { PostgresProxy } from "./postgres-proxy.ts";
import { refuseBatch, type SqlState } from "./refusals.ts";
import type { Fault, LineFault, Moment } from "./schedule.ts";
import type { Servers } from "./servers.ts";
import { isCommitOfQueue, isCommittedByQueue, opensSector } from "./steps.ts";

/** While bots play there is something to commit every few milliseconds. */
const MOMENT_MS_MAX = 20_000;
/** A process that wakes up compares its leases once a second, and has tried by then to write what it had. */
const ZOMBIE_TRIES_MS = 2_500;

/** What a storm has in its hands. */
export interface Stage {
  readonly cluster: Cluster;
  readonly proxy: PostgresProxy;
  readonly door: FrontDoor;
  readonly servers: Servers;
  /** Resolves when the next pilot has been told that a harvest has begun. */
  harvestBegun(): Promise<void>;
  /** To be called at the very moment of a fault. @returns that moment, of `performance.now()` */
  struck(): number;
  /** Not by way of the proxy. */
  readonly pool: pg.Pool;
  /** What pilots have asked for and were told until now. */
  ledgers(): readonly Ledger[];
}

/** When it struck and when its cause was gone, by `performance.now()`. */
export interface Struck {
  readonly atMs: number;
  readonly curedMs: number;
  /** What a zombie has written that was not its to write any more. */
  readonly pastLease?: readonly string[];
}

/** @throws when its moment does not come, or what was killed does not come back */
export async function strike(fault: Fault, stage: Stage): Promise<Struck> {
  switch (fault.kind) {
    case "server_killed":
      return killServer(fault.moment, stage);
    case "postgres_killed":
      return killPostgres(fault.everyone, stage);
    case "both_killed":
      return killBoth(fault.everyone, stage);
    case "commit_line":
      return breakLine(fault.fault, fault.stallMs, stage);
    case "zombie":
      return makeZombie(fault.sleepMs, stage);
    case "clock_jump":
      return setClock(fault.byMs, stage);
    case "batch_refused":
      return refuse(fault.sqlstate, stage);
  }
}

/** At the next step that `matches`: does `act` before the step passes, and lets `verdict` become of it. */
async function at(
  { proxy }: Stage,
  matches: (step: Step) => boolean,
  act: () => void,
  verdict: Verdict = "pass",
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(
    () => reject(new Error("The moment for a fault has not come: nothing happens any more.")),
    MOMENT_MS_MAX,
  );
  const stop = proxy.watch((step) => {
    if (!matches(step)) return "pass";
    stop();
    act();
    resolve();
    return verdict;
  });
  try {
    await promise;
  } finally {
    clearTimeout(late);
    stop();
  }
}

async function takeOver({ servers, door }: Stage): Promise<number> {
  const killed = servers.active;
  // Nobody is led to a server that is gone.
  door.leadTo(null);
  await killed.ended;
  door.cut();
  await servers.replace();
  return performance.now();
}

async function killServer(moment: Moment, stage: Stage): Promise<Struck> {
  let atMs = 0;
  const kill = () => {
    stage.servers.active.kill();
    atMs ||= stage.struck();
  };
  if (moment === "after_start") {
    await stage.harvestBegun();
    kill();
  } else if (moment === "before_commit") {
    await at(stage, isCommitOfQueue, kill, "cut");
  } else if (moment === "during_commit") {
    await at(stage, isCommitOfQueue, kill);
  } else if (moment === "before_publish") {
    await at(stage, isCommittedByQueue, kill, "cut");
  } else {
    kill();
    const again = at(stage, opensSector, kill);
    await takeOver(stage);
    await again;
  }
  return { atMs, curedMs: await takeOver(stage) };
}

async function killPostgres(everyone: boolean, stage: Stage): Promise<Struck> {
  let atMs = 0;
  let killed: Promise<void> = Promise.resolve();
  await at(stage, isCommitOfQueue, () => {
    killed = stage.cluster.kill(everyone);
    atMs = stage.struck();
  });
  await killed;
  await stage.cluster.back();
  return { atMs, curedMs: performance.now() };
}

async function killBoth(everyone: boolean, stage: Stage): Promise<Struck> {
  let atMs = 0;
  let killed: Promise<void> = Promise.resolve();
  await at(stage, isCommitOfQueue, () => {
    stage.servers.active.kill();
    killed = stage.cluster.kill(everyone);
    atMs = stage.struck();
  });
  await killed;
  await stage.cluster.back();
  return { atMs, curedMs: await takeOver(stage) };
}

/** The transaction is in the database, and its answer comes never, late, or too late. */
async function breakLine(fault: LineFault, stallMs: number, stage: Stage): Promise<Struck> {
  const verdict = { cut: "cut", stalled: "keep", half_open: "silence" } as const;
  let atMs = 0;
  await at(
    stage,
    isCommittedByQueue,
    () => {
      atMs = stage.struck();
    },
    verdict[fault],
  );
  if (fault === "cut") return { atMs, curedMs: atMs };
  // Until then nobody can know that something is wrong.
  const noticedMs = fault === "stalled" ? Math.min(stallMs, ANSWER_MS_MAX) : ANSWER_MS_MAX;
  await pause(fault === "stalled" ? stallMs : ANSWER_MS_MAX);
  stage.proxy.passReplies();
  return { atMs, curedMs: atMs + noticedMs };
}

/** The server stands still in the middle of its work; another one takes its sectors over; it wakes up and goes on. */
async function makeZombie(sleepMs: number, stage: Stage): Promise<Struck> {
  const zombie = stage.servers.active;
  let atMs = 0;
  await at(stage, isCommitOfQueue, () => {
    zombie.pause();
    atMs = stage.struck();
  });
  stage.door.leadTo(null);
  stage.door.cut();
  const stopped = await whenStopped(stage.pool, stage.ledgers());
  await stage.servers.replace();
  const curedMs = performance.now();
  // Who is stopped sends nothing, so this is the other one's.
  await at(stage, isCommitOfQueue, () => {});
  await pause(sleepMs);
  const waking = await beforeWaking(stage.pool, stopped);
  zombie.wake();
  await pause(ZOMBIE_TRIES_MS);
  zombie.kill();
  await zombie.ended;
  return { atMs, curedMs, pastLease: await writtenPastLease(stage.pool, waking) };
}

async function setClock(byMs: number, stage: Stage): Promise<Struck> {
  stage.proxy.clockShiftMs += byMs;
  let atMs = 0;
  await at(
    stage,
    ({ statement }) => statement.includes("clock_timestamp()"),
    () => {
      atMs = stage.struck();
    },
  );
  return { atMs, curedMs: atMs };
}

async function refuse(sqlstate: SqlState, stage: Stage): Promise<Struck> {
  let atMs = 0;
  await refuseBatch(sqlstate, stage, () => {
    atMs = stage.struck();
  });
  return { atMs, curedMs: performance.now() };
}
