/** Rewards that were given, and the balances they make. Nothing but this file writes either. */
import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { multiplied } from "../rules/contracts.ts";
import {
  REWARD_TYPES,
  type RewardSource,
  type RewardType,
  rewardKey,
  type SpendingPurpose,
} from "../rules/rewards.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";
import { utcDay } from "../rules/utc.ts";
import { uuidOf } from "../uuid.ts";
import { readStardustMultiplier } from "./multipliers.ts";
import { recordProductEvent } from "./product-events.ts";
import { classify } from "./sqlstate.ts";

type Queryable = Pick<pg.ClientBase, "query">;

/** A reward to be given. */
export interface Grant {
  readonly userId: string;
  readonly surface: Surface;
  /** The run's id, or a name made for what has none (C-23); without ':'. */
  readonly runId: string;
  readonly rewardType: RewardType;
  /** What it would be without caps. */
  readonly requestedValue: number;
  /** What it is: the same, or less. */
  readonly value: number;
  /** Which cap made it less; null exactly when none did. */
  readonly capReason: string | null;
  readonly source: RewardSource;
  /** What is to be known of it later: which badge, until when. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly nowMs: number;
}

const tableSchema = z.object({
  id: z.string(),
  seq: z.int(),
  surface: z.enum(SURFACE_CODES),
  run_id: z.string(),
  reward_type: z.enum(REWARD_TYPES),
  requested_value: z.int(),
  reward_value: z.int(),
  cap_reason: z.string().nullable(),
  source: z.string(),
  meta: z.record(z.string(), z.unknown()),
  granted_at: z.date(),
  reward_key: z.string(),
});

/** Never `*`: a column that a migration adds would break what is prepared. */
const COLUMNS = Object.keys(tableSchema.shape).join(", ");

const rowSchema = tableSchema.transform((row) => ({
  id: row.id,
  seq: row.seq,
  surface: row.surface,
  runId: row.run_id,
  rewardType: row.reward_type,
  requestedValue: row.requested_value,
  value: row.reward_value,
  capReason: row.cap_reason,
  source: row.source,
  meta: row.meta,
  grantedAtMs: row.granted_at.getTime(),
  rewardKey: row.reward_key,
}));

/** A reward as it stands in the ledger. */
export type Reward = Readonly<z.output<typeof rowSchema>>;

export interface Granted {
  readonly row: Reward;
  /** It had been given before, and nothing changed: `row` is the first one, whatever was asked for now. */
  readonly duplicate: boolean;
}

/**
 * Gives a reward, once for its key, and adds it to the balance, in the caller's transaction; the last that this
 * transaction locks (domain §17). Whoever gives to several users does so in the order of their ids. The user has a row.
 * Domain §16.2; C-22.
 */
export async function grantReward(tx: pg.ClientBase, asked: Grant): Promise<Granted> {
  const grant = await withMultiplier(tx, asked);
  const key = rewardKey(grant.userId, grant.surface, grant.runId, grant.rewardType);
  const inserted = await insertReward(tx, uuidOf("reward", key), grant);
  if (inserted === null) {
    await tally(tx, "duplicates", grant);
    return { row: await readReward(tx, key), duplicate: true };
  }
  if (grant.value > 0) {
    await tx.query({
      name: "add_balance",
      text: `insert into user_balances (user_id, reward_type, amount) values ($1, $2, $3)
        on conflict (user_id, reward_type) do update set amount = user_balances.amount + excluded.amount`,
      values: [grant.userId, grant.rewardType, grant.value],
    });
  }
  await recordProductEvent(tx, {
    name: "ecosystem_reward_granted",
    userId: grant.userId,
    properties: {
      reward_type: grant.rewardType,
      reward_value: grant.value,
      surface: grant.surface,
      run_id: grant.runId,
      reward_key: key,
    },
    now: new Date(grant.nowMs),
  });
  return { row: inserted, duplicate: false };
}

/**
 * Stardust is multiplied while a contract's multiplier holds, after every cap, so that what was cut stays cut; what
 * contracts give themselves is not. The row keeps what it would have been. Ecosystem seed, Loop 2; C-24.
 */
async function withMultiplier(tx: Queryable, grant: Grant): Promise<Grant> {
  if (grant.rewardType !== "stardust_bonus" || grant.source === "contract") return grant;
  const multiplierBps = await readStardustMultiplier(tx, grant.userId, grant.nowMs);
  if (multiplierBps === 10_000) return grant;
  return {
    ...grant,
    requestedValue: multiplied(grant.requestedValue, multiplierBps),
    value: multiplied(grant.value, multiplierBps),
    meta: { ...grant.meta, multiplierBps, valueBefore: grant.value },
  };
}

/** The id follows from the key, so two at once may meet in either index: the conflict names none. */
async function insertReward(tx: Queryable, id: string, grant: Grant): Promise<Reward | null> {
  const { rows } = await tx.query({
    name: "insert_reward",
    text: `insert into reward_ledger (id, user_id, surface, run_id, reward_type, requested_value, reward_value,
        cap_reason, source, meta, granted_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      on conflict do nothing returning ${COLUMNS}`,
    values: [
      id,
      grant.userId,
      grant.surface,
      grant.runId,
      grant.rewardType,
      grant.requestedValue,
      grant.value,
      grant.capReason,
      grant.source,
      JSON.stringify(grant.meta),
      new Date(grant.nowMs),
    ],
  });
  return z.array(rowSchema).parse(rows)[0] ?? null;
}

async function readReward(tx: Queryable, key: string): Promise<Reward> {
  const { rows } = await tx.query({
    name: "read_reward",
    text: `select ${COLUMNS} from reward_ledger where reward_key = $1`,
    values: [key],
  });
  return rowSchema.parse(rows[0]);
}

/** Counts that somebody asked again for what they had been given: for the guardrail metrics. */
export function countDuplicate(tx: Queryable, attempt: Attempt): Promise<void> {
  return tally(tx, "duplicates", attempt);
}

/** Whose attempt to be given something is counted. */
type Attempt = Pick<Grant, "userId" | "surface" | "nowMs">;

/** Counts that giving failed; not in the transaction that failed, which leaves nothing. */
export function countFailure(tx: Queryable, attempt: Attempt): Promise<void> {
  return tally(tx, "failures", attempt);
}

/**
 * Does what gives rewards; when it fails, that is counted. Refusals are no failures, and an outage is not counted: nobody
 * is refused anything by it, and there is nowhere to count.
 * @param attempt whose it is; null while that is not known
 * @throws whatever `work` threw
 */
export async function countingFailures<Result>(
  pool: pg.Pool,
  attempt: () => Attempt | null,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failed = attempt();
    if (failed !== null && !(error instanceof Refusal) && classify(error) === "fatal") {
      // What kept the reward from being given is what has to be told, not that it could not be counted.
      await countFailure(pool, failed).catch(() => {});
    }
    throw error;
  }
}

