/** What the tiers of a contract bring: rewards for its members, and something that befalls a sector. */
import type pg from "pg";
import { z } from "zod";
import { CONTRACT_THEMES, tierRunId } from "../rules/contracts.ts";
import { INCIDENT_TYPES, type IncidentType } from "../rules/incidents.ts";
import type { RewardType } from "../rules/rewards.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";
import { DAY_MS } from "../rules/utc.ts";
import { openIncident } from "./incidents.ts";
import { grantReward } from "./ledger.ts";
import { lockPlayer } from "./player-lock.ts";
import { giveOrPutOff, isPutOff } from "./reward-retries.ts";
import { withTransaction } from "./sqlstate.ts";

/** A tier that a member has earned and was not given yet. */
export interface DueTier {
  readonly contractId: string;
  readonly tier: number;
  readonly userId: string;
  /** That of their first contribution. */
  readonly surface: Surface;
}

const dueSchema = z
  .object({ contract_id: z.string(), tier: z.int(), user_id: z.string(), surface: z.enum(SURFACE_CODES) })
  .transform(
    (row): DueTier => ({
      contractId: row.contract_id,
      tier: row.tier,
      userId: row.user_id,
      surface: row.surface,
    }),
  );

/** As many as are looked up in one go: a few seconds' work. */
const DUE_MAX = 1_000;
/** Rewards are given within a minute. An outage is over by then, and years of old contracts are not looked through. */
const LOOK_BACK_MS = 30 * DAY_MS;

/**
 * Who is to be given what: members who had joined before the tier was reached and have brought something (domain §16.5),
 * save what has failed and is put off. In the order of their ids, as the ledger asks for; the first thousand.
 */
export async function readDueTiers(pool: pg.Pool, nowMs: number): Promise<DueTier[]> {
  const { rows } = await pool.query(
    `select t.contract_id, t.tier, m.user_id, first.surface from guild_contracts c
      join contract_tiers t on t.contract_id = c.id
      join contract_members m on m.contract_id = t.contract_id and m.joined_total < t.threshold
      join lateral (select surface from contract_contributions k
        where k.contract_id = m.contract_id and k.user_id = m.user_id order by k.contributed_at, k.id limit 1) first on true
      where c.ends_at > $1 and t.unlocked_at is not null
        and not ${isPutOff("m.user_id", "'contract.' || t.contract_id || '.tier' || t.tier", "$2")}
        and not exists (select from contract_tier_grants g
          where g.contract_id = t.contract_id and g.tier = t.tier and g.user_id = m.user_id)
      order by t.contract_id, t.tier, m.user_id limit ${DUE_MAX}`,
    [new Date(nowMs - LOOK_BACK_MS), new Date(nowMs)],
  );
  return z.array(dueSchema).parse(rows);
}

const earnedSchema = z.object({
  theme: z.enum(CONTRACT_THEMES),
  iso_week: z.string(),
  ends_at: z.date(),
  cosmetic: z.string(),
  stardust: z.int(),
  multiplier_bps: z.int().nullable(),
});
type Earned = z.output<typeof earnedSchema>;

/**
 * Gives a member the rewards of a tier and tells them, in one transaction; a second time nothing is left to give. They
 * are from the surface of the member's first contribution (C-23: one grant, whatever the surfaces).
 * @throws what kept them from being given, which is counted and put off
 */
export function rewardMember(pool: pg.Pool, due: DueTier, nowMs: number): Promise<void> {
  const { contractId, tier, userId, surface } = due;
  const reward = { userId, surface, runId: tierRunId(contractId, tier) };
  return giveOrPutOff(pool, reward, nowMs, () => giveTier(pool, due, nowMs));
}

