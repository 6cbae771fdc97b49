import { strict as assert } from "node:assert";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { connect } from "../../src/persistence/database.ts";
import { completeRun, type Submission } from "../../src/persistence/expedition-end.ts";
import { createRun, startRun } from "../../src/persistence/expeditions.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { makePilot, makeSector, makeWorld, type World } from "../support/fixtures.ts";

/** Tables that the completion of a run writes, in whole. */
const TRUTH = [
  ...["expedition_runs", "reward_ledger", "user_balances", "reputations", "events", "product_events"],
  ...["anomaly_clues", "reward_tallies"],
];

describe("a process that dies while it completes a run", function () {
  this.timeout(60_000);
  const test = useDatabase();
  const clock = new ManualClock();
  const dice = seededDice(1);
  let proxy: PostgresProxy;
  let world: World;

  before(async () => {
    world = await makeWorld(test.pool);
    await makeSector(test.pool, world, 1);
    proxy = await PostgresProxy.before(test.url);
  });
  after(() => proxy.close());

  async function playedRun(): Promise<Submission> {
    const { userId } = await makePilot(test.pool, world, 1);
    const run = await createRun(
      test.database,
      {
        ...{
          userId,
          missionId: "belt_survey",
          surface: "godot_mining",
          appVersion: null,
          entryPoint: "test",
        },
        ...{ sectorId: 1, loadout: { drill: "standard", scanner: "basic" }, idempotencyKey: null },
      },
      dice,
      clock.nowMs(),
    );
    const { runId, jti, seed } = run;
    const key = { runId, userId, jti, isExpired: false };
    const { objectives } = await startRun(test.database, key, dice, clock.nowMs());
    clock.advance(60_000);
    const proof = (objectives ?? []).map((each) => ({ ...each, atSec: 30 }));
    const metrics = {
      sectorId: 1,
      seed,
      durationSec: 60,
      objectiveScore: 1000,
      oreUnits: 5,
      objectives: proof,
    };
    return { ...key, metrics };
  }

  async function truth(): Promise<string> {
    const tables = await Promise.all(
      TRUTH.map(async (table) => (await test.pool.query(`select * from ${table} t order by t::text`)).rows),
    );
    return JSON.stringify(tables);
  }

  /** Completes a run over a line that is cut in place of its nth step. @returns whether it got so far */
  async function completeUntil(nth: number, submission: Submission): Promise<boolean> {
    let steps = 0;
    const unwatch = proxy.watch(({ applicationName }) => {
      if (applicationName !== "dying") return "pass";
      steps += 1;
      return steps === nth ? "cut" : "pass";
    });
    const dying = connect(proxy.url, { max: 1, applicationName: "dying", onIdleError: () => {} });
    try {
      const payer = { dice, phase: "live" as const, nowMs: clock.nowMs() };
      await completeRun(dying, submission, payer).catch(() => {});
      return steps >= nth;
    } finally {
      unwatch();
      await dying.pool.end();
    }
  }

  it("leaves all of it or nothing, whichever statement it dies before or after, and the same again completes it once", async () => {
    const seen = { nothing: 0, everything: 0 };
    for (let nth = 1; ; nth++) {
      const submission = await playedRun();
      const before = await truth();
      if (!(await completeUntil(nth, submission))) break;
      const isWhole = (await truth()) !== before;
      if (isWhole) seen.everything += 1;
      else seen.nothing += 1;
      const payer = { dice, phase: "live" as const, nowMs: clock.nowMs() };
      const { rewards, duplicate } = await completeRun(test.database, submission, payer);
      assert.equal(duplicate, isWhole, `cut at step ${nth}`);
      assert.equal(rewards.length, 3);
    }
    assert.ok(seen.nothing >= 15, `${seen.nothing} times nothing was left`);
    assert.equal(seen.everything, 1, "when only the answer to COMMIT was lost");
    assert.deepEqual(await findBreaches(test.pool), []);
  });
});
