import { strict as assert } from "node:assert";
import type pg from "pg";
import { sweepOld } from "../../src/jobs/retention.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { Bench, TURNS_PER_DAY } from "../durability/bench.ts";
import { makeHistory } from "../durability/history.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";

const HOUR_MS = 3_600_000;
const REQUESTS_KEPT_HOURS = 24;
const EVENTS_KEPT_DAYS = 30;
/** More than one sweep takes at a time. */
const MANY = 12_000;

describe("the retention sweep", () => {
  after(() => pipelined.end());
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  let pipelined: pg.Pool;
  let bench: Bench;
  let playerId: string;

  before(async () => {
    pipelined = connect(test.url, { max: 3, applicationName: "queue" }).pool;
    bench = new Bench(test.pool, clock, seededDice(17));
    ({ playerId } = await bench.pilot(await bench.sector()));
  });
  beforeEach(async () => {
    await test.pool.query("delete from requests");
    await test.pool.query("delete from events");
  });

  async function write(table: "requests" | "events", count: number, ageMs: number): Promise<void> {
    const at = new Date(clock.nowMs() - ageMs);
    const { rows } = await test.pool.query(`select count(*)::int as present from ${table}`);
    const [key, payload] = table === "requests" ? ["n::text", "'f', '{}'"] : ["n", "'test', '{}'"];
    await test.pool.query(
      `insert into ${table} select $1, ${key}, ${payload}, $3 from generate_series($2::int + 1, $2 + $4) n`,
      [playerId, rows[0].present, at, count],
    );
  }

  async function left(table: "requests" | "events"): Promise<number> {
    const { rows } = await test.pool.query(`select count(*)::int as left from ${table}`);
    return rows[0].left;
  }

  it("forgets answers after a day and events after a month, to the millisecond", async () => {
    for (const [table, keptMs] of [
      ["requests", REQUESTS_KEPT_HOURS * HOUR_MS],
      ["events", EVENTS_KEPT_DAYS * 24 * HOUR_MS],
    ] as const) {
      await write(table, 3, keptMs + 1);
      await write(table, 2, keptMs);
      await write(table, 1, 0);
      await sweepOld(test.pool, clock);
      assert.equal(await left(table), 3, table);
    }
  });

  it("goes on until everything old is gone, also beside another sweep", async () => {
    await write("requests", MANY, (REQUESTS_KEPT_HOURS + 1) * HOUR_MS);
    await write("requests", 1, 0);
    await Promise.all([sweepOld(test.pool, clock), sweepOld(test.pool, clock)]);
    assert.equal(await left("requests"), 1);
  });

  it("leaves a history in which every invariant holds, however much of it has been forgotten", async () => {
    const queue = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 100,
      onFailure: (message, error) => assert.fail(`${message}: ${error}`),
    });
    await makeHistory(bench, queue, clock);
    clock.advance(REQUESTS_KEPT_HOURS * HOUR_MS - 10 * 60_000);
    await makeHistory(bench, queue, clock);
    await sweepOld(test.pool, clock);
    assert.ok((await left("requests")) > 0);
    assert.deepEqual(await findBreaches(test.pool), []);
    clock.advance(EVENTS_KEPT_DAYS * 24 * HOUR_MS - 10 * 60_000);
    await makeHistory(bench, queue, clock);
    await sweepOld(test.pool, clock);
    assert.ok((await left("events")) > 0);
    assert.deepEqual(await findBreaches(test.pool), []);
    clock.advance(EVENTS_KEPT_DAYS * 24 * HOUR_MS + 1);
    await sweepOld(test.pool, clock);
    assert.deepEqual([await left("requests"), await left("events")], [0, 0]);
    assert.deepEqual(await findBreaches(test.pool), []);
  });
});
