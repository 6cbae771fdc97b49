import assert from "node:assert/strict";
import { loadConfig } from "../../src/config.ts";
import { startProductExport } from "../../src/jobs/product-export.ts";
import { recordProductEvent } from "../../src/persistence/product-events.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";
import { type Fate, PostHogStandIn } from "./posthog.ts";

const KEY = "phc_only_a_test";
const ADA = "5f0c2a4e-8d1b-4c3a-9e7f-1234567890ab";
const RUNS = 250;
/** Half of the requests fail, in each of the ways there are. */
const FATES: readonly Fate[] = ["error", "taken", "dropped", "taken", "lost", "taken", "slow", "taken"];
const SLOW_MS_MAX = 100;

describe("the export of product events", () => {
  const test = useDatabase();
  const clock = new ManualClock();
  let standIn: PostHogStandIn;
  const troubles: string[] = [];
  const log = { warn: (_: object, message: string) => troubles.push(message) };

  beforeEach(async () => {
    await test.pool.query("delete from product_events");
    troubles.length = 0;
  });
  afterEach(() => standIn.stop());

  async function start(
    fateOf: (request: number) => Fate,
    { env = {}, requestMsMax = SLOW_MS_MAX }: { env?: Record<string, string>; requestMsMax?: number } = {},
  ) {
    standIn = new PostHogStandIn(fateOf);
    const config = loadConfig({ POSTHOG_KEY: KEY, POSTHOG_HOST: await standIn.start(), ...env });
    return startProductExport({
      pool: test.pool,
      clock,
      config,
      log,
      periodMs: 5,
      requestMsMax,
    });
  }

  function finishRun(run: number): Promise<void> {
    return withTransaction(test.pool, (tx) =>
      recordProductEvent(tx, {
        name: "ecosystem_mission_completed",
        userId: ADA,
        properties: {
          mission_id: "survey_1",
          surface: "godot_mining",
          run_id: `run-${run}`,
          duration_sec: 45 + run,
          objective_score: run,
        },
        now: new Date(clock.nowMs()),
      }),
    );
  }

  const left = async (): Promise<number> => {
    const { rows } = await test.pool.query(
      "select count(*)::int as left from product_events where exported_at is null",
    );
    return rows[0].left;
  };
  /** Lets the waits after failures pass. */
  const sent = () =>
    until("all are sent", async () => {
      clock.advance(1_000);
      return (await left()) === 0;
    });

  it("gets each event to a PostHog that fails half of the time exactly once by uuid, with exactly its properties", async () => {
    const startedAt = new Date(clock.nowMs()).toISOString();
    for (let run = 0; run < RUNS; run++) await finishRun(run);
    const stops = [await start((request) => FATES[request % FATES.length] ?? "taken")];
    await sent();
    await Promise.all(stops.map((stop) => stop()));

    assert.equal(standIn.kept.size, RUNS);
    assert.deepEqual([...standIn.keys], [KEY]);
    assert.ok(standIn.repeats > 0, "no answer was lost: nothing has shown what becomes of repeats");
    assert.ok(troubles.length >= 3);
    assert.deepEqual(new Set(standIn.batchSizes), new Set([100, 50]));
    const events = [...standIn.kept.values()].sort(
      (a, b) => Number(a.properties.objective_score) - Number(b.properties.objective_score),
    );
    for (const [run, { uuid, event, distinct_id, timestamp, properties }] of events.entries()) {
      const ours = Object.entries(properties).filter(([name]) => !name.startsWith("$"));
      assert.deepEqual(Object.fromEntries(ours), {
        mission_id: "survey_1",
        surface: "godot_mining",
        run_id: `run-${run}`,
        duration_sec: 45 + run,
        objective_score: run,
      });
      assert.deepEqual(properties.$set, { supabase_uuid: ADA });
      assert.deepEqual(
        { event, distinct_id, timestamp },
        { event: "ecosystem_mission_completed", distinct_id: ADA, timestamp: startedAt },
      );
      assert.match(uuid, /^[0-9a-f-]{36}$/);
    }
  });

  it("waits longer after each failure, and loses nothing meanwhile", async () => {
    await finishRun(1);
    const stop = await start((request) => (request < 3 ? "error" : "taken"));
    const dueIn = async () => {
      const { rows } = await test.pool.query("select attempts, next_attempt_at from product_events");
      return [rows[0].attempts, rows[0].next_attempt_at.getTime() - clock.nowMs()];
    };
    for (const [attempts, waitMs] of [
      [1, 1_000],
      [2, 2_000],
      [3, 4_000],
    ] as const) {
      await until(
        `${attempts} have failed`,
        async () => (await dueIn()).join() === [attempts, waitMs].join(),
      );
      clock.advance(waitMs);
    }
    await until("it is sent", async () => (await left()) === 0);
    await stop();
    assert.equal(standIn.kept.size, 1);
  });

  it("ends at once, however slow PostHog is, and leaves what was under way to the next process", async () => {
    await finishRun(1);
    const requestMsMax = 5_000;
    const stop = await start(() => "slow", { requestMsMax });
    await until("it is asked", async () => standIn.requests > 0);
    const beganMs = performance.now();
    await stop();
    assert.ok(performance.now() - beganMs < requestMsMax);
    await standIn.stop();
    const stopNext = await start(() => "taken");
    await until("it is sent", async () => (await left()) === 0);
    await stopNext();
  });

  it("sends what the world did under nobody's name", async () => {
    await withTransaction(test.pool, (tx) =>
      recordProductEvent(tx, {
        name: "ecosystem_state_changed",
        userId: null,
        properties: { state_type: "storm", sector_id: 7, new_state: "active", duration_hours: 48 },
        now: new Date(clock.nowMs()),
      }),
    );
    const stop = await start(() => "taken");
    await sent();
    await stop();
    const [event] = standIn.kept.values();
    assert.equal(event?.distinct_id, "sectorkeep");
    assert.equal(event?.properties.$process_person_profile, false);
    assert.equal(event?.properties.$set, undefined);
  });

  it("asks nobody and keeps everything without a key", async () => {
    await finishRun(1);
    const stop = await start(() => "taken", { env: { POSTHOG_KEY: "" } });
    await stop();
    assert.deepEqual([standIn.requests, await left()], [0, 1]);
  });
});
