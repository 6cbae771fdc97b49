import { strict as assert } from "node:assert";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { sweepOld } from "../../src/jobs/retention.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { RequestLookup } from "../../src/persistence/requests.ts";
import type { Work } from "../../src/persistence/work.ts";
import { Bench, type BenchPilot, TURNS_PER_DAY } from "../durability/bench.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { makeSector, makeStation } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, refused } from "../support/play.ts";

const HOUR_MS = 3_600_000;
const KEPT_HOURS = 24;
/** After which a lookup is given up, in a test that has no seconds for it. */
const UNANSWERED_MS = 400;

describe("a request's stored answer", () => {
  const game = useGame({ harvestTicks: 10 });
  let stationId: string;
  before(async () => {
    await makeSector(game.pool, game.world, 1, { tier: 5 });
    stationId = await makeStation(game.pool, game.world, 1);
  });

  /** The pilot of a user who leaves and comes back, so that no room remembers anything of them. */
  async function anew(pilot: { userId: string }) {
    await game.leaveAll();
    return game.join(pilot, 1);
  }

  it("is found by its pilot and its id alone, for any number of requests at once", async () => {
    const lookup = new RequestLookup(game.pool);
    const { pilot, client } = await game.fly(1);
    const other = await game.fly(1);
    await accepted(client.ask("dock", { requestId: "mine", stationId }));
    const found = await Promise.all(
      Array.from({ length: 1_200 }, (_, index) =>
        lookup.find(
          index % 2 === 0 ? pilot.playerId : other.pilot.playerId,
          index % 3 === 0 ? "mine" : "new",
        ),
      ),
    );
    for (const [index, stored] of found.entries()) {
      if (index % 6 === 0) assert.deepEqual(stored?.answer, { stationId, turnsSpent: 1 });
      else assert.equal(stored, null);
    }
  });

  it("is looked for again after the database was away, and nobody waits longer than for one look", async () => {
    const proxy = await PostgresProxy.before(game.test.url);
    const { pool } = connect(proxy.url, {
      max: 2,
      applicationName: "lookup",
      onIdleError: () => {},
      answerMsMax: UNANSWERED_MS,
    });
    const lookup = new RequestLookup(pool);
    const { pilot } = await game.fly(1);
    assert.equal(await lookup.find(pilot.playerId, "a"), null);
    proxy.stall();
    const startedMs = performance.now();
    const first = lookup.find(pilot.playerId, "b");
    const behind = Array.from({ length: 10 }, (_, index) => lookup.find(pilot.playerId, `b${index}`));
    for (const { status } of await Promise.allSettled([first, ...behind])) assert.equal(status, "rejected");
    assert.ok(performance.now() - startedMs < 2 * UNANSWERED_MS, "those behind have waited as long already");
    proxy.clearUp();
    assert.equal(await lookup.find(pilot.playerId, "c"), null);
    await pool.end();
    await proxy.close();
  });

  it("is given to whoever repeats the request within a day, also after the pilot was away", async () => {
    const { pilot, client } = await game.fly(1);
    const { harvestId } = await accepted(client.ask("harvest", { requestId: "once" }));
    game.tick(10);
    await client.heard("mining_harvest_completed");
    game.clock.advance((KEPT_HOURS - 1) * HOUR_MS);
    await sweepOld(game.pool, game.clock);
    const back = await anew(pilot);
    const again = await accepted(back.ask("harvest", { requestId: "once" }));
    assert.deepEqual([again.harvestId, again.repeated], [harvestId, true]);
    await refused(back.ask("dock", { requestId: "once", stationId }), "request_id_reused");
  });

  it("is forgotten after a day; the id then stands for a new request, with an outcome of its own", async () => {
    const { pilot, client } = await game.fly(1);
    const first = await accepted(client.ask("harvest", { requestId: "once" }));
    game.tick(10);
    await client.heard("mining_harvest_completed");
    await accepted(client.ask("dock", { requestId: "berth", stationId }));
    await accepted(client.ask("undock"));

    game.clock.advance(KEPT_HOURS * HOUR_MS + 1_000);
    await sweepOld(game.pool, game.clock);
    const back = await anew(pilot);
    const second = await accepted(back.ask("harvest", { requestId: "once" }));
    assert.equal(second.repeated, undefined);
    assert.notEqual(second.harvestId, first.harvestId);
    game.tick(10);
    assert.equal((await back.heard("mining_harvest_completed")).harvestId, second.harvestId);
    await accepted(back.ask("dock", { requestId: "berth", stationId }));
    const { count } = await game.row(
      "select count(*)::int from mining_harvests where player_id = $1",
      pilot.playerId,
    );
    assert.equal(count, 2);
  });
});

describe("a hull that is claimed under an id used a day ago", () => {
  const test = useDatabase();

  it("is another hull than the one that was claimed then", async () => {
    const clock = new ManualClock(Date.now());
    const bench = new Bench(test.pool, clock, seededDice(4));
    const { pool } = connect(test.url, { max: 3, applicationName: "queue" });
    const queue = new CommitQueue({
      pool,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 10,
      onFailure: (message, error) => assert.fail(`${message}: ${error}`),
    });
    const sector = await bench.sector();
    const raider = await bench.pilot(sector, { hull: "DEFENDER" });
    const pilot = await bench.pilot(sector, { hull: "ESCAPE_POD", laserLevel: null });
    const apply = async (work: Work, ...pilots: BenchPilot[]) => {
      const settlement = await queue.submit(work);
      assert.ok(settlement.kind === "applied", JSON.stringify(settlement));
      bench.absorb(settlement, pilots);
    };
    const claim = async () => {
      await apply(bench.dock(pilot, sector), pilot);
      await apply(bench.claimHull(pilot, sector, "hull"), pilot);
      return pilot.ship.id;
    };
    const first = await claim();
    await apply(bench.undock(pilot, sector), pilot);
    while (pilot.ship.type !== "ESCAPE_POD") await apply(bench.fight(raider, pilot, sector), raider, pilot);
    clock.advance((KEPT_HOURS + 1) * HOUR_MS);
    await sweepOld(test.pool, clock);
    assert.notEqual(await claim(), first);
    const { rows } = await test.pool.query("select status from ships where id = $1", [first]);
    assert.deepEqual(rows, [{ status: "DESTROYED" }]);
    await pool.end();
  });
});
