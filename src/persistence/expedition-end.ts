/** The end of a run: what its metrics are held against, and everything it brings, in one transaction. */
import type pg from "pg";
import { z } from "zod";
import type { Dice } from "../dice.ts";
import { Refusal } from "../errors.ts";
import {
  ANOMALIES,
  type Anomaly,
  DAILY_CAPS,
  type DayLeft,
  type Findings,
  faultOf,
  findings,
  type KnownRun,
  type Metrics,
  narrative,
  type Payout,
  payouts,
  type RUN_REWARDS,
  type RunRolls,
} from "../rules/expeditions.ts";
import { AM_FACTION } from "../rules/factions.ts";
import { licenseHolds } from "../rules/licenses.ts";
import { missionOf } from "../rules/missions.ts";
import type { Phase } from "../rules/phases.ts";
import { harvestStandingDelta } from "../rules/standing.ts";
import { utcDay } from "../rules/utc.ts";
import type { Database } from "./database.ts";
import { expire, type Kept, keeping, lockRun, notOpen, type Run, type RunKey } from "./expeditions.ts";
import { countDuplicate, countingFailures, grantReward, type Reward, readRewardsOfRun } from "./ledger.ts";
import { type LockedPlayer, lockPlayer } from "./player-lock.ts";
import { recordProductEvent } from "./product-events.ts";
import { moveStanding } from "./standing.ts";

/** A run as its player leaves it. */
export interface Submission extends RunKey {
  /** The token's time is up: only what the run was answered before is told again. */
  readonly isExpired: boolean;
  readonly metrics: Metrics;
}

/** What a completed run brought; the same whenever it is asked for again. */
export interface RunResult {
  readonly run: Run;
  readonly anomaly: Anomaly | null;
  readonly rewards: readonly Reward[];
  /** It had been completed before. */
  readonly duplicate: boolean;
}

export interface Payer {
  readonly dice: Dice;
  readonly phase: Phase;
  readonly nowMs: number;
}

/**
 * Ends a run by its metrics: completed with what it brings, or rejected because they contradict what the server knows.
 * Submitted again, alone or at the same time, it gives the first answer, whatever the metrics say then. Domain §16.3,
 * §16.4, §18.
 * @throws Refusal run_not_found, run_token_invalid, run_expired, run_not_started, run_not_open, and MetricsFault
 */
export async function completeRun(
  { pool }: Pick<Database, "pool">,
  submission: Submission,
  payer: Payer,
): Promise<RunResult> {
  const { userId } = submission;
  const { nowMs } = payer;
  let surface: Run["surface"] | null = null;
  const complete = async (tx: pg.PoolClient): Promise<Kept<RunResult>> => {
    const player = await lockPlayer(tx, "user_id", userId);
    const run = await lockRun(tx, submission);
    surface = run.surface;
    if (run.status === "completed") return { done: await repeat(tx, run, nowMs) };
    if (submission.isExpired) return expire(tx, run);
    if (run.status === "created") throw new Refusal("run_not_started", { runId: run.runId });
    if (run.status !== "started" || player === null) return { refused: refusalOf(run) };
    if (nowMs >= run.expiresAtMs) return expire(tx, run);
    return end(tx, player, run, submission.metrics, payer);
  };
  const attempt = () => (surface === null ? null : { userId, surface, nowMs });
  return countingFailures(pool, attempt, () => keeping(pool, complete));
}

function refusalOf(run: Run): Refusal {
  const fault = FAULTS.safeParse(run.rejectReason);
  return fault.success ? new Refusal(fault.data, { runId: run.runId }) : notOpen(run);
}

const FAULTS = z.enum([
  "metrics_mismatch",
  "score_out_of_range",
  "objective_proof_missing",
  "duration_below_floor",
]);

async function repeat(tx: pg.PoolClient, run: Run, nowMs: number): Promise<RunResult> {
  await countDuplicate(tx, { userId: run.userId, surface: run.surface, nowMs });
  return readResult(tx, run, true);
}

