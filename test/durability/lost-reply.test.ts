import { strict as assert } from "node:assert";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect, type Database } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { openLease } from "../../src/persistence/leases.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import type { Settlement, Work } from "../../src/persistence/work.ts";
import { chance } from "../../src/rules/random.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, newest } from "../support/play.ts";
import { writeEvent } from "../support/presence.ts";
import { until } from "../support/until.ts";
import {
  Bench,
  type BenchPilot,
  type BenchSector,
  countEffects,
  storedAnswer,
  TURNS_PER_DAY,
} from "./bench.ts";

/** Each queue is alone with its pilots, so that many replies can be lost at once. */
const QUEUES = 12;
const ITEMS_EACH = 32;
/** Every reply but a few, so that lost and ordinary ones follow each other in all orders. */
const LOST_BPS = 8_000;

describe("a COMMIT whose reply is lost", function () {
  this.timeout(60_000);
  after(async () => {
    await Promise.all(queues.map(({ queue }) => queue.drained()));
    await Promise.all(queues.map(({ database }) => database.pool.end()));
    await proxy.close();
  });
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  const queues: { queue: CommitQueue; database: Database }[] = [];
  let proxy: PostgresProxy;
  let bench: Bench;

  before(async () => {
    proxy = await PostgresProxy.before(test.url);
    bench = new Bench(test.pool, clock, seededDice(11));
  });
  afterEach(async () => {
    proxy.loseCommits(() => false);
    const replay = await replayAll(test.pool);
    assert.deepEqual([...(await findBreaches(test.pool)), ...replay.breaches], []);
  });

  function newQueue(): CommitQueue {
    const database = connect(proxy.url, {
      max: 3,
      applicationName: "queue",
      onIdleError: () => {},
    });
    const queue = new CommitQueue({
      pool: database.pool,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 1000,
      onFailure: () => {},
    });
    queues.push({ queue, database });
    return queue;
  }

  function loseEvery(): () => number {
    const before = proxy.commitsLost;
    let lose = true;
    proxy.loseCommits(() => {
      lose = !lose;
      return !lose;
    });
    return () => proxy.commitsLost - before;
  }

  /** The answer of an item whose reply was lost once. */
  async function settledTwice(queue: CommitQueue, work: Work): Promise<Settlement & { kind: "repeated" }> {
    const lost = loseEvery();
    const settlement = await queue.submit(work);
    assert.equal(lost(), 1, "the reply was lost");
    if (settlement.kind !== "repeated") assert.fail(`settled as ${settlement.kind}`);
    return settlement;
  }

  it("changes nothing the second time: hundreds of items, each done once, each answered as it was the first time", async () => {
    const before = await countEffects(test.pool);
    const lostBefore = proxy.commitsLost;
    const dice = seededDice(3);
    proxy.loseCommits(() => chance(dice.u32(), LOST_BPS));
    const kinds = { applied: 0, repeated: 0 };

    const play = async (seed: number) => {
      const queue = newQueue();
      const [here, there] = [await bench.sector(), await bench.sector()];
      const pilot = await bench.pilot(here);
      for (let item = 0; item < ITEMS_EACH; item++) {
        const away = pilot.ship.sectorId !== here.lease.sectorId;
        const [at, to] = away ? [there, here] : [here, there];
        const docked = pilot.ship.status === "DOCKED";
        const choice = (seed + item) % 4;
        const work = docked
          ? bench.undock(pilot, at)
          : choice === 0
            ? bench.warp(pilot, at, to)
            : choice === 1
              ? bench.dock(pilot, at)
              : choice === 2
                ? bench.harvest(pilot, at, { kind: "interrupted", cause: "pvp_attack" })
                : bench.harvest(pilot, at);
        const settlement = await queue.submit(work);
        if (settlement.kind !== "applied" && settlement.kind !== "repeated") {
          assert.fail(`${work.kind}: ${JSON.stringify(settlement)}`);
        }
        kinds[settlement.kind]++;
        bench.absorb(settlement, [pilot]);
        assert.deepEqual(await storedAnswer(test.pool, work), settlement.answer);
        assert.deepEqual(await bench.read(pilot), { player: pilot.player, ship: pilot.ship });
      }
    };
    await Promise.all(Array.from({ length: QUEUES }, (_, seed) => play(seed)));

    const lost = proxy.commitsLost - lostBefore;
    const after = await countEffects(test.pool);
    assert.equal(after.outcomes - before.outcomes, QUEUES * ITEMS_EACH, "nothing lost, nothing doubled");
    assert.equal(after.requests - before.requests, QUEUES * ITEMS_EACH);
    assert.ok(lost >= 250, `${lost} replies were lost`);
    assert.equal(kinds.repeated, lost, "each of them found what its first try had left");
  });

  it("tells the room which pod a destroyed pilot is in, though only the first try made it", async () => {
    const queue = newQueue();
    const sector = await bench.sector();
    const [attacker, defender] = await duel(sector);
    const settlement = await settledTwice(queue, bench.fight(attacker, defender, sector));
    bench.absorb(settlement, [attacker, defender]);
    assert.equal(defender.ship.type, "ESCAPE_POD");
    for (const pilot of [attacker, defender]) {
      assert.deepEqual(await bench.read(pilot), { player: pilot.player, ship: pilot.ship });
    }
  });

  it("tells the room which hull a pilot has claimed, though only the first try made it", async () => {
    const queue = newQueue();
    const sector = await bench.sector();
    const pilot = await bench.pilot(sector, { hull: "ESCAPE_POD", laserLevel: null });
    const docked = await queue.submit(bench.dock(pilot, sector));
    assert.equal(docked.kind, "applied");
    bench.absorb(await settledTwice(queue, bench.claimHull(pilot, sector)), [pilot]);
    assert.equal(pilot.ship.type, "CARGO_HAULER");
    assert.deepEqual(await bench.read(pilot), { player: pilot.player, ship: pilot.ship });
  });

  /** A fight that its defender loses. */
  async function duel(sector: BenchSector): Promise<[BenchPilot, BenchPilot]> {
    return [
      await bench.pilot(sector, { hull: "DEFENDER" }),
      await bench.pilot(sector, { hull: "COLONY_SHIP", hullPoints: 1, shield: 0 }),
    ];
  }
});

