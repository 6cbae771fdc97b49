/** Holds what pilots were told over HTTP of runs, rewards, guild contracts and incidents against what Postgres has. */
import type pg from "pg";
import { z } from "zod";
import { RUN_STATUSES } from "../src/rules/expeditions.ts";
import type { Ledger, ToldRun } from "./fleet/ledger.ts";

/** Where it is written what does not fit. */
export interface EconomyFindings {
  readonly toldNotThere: string[];
  readonly thereNotTold: string[];
  readonly toldTwice: string[];
  answers: number;
}

const runSchema = z.object({ user_id: z.string(), id: z.string(), status: z.string() });
const rewardSchema = z.object({
  user_id: z.string(),
  run_id: z.string(),
  reward_key: z.string(),
  reward_value: z.int(),
});
/** A row that was told by its id alone. */
const rowSchema = z.object({
  what: z.string(),
  user_id: z.string(),
  id: z.string(),
  points: z.int().nullable(),
});
const incidentRewardSchema = z.object({ user_id: z.string(), run_id: z.string(), reward_type: z.string() });
/** As the event tells that an incident has ended. */
const resolvedSchema = z.object({
  incidentId: z.uuid(),
  score: z.int(),
  rewards: z.array(z.string()),
});
const balanceSchema = z.object({ user_id: z.string(), reward_type: z.string(), amount: z.int() });

/** What a run may be by now that was told to be so. */
const MAY_BE: Readonly<Record<ToldRun["status"], readonly string[]>> = {
  created: ["created", "expired"],
  started: ["started", "expired"],
  completed: ["completed"],
  cancelled: ["cancelled"],
};
const STEPS: readonly string[] = RUN_STATUSES;
/** What jobs never give: contracts' and incidents' rewards may come after a pilot has looked. */
const OF_RUNS = ["ore_units", "expedition_reputation"] as const;

/** @param findings added to @throws what the database throws */
export async function holdEconomy(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  findings: EconomyFindings,
): Promise<void> {
  const stored = await readStored(
    pool,
    ledgers.map(({ userId }) => userId),
  );
  for (const ledger of ledgers) {
    const { name, userId, economy } = ledger;
    findings.toldTwice.push(...economy.toldTwice.map((what) => `${name}: ${what}`));
    holdRuns(ledger, stored.runs.get(userId) ?? [], stored.rewards.get(userId) ?? [], findings);
    const points = (of: { points: number | null }) => (of.points === null ? "" : `, ${of.points} points`);
    const told = [
      ...economy.memberships.map((id) => ({ what: "membership", id, points: null })),
      ...economy.classifications.map((id) => ({ what: "classification", id, points: null })),
      ...economy.contributions.map((of) => ({
        what: "contribution",
        id: of.contributionId,
        points: of.points,
      })),
      ...economy.incidentAnswers.map((of) => ({
        what: "answer to incident",
        id: of.incidentId,
        points: of.points,
      })),
    ].map((of) => `${of.what} ${of.id}${points(of)}`);
    const there = (stored.rows.get(userId) ?? []).map((of) => `${of.what} ${of.id}${points(of)}`);
    holdLists(name, told, there, findings);
    holdIncidents(ledger, stored.incidentRewards.get(userId) ?? [], findings);
    if (economy.balances === null) continue;
    const balances = stored.balances.get(userId) ?? [];
    holdLists(
      name,
      OF_RUNS.map((type) => `${economy.balances?.[type] ?? 0} ${type}`),
      OF_RUNS.map((type) => `${balances.find((of) => of.reward_type === type)?.amount ?? 0} ${type}`),
      findings,
    );
  }
}