/** What a completed run brought, as it is stored. */
export async function readResult(
  db: Pick<pg.ClientBase, "query">,
  run: Run,
  duplicate: boolean,
): Promise<RunResult> {
  const { rows } = await db.query({
    name: "read_anomaly",
    text: "select anomaly from anomaly_clues where run_id = $1",
    values: [run.runId],
  });
  const [clue] = z.array(z.object({ anomaly: z.enum(ANOMALIES) })).parse(rows);
  const rewards = await readRewardsOfRun(db, run.userId, run.runId);
  return { run, anomaly: clue?.anomaly ?? null, rewards, duplicate };
}

async function end(
  tx: pg.PoolClient,
  player: LockedPlayer,
  run: Run,
  metrics: Metrics,
  payer: Payer,
): Promise<Kept<RunResult>> {
  const { nowMs } = payer;
  const mission = missionOf(run.missionId);
  const startedAtMs = run.startedAtMs ?? nowMs;
  const known: KnownRun = {
    ...run,
    objectives: run.objectives ?? [],
    // Another process' clock may have begun it, a little ahead of this one's.
    elapsedSec: Math.max(0, Math.floor((nowMs - startedAtMs) / 1000)),
  };
  const fault = faultOf(mission, known, metrics);
  if (fault !== null) {
    await reject(tx, run, metrics, known.elapsedSec, fault, nowMs);
    return { refused: new Refusal(fault, { runId: run.runId }) };
  }
  const rolls: RunRolls = { quality: payer.dice.u32(), clue: payer.dice.u32(), anomaly: payer.dice.u32() };
  const found = findings(mission, known, metrics, rolls);
  const paid = payouts(mission, known, metrics, await readDayLeft(tx, run.userId, payer));
  const oreUnits = paid.find(({ rewardType }) => rewardType === "ore_units")?.value ?? 0;
  // As with a harvest: who extracts nothing has done nothing to anybody's claim.
  const amRepDelta = oreUnits === 0 ? 0 : await readStandingDelta(tx, run, startedAtMs);
  const completed: Run = {
    ...run,
    ...{ status: "completed", endedAtMs: nowMs, elapsedSec: known.elapsedSec, amRepDelta },
    objectiveScore: metrics.objectiveScore,
    oreQuality: found.oreQuality,
    oreGrade: found.oreGrade,
    narrative: narrative(mission, oreUnits, found),
  };
  await writeCompleted(tx, completed, metrics, rolls);
  if (found.anomaly !== null) await insertClue(tx, run, found.anomaly, nowMs);
  await player.tell("expedition_completed", summaryOf(completed, found, oreUnits), nowMs);
  if (amRepDelta !== 0) {
    const change = await moveStanding(tx, player.id, AM_FACTION, amRepDelta);
    if (change !== null) await player.tell("reputation_changed", change, nowMs);
  }
  await recordProductEvent(tx, {
    name: "ecosystem_mission_completed",
    userId: run.userId,
    properties: {
      ...{ mission_id: run.missionId, surface: run.surface, run_id: run.runId },
      ...{ duration_sec: known.elapsedSec, objective_score: metrics.objectiveScore },
    },
    now: new Date(nowMs),
  });
  const rewards = await grantAll(tx, run, paid, nowMs);
  return { done: { run: completed, anomaly: found.anomaly, rewards, duplicate: false } };
}

/** What is told of a run in its player's feed. */
function summaryOf({ runId, missionId, sectorId, amRepDelta }: Run, found: Findings, oreUnits: number) {
  return { runId, missionId, sectorId, oreUnits, amRepDelta, ...found };
}

async function grantAll(
  tx: pg.PoolClient,
  run: Run,
  paid: readonly Payout[],
  nowMs: number,
): Promise<Reward[]> {
  const rewards: Reward[] = [];
  for (const payout of paid) {
    if (payout.requestedValue === 0) continue;
    const { userId, surface, runId, missionId } = run;
    const granted = await grantReward(tx, {
      ...{ userId, surface, runId, ...payout },
      ...{ source: "run", meta: { missionId }, nowMs },
    });
    rewards.push(granted.row);
  }
  return rewards;
}

const sumSchema = z.object({ reward_type: z.string(), value: z.int() });

