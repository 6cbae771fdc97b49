import { strict as assert } from "node:assert";
import pg from "pg";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import type { Settlement, Work } from "../../src/persistence/work.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { Explorer } from "../support/expedition.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, timesHeard } from "../support/play.ts";
import { Bench, type BenchPilot, type BenchSector, poisoned, TURNS_PER_DAY } from "./bench.ts";

/** Somebody outside who holds rows: an operator's console, a report that forgot to end. */
class Outsider {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async holding(url: string, rows: string, id: unknown): Promise<Outsider> {
    const client = new pg.Client({ connectionString: url, application_name: "outsider" });
    await client.connect();
    await client.query("begin");
    await client.query(`select from ${rows} = $1 for update`, [id]);
    return new Outsider(client);
  }

  async letGo(): Promise<void> {
    await this.#client.query("commit");
    await this.#client.end();
  }
}

describe("a row that somebody outside holds", function () {
  this.timeout(30_000);
  after(async () => {
    await queue.drained();
    await pipelined.end();
  });
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  let bench: Bench;
  let pipelined: pg.Pool;
  let queue: CommitQueue;
  let held: BenchSector;
  let other: BenchSector;
  /** What has been settled, in order. */
  let settled: string[];

  before(async () => {
    bench = new Bench(test.pool, clock, seededDice(5));
    pipelined = connect(test.url, { max: 3, applicationName: "queue" }).pool;
    queue = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 1000,
      onFailure: (message, error) => assert.fail(`${message}: ${error}`),
    });
  });
  beforeEach(async () => {
    held = await bench.sector();
    other = await bench.sector();
    settled = [];
  });
  afterEach(async () => {
    await queue.drained();
    assert.deepEqual(await findBreaches(test.pool), []);
  });

  async function settle(name: string, work: Work): Promise<Settlement> {
    const settlement = await queue.submit(work);
    assert.equal(settlement.kind, "applied", name);
    settled.push(name);
    return settlement;
  }

  it("makes the harvests of its field wait, and nothing else of the sector", async () => {
    const [miner, docker, elsewhere] = await pilots(held, held, other);
    const outsider = await Outsider.holding(test.url, "asteroid_fields where sector_id", held.lease.sectorId);
    const waiting = settle("harvest", bench.harvest(miner, held));
    await Promise.all([
      settle("dock", bench.dock(docker, held)),
      settle("harvest elsewhere", bench.harvest(elsewhere, other)),
    ]);
    assert.deepEqual(settled, ["dock", "harvest elsewhere"]);
    assert.equal(queue.size, 1);
    await outsider.letGo();
    await waiting;
  });

  it("makes its sector wait when it is the lease, and no other sector", async () => {
    const [miner, docker, elsewhere] = await pilots(held, held, other);
    const outsider = await Outsider.holding(test.url, "sector_leases where sector_id", held.lease.sectorId);
    const waiting = [settle("harvest", bench.harvest(miner, held)), settle("dock", bench.dock(docker, held))];
    await settle("elsewhere", bench.harvest(elsewhere, other));
    assert.deepEqual(settled, ["elsewhere"]);
    await outsider.letGo();
    await Promise.all(waiting);
  });

  it("keeps the order of each pilot's items, also where a fight ties two pilots together", async () => {
    const [first, second, third] = await pilots(held, held, held);
    const outsider = await Outsider.holding(test.url, "ships where id", first.ship.id);
    const fight = bench.fight(first, second, held);
    const waiting = [
      settle("1: the first pilot's harvest", bench.harvest(first, held)),
      settle("2: the fight of the first with the second", fight),
    ];
    await settle("0: the third pilot's harvest", bench.harvest(third, held));
    // Those two wait by now. What comes later needs no row of theirs that is held, only its place behind them.
    waiting.push(settle("3: the second pilot's harvest", bench.harvest(second, held)));
    await settle("0: the third pilot's dock", bench.dock(third, held));
    await outsider.letGo();
    await Promise.all(waiting);
    assert.deepEqual(
      settled,
      [...settled].sort((a, b) => Number(a[0]) - Number(b[0])),
    );
    assert.equal(settled.length, 5);
  });

  it("keeps that order when the batch is taken apart because of an item that the database refuses", async () => {
    const [waiting, victim, ...rest] = await pilots(held, other, other, other, other, other, other);
    const bystander = await bench.pilot(held);
    const outsider = await Outsider.holding(test.url, "ships where id", bystander.ship.id);
    const harvest = bench.harvest(waiting, held, { kind: "interrupted", cause: "pvp_attack" });
    const works = [
      { ...harvest, shipIds: [waiting.ship.id, bystander.ship.id] },
      poisoned(bench.harvest(victim, other)),
      ...rest.map((pilot) => bench.harvest(pilot, other)),
      bench.dock(waiting, held),
    ];
    const failures: string[] = [];
    const tolerant = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 1000,
      onFailure: (message) => failures.push(message),
    });
    const order: number[] = [];
    const settlements = works.map(async (work, index) => {
      const settlement = await tolerant.submit(work);
      order.push(index);
      return settlement.kind;
    });
    await Promise.all(settlements.slice(1, -1));
    assert.ok(tolerant.counts.halvings > 0, "the batch was taken apart");
    await outsider.letGo();
    const kinds = await Promise.all(settlements);
    assert.deepEqual(order.slice(-2), [0, works.length - 1], "the dock came after the harvest");
    assert.deepEqual(
      kinds,
      works.map((_, index) => (index === 1 ? "failed" : "applied")),
    );
    assert.equal(failures.length, 1);
  });

  it("stops only those who need it when the wait for it cannot be skipped", async () => {
    const [attacker, defender, elsewhere] = await pilots(held, held, other);
    // The last fight's time is written to the sector itself, which nobody locks beforehand.
    const outsider = await Outsider.holding(test.url, "sectors where sector_id", held.lease.sectorId);
    const waiting = [
      settle("the fight", bench.fight(attacker, defender, held)),
      settle("elsewhere", bench.harvest(elsewhere, other)),
    ];
    await waiting[1];
    assert.deepEqual(settled, ["elsewhere"], "its batch was taken apart when the wait for the lock was over");
    await outsider.letGo();
    await Promise.all(waiting);
  });

  it("takes no batch apart again once its item has been found", async () => {
    const [victim, ...others] = await pilots(held, held, held, other, other);
    await settle("a hold with ore", bench.harvest(victim, held));
    const outsider = await Outsider.holding(test.url, "ship_cargo where ship_id", victim.ship.id);
    const interrupted = { kind: "interrupted", cause: "pvp_attack" } as const;
    const round = (name: string) =>
      others.map((pilot, index) => settle(name, bench.harvest(pilot, index < 2 ? held : other, interrupted)));
    const waiting = settle("the held one's", bench.harvest(victim, held));
    await Promise.all(round("found"));
    const { halvings } = queue.counts;
    for (let n = 0; n < 10; n++) {
      await Promise.all(round("free"));
      // By then it has been tried again.
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    assert.equal(queue.counts.halvings, halvings);
    assert.ok(!settled.includes("the held one's"));
    await outsider.letGo();
    await waiting;
  });

  async function pilots<Sectors extends readonly BenchSector[]>(
    ...sectors: Sectors
  ): Promise<{ [Index in keyof Sectors]: BenchPilot }>;
  async function pilots(...sectors: readonly BenchSector[]): Promise<BenchPilot[]> {
    return Promise.all(sectors.map((sector) => bench.pilot(sector)));
  }
});

