/** What a failure of the database means for whoever asked, and transactions that act on it. */
import type pg from "pg";
import { Flight } from "./flight.ts";

/** What to do about a failed statement. */
export type Failure =
  /** The database cannot be reached or cannot serve now: hold the work, answer `store_unavailable`. */
  | "away"
  /** Rolled back because of somebody else's transaction: running it again is right. */
  | "retry"
  /** A row was locked for longer than we wait. */
  | "locked"
  /** The statement itself is wrong: doing it again changes nothing. */
  | "fatal";

const SQLSTATES: Readonly<Record<string, Failure>> = {
  "40001": "retry", // serialization_failure
  "40P01": "retry", // deadlock_detected
  "55P03": "locked", // lock_not_available: NOWAIT, or lock_timeout
  "25006": "away", // read_only_sql_transaction: a standby, until the failover is through
  "25P04": "away", // transaction_timeout, where an operator has set one
  "25P03": "away", // idle_in_transaction_session_timeout: we were stopped, and our session is gone
  "53300": "away", // too_many_connections
  "53400": "away", // configuration_limit_exceeded
  "53100": "away", // disk_full
  "53200": "away", // out_of_memory
  "55006": "away", // object_in_use: a template being copied, a database being dropped
  "57014": "away", // query_canceled: statement_timeout, since nobody else cancels
  "57P01": "away", // admin_shutdown
  "57P02": "away", // crash_shutdown
  "57P03": "away", // cannot_connect_now: starting up, or recovering
  "57P05": "away", // idle_session_timeout
  "58000": "away", // system_error
  "58030": "away", // io_error
};

/** Class 08: every kind of connection exception. */
const CONNECTION_CLASS = "08";

/** Node's names for a connection that is not there. */
const NODE_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** `pg` gives these no code (read in pg 8.23 and pg-pool 3): only their words tell. */
const PG_MESSAGES: readonly string[] = [
  "Connection terminated",
  "Client has encountered a connection error",
  "Client was closed",
  "timeout exceeded when trying to connect",
  "timeout expired",
  "Query read timeout",
];

/** @returns what the error means; "fatal" for everything that did not come from the database or the way to it. */
export function classify(error: unknown): Failure {
  if (!(error instanceof Error)) return "fatal";
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  if (code !== null) {
    if (NODE_CODES.has(code)) return "away";
    if (isStale(error)) return "retry";
    const known = SQLSTATES[code];
    if (known !== undefined) return known;
    if (code.length === 5 && code.startsWith(CONNECTION_CLASS)) return "away";
  }
  // Node joins the failures of a name with several addresses, and drizzle wraps what pg threw.
  if (error instanceof AggregateError && error.errors.length > 0) return classify(error.errors[0]);
  if (PG_MESSAGES.some((words) => error.message.startsWith(words))) return "away";
  return error.cause === undefined ? "fatal" : classify(error.cause);
}

/**
 * Whether the session prepared the statement before a migration that changed what it gives. It stays so for as long as
 * the session lives; another one prepares it anew. The code alone says no more than that something is not supported.
 */
function isStale(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error && "routine" in error)) return false;
  return error.code === "0A000" && error.routine === "RevalidateCachedQuery";
}

/** Deadlocks repeat only while the same transactions keep meeting; past this, something is wrong with the lock order. */
const RETRIES_MAX = 3;
/** Long enough for the other transaction of a deadlock to finish (a few milliseconds each). */
const RETRY_WAIT_MS_MAX = 20;

/**
 * Runs `work` between BEGIN and COMMIT. When Postgres rolled it back for somebody else's sake (deadlock,
 * serialization), it runs again, at most three times; so `work` must have no effects besides its statements.
 *
 * A connection lost during COMMIT leaves the outcome unknown: the error is passed on (`classify` says "away"), and
 * only a key of the caller's own can tell whether it was written.
 * @throws whatever `work` or the database threw; nothing of it is in the database then.
 */
export function withTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  return retried(() => withClient(pool, (client) => transact(client, work), rollBack));
}

/**
 * The same for statements of which none is made of another's answer: one round trip, since what comes before a Sync is
 * committed by it, or nothing of it is.
 * @param ask asks everything before it first waits for an answer
 */
export function inOneFlight<Result>(
  pool: pg.Pool,
  ask: (flight: Flight) => Promise<Result>,
): Promise<Result> {
  const fly = async (client: pg.PoolClient) => {
    const flight = new Flight(client);
    const [result] = await Promise.all([ask(flight), flight.send()]);
    return result;
  };
  // Its connection is closed: which statements it has prepared is not known.
  return retried(() => withClient(pool, fly, closeIt));
}

type Work<Result> = (client: pg.PoolClient) => Promise<Result>;
type Clear = (client: pg.PoolClient, reason: unknown) => Promise<Error | null>;

/** For a session whose state is unknown after a failure: closing it ends it for certain. */
export const closeIt: Clear = async (_client, reason) => asError(reason);

async function retried<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt();
    } catch (error) {
      if (retries === RETRIES_MAX || classify(error) !== "retry") throw error;
    }
    // The two sides of a deadlock must not come back in step.
    const waitMs = Math.random() * RETRY_WAIT_MS_MAX * (retries + 1);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/**
 * Does the same for each item, one after the other, whatever becomes of the others.
 * @param ending says that nothing more is to be begun
 * @throws when all have been tried, what the first that failed threw
 */
export async function eachAlone<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<unknown>,
  ending?: AbortSignal,
): Promise<void> {
  const errors: unknown[] = [];
  for (const item of items) {
    if (ending?.aborted) break;
    await work(item).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

async function withClient<Result>(pool: pg.Pool, work: Work<Result>, clear: Clear): Promise<Result> {
  return onClient(await pool.connect(), work, clear);
}

/**
 * Runs `work` on the session and gives it back to its pool.
 * @param clear after a failure; says why the session cannot be used again, or null
 * @throws what the session died of, which says more than what the next statement found; else what `work` threw
 */
export async function onClient<Result>(
  client: pg.PoolClient,
  work: Work<Result>,
  clear: Clear,
): Promise<Result> {
  let died: Error | null = null;
  let unusable: Error | null = null;
  // Postgres' reason comes first; that the connection is gone follows from it.
  const onError = (error: Error) => {
    died ??= error;
  };
  // The pool listens to idle clients only; a session that dies in our hands would end the process otherwise.
  client.on("error", onError);
  try {
    return await work(client);
  } catch (error) {
    unusable = died ?? (await clear(client, error));
    throw died ?? error;
  } finally {
    client.off("error", onError);
    client.release(unusable ?? died ?? false);
  }
}

async function transact<Result>(
  client: pg.PoolClient,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  await client.query("BEGIN");
  const result = await work(client);
  const end = await client.query("COMMIT");
  // Postgres answers COMMIT with ROLLBACK when a statement failed before and `work` went on regardless.
  if (end.command !== "COMMIT") throw new Error("The transaction had failed before its COMMIT: rolled back.");
  return result;
}

/** @returns why the session cannot be used again; null when it can. */
async function rollBack(client: pg.PoolClient, reason: unknown): Promise<Error | null> {
  // Asking a dead or stuck session for a ROLLBACK could take for ever; closing it has the same effect.
  if ((classify(reason) === "away" || isStale(reason)) && reason instanceof Error) return reason;
  try {
    await client.query("ROLLBACK");
    return null;
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