function holdRuns(
  { name, economy }: Ledger,
  runs: readonly z.output<typeof runSchema>[],
  rewards: readonly z.output<typeof rewardSchema>[],
  findings: EconomyFindings,
): void {
  const left = new Map(runs.map(({ id, status }) => [id, status]));
  for (const { runId, status } of economy.runs) {
    findings.answers++;
    const now = left.get(runId);
    left.delete(runId);
    if (now !== undefined && MAY_BE[status].includes(now)) continue;
    // Further than was told: something was done to it. Not so far: something was told that was not done.
    const isFurther = now !== undefined && STEPS.indexOf(now) > STEPS.indexOf(status);
    const list = isFurther ? findings.thereNotTold : findings.toldNotThere;
    list.push(`${name}: run ${runId} was told as ${status}, and is ${now ?? "not there"}`);
  }
  for (const [id, status] of left) findings.thereNotTold.push(`${name}: run ${id}, ${status}, was not told`);
  const told = economy.runs.flatMap((run) => run.rewards);
  holdLists(
    name,
    told.map(({ rewardKey, value }) => `reward ${rewardKey}, ${value}`),
    rewards.map(({ reward_key, reward_value }) => `reward ${reward_key}, ${reward_value}`),
    findings,
  );
}

/** Of the rewards of an incident the feed tells, with the points of all answers to it; a job may give and tell them later. */
function holdIncidents(
  { name, events, economy }: Ledger,
  rewards: readonly z.output<typeof incidentRewardSchema>[],
  findings: EconomyFindings,
): void {
  for (const { type, payload } of events) {
    if (type !== "incident_resolved") continue;
    const told = resolvedSchema.parse(payload);
    const answers = economy.incidentAnswers.filter((of) => of.incidentId === told.incidentId);
    const points = answers.reduce((sum, of) => sum + of.points, 0);
    if (points !== told.score) {
      findings.toldNotThere.push(
        `${name}: ${told.score} points for incident ${told.incidentId}, whose answers were told ${points}`,
      );
    }
    const given = rewards.filter(({ run_id }) => run_id === `incident.${told.incidentId}`);
    const of = (reward: string) => `${reward} of incident ${told.incidentId}`;
    const there = given.map(({ reward_type }) => of(reward_type));
    holdLists(name, told.rewards.map(of), there, findings);
  }
}

function holdLists(
  name: string,
  told: readonly string[],
  there: readonly string[],
  findings: EconomyFindings,
): void {
  const left = new Set(there);
  const seen = new Set<string>();
  for (const what of told) {
    findings.answers++;
    if (seen.has(what)) findings.toldTwice.push(`${name}: ${what}`);
    else if (!left.delete(what)) findings.toldNotThere.push(`${name}: ${what}`);
    seen.add(what);
  }
  for (const what of left) findings.thereNotTold.push(`${name}: ${what}`);
}

async function readStored(pool: pg.Pool, userIds: readonly string[]) {
  const [runs, rewards, rows, incidentRewards, balances] = await Promise.all([
    pool.query("select user_id, id, status from expedition_runs where user_id = any($1)", [userIds]),
    pool.query(
      "select user_id, run_id, reward_key, reward_value from reward_ledger where source = 'run' and user_id = any($1)",
      [userIds],
    ),
    pool.query(
      `select 'membership' as what, user_id, contract_id as id, null::int as points from contract_members
          where user_id = any($1)
        union all select 'classification', user_id, id, null from classifications where user_id = any($1)
        union all select 'contribution', user_id, id, points from contract_contributions where user_id = any($1)
        union all select 'answer to incident', p.user_id, r.incident_id, r.score
          from incident_responses r join players p on p.id = r.player_id where p.user_id = any($1)`,
      [userIds],
    ),
    pool.query(
      "select user_id, run_id, reward_type from reward_ledger where source = 'incident' and user_id = any($1)",
      [userIds],
    ),
    pool.query("select user_id, reward_type, amount from user_balances where user_id = any($1)", [userIds]),
  ]);
  const byUser = <Row extends { user_id: string }>(all: readonly Row[]) =>
    Map.groupBy(all, (row) => row.user_id);
  return {
    runs: byUser(z.array(runSchema).parse(runs.rows)),
    rewards: byUser(z.array(rewardSchema).parse(rewards.rows)),
    rows: byUser(z.array(rowSchema).parse(rows.rows)),
    incidentRewards: byUser(z.array(incidentRewardSchema).parse(incidentRewards.rows)),
    balances: byUser(z.array(balanceSchema).parse(balances.rows)),
  };
}
