/** Rewards that no single run gives: the claim of a day, and whoever brings somebody along. */
import { randomInt } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { MISSION_IDS, type Mission, type MissionId, missionOf } from "../rules/missions.ts";
import { DAILY_CLAIM_STARDUST, REFERRAL_STARDUST, REFERRALS_PAID_PER_DAY_MAX } from "../rules/rewards.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";
import { DAY_MS, utcDay } from "../rules/utc.ts";
import type { Database } from "./database.ts";
import { countingFailures, type Granted, grantReward } from "./ledger.ts";
import { ensureUser } from "./sessions.ts";
import { withTransaction } from "./sqlstate.ts";

type Pool = Pick<Database, "pool">;

interface User {
  readonly userId: string;
  readonly name: string;
}

const surfaceSchema = z.object({ surface: z.enum(SURFACE_CODES) });

/**
 * Claims the day's bonus of a mission template, once for each UTC day on all surfaces together; asked again it gives the
 * first one's reward. Ecosystem seed, "Daily mission claims"; C-23.
 * @throws Refusal nothing_to_claim without a paid run of that template on that day
 */
export async function claimDaily(
  { pool }: Pool,
  { userId }: Pick<User, "userId">,
  template: Mission["template"],
  surface: Surface,
  nowMs: number,
): Promise<Granted> {
  const day = utcDay(nowMs);
  const claim = async (tx: pg.PoolClient): Promise<Granted> => {
    if (!(await hasPlayed(tx, userId, template, nowMs)))
      throw new Refusal("nothing_to_claim", { template, day });
    const { rowCount } = await tx.query(
      `insert into daily_claims (user_id, template, day, surface, claimed_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing`,
      [userId, template, day, surface, new Date(nowMs)],
    );
    const { rows } = await tx.query(
      "select surface from daily_claims where user_id = $1 and template = $2 and day = $3",
      [userId, template, day],
    );
    const granted = await grantReward(tx, {
      ...{ userId, surface: surfaceSchema.parse(rows[0]).surface, runId: `daily.${template}.${day}` },
      ...{ rewardType: "stardust_bonus", requestedValue: DAILY_CLAIM_STARDUST, value: DAILY_CLAIM_STARDUST },
      ...{ capReason: null, source: "daily_claim", meta: { template, day }, nowMs },
    });
    if (granted.duplicate !== (rowCount === 0))
      throw new Error(`The claim of ${userId} for ${day} and its reward differ.`);
    return granted;
  };
  const attempt = () => ({ userId, surface, nowMs });
  return countingFailures(pool, attempt, () => withTransaction(pool, claim));
}

const playedSchema = z.object({ mission_id: z.enum(MISSION_IDS), elapsed_sec: z.int() });

/** What took too little time was not played. */
function isLongEnough(run: z.output<typeof playedSchema>): boolean {
  return run.elapsed_sec >= missionOf(run.mission_id).durationSecMin;
}

/** Whether the user has completed a run of the template that day, long enough to be paid for. */
async function hasPlayed(
  tx: pg.PoolClient,
  userId: string,
  template: Mission["template"],
  nowMs: number,
): Promise<boolean> {
  const missions: MissionId[] = MISSION_IDS.filter((id) => missionOf(id).template === template);
  const dayMs = Date.parse(utcDay(nowMs));
  const { rows } = await tx.query({
    name: "read_played",
    text: `select mission_id, elapsed_sec from expedition_runs
      where user_id = $1 and status = 'completed' and mission_id = any($2) and ended_at >= $3 and ended_at < $4`,
    values: [userId, missions, new Date(dayMs), new Date(dayMs + DAY_MS)],
  });
  return z.array(playedSchema).parse(rows).some(isLongEnough);
}

/** The same of any mission and day. */
async function hasEverPlayed(tx: pg.PoolClient, userId: string): Promise<boolean> {
  const { rows } = await tx.query(
    `select mission_id, max(elapsed_sec) as elapsed_sec from expedition_runs
      where user_id = $1 and status = 'completed' group by mission_id`,
    [userId],
  );
  return z.array(playedSchema).parse(rows).some(isLongEnough);
}

/** Letters and digits that cannot be taken for one another: 32^8 codes. */
const CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_CHARACTERS = 8;

