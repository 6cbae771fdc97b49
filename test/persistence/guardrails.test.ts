import assert from "node:assert/strict";
import { readGuardrails } from "../../src/persistence/guardrails.ts";
import { countFailure, grantReward } from "../../src/persistence/ledger.ts";
import { recordProductEvent } from "../../src/persistence/product-events.ts";
import { SessionLog } from "../../src/persistence/sessions.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import type { Surface } from "../../src/rules/surfaces.ts";
import { uuidOf } from "../../src/uuid.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";

const DAY_MS = 86_400_000;
const userOf = (name: string) => ({ userId: uuidOf("user", name), name });

describe("the guardrail metrics", () => {
  const test = useDatabase();
  const clock = new ManualClock();
  beforeEach(() => test.pool.query("delete from users; delete from product_events"));

  async function visit(name: string, at: string, appSurface: Surface, appVersion = "1"): Promise<void> {
    clock.setNow(Date.parse(at));
    const log = new SessionLog(test.database, clock);
    await log.note(userOf(name), { appSurface, appVersion, missionId: null });
  }
  const retentionAt = async (at: string) =>
    (await readGuardrails(test.pool, Date.parse(at))).retention.map(
      ({ surface, day, part, of }) => `${surface} d${day}: ${part}/${of}`,
    );

  /** A Sunday's evening, its midnight, and the days after it. */
  async function makeVisits(): Promise<void> {
    // Ada comes on Sunday a moment before midnight, and a moment after it: that is the next day, and the next week.
    await visit("ada", "2030-01-06T23:59:59.999Z", "web");
    await visit("ada", "2030-01-07T00:00:00.000Z", "godot_mining");
    // Ben: a day later by the clock on his wall, the same day in UTC. Back on day 7 and not on day 1.
    await visit("ben", "2030-01-06T00:00:00.000Z", "web");
    await visit("ben", "2030-01-06T23:59:59.999Z", "web", "2");
    await visit("ben", "2030-01-13T12:00:00.000Z", "web");
    // Cyd's first was in a game, however often she was on the web since. Day 2 and day 6 are not day 1 and day 7.
    await visit("cyd", "2030-01-06T10:00:00.000Z", "godot_mining");
    await visit("cyd", "2030-01-06T10:00:01.000Z", "web");
    await visit("cyd", "2030-01-08T10:00:00.000Z", "web");
    await visit("cyd", "2030-01-12T10:00:00.000Z", "web");
    // Dan comes a day later than the others, and on each of the days that count.
    await visit("dan", "2030-01-07T10:00:00.000Z", "godot_mining");
    await visit("dan", "2030-01-08T10:00:00.000Z", "web");
    await visit("dan", "2030-01-14T10:00:00.000Z", "godot_mining");
  }

  it("count who came back on exactly day 1 and day 7, by the surface of their first session, once that day is over", async () => {
    await makeVisits();
    assert.deepEqual(await retentionAt("2030-01-07T23:59:59.999Z"), []);
    assert.deepEqual(await retentionAt("2030-01-08T00:00:00.000Z"), ["godot_mining d1: 0/1", "web d1: 1/2"]);
    assert.deepEqual(await retentionAt("2030-01-09T00:00:00.000Z"), ["godot_mining d1: 1/2", "web d1: 1/2"]);
    assert.deepEqual(await retentionAt("2030-01-13T23:59:59.999Z"), ["godot_mining d1: 1/2", "web d1: 1/2"]);
    assert.deepEqual(await retentionAt("2030-01-14T00:00:00.000Z"), [
      ...["godot_mining d1: 1/2", "web d1: 1/2"],
      ...["godot_mining d7: 0/1", "web d7: 1/2"],
    ]);
    assert.deepEqual(await retentionAt("2030-01-15T00:00:00.000Z"), [
      ...["godot_mining d1: 1/2", "web d1: 1/2"],
      ...["godot_mining d7: 1/2", "web d7: 1/2"],
    ]);
    // Past the window of 28 days Sunday's cohort is counted no more.
    assert.deepEqual(await retentionAt("2030-02-05T00:00:00.000Z"), [
      ...["godot_mining d1: 1/1"],
      ...["godot_mining d7: 1/2", "web d7: 1/2"],
    ]);
  });

  it("count runs that were begun, and of those the completed ones, by surface", async () => {
    const now = new Date(Date.UTC(2030, 0, 10));
    const { userId } = userOf("ada");
    const started = (run_id: string, surface: Surface, at = now) =>
      withTransaction(test.pool, (tx) =>
        recordProductEvent(tx, {
          name: "ecosystem_mission_started",
          userId,
          properties: { mission_id: "m", surface, run_id, entry_point: "map" },
          now: at,
        }),
      );
    const completed = (run_id: string, surface: Surface) =>
      withTransaction(test.pool, (tx) =>
        recordProductEvent(tx, {
          name: "ecosystem_mission_completed",
          userId,
          properties: { mission_id: "m", surface, run_id, duration_sec: 50, objective_score: 1 },
          now,
        }),
      );
    for (const run of ["1", "2", "3"]) await started(run, "godot_mining");
    await started("4", "web");
    await started("old", "web", new Date(now.getTime() - 29 * DAY_MS));
    await completed("1", "godot_mining");
    await completed("2", "godot_mining");
    await completed("old", "web");
    const { runCompletion } = await readGuardrails(test.pool, now.getTime());
    assert.deepEqual(runCompletion, [
      { surface: "godot_mining", part: 2, of: 3, rate: 2 / 3 },
      { surface: "web", part: 0, of: 1, rate: 0 },
    ]);
  });

  it("count grants that failed and grants that were asked for again, of all there were", async () => {
    const nowMs = Date.UTC(2030, 0, 10);
    const { userId, name } = userOf("ada");
    assert.equal((await readGuardrails(test.pool, nowMs)).grantFailures.rate, null);
    await test.pool.query("insert into users (id, username, created_at) values ($1, $2, $3)", [
      userId,
      name,
      new Date(nowMs),
    ]);
    const grant = (runId: string) =>
      withTransaction(test.pool, (tx) =>
        grantReward(tx, {
          userId,
          surface: "web",
          runId,
          rewardType: "ore_units",
          requestedValue: 3,
          value: 3,
          capReason: null,
          source: "run",
          meta: {},
          nowMs,
        }),
      );
    for (const run of ["a", "b", "a", "a", "a"]) await grant(run);
    await countFailure(test.pool, { userId, surface: "web", nowMs });
    const { grantFailures, duplicatesPrevented } = await readGuardrails(test.pool, nowMs);
    assert.deepEqual(grantFailures, { part: 1, of: 6, rate: 1 / 6 });
    assert.deepEqual(duplicatesPrevented, { part: 3, of: 5, rate: 3 / 5 });
  });
});
