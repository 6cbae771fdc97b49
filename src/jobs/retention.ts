import type pg from "pg";
import type { Clock } from "../clock.ts";

const HOUR_MS = 3_600_000;
/** A client that repeats a request after a day has long had its answer, or has a new player at it. */
const REQUESTS_KEPT_HOURS = 24;
/** Somebody back from a month's holiday still reads what happened to them. */
const EVENTS_KEPT_DAYS = 30;
/** Measures are read over 28 days; a PostHog that was away for longer than this has lost more than events. */
const PRODUCT_EVENTS_KEPT_DAYS = 90;
/** Small enough that a sweep never holds up a batch. */
const ROWS_PER_SWEEP = 5_000;

/** The key of each table that is swept, and when its rows were made. */
const SWEPT = {
  requests: { key: "player_id, request_id", at: "created_at" },
  idempotency_keys: { key: "user_id, key", at: "created_at" },
  events: { key: "player_id, seq", at: "created_at" },
  reward_retries: { key: "user_id, run_id", at: "retry_at" },
  product_events: { key: "id", at: "occurred_at" },
} as const;

async function deleteOlder(
  pool: pg.Pool,
  table: keyof typeof SWEPT,
  beforeMs: number,
  ending?: AbortSignal,
): Promise<void> {
  const { key, at } = SWEPT[table];
  while (!ending?.aborted) {
    const { rowCount } = await pool.query(
      `delete from ${table} where (${key}) in
        (select ${key} from ${table} where ${at} < $1 order by ${at} limit ${ROWS_PER_SWEEP})`,
      [new Date(beforeMs)],
    );
    if ((rowCount ?? 0) < ROWS_PER_SWEEP) return;
  }
}

/**
 * Forgets answers older than a day, events older than a month and product events older than a quarter. Any number of
 * processes may do it at once.
 * @param ending says that what is left is for the next sweep
 */
export async function sweepOld(
  pool: pg.Pool,
  clock: Pick<Clock, "nowMs">,
  ending?: AbortSignal,
): Promise<void> {
  const nowMs = clock.nowMs();
  const sweep = (table: keyof typeof SWEPT, keptMs: number) =>
    deleteOlder(pool, table, nowMs - keptMs, ending);
  await sweep("requests", REQUESTS_KEPT_HOURS * HOUR_MS);
  await sweep("idempotency_keys", REQUESTS_KEPT_HOURS * HOUR_MS);
  await sweep("events", EVENTS_KEPT_DAYS * 24 * HOUR_MS);
  await sweep("reward_retries", EVENTS_KEPT_DAYS * 24 * HOUR_MS);
  await sweep("product_events", PRODUCT_EVENTS_KEPT_DAYS * 24 * HOUR_MS);
}