const codeSchema = z.object({ code: z.string() });

/** The user's own code for bringing others along; made when it is first asked for. */
export async function readReferralCode({ pool }: Pool, user: User, nowMs: number): Promise<string> {
  return withTransaction(pool, async (tx) => {
    await ensureUser(tx, user, nowMs);
    const made = Array.from(
      { length: CODE_CHARACTERS },
      () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)],
    ).join("");
    await tx.query(
      "insert into referral_codes (user_id, code, created_at) values ($1, $2, $3) on conflict (user_id) do nothing",
      [user.userId, made, new Date(nowMs)],
    );
    const { rows } = await tx.query("select code from referral_codes where user_id = $1", [user.userId]);
    return codeSchema.parse(rows[0]).code;
  });
}

const referrerSchema = z.object({ user_id: z.string(), code: z.string() });
const referralSchema = z.object({ referrer_id: z.string(), surface: z.enum(SURFACE_CODES) });

/**
 * Says who brought the user along, once for ever; that one is rewarded. Whoever refers has to be paid for somebody who
 * plays: the referee has completed a run, long enough to be paid for. Two users do not bring one another. Ecosystem seed,
 * "Share/referral rewards"; C-23.
 * @throws Refusal referral_unknown, referral_own, referral_mutual, referral_too_early, referral_used
 */
export async function applyReferral(
  { pool }: Pool,
  user: User,
  code: string,
  surface: Surface,
  nowMs: number,
): Promise<{ duplicate: boolean }> {
  const refereeId = user.userId;
  const apply = async (tx: pg.PoolClient): Promise<{ duplicate: boolean }> => {
    await ensureUser(tx, user, nowMs);
    // The referrer's code is locked, so that those who apply at once are counted one after the other; the referee's own
    // too, so that two who apply for one another at once are not both the first.
    const found = await tx.query(
      "select user_id, code from referral_codes where code = $1 or user_id = $2 order by user_id for update",
      [code, refereeId],
    );
    const referrer = z
      .array(referrerSchema)
      .parse(found.rows)
      .find((row) => row.code === code);
    if (referrer === undefined) throw new Refusal("referral_unknown");
    const referrerId = referrer.user_id;
    if (referrerId === refereeId) throw new Refusal("referral_own");
    const reverse = await tx.query("select from referrals where referee_id = $1 and referrer_id = $2", [
      referrerId,
      refereeId,
    ]);
    if (reverse.rows.length > 0) throw new Refusal("referral_mutual");
    if (!(await hasEverPlayed(tx, refereeId))) throw new Refusal("referral_too_early");
    await tx.query(
      `insert into referrals (referee_id, referrer_id, surface, applied_at) values ($1, $2, $3, $4)
        on conflict (referee_id) do nothing`,
      [refereeId, referrerId, surface, new Date(nowMs)],
    );
    const { rows } = await tx.query("select referrer_id, surface from referrals where referee_id = $1", [
      refereeId,
    ]);
    const applied = referralSchema.parse(rows[0]);
    if (applied.referrer_id !== referrerId) throw new Refusal("referral_used");
    const isPaid = (await referralsPaid(tx, referrerId, nowMs)) < REFERRALS_PAID_PER_DAY_MAX;
    const { duplicate } = await grantReward(tx, {
      ...{ userId: referrerId, surface: applied.surface, runId: `referral.${refereeId}` },
      ...{
        rewardType: "stardust_bonus",
        requestedValue: REFERRAL_STARDUST,
        value: isPaid ? REFERRAL_STARDUST : 0,
      },
      ...{ capReason: isPaid ? null : "daily_cap", source: "referral", meta: {}, nowMs },
    });
    return { duplicate };
  };
  const attempt = () => ({ userId: refereeId, surface, nowMs });
  return countingFailures(pool, attempt, () => withTransaction(pool, apply));
}

async function referralsPaid(tx: pg.PoolClient, referrerId: string, nowMs: number): Promise<number> {
  const { rows } = await tx.query(
    `select count(*)::int as paid from reward_ledger
      where user_id = $1 and source = 'referral' and reward_value > 0 and granted_at >= $2`,
    [referrerId, new Date(utcDay(nowMs))],
  );
  return z.object({ paid: z.int() }).parse(rows[0]).paid;
}
