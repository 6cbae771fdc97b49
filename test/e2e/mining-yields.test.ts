import { strict as assert } from "node:assert";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { ScriptedDice, seededDice } from "../support/dice.ts";
import { type MadePilot, makeSector, type PilotOptions, type SectorOptions } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, newest, timesHeard } from "../support/play.ts";
import { harvestRolls } from "../support/rolls.ts";

const HARVEST_TICKS = 10;

describe("what a harvest brings", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice });
  afterEach("no roll is left over", () => assert.equal(dice.left, 0));
  let sectors = 0;

  async function minerIn(field: SectorOptions, options: PilotOptions) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, field);
    return { sectorId, ...(await game.fly(sectorId, options)) };
  }

  /** Mines to the end. @returns what the pilot was told */
  async function mine(client: PilotClient, rolls: readonly number[]): Promise<Record<string, unknown>> {
    await accepted(client.ask("harvest"));
    dice.push(...rolls);
    game.tick(HARVEST_TICKS);
    return client.heard("mining_harvest_completed");
  }

  async function holdOf({ shipId }: MadePilot): Promise<Record<string, unknown>> {
    const { rows } = await game.pool.query(
      "select commodity, quantity from ship_cargo where ship_id = $1 and quantity > 0",
      [shipId],
    );
    return Object.fromEntries(rows.map(({ commodity, quantity }) => [commodity, quantity]));
  }

  async function poolOf(sectorId: number): Promise<unknown> {
    return (await game.row("select pool_remaining from asteroid_fields where sector_id = $1", sectorId))
      .pool_remaining;
  }

  it("is told, held, and taken from the pool: the same ore everywhere, with the matrix' band of the laser", async () => {
    for (const [laserLevel, least, most] of [
      [0, 6, 12],
      [1, 8, 15],
      [2, 9, 18],
      [3, 12, 24],
    ] as const) {
      for (const ore of [least, most]) {
        const { sectorId, pilot, client } = await minerIn({ tier: 3 }, { laserLevel });
        const told = await mine(client, harvestRolls({ ore, tier: 3, laserLevel }));
        assert.equal(told.ore, ore);
        assert.deepEqual(await holdOf(pilot), { ore });
        assert.equal(await poolOf(sectorId), 300 - ore);
        assert.deepEqual(newest(client).cargo, { ore });
        assert.equal(newest(client).turns, 995);
      }
    }
  });

  it("may hold precious metals, which come from no pool", async () => {
    const { sectorId, pilot, client } = await minerIn({ tier: 3 }, {});
    const told = await mine(client, harvestRolls({ ore: 6, tier: 3, laserLevel: 0, metals: 3 }));
    assert.deepEqual([told.ore, told.preciousMetals, told.quantumShards], [6, 3, 0]);
    assert.deepEqual(await holdOf(pilot), { ore: 6, precious_metals: 3 });
    assert.equal(await poolOf(sectorId), 294);
  });

  it("holds a quantum shard only where the asteroids run deep and the laser reaches level 2", async () => {
    for (const [deep, laserLevel, shards] of [
      [true, 2, 1],
      [true, 3, 1],
      [true, 1, 0],
      [false, 3, 0],
    ] as const) {
      const { pilot, client } = await minerIn({ tier: 3, deep }, { laserLevel });
      const told = await mine(client, harvestRolls({ ore: 12, tier: 3, laserLevel, shard: true }));
      assert.equal(told.quantumShards, shards);
      assert.deepEqual(await holdOf(pilot), { ore: 12, ...(shards === 1 && { quantum_shards: 1 }) });
      const wallet = await game.row("select quantum_shards from players where id = $1", pilot.playerId);
      assert.equal(wallet.quantum_shards, 0, "what is mined goes into the hold, not into the wallet");
    }
  });

  it("fills the hold with ore first, then metals, then the shard; what finds no room is lost", async () => {
    for (const [free, hold] of [
      [16, { ore: 12, precious_metals: 3, quantum_shards: 1 }],
      [15, { ore: 12, precious_metals: 3 }],
      [14, { ore: 12, precious_metals: 2 }],
      [12, { ore: 12 }],
      [5, { ore: 5 }],
    ] as const) {
      const cargo = { organics: 1000 - free };
      const { sectorId, pilot, client } = await minerIn({ tier: 3, deep: true }, { laserLevel: 2, cargo });
      const told = await mine(
        client,
        harvestRolls({ ore: 12, tier: 3, laserLevel: 2, metals: 3, shard: true }),
      );
      assert.equal(told.ore, hold.ore);
      assert.deepEqual(await holdOf(pilot), { ...cargo, ...hold });
      assert.equal(await poolOf(sectorId), 288, "the pool falls by what was rolled");
      const row = await game.row(
        "select ore_rolled, ore_yield, pool_drawn from mining_harvests where player_id = $1",
        pilot.playerId,
      );
      assert.deepEqual(row, { ore_rolled: 12, ore_yield: hold.ore, pool_drawn: 12 });
    }
  });

  it("is as much as the hold has room for when it is due, not when it began", async () => {
    const { pilot, client } = await minerIn({ tier: 3 }, {});
    await accepted(client.ask("harvest"));
    await game.pool.query("insert into ship_cargo values ($1, 'organics', 993)", [pilot.shipId]);
    dice.push(...harvestRolls({ ore: 12, tier: 3, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    assert.equal((await client.heard("mining_harvest_completed")).ore, 7);
  });

  it("is nothing when the hold has filled up meanwhile: cancelled, 2 turns back, the pool untouched", async () => {
    const { sectorId, pilot, client } = await minerIn({ tier: 3 }, {});
    const { harvestId } = await accepted(client.ask("harvest"));
    await game.pool.query("insert into ship_cargo values ($1, 'organics', 1000)", [pilot.shipId]);
    dice.push(...harvestRolls({ ore: 12, tier: 3, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    const told = await client.heard("mining_harvest_cancelled");
    assert.deepEqual(told, { eventId: 1, harvestId, reason: "cargo_full", turnsRefunded: 2 });
    const row = await game.row("select * from mining_harvests where id = $1", harvestId);
    assert.deepEqual(
      [row.status, row.terminal_reason, row.turns_spent, row.refund_turns, row.pool_drawn],
      ["CANCELLED", "cargo_full", 3, 2, 0],
    );
    assert.equal(await game.turnsOf(pilot), 997);
    assert.equal(await poolOf(sectorId), 300);
    await client.sees("the ship free", ({ ships }) => ships.get(pilot.shipId)?.status === "IN_SPACE");
  });

  it("changes the pilot's standing with the consortium: +1 where it claims nothing, −10 without a licence where it does", async () => {
    const rolls = harvestRolls({ ore: 6, tier: 3, laserLevel: 0 });
    const free = await minerIn({ tier: 3 }, {});
    assert.equal((await mine(free.client, rolls)).amRepDelta, 1);
    assert.deepEqual(newest(free.client).standing, { [AM_FACTION]: 1 });
    const claimed = await minerIn({ tier: 3, controllingFaction: AM_FACTION }, {});
    assert.equal((await mine(claimed.client, rolls)).amRepDelta, -10);
    assert.deepEqual(newest(claimed.client).standing, { [AM_FACTION]: -10 });
    const row = await game.row(
      `select r.current_value, r.current_level from reputations r join factions f on f.id = r.faction_id
          where r.player_id = $1 and f.code = $2`,
      claimed.pilot.playerId,
      AM_FACTION,
    );
    assert.deepEqual(row, { current_value: -10, current_level: "NEUTRAL" });
  });

  it("is the claim's as it was when the harvest began", async () => {
    const { sectorId, client } = await minerIn({ tier: 3, controllingFaction: AM_FACTION }, {});
    await accepted(client.ask("harvest"));
    await game.pool.query("update sectors set controlling_faction = null where sector_id = $1", [sectorId]);
    dice.push(...harvestRolls({ ore: 6, tier: 3, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    assert.equal((await client.heard("mining_harvest_completed")).amRepDelta, -10);
  });

  it("comes even when the pilot has left: the ship stays until it is done, and they read it on their return", async () => {
    const { sectorId, pilot, client } = await minerIn({ tier: 3 }, {});
    const watcher = await game.spectate(sectorId);
    await accepted(client.ask("harvest"));
    await client.leave();
    game.tick(HARVEST_TICKS - 1);
    await watcher.sees("the ship mining on", ({ ships }) => ships.get(pilot.shipId)?.status === "MINING");
    dice.push(...harvestRolls({ ore: 8, tier: 3, laserLevel: 0 }));
    game.tick();
    await game.server.queue.drained();
    const back = await game.join(pilot, sectorId, { cursor: 0 });
    const told = await back.heard("mining_harvest_completed");
    assert.deepEqual([told.eventId, told.ore], [1, 8]);
    assert.deepEqual(newest(back).cargo, { ore: 8 });
    assert.equal(timesHeard(back, "mining_harvest_completed"), 1);
  });
});

describe("many ships in one field", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => seededDice(5) });

  it("draw from one pool, in one transaction, all that they rolled", async () => {
    await makeSector(game.pool, game.world, 1, { tier: 5 });
    const miners = await Promise.all(Array.from({ length: 20 }, () => game.fly(1, { laserLevel: 3 })));
    await Promise.all(miners.map(({ client }) => accepted(client.ask("harvest"))));
    const { commits } = game.server.queue.counts;
    game.tick(HARVEST_TICKS);
    const told = await Promise.all(miners.map(({ client }) => client.heard("mining_harvest_completed")));
    assert.equal(game.server.queue.counts.commits, commits + 1);
    const rolled = await game.row(
      "select sum(ore_rolled)::int as ore, sum(pool_drawn)::int as drawn, count(*)::int from mining_harvests",
    );
    const granted = told.reduce((sum, { ore }) => sum + Number(ore), 0);
    assert.equal(rolled.count, 20);
    assert.equal(granted, rolled.ore, "every hold had room");
    const field = await game.row("select pool_remaining from asteroid_fields where sector_id = 1");
    assert.equal(field.pool_remaining, 500 - Number(rolled.drawn));
    assert.ok(Number(rolled.drawn) > 250, "they met a field that got poorer from one to the next");
  });
});
