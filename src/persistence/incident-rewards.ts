/** What pilots are given for their answers to incidents, once those have ended. */
import type pg from "pg";
import { z } from "zod";
import { BOOST_MS, type IncidentOutcome, incidentRewards, stateHours } from "../rules/incidents.ts";
import type { RewardType } from "../rules/rewards.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";
import { type Incident, isOpen, readIncident } from "./incidents.ts";
import { grantReward } from "./ledger.ts";
import { type LockedPlayer, lockPlayer } from "./player-lock.ts";
import { giveOrPutOff, isPutOff } from "./reward-retries.ts";
import { eachAlone, withTransaction } from "./sqlstate.ts";

const REWARD_TYPE_OF = {
  badge: "incident_badge",
  boost: "efficiency_boost",
  anomaly: "anomaly_access",
} as const satisfies Record<string, RewardType>;

/** What an answer to an incident has in place of a run (C-23). */
function incidentRunId(incidentId: string): string {
  return `incident.${incidentId}`;
}

const unrewardedSchema = z
  .object({
    incident_id: z.string(),
    player_id: z.string(),
    user_id: z.string().nullable(),
    surface: z.enum(SURFACE_CODES),
  })
  .transform((row) => ({
    incidentId: row.incident_id,
    playerId: row.player_id,
    userId: row.user_id,
    surface: row.surface,
  }));
type Unrewarded = z.output<typeof unrewardedSchema>;

/** Everybody whose answers to an incident that has ended, this one or any, were not rewarded yet and are not put off. */
async function readUnrewarded(
  pool: pg.Pool,
  incidentId: string | null,
  nowMs: number,
): Promise<Unrewarded[]> {
  const { rows } = await pool.query(
    `select distinct on (r.incident_id, r.player_id) r.incident_id, r.player_id, p.user_id, r.surface
      from incident_responses r
      join sector_incidents i on i.id = r.incident_id join players p on p.id = r.player_id
      where r.rewarded_at is null and i.resolved_at is not null and ($1::uuid is null or i.id = $1)
        and not ${isPutOff("p.user_id", "'incident.' || i.id", "$2")}
      order by r.incident_id, r.player_id`,
    [incidentId, new Date(nowMs)],
  );
  return z.array(unrewardedSchema).parse(rows);
}

const ownSchema = z.object({ surface: z.enum(SURFACE_CODES), score: z.int() });

/**
 * Gives a pilot what their answers to an ended incident have earned, and tells them, in one transaction; a second time
 * nothing is left to give.
 */
async function rewardResponder(
  pool: pg.Pool,
  { incidentId, playerId }: Unrewarded,
  nowMs: number,
): Promise<void> {
  await withTransaction(pool, async (tx) => {
    const player = await lockPlayer(tx, "id", playerId);
    const incident = await readIncident(tx, incidentId);
    const { rows } = await tx.query(
      `update incident_responses set rewarded_at = $3
        where incident_id = $1 and player_id = $2 and rewarded_at is null returning surface, score, responded_at`,
      [incidentId, playerId, new Date(nowMs)],
    );
    const answers = z.array(ownSchema.extend({ responded_at: z.date() })).parse(rows);
    // Where they answered first is where the reward is from.
    const [first] = answers.sort((a, b) => a.responded_at.getTime() - b.responded_at.getTime());
    if (player === null || first === undefined || isOpen(incident)) return;
    const score = answers.reduce((sum, answer) => sum + answer.score, 0);
    const rewards = await giveRewards(tx, incident, player, score, first.surface, nowMs);
    await player.tell(
      "incident_resolved",
      {
        incidentId,
        sectorId: incident.sectorId,
        type: incident.type,
        severity: incident.severity,
        outcome: incident.status,
        score,
        rewards,
      },
      nowMs,
    );
  });
}

async function giveRewards(
  tx: pg.PoolClient,
  incident: Incident,
  player: LockedPlayer,
  score: number,
  surface: Surface,
  nowMs: number,
): Promise<RewardType[]> {
  const { incidentId, sectorId, type, severity, status, resolvedAtMs } = incident;
  const earned = incidentRewards(outcomeOf(status), score);
  const userId = await userOf(tx, player.id);
  const startsAtMs = resolvedAtMs ?? nowMs;
  const anomalyEndsAtMs = startsAtMs + stateHours(severity) * 3_600_000;
  const given: RewardType[] = [];
  for (const kind of ["badge", "boost", "anomaly"] as const) {
    if (!earned[kind] || userId === null) continue;
    const endsAtMs = { badge: null, boost: nowMs + BOOST_MS, anomaly: anomalyEndsAtMs }[kind];
    const rewardType = REWARD_TYPE_OF[kind];
    await grantReward(tx, {
      userId,
      surface,
      runId: incidentRunId(incidentId),
      rewardType,
      requestedValue: 1,
      value: 1,
      capReason: null,
      source: "incident",
      meta: { incidentId, sectorId, type, severity, endsAtMs },
      nowMs,
    });
    given.push(rewardType);
    if (endsAtMs === null) continue;
    await tx.query(
      `insert into incident_boons (incident_id, player_id, kind, sector_id, starts_at, ends_at)
        values ($1, $2, $3, $4, $5, $6)`,
      [
        incidentId,
        player.id,
        kind,
        kind === "anomaly" ? sectorId : null,
        new Date(nowMs),
        new Date(endsAtMs),
      ],
    );
  }
  return given;
}

function outcomeOf(status: Incident["status"]): IncidentOutcome {
  if (status === "detected" || status === "responding") throw new Error("an open incident has no outcome");
  return status;
}

async function userOf(tx: pg.PoolClient, playerId: string): Promise<string | null> {
  const { rows } = await tx.query("select user_id from players where id = $1", [playerId]);
  return z.object({ user_id: z.string().nullable() }).parse(rows[0]).user_id;
}

/**
 * Rewards everybody who has answered an incident that has ended, this one or any, each in a transaction of their own.
 * @throws what kept one of them from being rewarded, which is counted and put off; all others have been
 */
export async function rewardResponders(
  pool: pg.Pool,
  clock: { nowMs(): number },
  incidentId: string | null = null,
  ending?: AbortSignal,
): Promise<void> {
  const reward = async (responder: Unrewarded) => {
    const nowMs = clock.nowMs();
    const { incidentId: id, userId, surface } = responder;
    const give = () => rewardResponder(pool, responder, nowMs);
    // Whose account is gone is given nothing, and the answer is done with.
    if (userId === null) await give();
    else await giveOrPutOff(pool, { userId, surface, runId: incidentRunId(id) }, nowMs, give);
  };
  await eachAlone(await readUnrewarded(pool, incidentId, clock.nowMs()), reward, ending);
}
