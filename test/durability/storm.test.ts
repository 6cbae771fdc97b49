import { strict as assert } from "node:assert";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import type { Settlement, Work } from "../../src/persistence/work.ts";
import { pick } from "../../src/rules/random.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import {
  Bench,
  type BenchPilot,
  type BenchSector,
  countEffects,
  storedAnswer,
  TURNS_PER_DAY,
} from "./bench.ts";

const PILOTS = 200;
const SECTORS = 20;
const ITEMS = 2_000;
/** One in so many COMMITs goes unanswered. */
const REPLY_LOST_ONE_IN = 8;
/** One in so many requests is sent twice. */
const REPEATED_ONE_IN = 10;

describe("the commit queue in a storm", function () {
  this.timeout(120_000);
  after(async () => {
    await queue.drained();
    await pipelined.end();
    await proxy.close();
  });
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  const dice = seededDice(2_000);
  let bench: Bench;
  let pipelined: pg.Pool;
  let proxy: PostgresProxy;
  let queue: CommitQueue;
  const failures: string[] = [];
  const sectors = new Map<number, BenchSector>();
  const pilots: BenchPilot[] = [];
  /** Pilots with an item under way, as a room knows them. */
  const bound = new Set<BenchPilot>();

  before(async () => {
    bench = new Bench(test.pool, clock, dice);
    proxy = await PostgresProxy.before(test.url);
    proxy.loseCommits(() => pick(dice.u32(), 1, REPLY_LOST_ONE_IN) === 1);
    pipelined = connect(proxy.url, {
      max: 3,
      applicationName: "queue",
      onIdleError: () => {},
    }).pool;
    queue = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: ITEMS,
      onFailure: (message) => failures.push(message),
    });
    for (let count = 0; count < SECTORS; count++) {
      const sector = await bench.sector();
      sectors.set(sector.lease.sectorId, sector);
    }
    const places = [...sectors.values()];
    for (let count = 0; count < PILOTS; count++) {
      const weak = count % 3 === 0;
      const options = weak ? { hullPoints: 5, shield: 0 } : { hull: "DEFENDER" as const };
      pilots.push(await bench.pilot(places[count % SECTORS] ?? any(places), options));
    }
  });

  function any<Value>(values: readonly Value[]): Value {
    const value = values[pick(dice.u32(), 0, values.length - 1)];
    assert.ok(value !== undefined);
    return value;
  }

  function placeOf(pilot: BenchPilot): BenchSector {
    const sector = sectors.get(pilot.ship.sectorId);
    assert.ok(sector !== undefined);
    return sector;
  }

  it("does each of 2,000 outcomes once, in spite of held rows, deadlocks, cut connections, lost replies and lost leases", async () => {
    let blowing = true;
    const storm = Promise.all(
      [held, deadlocked, killed, takenOver].map(async (blow) => {
        for (let count = 0; blowing; count++) await blow(count);
      }),
    );
    try {
      await Promise.race([storm, Promise.all(pilots.map((pilot) => play(pilot)))]);
    } finally {
      blowing = false;
      await storm;
    }
    await queue.drained();

    const effects = await countEffects(test.pool);
    assert.deepEqual(effects, { outcomes: applied, requests: applied });
    assert.ok(applied >= ITEMS, `${applied} outcomes`);
    for (const pilot of pilots) {
      assert.deepEqual(await bench.read(pilot), { player: pilot.player, ship: pilot.ship });
    }
    const replay = await replayAll(test.pool);
    assert.deepEqual([...(await findBreaches(test.pool)), ...replay.breaches], []);
    assert.equal(queue.counts.failed, 0, failures.join("; "));
    for (const kind of ["lockedWaits", "awayPeriods", "fenced"] as const) {
      assert.ok(queue.counts[kind] > 0, `the storm has brought ${kind}`);
    }
    assert.ok(proxy.commitsLost > 0, "the storm has brought lost replies");
    assert.ok(deadlocks > 0, "the storm has brought deadlocks");
  });

  let applied = 0;
  let deadlocks = 0;

  /** A pilot does one thing after another until all is done that there is to do. */
  async function play(pilot: BenchPilot): Promise<void> {
    while (applied < ITEMS) {
      if (bound.has(pilot)) {
        await pause(1);
        continue;
      }
      bound.add(pilot);
      await act(pilot);
      bound.delete(pilot);
    }
  }

  async function act(pilot: BenchPilot): Promise<void> {
    const here = placeOf(pilot);
    const roll = pick(dice.u32(), 0, 9);
    if (pilot.ship.status === "DOCKED") {
      const isPod = pilot.ship.type === "ESCAPE_POD";
      await carryOut([pilot], isPod ? bench.claimHull(pilot, here) : bench.undock(pilot, here));
    } else if (pilot.ship.type === "ESCAPE_POD" || roll === 0) {
      await carryOut([pilot], bench.dock(pilot, here));
    } else if (roll <= 2) {
      await carryOut([pilot], bench.warp(pilot, here, any([...sectors.values()])));
    } else if (roll <= 4) {
      await attack(pilot, here);
    } else {
      await carryOut([pilot], bench.harvest(pilot, here));
    }
  }

  /** Interrupts what the victim does, and fights: both ends go to the queue one after the other, without waiting. */
  async function attack(attacker: BenchPilot, here: BenchSector): Promise<void> {
    const victim = pilots.find(
      (other) =>
        other !== attacker &&
        !bound.has(other) &&
        other.ship.sectorId === attacker.ship.sectorId &&
        other.ship.status === "IN_SPACE" &&
        other.ship.type !== "ESCAPE_POD",
    );
    if (victim === undefined) return;
    const interrupted = bench.harvest(victim, here, { kind: "interrupted", cause: "pvp_attack" });
    const fight = bench.fight(attacker, victim, here);
    bound.add(victim);
    const first = carryOut([victim], interrupted);
    await Promise.all([first, carryOut([attacker, victim], fight, first)]);
    bound.delete(victim);
  }

  /** What a room does with an outcome: again, with the lease it has by then, when it was fenced. */
  async function carryOut(
    concerned: readonly BenchPilot[],
    work: Work,
    after: Promise<void> = Promise.resolve(),
  ): Promise<void> {
    const twice = pick(dice.u32(), 1, REPEATED_ONE_IN) === 1;
    const first = settle(work, after);
    // Beside the first one, or after it: in the same batch, in the other lane, or when all is long done.
    if (twice && pick(dice.u32(), 0, 1) === 1) await first;
    const [settlement, copy] = await Promise.all([first, twice ? settle(work, after) : null]);
    await after;
    if (copy !== null) assert.deepEqual(copy.answer, settlement.answer, "a repeat has the same answer");
    assert.deepEqual(await storedAnswer(test.pool, work), settlement.answer);
    // Of two copies the one that was settled later knows the latest rows, and nothing has happened in between.
    bench.absorb(settlement, concerned);
    applied++;
  }

  async function settle(
    work: Work,
    after: Promise<void>,
  ): Promise<Settlement & { kind: "applied" | "repeated" }> {
    for (;;) {
      const lease = sectors.get(work.lease.sectorId)?.lease;
      assert.ok(lease !== undefined);
      const settlement = await queue.submit({ ...work, lease });
      if (settlement.kind === "applied" || settlement.kind === "repeated") return settlement;
      if (settlement.kind !== "fenced") assert.fail(`${work.kind}: ${JSON.stringify(settlement)}`);
      await after;
    }
  }

  /** Somebody's console holds a row for a while. */
  async function held(count: number): Promise<void> {
    const pilot = any(pilots);
    const [table, id] =
      [
        ["players where id", pilot.playerId],
        ["ships where id", pilot.ship.id],
        ["asteroid_fields where sector_id", pilot.ship.sectorId],
        ["sector_leases where sector_id", pilot.ship.sectorId],
      ][count % 4] ?? [];
    await outside(async (client) => {
      await client.query(`select from ${table} = $1 for update`, [id]);
      await pause(pick(dice.u32(), 1, 30));
    });
  }

  /** Takes a pilot's hold first and the pilot afterwards, the other way round than the queue. */
  async function deadlocked(): Promise<void> {
    const victims = Array.from({ length: 5 }, () => any(pilots));
    await outside(async (client) => {
      const ships = victims.map(({ ship }) => ship.id);
      await client.query(
        "select from ship_cargo where ship_id = any($1::uuid[]) order by ship_id for update",
        [ships],
      );
      await pause(20);
      await client.query("select from players where id = any($1::uuid[]) order by id for update", [
        victims.map(({ playerId }) => playerId),
      ]);
    });
    const { rows } = await test.pool.query(
      "select deadlocks::int from pg_stat_database where datname = current_database()",
    );
    deadlocks = rows[0].deadlocks;
    await pause(20);
  }

  async function killed(): Promise<void> {
    await pause(pick(dice.u32(), 200, 500));
    await test.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'queue' limit 1`,
    );
  }

  /** The sector is opened anew, as another process would; what is under way is fenced. */
  async function takenOver(): Promise<void> {
    await pause(pick(dice.u32(), 20, 100));
    const sector = any([...sectors.values()]);
    const lease = await bench.open(sector.lease.sectorId);
    sectors.set(lease.sectorId, { ...sector, lease });
  }

  /** In a transaction of its own. Being the one that a deadlock ends is part of it. */
  async function outside(work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: test.url, application_name: "outsider" });
    await client.connect();
    try {
      await client.query("begin");
      await work(client);
      await client.query("commit");
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== "40P01") throw error;
    } finally {
      await client.end();
    }
  }
});