describe("a room whose COMMIT goes unanswered", () => {
  let proxy: PostgresProxy | null = null;
  const game = useGame({
    harvestTicks: 10,
    combatRoundTicks: 1,
    async queueUrl(url) {
      proxy = await PostgresProxy.before(url);
      return proxy.url;
    },
  });
  after(() => proxy?.close());
  let stationId: string;
  before(async () => {
    await makeSector(game.pool, game.world, 1, { tier: 5 });
    await makeSector(game.pool, game.world, 2);
    await makeWarp(game.pool, 1, 2);
    stationId = await makeStation(game.pool, game.world, 1);
  });

  /** Loses the reply to the next COMMIT. @returns how many were lost */
  function loseNext(): () => number {
    assert.ok(proxy !== null);
    const lines = proxy;
    const before = lines.commitsLost;
    lines.loseCommits(() => lines.commitsLost === before);
    return () => lines.commitsLost - before;
  }

  function completed(client: PilotClient): unknown[] {
    return client.told
      .filter(({ type }) => type === "mining_harvest_completed")
      .map(({ payload }) => payload.eventId);
  }

  it("shows the harvest that was written, and its pilot hears of it once", async () => {
    const { pilot, client } = await game.fly(1);
    const lost = loseNext();
    await accepted(client.ask("harvest"));
    game.tick(10);
    const event = await client.heard("mining_harvest_completed");
    assert.equal(lost(), 1);
    await client.sees("the ship free", (state) => state.ships.get(pilot.shipId)?.action.kind === "");
    await client.until("995 turns", () => newest(client).turns === 995);
    assert.deepEqual([event.eventId, event.ore], [1, await game.oreOf(pilot)]);
    assert.equal(await game.turnsOf(pilot), 995);
    await accepted(client.ask("harvest"));
    game.tick(10);
    await client.until("the second harvest", () => completed(client).length > 1);
    const [first, second = 0] = completed(client);
    // A rare drop of the first one is an event between them.
    assert.ok(first === 1 && (second === 2 || second === 3), "the first one is told once");
  });

  it("tells an outcome when it shows it, not when its event can first be read", async () => {
    assert.ok(proxy !== null);
    const { pilot, client } = await game.fly(1);
    const other = await game.fly(1);
    const kept = proxy.keepRepliesAfter("copy_requests");
    await accepted(client.ask("harvest"));
    game.tick(10);
    await kept;
    const written = "select from events where player_id = $1";
    await until("the event is there", async () => {
      return (await game.pool.query(written, [pilot.playerId])).rowCount !== 0;
    });
    // Whoever hears this has been looked for in the feeds of all pilots, after that event was there.
    await writeEvent(game.pool, other.pilot.playerId, { from: "a job" });
    await other.client.heard("parcel_delivered");
    assert.deepEqual(completed(client), []);
    proxy.passReplies();
    await client.heard("mining_harvest_completed");
    await accepted(client.ask("dock", { stationId }));
  });

  it("puts a destroyed pilot into the pod that was written, and lets them fly it", async () => {
    const { client: raider } = await game.fly(1, { hull: "DEFENDER" });
    const { pilot, client } = await game.fly(1, { hull: "COLONY_SHIP", hullPoints: 1, shield: 0 });
    await accepted(raider.ask("attack", { targetId: pilot.shipId }));
    const lost = loseNext();
    for (let round = 0; round < 10; round++) game.tick();
    const { outcome } = await client.heard("combat_resolved");
    assert.equal(lost(), 1);
    assert.equal(outcome, "attacker_victory");
    await client.until("the pod", () => newest(client).shipId !== pilot.shipId);
    const podId = String(newest(client).shipId);
    await client.sees("the pod", (state) => state.ships.get(podId)?.hullType === "ESCAPE_POD");
    await client.sees("the wreck gone", (state) => !state.ships.has(pilot.shipId));
    await accepted(client.ask("dock", { stationId }));
    const claim = loseNext();
    const { shipId } = await accepted(client.ask("claim_hull"));
    assert.equal(claim(), 1);
    await client.sees(
      "the new hull",
      (state) => state.ships.get(String(shipId))?.hullType === "CARGO_HAULER",
    );
    await accepted(client.ask("undock"));
    await accepted(client.ask("harvest"));
    game.tick(10);
    await client.heard("mining_harvest_completed");
  });

  it("moves a ship through a warp once", async () => {
    const { pilot, client } = await game.fly(1);
    const lost = loseNext();
    const answer = await accepted(client.ask("warp", { sectorId: 2 }));
    assert.equal(lost(), 1);
    assert.equal(answer.sectorId, 2);
    assert.equal(await game.turnsOf(pilot), 999);
    const there = await game.join(pilot, 2);
    assert.equal(newest(there).turns, 999);
  });

  it("says what happened though another room has its sector by now, and ends", async () => {
    assert.ok(proxy !== null);
    const lines = proxy;
    const { pilot, client } = await game.fly(1);
    const before = lines.commitsLost;
    let opening: Promise<unknown> | null = null;
    lines.loseCommits(() => {
      if (lines.commitsLost !== before) return false;
      opening = openLease(game.pool, 1);
      return true;
    });
    await accepted(client.ask("dock", { stationId }));
    await opening;
    await client.heard("(closed)");
    assert.equal(client.closed, 4110);
    const { status } = await game.row("select status from ships where id = $1", pilot.shipId);
    assert.equal(status, "DOCKED");
  });
});
