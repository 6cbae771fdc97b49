/** The ecosystem's guardrail metrics, by SQL. Its seed, Guardrail Metrics; domain §16.7, §23.22. */
import type pg from "pg";
import { z } from "zod";
import { DAY_MS, utcDay } from "../rules/utc.ts";

/** What is counted began or happened within this time: long enough for a week's cohort to have its week. */
const WINDOW_DAYS = 28;
/** Days after the first on which a cohort is looked for. */
const RETENTION_DAYS = [1, 7] as const;

/** Part of a whole; the rate is null while there is no whole. */
export interface Share {
  readonly part: number;
  readonly of: number;
  readonly rate: number | null;
}

export interface Guardrails {
  /** Runs begun in the last 28 days and completed since, of those begun. */
  readonly runCompletion: readonly (Share & { readonly surface: string })[];
  /** Grants that failed, of all that were tried. */
  readonly grantFailures: Share;
  /** Grants that had been given before, of all that were given or had been. */
  readonly duplicatesPrevented: Share;
  /** Users who were there on exactly that UTC day after their first, of those whose day is over. */
  readonly retention: readonly (Share & { readonly surface: string; readonly day: 1 | 7 })[];
}

function share(part: number, of: number): Share {
  return { part, of, rate: of === 0 ? null : part / of };
}

const bySurface = z.object({ surface: z.string(), part: z.int(), of: z.int() });
const grants = z.object({ given: z.int(), duplicates: z.int(), failures: z.int() });

/** Product events are written with what they tell of, whatever kind of run it was: begun and completed are counted by them. */
async function readRunCompletion(pool: pg.Pool, sinceMs: number): Promise<Guardrails["runCompletion"]> {
  const { rows } = await pool.query(
    `select properties->>'surface' as surface, count(*)::int as of, count(*) filter (where exists (
        select from product_events c where c.name = 'ecosystem_mission_completed' and c.user_id = s.user_id
          and c.properties->>'run_id' = s.properties->>'run_id'
          and c.properties->>'surface' = s.properties->>'surface'))::int as part
      from product_events s where s.name = 'ecosystem_mission_started' and s.occurred_at >= $1
      group by 1 order by 1`,
    [new Date(sinceMs)],
  );
  return z
    .array(bySurface)
    .parse(rows)
    .map(({ surface, part, of }) => ({ surface, ...share(part, of) }));
}

async function readGrants(pool: pg.Pool, sinceMs: number): Promise<z.output<typeof grants>> {
  const { rows } = await pool.query(
    `select (select count(*)::int from reward_ledger where granted_at >= $1) as given,
        coalesce(sum(duplicates), 0)::int as duplicates, coalesce(sum(failures), 0)::int as failures
      from reward_tallies where day >= $2`,
    [new Date(sinceMs), utcDay(sinceMs)],
  );
  return grants.parse(rows[0]);
}

/**
 * Classic retention: who came first on day d (UTC), through the surface of their first session, and came again, through
 * any, on day d + n. Only cohorts whose day d + n is over count.
 */
async function readRetention(pool: pg.Pool, day: 1 | 7, nowMs: number): Promise<Guardrails["retention"]> {
  const { rows } = await pool.query(
    `with recent as materialized (
        select distinct on (user_id) user_id, day as first_day, app_surface as surface from sessions
        where day >= $2::date - ${WINDOW_DAYS} - $1::int order by user_id, started_at, id),
      firsts as (
        select * from recent r where not exists (select from sessions e where e.user_id = r.user_id
          and e.started_at < ($2::date - ${WINDOW_DAYS} - $1::int)::timestamp at time zone 'UTC'))
      select f.surface, count(*)::int as of, count(*) filter (where exists (
          select from sessions s where s.user_id = f.user_id and s.day = f.first_day + $1::int))::int as part
      from firsts f
      where f.first_day + $1::int < $2::date and f.first_day + $1::int >= $2::date - ${WINDOW_DAYS}
      group by f.surface order by f.surface`,
    [day, utcDay(nowMs)],
  );
  return z
    .array(bySurface)
    .parse(rows)
    .map(({ surface, part, of }) => ({ surface, day, ...share(part, of) }));
}

/** All four, for the 28 UTC days before today and today so far. */
export async function readGuardrails(pool: pg.Pool, nowMs: number): Promise<Guardrails> {
  const sinceMs = Math.floor(nowMs / DAY_MS) * DAY_MS - WINDOW_DAYS * DAY_MS;
  const { given, duplicates, failures } = await readGrants(pool, sinceMs);
  const retention = await Promise.all(RETENTION_DAYS.map((day) => readRetention(pool, day, nowMs)));
  return {
    runCompletion: await readRunCompletion(pool, sinceMs),
    grantFailures: share(failures, given + duplicates + failures),
    duplicatesPrevented: share(duplicates, given + duplicates),
    retention: retention.flat(),
  };
}
