import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import pg from "pg";
import { type BatchOutcome, settleBatch } from "../../src/persistence/batch.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import type { Work } from "../../src/persistence/work.ts";
import {
  Bench,
  type BenchPilot,
  countEffects,
  poisoned,
  storedAnswer,
  TURNS_PER_DAY,
} from "../durability/bench.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";

describe("a batch", () => {
  after(async () => {
    client.release();
    await pipelined.end();
  });
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  let bench: Bench;
  let pipelined: pg.Pool;
  let client: pg.PoolClient;

  before(async () => {
    bench = new Bench(test.pool, clock, seededDice(8));
    pipelined = connect(test.url, { max: 3, applicationName: "queue" }).pool;
    client = await pipelined.connect();
  });
  afterEach(async () => {
    assert.deepEqual(await findBreaches(test.pool), []);
  });

  function settle(...items: Work[]): Promise<BatchOutcome[]> {
    return settleBatch(client, items, TURNS_PER_DAY, clock.nowMs());
  }

  function kinds(outcomes: readonly BatchOutcome[]): string[] {
    return outcomes.map(({ kind }) => kind);
  }

  it("settles different things of different pilots and sectors in one transaction", async () => {
    const [here, there] = [await bench.sector(), await bench.sector()];
    const [miner, mover, docker, attacker, defender] = [
      await bench.pilot(here),
      await bench.pilot(here),
      await bench.pilot(there),
      await bench.pilot(there, { hull: "DEFENDER" }),
      await bench.pilot(there),
    ];
    const works = [
      bench.harvest(miner, here),
      bench.warp(mover, here, there),
      bench.dock(docker, there),
      bench.fight(attacker, defender, there),
    ];
    assert.deepEqual(kinds(await settle(...works)), ["applied", "applied", "applied", "applied"]);
    const { rows } = await test.pool.query(
      "select count(distinct xmin::text)::int as transactions from requests where player_id = any($1)",
      [[miner, mover, docker, attacker].map(({ playerId }) => playerId)],
    );
    assert.equal(rows[0].transactions, 1);
  });

  it("asks for trust in its references for its own transaction alone", async () => {
    const sectorId = await bench.sector();
    await settle(bench.harvest(await bench.pilot(sectorId), sectorId));
    const { rows } = await client.query("select current_setting('sectorkeep.rows_held', true) as held");
    assert.notEqual(rows[0].held, "on");
  });

  it("shows each item the rows as the item before it left them", async () => {
    const sector = await bench.sector();
    const pilot = await bench.pilot(sector);
    const outcomes = await settle(
      bench.dock(pilot, sector),
      bench.dock(pilot, sector),
      bench.undock(pilot, sector),
      bench.undock(pilot, sector),
    );
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.code : outcome.kind)),
      ["applied", "already_docked", "applied", "not_docked"],
    );
    const [docked, , undocked] = outcomes;
    assert.ok(docked?.kind === "applied" && undocked?.kind === "applied");
    assert.deepEqual(
      [docked, undocked].map(({ rows }) => [rows.ships[0]?.status, rows.players[0]?.turns]),
      [
        ["DOCKED", 999],
        ["IN_SPACE", 998],
      ],
    );
  });

  it("writes a field full again from its due time on, also when the harvest that finds it so is interrupted", async () => {
    const sector = await bench.sector({ tier: 1 });
    const pilot = await bench.pilot(sector);
    assert.deepEqual(kinds(await settle(bench.harvest(pilot, sector))), ["applied"]);
    clock.advance(8 * 24 * 3_600_000);
    const interrupted = bench.harvest(pilot, sector, { kind: "interrupted", cause: "pvp_attack" });
    const [outcome] = await settle(interrupted);
    assert.ok(outcome?.kind === "applied");
    assert.equal(outcome.rows.field?.poolRemaining, 100);
    const { rows } = await test.pool.query(
      "select pool_remaining, replenish_due_at from asteroid_fields where sector_id = $1",
      [sector.lease.sectorId],
    );
    assert.deepEqual(rows, [{ pool_remaining: 100, replenish_due_at: null }]);
  });

  it("answers two copies of a request with one effect, and another body under its id with a refusal", async () => {
    const sector = await bench.sector();
    const pilot = await bench.pilot(sector);
    const work = bench.dock(pilot, sector);
    const before = await countEffects(test.pool);
    const other = { ...work, key: { ...work.key, fingerprint: "another body" } };
    assert.deepEqual(kinds(await settle(work, work, other)), ["applied", "repeated", "refused"]);
    assert.deepEqual(kinds(await settle(work, other)), ["repeated", "refused"]);
    const after = await countEffects(test.pool);
    assert.deepEqual([after.outcomes - before.outcomes, after.requests - before.requests], [1, 1]);
  });

  it("answers what has happened also when the lease is another room's by now, and nothing else", async () => {
    const sector = await bench.sector();
    const pilot = await bench.pilot(sector);
    const work = bench.dock(pilot, sector);
    await settle(work);
    await bench.open(sector.lease.sectorId);
    const other = { ...work, key: { ...work.key, fingerprint: "another body" } };
    const [repeated, ...rest] = await settle(work, other, bench.undock(pilot, sector));
    assert.ok(repeated?.kind === "repeated" && repeated.isFenced);
    assert.deepEqual(kinds(rest), ["fenced", "fenced"]);
  });

  it("leaves an item whose row is held for the next batch, with everything of its pilots behind it", async () => {
    const sector = await bench.sector();
    const [held, free] = [await bench.pilot(sector), await bench.pilot(sector)];
    const outsider = new pg.Client({ connectionString: test.url });
    await outsider.connect();
    await outsider.query("begin");
    await outsider.query("select from ships where id = $1 for update", [held.ship.id]);
    const needsOnlyThePlayer = { ...bench.harvest(held, sector), shipIds: [] };
    const outcomes = await settle(
      bench.dock(held, sector),
      needsOnlyThePlayer,
      bench.dock(free, sector),
      bench.fight(free, held, sector),
    );
    await outsider.end();
    assert.deepEqual(kinds(outcomes), ["locked", "locked", "applied", "locked"]);
  });

  it("tells a row that is gone from one that is held", async () => {
    const sector = await bench.sector();
    const pilot = await bench.pilot(sector);
    const nowhere = { ...bench.dock(pilot, sector), shipIds: [randomUUID()] };
    const fieldless = await bench.sector({ type: "STANDARD" });
    const other = await bench.pilot(fieldless);
    const outcomes = await settle(nowhere, bench.harvest(other, fieldless));
    assert.deepEqual(kinds(outcomes), ["failed", "failed"]);
    assert.deepEqual(kinds(await settle(bench.dock(pilot, sector))), ["applied"]);
  });

  it("keeps nothing at all when the database refuses one of its rows", async () => {
    const sector = await bench.sector();
    const pilots = [await bench.pilot(sector), await bench.pilot(sector)] as const;
    const before = await countEffects(test.pool);
    const own = await pipelined.connect();
    await assert.rejects(
      settleBatch(
        own,
        [bench.dock(pilots[0], sector), poisoned(bench.dock(pilots[1], sector))],
        TURNS_PER_DAY,
        clock.nowMs(),
      ),
      { constraint: "players_turn_balance" },
    );
    own.release(true);
    assert.deepEqual(await countEffects(test.pool), before);
    for (const pilot of pilots) {
      assert.deepEqual(await bench.read(pilot), { player: pilot.player, ship: pilot.ship });
    }
  });

  it("of a hundred items loses only the poisoned ones, whichever they are", async () => {
    const poison = new Set([0, 1, 37, 50, 51, 52, 99]);
    const refuse = new Set([2, 49, 98]);
    const places = await Promise.all(Array.from({ length: 10 }, () => bench.sector()));
    const failures: string[] = [];
    const queue = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 1000,
      onFailure: (message) => failures.push(message),
    });
    const cast: { pilot: BenchPilot; work: Work; expected: string }[] = [];
    for (let index = 0; index < 100; index++) {
      const sector = places[index % places.length];
      assert.ok(sector !== undefined);
      const pilot = await bench.pilot(sector);
      const work = refuse.has(index)
        ? bench.undock(pilot, sector)
        : index % 2 === 0
          ? bench.harvest(pilot, sector)
          : bench.dock(pilot, sector);
      const expected = poison.has(index) ? "failed" : refuse.has(index) ? "refused" : "applied";
      cast.push({ pilot, work: poison.has(index) ? poisoned(work) : work, expected });
    }
    const settled = await Promise.all(cast.map(({ work }) => queue.submit(work)));
    assert.deepEqual(
      settled.map(({ kind }) => kind),
      cast.map(({ expected }) => expected),
    );
    assert.equal(failures.length, poison.size);
    assert.ok(queue.counts.halvings > 0);
    for (const [index, { pilot, work, expected }] of cast.entries()) {
      const settlement = settled[index];
      assert.deepEqual(
        await storedAnswer(test.pool, work),
        settlement?.kind === "applied" ? settlement.answer : null,
      );
      const { player } = await bench.read(pilot);
      const cost = work.kind === "harvest" ? 5 : 1;
      assert.equal(player.lifetimeTurnsSpent, expected === "applied" ? cost : 0);
    }
  });
});