/** What the day's caps leave. The user's player is locked, so no other run of theirs is paid meanwhile. */
async function readDayLeft(tx: pg.PoolClient, userId: string, { phase, nowMs }: Payer): Promise<DayLeft> {
  const { rows } = await tx.query({
    name: "read_day_paid",
    text: `select reward_type, sum(reward_value) as value from reward_ledger
      where user_id = $1 and source = 'run' and granted_at >= $2 group by reward_type`,
    values: [userId, new Date(utcDay(nowMs))],
  });
  const sums = z.array(sumSchema).parse(rows);
  const paid = new Map(sums.map(({ reward_type, value }) => [reward_type, value]));
  const left = (rewardType: (typeof RUN_REWARDS)[number]) =>
    Math.max(0, DAILY_CAPS[phase][rewardType] - (paid.get(rewardType) ?? 0));
  return {
    ore_units: left("ore_units"),
    stardust_bonus: left("stardust_bonus"),
    expedition_reputation: left("expedition_reputation"),
  };
}

const claimSchema = z.object({
  controlling_faction: z.string().nullable(),
  purchased_at: z.date().nullable(),
  expires_at: z.date().nullable(),
});

/**
 * What the run does to the player's standing with the Astral Mining Consortium, as a harvest in that sector does: by
 * whether it is claimed, and whether they held a licence for it when it started. Mining seed, "Faction reputation hooks";
 * domain §2, §18; C-08, C-34.
 */
async function readStandingDelta(tx: pg.PoolClient, run: Run, startedAtMs: number): Promise<number> {
  const { rows } = await tx.query({
    name: "read_expedition_claim",
    text: `select s.controlling_faction, l.purchased_at, l.expires_at from sectors s
      left join claim_licenses l on l.player_id = $2 and l.region_id = s.region_id and l.sector_number = s.sector_number
      where s.sector_id = $1`,
    values: [run.sectorId, run.playerId],
  });
  const claims = z.array(claimSchema).parse(rows);
  const licensed = claims.some(
    ({ purchased_at, expires_at }) =>
      purchased_at !== null &&
      expires_at !== null &&
      licenseHolds({ purchasedAtMs: purchased_at.getTime(), expiresAtMs: expires_at.getTime() }, startedAtMs),
  );
  const amClaimed = claims[0]?.controlling_faction === AM_FACTION;
  return harvestStandingDelta({ amClaimed, licensed });
}

async function reject(
  tx: pg.PoolClient,
  run: Run,
  metrics: Metrics,
  elapsedSec: number,
  reason: string,
  nowMs: number,
): Promise<void> {
  await tx.query({
    name: "reject_expedition_run",
    text: `update expedition_runs set status = 'rejected', ended_at = $2, metrics = $3, elapsed_sec = $4,
      reject_reason = $5 where id = $1`,
    values: [run.runId, new Date(nowMs), JSON.stringify(metrics), elapsedSec, reason],
  });
}

async function writeCompleted(tx: pg.PoolClient, run: Run, metrics: Metrics, rolls: RunRolls): Promise<void> {
  await tx.query({
    name: "complete_expedition_run",
    text: `update expedition_runs set status = 'completed', ended_at = $2, metrics = $3, objective_score = $4,
        elapsed_sec = $5, roll_quality = $6, roll_clue = $7, roll_anomaly = $8, ore_quality = $9, ore_grade = $10,
        narrative = $11, am_rep_delta = $12, written_seq = nextval('outcome_order')
      where id = $1`,
    values: [
      run.runId,
      new Date(run.endedAtMs ?? run.issuedAtMs),
      JSON.stringify(metrics),
      run.objectiveScore,
      run.elapsedSec,
      rolls.quality,
      rolls.clue,
      rolls.anomaly,
      run.oreQuality,
      run.oreGrade,
      run.narrative,
      run.amRepDelta,
    ],
  });
}

async function insertClue(tx: pg.PoolClient, run: Run, anomaly: string, nowMs: number): Promise<void> {
  await tx.query({
    name: "insert_anomaly_clue",
    text: `insert into anomaly_clues (run_id, user_id, sector_id, anomaly, found_at) values ($1, $2, $3, $4, $5)`,
    values: [run.runId, run.userId, run.sectorId, anomaly, new Date(nowMs)],
  });
}
