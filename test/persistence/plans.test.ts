import { strict as assert } from "node:assert";
import { settleBatch } from "../../src/persistence/batch.ts";
import { connect } from "../../src/persistence/database.ts";
import { MeReader } from "../../src/persistence/me.ts";
import { PilotReader } from "../../src/persistence/pilots.ts";
import { Players } from "../../src/persistence/players.ts";
import { RequestLookup } from "../../src/persistence/requests.ts";
import { Bench, TURNS_PER_DAY } from "../durability/bench.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { makePilot, makeSector, makeWorld } from "../support/fixtures.ts";

/** Postgres makes a plan anew for a statement's first five runs on a connection, to know what that gives. */
const RUNS_PLANNED = 5;

describe("the lookups of joins and requests", () => {
  const test = useDatabase();

  it("keep their plans: planning one takes longer than running it", async () => {
    const world = await makeWorld(test.pool);
    await makeSector(test.pool, world, 1);
    const { userId, playerId } = await makePilot(test.pool, world, 1);
    const one = connect(test.url, { max: 1, applicationName: "plans" });
    try {
      const clock = new ManualClock();
      const [pilots, me, players] = [new PilotReader(one, clock), new MeReader(one, clock), new Players(one)];
      const requests = new RequestLookup(one.pool);
      for (let run = 0; run < 2 * RUNS_PLANNED; run++) {
        await pilots.read(userId, 1);
        await me.read(userId);
        await players.ensure({ userId, name: "Known" }, clock.nowMs());
        await requests.find(playerId, `request ${run}`);
      }
      const { rows } = await one.pool.query(
        "select name, custom_plans::int as planned from pg_prepared_statements order by name",
      );
      assert.deepEqual(
        rows,
        ["find_requests", "read_me", "read_pilots", "read_places"].map((name) => ({
          name,
          planned: RUNS_PLANNED,
        })),
      );
    } finally {
      await one.pool.end();
    }
  });
});

describe("a batch whose plans were made while nothing had been written", () => {
  const PILOTS = 20;
  const BATCHES = 40;
  /** Those with a row for each item, never updated: of the others dead versions are read as well, however they are found. */
  const GROWING = ["requests", "events", "mining_harvests"];
  /** For one item. A plan that goes through its pilot's requests reads one for each batch before. */
  const ROWS_READ_MAX = 2;
  const test = useDatabase();

  async function rowsRead(): Promise<Map<string, number>> {
    const { rows } = await test.pool.query(
      `select relname, (coalesce(seq_tup_read, 0) + (select coalesce(sum(idx_tup_read), 0)
          from pg_stat_user_indexes i where i.relid = t.relid))::int as read
        from pg_stat_user_tables t where schemaname = 'public'`,
    );
    return new Map(rows.map(({ relname, read }) => [relname, read]));
  }

  it("goes on reading by key as the tables grow", async () => {
    const clock = new ManualClock(Date.now());
    const bench = new Bench(test.pool, clock, seededDice(3));
    const sector = await bench.sector();
    const pilots = await Promise.all(Array.from({ length: PILOTS }, () => bench.pilot(sector)));
    // Now Postgres knows for certain that nothing is there.
    await test.pool.query("vacuum analyze");
    const { pool } = connect(test.url, { max: 1, applicationName: "plans", byKey: true });
    const client = await pool.connect();
    try {
      const settle = () =>
        settleBatch(
          client,
          pilots.map((pilot) => bench.harvest(pilot, sector)),
          TURNS_PER_DAY,
          clock.nowMs(),
        );
      const isSettled = ({ kind }: { kind: string }) => kind === "applied";
      for (let batch = 0; batch < BATCHES; batch++) assert.ok((await settle()).every(isSettled));
      await client.query("select pg_stat_force_next_flush()");
      const before = await rowsRead();
      await settle();
      await client.query("select pg_stat_force_next_flush()");
      const after = await rowsRead();
      const anItem = (table: string) => ((after.get(table) ?? 0) - (before.get(table) ?? 0)) / PILOTS;
      assert.deepEqual(
        GROWING.filter((table) => anItem(table) > ROWS_READ_MAX),
        [],
      );
    } finally {
      client.release();
      await pool.end();
    }
  });
});