describe("a live sector in which one pilot's row is held from outside", () => {
  const game = useGame({ harvestTicks: 10 });
  before(() => makeSector(game.pool, game.world, 1, { tier: 5 }));

  it("resolves everybody else's harvest in time, and that pilot's when the row is free", async () => {
    const held = await game.fly(1);
    const others = [await game.fly(1), await game.fly(1), await game.fly(1)];
    for (const { client } of [held, ...others]) await accepted(client.ask("harvest"));
    const outsider = await Outsider.holding(game.test.url, "players where id", held.pilot.playerId);
    game.tick(10);
    await Promise.all(others.map(({ client }) => client.heard("mining_harvest_completed")));
    assert.equal(timesHeard(held.client, "mining_harvest_completed"), 0);
    for (const { client } of others) await accepted(client.ask("harvest"));
    game.tick(10);
    await Promise.all(
      others.map(({ client }) =>
        client.until("the second harvest", () => timesHeard(client, "mining_harvest_completed") === 2),
      ),
    );
    assert.equal(timesHeard(held.client, "mining_harvest_completed"), 0);
    await outsider.letGo();
    await held.client.heard("mining_harvest_completed");
    assert.equal(await game.turnsOf(held.pilot), 995);
  });

  it("keeps no connections while that pilot asks over HTTP: they are told to try again, others go on", async () => {
    const { pilot } = await game.fly(1);
    const other = await game.fly(1);
    const outsider = await Outsider.holding(game.test.url, "players where id", pilot.playerId);
    const who = new Explorer(game, pilot.userId);
    const before = performance.now();
    const asked = Array.from({ length: 12 }, () => who.create());
    await accepted(other.client.ask("harvest"));
    for (const { status, body } of await Promise.all(asked)) {
      assert.deepEqual([status, body.code], [503, "store_unavailable"]);
    }
    // Two turns of the pool's connections; a single one took three seconds.
    const tookMs = performance.now() - before;
    assert.ok(tookMs < 2_500, `${tookMs} ms`);
    await outsider.letGo();
    assert.equal((await who.create()).status, 200);
    game.tick(10);
    await other.client.heard("mining_harvest_completed");
  });
});
