/** Connections to Postgres. */
import pg from "pg";

/** A transaction of ours takes milliseconds; one that stands still belongs to a stopped process and frees its rows. */
const IDLE_IN_TRANSACTION_MS_MAX = 1_000;
/** The largest batch takes some tens of milliseconds; a statement beyond this is stuck. */
const STATEMENT_MS_MAX = 10_000;
/** Behind the longest wait we can explain: a stopped process holding a row until it is cut off. */
const LOCK_WAIT_MS_MAX = 3_000;
/**
 * Later than the answer to a statement that has waited for a lock in vain: the database is stopped, or the line is dead
 * and looks alive. Keepalive finds neither.
 */
export const ANSWER_MS_MAX = LOCK_WAIT_MS_MAX + 1_000;
/** Beyond this a pilot has been told `store_unavailable` anyway. */
const CONNECT_MS_MAX = 5_000;
/** Both ends find a silent peer dead after idle + interval × count = 8 s; the OS would take two hours. */
const KEEPALIVE_IDLE_SECONDS = 5;
const KEEPALIVE_INTERVAL_SECONDS = 1;
const KEEPALIVE_COUNT = 3;

export interface Database {
  pool: pg.Pool;
}

export interface ConnectOptions {
  /** Connections at most. */
  max: number;
  /** What `pg_stat_activity` calls us. */
  applicationName: string;
  /** Told about connections that die while nobody uses them. Default: a line on stderr. */
  onIdleError?: (error: Error) => void;
  /** A connection that leaves a statement unanswered for longer is given up. Default: none is. */
  answerMsMax?: number;
  /** Its statements find rows by key alone. Default: false. */
  byKey?: boolean;
}

/** Sent with the connection's first packet, so that no statement runs without them. */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  idle_in_transaction_session_timeout: `${IDLE_IN_TRANSACTION_MS_MAX}`,
  statement_timeout: `${STATEMENT_MS_MAX}`,
  lock_timeout: `${LOCK_WAIT_MS_MAX}`,
  tcp_keepalives_idle: `${KEEPALIVE_IDLE_SECONDS}`,
  tcp_keepalives_interval: `${KEEPALIVE_INTERVAL_SECONDS}`,
  tcp_keepalives_count: `${KEEPALIVE_COUNT}`,
  timezone: "UTC",
};

/**
 * A plan is kept for a connection's life. Made while a table was empty it reads the whole table for a few keys, and goes
 * on so as the table grows: 3,000 requests made each lookup forty times as slow, until the next ANALYZE. And it is kept in
 * any case: fewer keys than Postgres assumes had each statement planned anew, which took longer than running it.
 */
const BY_KEY_SETTINGS: Readonly<Record<string, string>> = {
  enable_seqscan: "off",
  plan_cache_mode: "force_generic_plan",
};

/**
 * A pool whose sessions keep the limits above from their first statement on. It connects when first used. int8 comes
 * back as a number; a value past 2^53 − 1 fails its query rather than being rounded.
 */
export function connect(url: string, options: ConnectOptions): Database {
  const pool = new pg.Pool({
    ...withSettings(url, { ...SESSION_SETTINGS, ...(options.byKey === true && BY_KEY_SETTINGS) }),
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_IDLE_SECONDS * 1000,
    types: ourTypes(),
    ...(options.answerMsMax !== undefined && { query_timeout: options.answerMsMax }),
  });
  // Without listeners, a database that restarts would end this process. A connection that dies while it is used also
  // fails the statement on it, and the pool opens another one when it needs it.
  pool.on(
    "error",
    options.onIdleError ?? ((error) => console.error(`Database connection: ${error.message}`)),
  );
  pool.on("connect", (client) => client.on("error", () => {}));
  return { pool };
}

/** Our settings come first: an `options` in the operator's own URL is added, and wins. */
function withSettings(
  url: string,
  settings: Readonly<Record<string, string>>,
): { connectionString: string; options: string } {
  const parsed = new URL(url);
  const theirs = parsed.searchParams.get("options") ?? "";
  parsed.searchParams.delete("options");
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return { connectionString: parsed.href, options: [...ours, theirs].join(" ").trim() };
}

/** Parsers of this pool alone: pg's global ones belong to everybody in the process. */
function ourTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, safeInteger);
  types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, moment);
  return types;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The database holds ${text}, past what a number can say.`);
  return value;
}

/** What a session in UTC writes: date, time, and whatever fraction of a second there is. */
const MOMENT = /^[12]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/;

/** `pg`'s own parser, made for every way to write a time, was a twentieth of what a batch costs this process. */
function moment(text: string): Date {
  if (!MOMENT.test(text)) return anyMoment(text);
  const digits = (from: number, to: number) => {
    let number = 0;
    for (let at = from; at < to; at++) number = number * 10 + text.charCodeAt(at) - 48;
    return number;
  };
  const fraction = Math.min(3, Math.max(0, text.length - "2102-01-01 00:00:00.+00".length));
  const ms = digits(20, 20 + fraction) * 10 ** (3 - fraction);
  const [year, month, day] = [digits(0, 4), digits(5, 7) - 1, digits(8, 10)];
  return new Date(Date.UTC(year, month, day, digits(11, 13), digits(14, 16), digits(17, 19), ms));
}

const anyMoment = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, "text");
