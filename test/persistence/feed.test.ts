import { strict as assert } from "node:assert";
import pg from "pg";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { FEED_PAGE_MAX, readFeed } from "../../src/persistence/feed.ts";
import { Bench, TURNS_PER_DAY } from "../durability/bench.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";

const WRITERS = 4;
const EVENTS_EACH = 30;

describe("the event feed", () => {
  after(() => pipelined.end());
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  let pipelined: pg.Pool;
  let bench: Bench;

  before(() => {
    pipelined = connect(test.url, { max: 3, applicationName: "queue" }).pool;
    bench = new Bench(test.pool, clock, seededDice(1));
  });

  async function madePilot() {
    return bench.pilot(await bench.sector());
  }

  /** Writes events directly, numbered from 1. */
  async function write(playerId: string, count: number): Promise<void> {
    await test.pool.query(
      `insert into events (player_id, seq, type, payload, created_at)
        select $1, n, 'test', jsonb_build_object('n', n), $3 from generate_series(1, $2) n`,
      [playerId, count, new Date(clock.nowMs())],
    );
  }

  it("gives each reader what comes after its own cursor, oldest first, in one query for all", async () => {
    const [first, second, third] = [await madePilot(), await madePilot(), await madePilot()];
    for (const { playerId } of [first, second, third]) await write(playerId, 5);
    const events = await readFeed(test.pool, [
      { playerId: first.playerId, seq: 0 },
      { playerId: second.playerId, seq: 3 },
      { playerId: third.playerId, seq: 5 },
    ]);
    const of = ({ playerId }: { playerId: string }) =>
      events.filter((event) => event.playerId === playerId).map(({ seq }) => seq);
    assert.deepEqual([of(first), of(second), of(third)], [[1, 2, 3, 4, 5], [4, 5], []]);
    for (const { type, payload, seq } of events) assert.deepEqual([type, payload], ["test", { n: seq }]);
  });

  it("gives a page of a long backlog at a time, without a gap between pages", async () => {
    const { playerId } = await madePilot();
    await write(playerId, FEED_PAGE_MAX + 10);
    const page = await readFeed(test.pool, [{ playerId, seq: 0 }]);
    assert.equal(page.length, FEED_PAGE_MAX);
    const rest = await readFeed(test.pool, [{ playerId, seq: page.at(-1)?.seq ?? 0 }]);
    assert.deepEqual(
      rest.map(({ seq }) => seq),
      Array.from({ length: 10 }, (_, index) => FEED_PAGE_MAX + 1 + index),
    );
  });

  it("asks nothing for nobody", async () => {
    assert.deepEqual(await readFeed(test.pool, []), []);
  });

  it("never shows a later event before an earlier one, however slow the writers are", async () => {
    const sector = await bench.sector();
    const pilot = await bench.pilot(sector);
    let writing = true;
    const seen: number[] = [];
    const reading = (async () => {
      while (writing) {
        const events = await readFeed(test.pool, [{ playerId: pilot.playerId, seq: seen.at(-1) ?? 0 }]);
        seen.push(...events.map(({ seq }) => seq));
      }
    })();
    // Several queues, as of several processes, and somebody outside who keeps taking the pilot's row.
    const queues = Array.from(
      { length: WRITERS },
      () =>
        new CommitQueue({
          pool: pipelined,
          clock,
          turnsPerDay: TURNS_PER_DAY,
          itemsMax: 1000,
          onFailure: (message, error) => assert.fail(`${message}: ${error}`),
        }),
    );
    const outsider = new pg.Client({ connectionString: test.url });
    await outsider.connect();
    const disturbing = (async () => {
      while (writing) {
        await outsider.query(
          `begin; select from players where id = '${pilot.playerId}' for update; select pg_sleep(0.003); commit`,
        );
      }
      await outsider.end();
    })();
    await Promise.all(
      queues.flatMap((queue) =>
        Array.from({ length: EVENTS_EACH }, () =>
          queue.submit(bench.harvest(pilot, sector, { kind: "interrupted", cause: "internal" })),
        ),
      ),
    );
    writing = false;
    await Promise.all([reading, disturbing]);
    const last = await readFeed(test.pool, [{ playerId: pilot.playerId, seq: seen.at(-1) ?? 0 }]);
    assert.deepEqual(
      [...seen, ...last.map(({ seq }) => seq)],
      Array.from({ length: WRITERS * EVENTS_EACH }, (_, index) => index + 1),
    );
  });
});
