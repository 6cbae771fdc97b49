import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import pg from "pg";
import { Refusal } from "../../src/errors.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { openLease } from "../../src/persistence/leases.ts";
import { type HarvestEnd, harvestWork } from "../../src/persistence/mining.ts";
import type { RunningHarvest } from "../../src/persistence/mining-scene.ts";
import { warpWork } from "../../src/persistence/movement.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import type { Lease, Settlement, Work } from "../../src/persistence/work.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { type MadePilot, makePilot, makeSector, makeWorld, type World } from "../support/fixtures.ts";

const TURNS_PER_DAY = 1000;
const dice = seededDice(7);

function due(): HarvestEnd {
  return {
    kind: "due",
    rolls: {
      ore: dice.u32(),
      preciousChance: dice.u32(),
      preciousQuantity: dice.u32(),
      shardChance: dice.u32(),
    },
  };
}

describe("the commit queue", () => {
  // Hooks run in this order: what is connected to the database lets go of it before it is dropped.
  after(async () => {
    await queue.drained();
    await pipelined.end();
  });
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  const failures: string[] = [];
  let world: World;
  let queue: CommitQueue;
  let pipelined: pg.Pool;
  let nextSectorId = 1;

  before(async () => {
    world = await makeWorld(test.pool);
    pipelined = connect(test.url, { max: 2, applicationName: "queue" }).pool;
    queue = newQueue();
  });
  afterEach(async () => {
    const breaches = await findBreaches(test.pool);
    const replay = await replayAll(test.pool);
    assert.deepEqual([...breaches, ...replay.breaches], []);
    failures.length = 0;
  });

  function newQueue(): CommitQueue {
    return new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 1000,
      onFailure: (message) => failures.push(message),
    });
  }

  async function openedSector(options: Parameters<typeof makeSector>[3] = {}): Promise<Lease> {
    const sectorId = await makeSector(test.pool, world, nextSectorId++, options);
    const client = await test.pool.connect();
    try {
      return await openLease(client, sectorId);
    } finally {
      client.release();
    }
  }

  function harvest(lease: Lease, pilot: MadePilot, requestId: string = randomUUID()): RunningHarvest {
    const harvestId = randomUUID();
    return {
      harvestId,
      key: { playerId: pilot.playerId, requestId, fingerprint: "harvest" },
      lease,
      playerId: pilot.playerId,
      shipId: pilot.shipId,
      regionId: world.regionId,
      amClaimed: false,
      isFrontier: false,
      sectorNumber: 1,
      yieldBonusBps: 10_000,
      startedAtMs: clock.nowMs() - 10_000,
      resolvesAtMs: clock.nowMs(),
      answer: { harvestId, startTick: 0, endTick: 100 },
    };
  }

  const settle = (running: RunningHarvest, end: HarvestEnd = due()) =>
    queue.submit(harvestWork(running, end, TURNS_PER_DAY));

  async function turnsOf(pilot: MadePilot): Promise<number> {
    const { rows } = await test.pool.query("select turns from players where id = $1", [pilot.playerId]);
    return Number(rows[0].turns);
  }

  async function oreOf(pilot: MadePilot): Promise<number> {
    const { rows } = await test.pool.query(
      "select coalesce(sum(quantity), 0) as ore from ship_cargo where ship_id = $1 and commodity = 'ore'",
      [pilot.shipId],
    );
    return Number(rows[0].ore);
  }

  async function poolOf(lease: Lease): Promise<number> {
    const { rows } = await test.pool.query(
      "select pool_remaining from asteroid_fields where sector_id = $1",
      [lease.sectorId],
    );
    return Number(rows[0].pool_remaining);
  }

  function applied(settlement: Settlement) {
    assert.equal(settlement.kind, "applied");
    if (settlement.kind !== "applied") throw new Error("unreachable");
    return settlement;
  }

  it("takes 5 turns of 1000 for a harvest that is due, and grants what its dice say", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId, { at: new Date(clock.nowMs()) });
    const { events } = applied(await settle(harvest(lease, pilot)));
    assert.equal(await turnsOf(pilot), 995);
    assert.equal(await poolOf(lease), 300 - (await oreOf(pilot)));
    assert.deepEqual(
      events.map((event) => [event.type, event.seq]),
      [["mining_harvest_completed", 1]],
    );
  });

  it("gives 2 of 5 turns back to a harvest that was interrupted, and leaves pool and hold alone", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId, { at: new Date(clock.nowMs()) });
    applied(await settle(harvest(lease, pilot), { kind: "interrupted", cause: "pvp_attack" }));
    assert.equal(await turnsOf(pilot), 997);
    assert.equal(await oreOf(pilot), 0);
    assert.equal(await poolOf(lease), 300);
  });

  it("keeps all 5 turns when the fault was ours", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId, { at: new Date(clock.nowMs()) });
    applied(await settle(harvest(lease, pilot), { kind: "interrupted", cause: "internal" }));
    assert.equal(await turnsOf(pilot), 1000);
  });

  it("leaves nine of ten right when the third of one sector is refused", async () => {
    const lease = await openedSector({ tier: 5 });
    const pilots = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        makePilot(test.pool, world, lease.sectorId, {
          turns: index === 2 ? 0 : 1000,
          at: new Date(clock.nowMs()),
        }),
      ),
    );
    const before = queue.counts.commits;
    const settlements = await Promise.all(
      pilots.map((pilot, index) =>
        queue.submit(
          index === 2
            ? warpWork(
                {
                  key: { playerId: pilot.playerId, requestId: randomUUID(), fingerprint: "warp" },
                  lease,
                  playerId: pilot.playerId,
                  shipId: pilot.shipId,
                },
                lease.sectorId,
                1,
                TURNS_PER_DAY,
              )
            : harvestWork(harvest(lease, pilot), due(), TURNS_PER_DAY),
        ),
      ),
    );
    assert.deepEqual(
      settlements.map((settlement) => settlement.kind),
      ["applied", "applied", "refused", ...Array.from({ length: 7 }, () => "applied")],
    );
    const [, , third] = settlements;
    assert.equal(third?.kind === "refused" && third.code, "insufficient_turns");
    assert.equal(queue.counts.commits, before + 1, "one commit for all ten");
    let granted = 0;
    for (const [index, pilot] of pilots.entries()) {
      assert.equal(await turnsOf(pilot), index === 2 ? 0 : 995);
      granted += await oreOf(pilot);
    }
    assert.equal(await poolOf(lease), 500 - granted);
  });

  it("isolates the one item that the database itself refuses", async () => {
    const lease = await openedSector({ tier: 5 });
    const pilots = await Promise.all(
      Array.from({ length: 5 }, () => makePilot(test.pool, world, lease.sectorId)),
    );
    const settlements = await Promise.all(
      pilots.map((pilot, index) => {
        const work = harvestWork(harvest(lease, pilot), due(), TURNS_PER_DAY);
        if (index !== 3) return queue.submit(work);
        const poisoned: Work = {
          ...work,
          settle(books, nowMs) {
            const answer = work.settle(books, nowMs);
            const player = books.players.get(pilot.playerId);
            // Breaks the CHECK of the turn balance, which only the database sees.
            if (player !== undefined) books.players.put(player.id, { ...player, turns: player.turns + 1 });
            return answer;
          },
        };
        return queue.submit(poisoned);
      }),
    );
    assert.deepEqual(
      settlements.map((settlement) => settlement.kind),
      ["applied", "applied", "applied", "failed", "applied"],
    );
    assert.equal(await turnsOf(pilots[3] as MadePilot), 1000);
  });

  it("draws three harvests of one batch from one pool, each from what the one before left", async () => {
    const lease = await openedSector({ tier: 1, pool: 96 });
    const pilots = await Promise.all(
      Array.from({ length: 3 }, () => makePilot(test.pool, world, lease.sectorId)),
    );
    // The fixture's own draw is no harvest: start the field's history full.
    await test.pool.query(
      "update asteroid_fields set pool_remaining = 100, replenish_due_at = null, last_depleting_harvest_at = null where sector_id = $1",
      [lease.sectorId],
    );
    await Promise.all(pilots.map((pilot) => settle(harvest(lease, pilot))));
    const { rows } = await test.pool.query(
      "select pool_before, pool_drawn from mining_harvests where sector_id = $1 order by pool_before desc",
      [lease.sectorId],
    );
    assert.equal(rows.length, 3);
    assert.equal(rows[0].pool_before, 100);
    assert.equal(rows[1].pool_before, rows[0].pool_before - rows[0].pool_drawn);
    assert.equal(rows[2].pool_before, rows[1].pool_before - rows[1].pool_drawn);
    assert.equal(await poolOf(lease), rows[2].pool_before - rows[2].pool_drawn);
  });

  it("lets others resolve while somebody outside holds one player's row, and resolves that one afterwards", async () => {
    const lease = await openedSector();
    const [held, free] = await Promise.all([
      makePilot(test.pool, world, lease.sectorId),
      makePilot(test.pool, world, lease.sectorId),
    ]);
    const outsider = new pg.Client({ connectionString: test.url });
    await outsider.connect();
    await outsider.query("begin");
    await outsider.query("select from players where id = $1 for update", [held.playerId]);
    const waiting = settle(harvest(lease, held));
    applied(await settle(harvest(lease, free)));
    assert.equal(await oreOf(held), 0, "the held one waits");
    assert.ok(queue.counts.lockedWaits > 0);
    await outsider.query("commit");
    await outsider.end();
    applied(await waiting);
    assert.ok((await oreOf(held)) > 0);
  });

  it("settles what happened first to a pilot first, even when its row was locked meanwhile", async () => {
    const lease = await openedSector();
    const [victim, other] = await Promise.all([
      makePilot(test.pool, world, lease.sectorId),
      makePilot(test.pool, world, lease.sectorId),
    ]);
    const outsider = new pg.Client({ connectionString: test.url });
    await outsider.connect();
    await outsider.query("begin");
    await outsider.query("select from ships where id = $1 for update", [other.shipId]);
    const order: string[] = [];
    // The first needs a locked ship besides the victim; the second needs the victim alone.
    const first: Work = {
      ...harvestWork(harvest(lease, victim), { kind: "interrupted", cause: "pvp_attack" }, TURNS_PER_DAY),
      shipIds: [victim.shipId, other.shipId],
    };
    const both = [
      queue.submit(first).then(() => order.push("first")),
      settle(harvest(lease, victim)).then(() => order.push("second")),
    ];
    while (queue.counts.lockedWaits === 0) await new Promise((resolve) => setImmediate(resolve));
    await outsider.query("commit");
    await outsider.end();
    await Promise.all(both);
    assert.deepEqual(order, ["first", "second"]);
  });

  it("refuses a stale epoch: whoever opened the sector last is its only writer", async () => {
    const stale = await openedSector();
    const pilot = await makePilot(test.pool, world, stale.sectorId);
    const client = await test.pool.connect();
    const current = await openLease(client, stale.sectorId);
    client.release();
    assert.equal((await settle(harvest(stale, pilot))).kind, "fenced");
    assert.equal(await oreOf(pilot), 0);
    applied(await settle(harvest(current, pilot)));
  });

  it("answers a request that comes again with the first one's answer, and does nothing", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId, { at: new Date(clock.nowMs()) });
    const running = harvest(lease, pilot);
    applied(await settle(running));
    const again = await settle(running);
    assert.equal(again.kind, "repeated");
    assert.deepEqual(again.kind === "repeated" && again.answer, running.answer);
    assert.equal(await turnsOf(pilot), 995);
    const other = { ...running, key: { ...running.key, fingerprint: "another body" } };
    const reused = await settle(other);
    assert.equal(reused.kind === "refused" && reused.code, "request_id_reused");
  });

  it("answers fifty copies of one request that arrive together with one effect", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId, { at: new Date(clock.nowMs()) });
    const running = harvest(lease, pilot);
    const settlements = await Promise.all(Array.from({ length: 50 }, () => settle(running)));
    assert.equal(settlements.filter((settlement) => settlement.kind === "applied").length, 1);
    assert.equal(settlements.filter((settlement) => settlement.kind === "repeated").length, 49);
    assert.equal(await turnsOf(pilot), 995);
  });

  it("keeps nothing of an item that is refused half way through", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId);
    const work = harvestWork(harvest(lease, pilot), due(), TURNS_PER_DAY);
    const halfway: Work = {
      ...work,
      settle(books, nowMs) {
        work.settle(books, nowMs);
        throw new Refusal("cargo_full");
      },
    };
    assert.equal((await queue.submit(halfway)).kind, "refused");
    assert.equal(await turnsOf(pilot), 1000);
    assert.equal(await poolOf(lease), 300);
    assert.equal(await oreOf(pilot), 0);
  });

  it("says so when an item's player does not exist, instead of waiting for ever", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId);
    const nobody = { ...pilot, playerId: randomUUID() };
    assert.equal((await settle(harvest(lease, nobody))).kind, "failed");
  });

  it("draws from one pool what twenty ships roll, whichever batches they come in", async () => {
    const lease = await openedSector({ tier: 5 });
    const pilots = await Promise.all(
      Array.from({ length: 20 }, () => makePilot(test.pool, world, lease.sectorId)),
    );
    await Promise.all(
      pilots.map(async (pilot, index) => {
        if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        await settle(harvest(lease, pilot));
      }),
    );
    const { rows } = await test.pool.query(
      "select sum(ore_rolled) as rolled, sum(pool_drawn) as drawn from mining_harvests where sector_id = $1",
      [lease.sectorId],
    );
    assert.equal(rows[0].rolled, rows[0].drawn);
    assert.equal(await poolOf(lease), 500 - Number(rows[0].drawn));
  });

  it("holds everything while the database is away, and settles each item once when it is back", async () => {
    const lease = await openedSector();
    const pilot = await makePilot(test.pool, world, lease.sectorId, { at: new Date(clock.nowMs()) });
    const name = new URL(test.url).pathname.slice(1);
    await test.pool.query(`alter database ${name} with allow_connections false`).catch(() => {});
    const admin = new pg.Client({ connectionString: test.url.replace(`/${name}`, "/postgres") });
    await admin.connect();
    await admin.query(`alter database ${name} with allow_connections false`);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
    const running = harvest(lease, pilot);
    const waiting = settle(running);
    while (queue.refusal() === null) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(queue.refusal(), "store_unavailable");
    await admin.query(`alter database ${name} with allow_connections true`);
    await admin.end();
    applied(await waiting);
    assert.equal(queue.refusal(), null);
    assert.equal(await turnsOf(pilot), 995);
  });

  it("refuses new commands with `busy` when too much waits", () => {
    const small = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: TURNS_PER_DAY,
      itemsMax: 0,
      onFailure: () => {},
    });
    assert.equal(small.refusal(), "busy");
  });
});
