import { strict as assert } from "node:assert";
import { createRun, type NewRun } from "../../src/persistence/expedition-create.ts";
import { completeRun } from "../../src/persistence/expedition-end.ts";
import { startRun } from "../../src/persistence/expeditions.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { makePilot, makeSector, makeWorld } from "../support/fixtures.ts";

const A_RUN = "id = (select id from expedition_runs where status = 'completed' order by ended_at limit 1)";
const FOUND = "id = (select run_id from anomaly_clues order by found_at limit 1)";
const OF_RUNS = (type: string) =>
  `source = 'run' and reward_type = '${type}' and cap_reason is distinct from 'daily_cap'`;
const A_REWARD = (type: string) => `seq = (select min(seq) from reward_ledger where ${OF_RUNS(type)})`;

/** What is written of a run, changed in one place each. */
const CHANGES = {
  "another roll": `update expedition_runs set roll_quality = (roll_quality + 2147483648) % 4294967296 where ${A_RUN}`,
  "better ore": "update expedition_runs set ore_quality = ore_quality + 1",
  "another grade": `update expedition_runs set ore_grade = case ore_grade when 'fine' then 'common' else 'fine' end where ${A_RUN}`,
  "another story": `update expedition_runs set narrative = 'All went well.' where ${A_RUN}`,
  "a richer field": `update expedition_runs set richness_tier = 5 where ${A_RUN}`,
  "another drill": `update expedition_runs set loadout = '{"drill": "precision", "scanner": "basic"}' where ${A_RUN}`,
  "another seed": `update expedition_runs set seed = (seed + 1) % 4294967296 where ${A_RUN}`,
  "less time": `update expedition_runs set elapsed_sec = 3 where ${A_RUN}`,
  "more score": `update expedition_runs set objective_score = objective_score + 1 where ${A_RUN}`,
  "metrics that say less": `update expedition_runs set metrics = '{}' where ${A_RUN}`,
  "a clue that was not found": `delete from anomaly_clues where ${FOUND.replace("id =", "run_id =")}`,
  "another clue roll": `update expedition_runs set roll_clue = 4294967295 where ${FOUND}`,
  "another anomaly": `update anomaly_clues set anomaly = case anomaly when 'old_signal' then 'cold_trace' else 'old_signal' end`,
  "more ore paid": `update reward_ledger set reward_value = reward_value + 1, requested_value = requested_value + 1 where ${A_REWARD("ore_units")}`,
  "less reputation paid": `update reward_ledger set reward_value = 0, cap_reason = 'rate_cap' where ${A_REWARD("expedition_reputation")}`,
  "a reward that was not paid": `delete from reward_ledger where ${A_REWARD("stardust_bonus")}`,
  "a day's cap that cut nothing": `update reward_ledger set cap_reason = 'daily_cap', requested_value = reward_value + 1 where ${A_REWARD("ore_units")}`,
};

describe("the replay of expeditions", () => {
  const test = useDatabase();
  const clock = new ManualClock(Date.UTC(2130, 5, 1, 12));
  const dice = seededDice(4);

  before(async () => {
    const world = await makeWorld(test.pool);
    await makeSector(test.pool, world, 1);
    const { userId } = await makePilot(test.pool, world, 1);
    // Past the day's cap of reputation in the pilot phase, and often enough to find something.
    for (let count = 0; count < 12; count++) {
      const wanted: NewRun = {
        ...{ userId, missionId: "belt_survey" as const, surface: "bot" as const, appVersion: null },
        ...{ entryPoint: "test", sectorId: 1, idempotencyKey: null },
        loadout: { drill: "standard", scanner: "basic" },
      };
      const { runId, jti, seed } = await createRun(test.database, wanted, dice, clock.nowMs());
      const key = { runId, userId, jti, isExpired: false };
      const { objectives } = await startRun(test.database, key, dice, clock.nowMs());
      clock.advance(60_000);
      const metrics = {
        ...{ sectorId: 1, seed, durationSec: 60, objectiveScore: 900, oreUnits: 3 + count },
        objectives: (objectives ?? []).map((each) => ({ ...each, atSec: 30 })),
      };
      await completeRun(test.database, { ...key, metrics }, { dice, phase: "pilot", nowMs: clock.nowMs() });
    }
  });

  it("computes every completed run again, and finds it as it is written", async () => {
    const { breaches, runs } = await replayAll(test.pool);
    assert.deepEqual([breaches, runs], [[], 12]);
    const { rows } = await test.pool.query(
      `select (select count(*)::int from anomaly_clues) as clues,
        (select count(distinct cap_reason)::int from reward_ledger) as caps`,
    );
    assert.ok(rows[0].clues > 0 && rows[0].caps >= 2, JSON.stringify(rows));
  });

  for (const [what, sql] of Object.entries(CHANGES)) {
    it(`finds a run with ${what}`, async () => {
      const tx = await test.pool.connect();
      try {
        // With triggers and foreign keys asleep: a database never refuses here.
        await tx.query("begin");
        await tx.query("set local session_replication_role = replica");
        const { rowCount } = await tx.query(sql);
        assert.ok((rowCount ?? 0) > 0, "nothing is changed by it");
        const { breaches } = await replayAll(tx);
        assert.deepEqual([...new Set(breaches.map(({ invariant }) => invariant))], ["runs_recomputed"]);
      } finally {
        await tx.query("rollback");
        tx.release();
      }
    });
  }
});