async function giveTier(pool: pg.Pool, due: DueTier, nowMs: number): Promise<void> {
  const { contractId, tier, userId, surface } = due;
  await withTransaction(pool, async (tx) => {
    const player = await lockPlayer(tx, "user_id", userId);
    const earned = await readEarned(tx, due);
    const { rowCount } = await tx.query(
      `insert into contract_tier_grants (contract_id, tier, user_id, surface, granted_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing`,
      [contractId, tier, userId, surface, new Date(nowMs)],
    );
    if (rowCount === 0) return;
    for (const [rewardType, value] of rewardsOf(earned)) {
      await grantReward(tx, {
        ...{ userId, surface, runId: tierRunId(contractId, tier), rewardType },
        ...{ requestedValue: value, value, capReason: null, source: "contract", nowMs },
        meta: metaOf(rewardType, due, earned),
      });
    }
    const { theme, iso_week: isoWeek } = earned;
    const rewards = rewardsOf(earned).map(([rewardType]) => rewardType);
    await player?.tell("contract_tier_unlocked", { contractId, theme, isoWeek, tier, rewards }, nowMs);
  });
}

async function readEarned(tx: pg.PoolClient, { contractId, tier }: DueTier): Promise<Earned> {
  const { rows } = await tx.query(
    `select c.theme, c.iso_week, c.ends_at, t.cosmetic, t.stardust, t.multiplier_bps
      from contract_tiers t join guild_contracts c on c.id = t.contract_id
      where t.contract_id = $1 and t.tier = $2`,
    [contractId, tier],
  );
  return earnedSchema.parse(rows[0]);
}

function rewardsOf({ stardust, multiplier_bps: bps }: Earned): (readonly [RewardType, number])[] {
  return [
    ["cosmetic_unlock", 1],
    ...(stardust > 0 ? [["stardust_bonus", stardust] as const] : []),
    ...(bps === null ? [] : [["stardust_multiplier", 1] as const]),
  ];
}

function metaOf(rewardType: RewardType, { contractId, tier }: DueTier, earned: Earned) {
  const of = { contractId, tier, theme: earned.theme };
  if (rewardType === "cosmetic_unlock") return { ...of, cosmetic: earned.cosmetic };
  if (rewardType !== "stardust_multiplier") return of;
  return { ...of, multiplierBps: earned.multiplier_bps, endsAtMs: earned.ends_at.getTime() };
}

/** A tier whose world event is still to come. */
export interface DueEvent {
  readonly contractId: string;
  readonly tier: number;
  readonly type: IncidentType;
}

const dueEventSchema = z
  .object({ contract_id: z.string(), tier: z.int(), world_event: z.enum(INCIDENT_TYPES) })
  .transform((row): DueEvent => ({ contractId: row.contract_id, tier: row.tier, type: row.world_event }));

/** World events of active contracts that are still to come: what a week has earned comes in that week, or not at all. */
export async function readDueEvents(pool: pg.Pool, nowMs: number): Promise<DueEvent[]> {
  const { rows } = await pool.query(
    `select t.contract_id, t.tier, t.world_event from contract_tiers t join guild_contracts c on c.id = t.contract_id
      where t.unlocked_at is not null and t.world_event is not null and t.incident_id is null and c.ends_at > $1
      order by t.unlocked_at`,
    [new Date(nowMs)],
  );
  return z.array(dueEventSchema).parse(rows);
}

/**
 * Lets a tier's world event befall a sector, once. It comes as an incident that the members have mastered already, so it
 * is resolved, shown and ended as any other.
 * @returns that incident's id; null when it has befallen one before
 * @throws Refusal incident_open when something else befell that sector first
 */
export async function befallForTier(
  pool: pg.Pool,
  { contractId, tier, type }: DueEvent,
  at: { readonly sectorId: number; readonly seed: number; readonly nowMs: number },
): Promise<string | null> {
  return withTransaction(pool, async (tx) => {
    const { rows } = await tx.query(
      "select from contract_tiers where contract_id = $1 and tier = $2 and incident_id is null for no key update",
      [contractId, tier],
    );
    if (rows.length === 0) return null;
    const order = { sectorId: at.sectorId, seed: at.seed, type, severity: 1, isMastered: true } as const;
    const { incidentId } = await openIncident(tx, order, at.nowMs);
    await tx.query("update contract_tiers set incident_id = $3 where contract_id = $1 and tier = $2", [
      contractId,
      tier,
      incidentId,
    ]);
    return incidentId;
  });
}
