/** Rewards that jobs give: whose fails is tried again later and later, and keeps nobody else's waiting. */
import type pg from "pg";
import type { Surface } from "../rules/surfaces.ts";
import { countFailure } from "./ledger.ts";
import { classify, withTransaction } from "./sqlstate.ts";

/** After the first failure; twice as long after each further one. */
const RETRY_MS_MIN = 60_000;
/** Whatever was wrong is mended within days, and then nobody should have to wait for long. */
const RETRY_MS_MAX = 6 * 3_600_000;

/** What somebody is to be given, under which run's name. */
export interface DueReward {
  readonly userId: string;
  readonly runId: string;
  readonly surface: Surface;
}

/** What is put off until after `nowMs`, as a condition on the SQL's own expressions for user, run and time. */
export function isPutOff(userId: string, runId: string, now: string): string {
  return `exists (select from reward_retries w where w.user_id = ${userId} and w.run_id = ${runId} and w.retry_at > ${now})`;
}

/**
 * Gives what is due. A failure that is nobody's outage is counted and puts it off; an outage changes nothing, and the job
 * comes by again.
 * @throws whatever kept it from being given
 */
export async function giveOrPutOff(
  pool: pg.Pool,
  due: DueReward,
  nowMs: number,
  give: () => Promise<void>,
): Promise<void> {
  try {
    await give();
  } catch (error) {
    // What went wrong is what has to be told, not that it could not be written down.
    if (classify(error) === "fatal") await putOff(pool, due, nowMs).catch(() => {});
    throw error;
  }
}

async function putOff(pool: pg.Pool, { userId, runId, surface }: DueReward, nowMs: number): Promise<void> {
  await withTransaction(pool, async (tx) => {
    await tx.query({
      name: "put_reward_off",
      text: `insert into reward_retries (user_id, run_id, failures, retry_at) values ($1, $2, 1, $3)
        on conflict (user_id, run_id) do update set failures = reward_retries.failures + 1,
          retry_at = $4::timestamptz + least($5, $6 * power(2, least(reward_retries.failures, 20))) * interval '1 millisecond'`,
      values: [
        ...[userId, runId, new Date(nowMs + RETRY_MS_MIN)],
        ...[new Date(nowMs), RETRY_MS_MAX, RETRY_MS_MIN],
      ],
    });
    await countFailure(tx, { userId, surface, nowMs });
  });
}
