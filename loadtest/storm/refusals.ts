/** Has Postgres itself refuse a batch of the commit queue, once, as it would for somebody else's sake or a broken rule. */
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { classify, closeIt, onClient } from "../../src/persistence/sqlstate.ts";
import type { Step } from "./postgres-line.ts";
import type { PostgresProxy } from "./postgres-proxy.ts";
import { isRefusalOfQueue, keepsAnswersOfBatch, QUEUE } from "./steps.ts";

/** A serialization failure, a deadlock, and a CHECK that does not hold. */
export const REFUSALS = ["40001", "40P01", "23514"] as const;
export type SqlState = (typeof REFUSALS)[number];

/** Tried again until then: not every batch meets us as it should. */
const REFUSED_MS_MAX = 20_000;
/** For as long as this a batch waits for us, and others gather behind it: less than it waits for any lock (250 ms). */
const HOLD_MS = 150;
/** A batch that stands behind ours looks for a deadlock after this: sooner than it gives the lock up. */
const LOOKS_FOR_DEADLOCK_MS = 75;
/** So that it is never we whom Postgres ends. */
const NEVER_LOOK_MS = 60_000;
/** With bots at play there is a batch every few milliseconds. */
const BATCH_MS_MAX = 500;

/** What it takes. */
export interface RefusalScene {
  /** Of a superuser, and not by way of the proxy. */
  readonly pool: pg.Pool;
  /** The queue's way to the same database. */
  readonly proxy: PostgresProxy;
}

/**
 * To be called before servers connect: Postgres looks for deadlocks after a second, when the queue has long given a lock
 * up. @throws what the database throws
 */
export async function lookForDeadlocksSoon(pool: pg.Pool): Promise<void> {
  await pool.query(`do $$ begin
    execute format('alter database %I set deadlock_timeout = ''${LOOKS_FOR_DEADLOCK_MS}ms''', current_database());
  end $$`);
}

/**
 * @param refused called at the moment at which the queue is told
 * @throws what the database throws, or when no batch was refused in 20 s
 */
export async function refuseBatch(
  sqlstate: SqlState,
  scene: RefusalScene,
  refused: () => void,
): Promise<void> {
  const { promise: told, resolve } = Promise.withResolvers<true>();
  const stop = scene.proxy.watch((step) => {
    if (!isRefusalOfQueue(step) || step.statement !== sqlstate) return "pass";
    stop();
    refused();
    resolve(true);
    return "pass";
  });
  const isTrap = sqlstate !== "40P01";
  const deadlineMs = performance.now() + REFUSED_MS_MAX;
  try {
    if (isTrap) await setTrap(scene.pool, sqlstate);
    do {
      if (performance.now() > deadlineMs) throw new Error(`Postgres has refused no batch with ${sqlstate}.`);
      await (isTrap ? holdBatches(scene) : deadlock(scene));
    } while (!(await Promise.race([told, pause(HOLD_MS, false)])));
  } finally {
    stop();
    if (isTrap) await removeTrap(scene.pool);
  }
}

/**
 * The next batch is refused, and no other: a sequence counts on although its transaction is rolled back. A batch of one
 * may be refused for somebody else's sake, since it is run again; what breaks a rule all by itself would be lost, and
 * rightly.
 */
async function setTrap(pool: pg.Pool, sqlstate: SqlState): Promise<void> {
  const itemsMin = sqlstate === "23514" ? 2 : 1;
  await pool.query(`create sequence storm_refusals;
    create function storm_refuse() returns trigger language plpgsql as $$ begin
      if current_setting('application_name') = '${QUEUE}' and (select count(*) from added) >= ${itemsMin} then
        if nextval('storm_refusals') = 1 then
          raise exception 'a storm refuses this' using errcode = '${sqlstate}';
        end if;
      end if;
      return null;
    end $$;
    create trigger storm_refuse after insert on requests referencing new table as added
      for each statement execute function storm_refuse()`);
}

async function removeTrap(pool: pg.Pool): Promise<void> {
  await pool.query(`drop trigger if exists storm_refuse on requests;
    drop function if exists storm_refuse(); drop sequence if exists storm_refusals`);
}

/** Both lanes of the queue wait, so what comes due meanwhile shares the next batch. */
function holdBatches({ pool }: RefusalScene): Promise<void> {
  return rolledBack(pool, async (client) => {
    await client.query("lock table requests in share mode");
    await pause(HOLD_MS);
  });
}

/** The batch has its players and wants to keep its answers; we have what it keeps them in, and want its players. */
function deadlock({ pool, proxy }: RefusalScene): Promise<void> {
  return rolledBack(pool, async (client) => {
    await client.query(`set local deadlock_timeout = '${NEVER_LOOK_MS}ms'`);
    await client.query("lock table requests in share mode");
    if (await comes(proxy, keepsAnswersOfBatch)) await client.query("select from players for no key update");
  });
}

/** Nothing of it is kept; that it could not have a lock in time is no harm. */
async function rolledBack(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  await onClient(
    await pool.connect(),
    async (client) => {
      await client.query("begin");
      await work(client).catch((error: unknown) => {
        if (classify(error) !== "locked" && classify(error) !== "retry") throw error;
      });
      await client.query("rollback");
    },
    closeIt,
  );
}

/** @returns whether such a step has passed in time */
async function comes(proxy: PostgresProxy, matches: (step: Step) => boolean): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const late = setTimeout(() => resolve(false), BATCH_MS_MAX);
  const stop = proxy.watch((step) => {
    if (matches(step)) resolve(true);
    return "pass";
  });
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    stop();
  }
}
