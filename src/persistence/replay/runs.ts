import { z } from "zod";
import { multiplied } from "../../rules/contracts.ts";
import {
  ANOMALIES,
  type DayLeft,
  findings,
  type KnownRun,
  type Metrics,
  narrative,
  ORE_GRADES,
  objectiveOrder,
  payouts,
  RUN_REWARDS,
} from "../../rules/expeditions.ts";
import { RICHNESS_TIERS } from "../../rules/mining.ts";
import { DRILLS, MISSION_IDS, missionOf, SCANNERS } from "../../rules/missions.ts";
import type { Comparison, Replay } from "./replay-of.ts";

const objective = z.object({ objective: z.string(), nonce: z.string() });

const runSchema = z.object({
  id: z.string(),
  mission_id: z.enum(MISSION_IDS),
  sector_id: z.int(),
  seed: z.coerce.number(),
  richness_tier: z.literal(RICHNESS_TIERS),
  loadout: z.object({ drill: z.enum(DRILLS), scanner: z.enum(SCANNERS) }),
  objectives: z.array(objective),
  elapsed_sec: z.int(),
  metrics: z.object({
    sectorId: z.int(),
    seed: z.int(),
    durationSec: z.number(),
    objectiveScore: z.int(),
    oreUnits: z.int(),
    objectives: z.array(objective.extend({ atSec: z.number() })),
  }),
  objective_score: z.int(),
  roll_quality: z.coerce.number(),
  roll_clue: z.coerce.number(),
  roll_anomaly: z.coerce.number(),
  ore_quality: z.int(),
  ore_grade: z.enum(ORE_GRADES),
  narrative: z.string(),
  anomaly: z.enum(ANOMALIES).nullable(),
  rewards: z.array(
    z.object({
      rewardType: z.enum(RUN_REWARDS),
      requestedValue: z.int(),
      value: z.int(),
      capReason: z.string().nullable(),
      multiplierBps: z.int(),
    }),
  ),
});

type RunRow = z.output<typeof runSchema>;

/** What a day's other runs had left is not kept with a run: what that cut is taken from the ledger, and checked to be less. */
const WHOLE_DAY: DayLeft = {
  ore_units: Number.POSITIVE_INFINITY,
  stardust_bonus: Number.POSITIVE_INFINITY,
  expedition_reputation: Number.POSITIVE_INFINITY,
};

/** The ledger's rows of a run, as they should be. */
function rewardsAgain(row: RunRow, known: KnownRun, metrics: Metrics): RunRow["rewards"] {
  return payouts(missionOf(row.mission_id), known, metrics, WHOLE_DAY).flatMap((payout) => {
    const { rewardType, requestedValue, value, capReason } = payout;
    if (requestedValue === 0) return [];
    const found = row.rewards.find((reward) => reward.rewardType === rewardType);
    const multiplierBps = found?.multiplierBps ?? 10_000;
    const paid = multiplied(value, multiplierBps);
    const isCutByDay = found?.capReason === "daily_cap" && found.value < paid;
    return [
      {
        ...{ rewardType, multiplierBps, requestedValue: multiplied(requestedValue, multiplierBps) },
        ...(isCutByDay ? { value: found.value, capReason: "daily_cap" } : { value: paid, capReason }),
      },
    ];
  });
}

function compareRun(row: RunRow): Comparison {
  const mission = missionOf(row.mission_id);
  const { metrics } = row;
  const known: KnownRun = {
    ...{
      sectorId: row.sector_id,
      seed: row.seed,
      objectives: row.objectives,
      richnessTier: row.richness_tier,
    },
    ...{ loadout: row.loadout, elapsedSec: row.elapsed_sec },
  };
  const rolls = { quality: row.roll_quality, clue: row.roll_clue, anomaly: row.roll_anomaly };
  const found = findings(mission, known, metrics, rolls);
  const oreUnits = row.rewards.find(({ rewardType }) => rewardType === "ore_units")?.value ?? 0;
  return {
    expected: {
      objective_order: objectiveOrder(mission, row.seed),
      objective_score: metrics.objectiveScore,
      ore_quality: found.oreQuality,
      ore_grade: found.oreGrade,
      anomaly: found.anomaly,
      narrative: narrative(mission, oreUnits, found),
      rewards: rewardsAgain(row, known, metrics),
    },
    found: { ...row, objective_order: row.objectives.map((each) => each.objective) },
  };
}

export const RUNS: Replay<RunRow> = {
  name: "runs_recomputed",
  says: "Computed again from the rolls, metrics and circumstances in its row, each completed run finds the same ore quality, clue and story, and is paid what the ledger says, or less by the day's cap.",
  rowName: "run",
  select: `select r.*, (select anomaly from anomaly_clues where run_id = r.id) as anomaly,
      coalesce((select jsonb_agg(jsonb_build_object('rewardType', l.reward_type, 'requestedValue', l.requested_value,
          'value', l.reward_value, 'capReason', l.cap_reason, 'multiplierBps', coalesce((l.meta->>'multiplierBps')::int, 10000))
          order by l.seq)
        from reward_ledger l where l.user_id = r.user_id and l.run_id = r.id::text), '[]') as rewards
    from expedition_runs r where r.status = 'completed'`,
  schema: runSchema,
  compare: compareRun,
};