async function tally(
  tx: Queryable,
  column: "duplicates" | "failures",
  { userId, surface, nowMs }: Attempt,
): Promise<void> {
  await tx.query({
    name: `tally_${column}`,
    text: `insert into reward_tallies (user_id, surface, day, ${column}) values ($1, $2, $3, 1)
      on conflict (user_id, surface, day) do update set ${column} = reward_tallies.${column} + 1`,
    values: [userId, surface, utcDay(nowMs)],
  });
}

export interface Spending {
  readonly userId: string;
  readonly rewardType: RewardType;
  readonly amount: number;
  readonly purpose: SpendingPurpose;
  /** What it was spent on, once: a second spending on the same fails. */
  readonly reference: string;
  readonly nowMs: number;
}

/** Takes out of a balance, in the caller's transaction. @throws Refusal insufficient_balance */
export async function spendBalance(tx: Queryable, spending: Spending): Promise<void> {
  const { userId, rewardType, amount, purpose, reference, nowMs } = spending;
  const { rowCount } = await tx.query({
    name: "take_balance",
    text: `update user_balances set amount = amount - $3
      where user_id = $1 and reward_type = $2 and amount >= $3`,
    values: [userId, rewardType, amount],
  });
  if (rowCount === 0) throw new Refusal("insufficient_balance", { rewardType, needed: amount });
  await tx.query({
    name: "insert_spending",
    text: `insert into reward_spendings (id, user_id, reward_type, amount, purpose, reference, at)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      uuidOf("spending", userId, purpose, reference),
      userId,
      rewardType,
      amount,
      purpose,
      reference,
      new Date(nowMs),
    ],
  });
}

const balanceSchema = z.object({ reward_type: z.enum(REWARD_TYPES), amount: z.int() });

/** What the user has of everything that rewards can be. */
export async function readBalances(db: Queryable, userId: string): Promise<Record<RewardType, number>> {
  const { rows } = await db.query({
    name: "read_balances",
    text: `select t.reward_type, coalesce(b.amount, 0) as amount from unnest($2::text[]) as t(reward_type)
      left join user_balances b on b.user_id = $1 and b.reward_type = t.reward_type`,
    values: [userId, REWARD_TYPES],
  });
  const amounts = z.array(balanceSchema).parse(rows);
  return z
    .record(z.enum(REWARD_TYPES), z.int())
    .parse(Object.fromEntries(amounts.map((row) => [row.reward_type, row.amount])));
}

/** What one run was given, in the order in which it was. */
export async function readRewardsOfRun(db: Queryable, userId: string, runId: string): Promise<Reward[]> {
  const { rows } = await db.query({
    name: "read_rewards_of_run",
    text: `select ${COLUMNS} from reward_ledger where user_id = $1 and run_id = $2 order by seq`,
    values: [userId, runId],
  });
  return z.array(rowSchema).parse(rows);
}

/** As many as a page of a list shows. */
const REWARDS_PER_PAGE = 50;

/** The user's rewards, newest first; those before the row of `beforeSeq` when there is one. */
export async function readRewards(
  db: Queryable,
  userId: string,
  beforeSeq: number | null,
): Promise<{ rewards: Reward[]; nextBefore: number | null }> {
  const { rows } = await db.query({
    name: "read_rewards",
    text: `select ${COLUMNS} from reward_ledger where user_id = $1 and ($2::bigint is null or seq < $2)
      order by seq desc limit ${REWARDS_PER_PAGE + 1}`,
    values: [userId, beforeSeq],
  });
  const rewards = z.array(rowSchema).parse(rows.slice(0, REWARDS_PER_PAGE));
  return { rewards, nextBefore: rows.length > REWARDS_PER_PAGE ? (rewards.at(-1)?.seq ?? null) : null };
}
