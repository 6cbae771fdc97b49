import { strict as assert } from "node:assert";
import { TICK_MS } from "../../src/commands/sector.ts";
import type { LaserLevel, RichnessTier } from "../../src/rules/mining.ts";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, DAY_MS } from "../support/play.ts";
import { harvestRolls } from "../support/rolls.ts";

const HARVEST_TICKS = 10;
const HARVEST_MS = HARVEST_TICKS * TICK_MS;

interface Miner {
  readonly sectorId: number;
  readonly client: PilotClient;
  readonly tier: RichnessTier;
  readonly laserLevel: LaserLevel;
}

describe("the depletion of a field", () => {
  const dice = new ScriptedDice();
  // Time is in the test's hand, so a day of mining takes a second.
  const env = { MESSAGES_PER_SECOND_MAX: "1000" };
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice, env });
  afterEach("no roll is left over", () => assert.equal(dice.left, 0));
  let sectors = 0;

  /** A miner in a fresh field of its own. */
  async function fieldOf(tier: RichnessTier, laserLevel: LaserLevel): Promise<Miner> {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, { tier });
    const { client } = await game.fly(sectorId, { laserLevel });
    return { sectorId, client, tier, laserLevel };
  }

  /** One harvest after the other, with these rolls in the matrix' band. @returns the row of the last */
  async function mine({ client, tier, laserLevel }: Miner, ...rolls: number[]) {
    let last: Record<string, unknown> = {};
    for (const ore of rolls) {
      const { harvestId } = await accepted(client.ask("harvest"));
      dice.push(...harvestRolls({ ore, tier, laserLevel }));
      game.tick(HARVEST_TICKS);
      await client.until("the harvest", (told) =>
        told.some(({ payload }) => payload.ore !== undefined && payload.harvestId === harvestId),
      );
      last = await game.row(
        `select ore_yield as ore, pool_before - pool_drawn as left, depletion_state_before as found, floored
            from mining_harvests where id = $1`,
        harvestId,
      );
    }
    return last;
  }

  function fieldRow({ sectorId }: Miner): Promise<Record<string, unknown>> {
    return game.row("select * from asteroid_fields where sector_id = $1", sectorId);
  }

  /** Everybody sees this state, full again so long from now. */
  async function shows({ client }: Miner, depletion: string, refillMs: number): Promise<void> {
    const replenishesAtMs = game.clock.nowMs() + refillMs;
    await client.sees(
      `a ${depletion} field`,
      (state) => state.depletion === depletion && state.replenishesAtMs === replenishesAtMs,
    );
  }

  /** Tier 1, mined from 100 down to 44 units: just heavy. */
  async function heavyField(): Promise<Miner> {
    const miner = await fieldOf(1, 3);
    assert.equal((await mine(miner, 8, 8, 8, 8, 8, 8, 8, 8)).left, 50);
    assert.deepEqual(await mine(miner, 8), { ore: 6, left: 44, found: "moderate", floored: false });
    return miner;
  }

  /** Lets time go by and mines, so that the harvest is due so long after now. */
  async function mineAfter(miner: Miner, ms: number, roll: number) {
    game.clock.advance(ms - HARVEST_MS);
    return mine(miner, roll);
  }

  it("goes from fresh to exhausted: moderate gives 3/4 of the roll, heavy half, exhausted exactly 1 ore", async () => {
    const miner = await fieldOf(3, 2);
    const watcher = await game.spectate(miner.sectorId);
    const seen = [watcher.state.depletion];
    watcher.room.onStateChange(({ depletion }) => {
      if (depletion !== seen.at(-1)) seen.push(depletion);
    });

    assert.deepEqual(await mine(miner, 9), { ore: 9, left: 291, found: "fresh", floored: false });
    await shows(miner, "light", DAY_MS);
    assert.deepEqual(await mine(miner, 11), { ore: 11, left: 280, found: "light", floored: false });
    await shows(miner, "moderate", DAY_MS);
    assert.deepEqual(await mine(miner, 14), { ore: 10, left: 270, found: "moderate", floored: false });
    assert.deepEqual(await mine(miner, 18), { ore: 13, left: 257, found: "moderate", floored: false });

    assert.equal((await mine(miner, 18, 18, 18, 18, 18, 15, 15, 14, 14)).left, 150);
    await shows(miner, "moderate", DAY_MS);
    assert.deepEqual(await mine(miner, 9), { ore: 6, left: 144, found: "moderate", floored: false });
    await shows(miner, "heavy", 7 * DAY_MS);
    assert.deepEqual(await mine(miner, 9), { ore: 4, left: 140, found: "heavy", floored: false });

    assert.equal((await mine(miner, ...Array.from({ length: 10 }, () => 18), 16, 16, 9)).left, 30);
    assert.deepEqual(await mine(miner, 18), { ore: 9, left: 21, found: "heavy", floored: false });
    await shows(miner, "exhausted", 7 * DAY_MS);
    const exhausted = await fieldRow(miner);
    for (const roll of [9, 18]) {
      assert.deepEqual(await mine(miner, roll), { ore: 1, left: 21, found: "exhausted", floored: true });
    }
    assert.deepEqual(await fieldRow(miner), exhausted, "neither drawn from nor made to wait longer");
    assert.deepEqual(seen, ["fresh", "light", "moderate", "heavy", "exhausted"]);
  });

  it("gives 1 of a roll of 2 when it is heavy, and that one comes from the pool", async () => {
    const { sectorId } = await heavyField();
    const { client } = await game.fly(sectorId, { laserLevel: 0 });
    const stock: Miner = { sectorId, client, tier: 1, laserLevel: 0 };
    assert.deepEqual(await mine(stock, 2), { ore: 1, left: 43, found: "heavy", floored: false });
  });

  it("ends all at once 24 h after the last harvest that drew, to the millisecond", async () => {
    const early = await fieldOf(3, 2);
    await mine(early, 18);
    const found = await mineAfter(early, DAY_MS - 1, 18);
    assert.deepEqual(found, { ore: 13, left: 269, found: "moderate", floored: false });

    const due = await fieldOf(3, 2);
    await mine(due, 18);
    assert.deepEqual(await mineAfter(due, DAY_MS, 18), {
      ore: 18,
      left: 282,
      found: "fresh",
      floored: false,
    });
    await shows(due, "moderate", DAY_MS);
  });

  it("takes 7 days when it is heavy, to the millisecond", async () => {
    const early = await heavyField();
    const found = await mineAfter(early, 7 * DAY_MS - 1, 8);
    assert.deepEqual(found, { ore: 4, left: 40, found: "heavy", floored: false });

    const due = await heavyField();
    const full = await mineAfter(due, 7 * DAY_MS, 8);
    assert.deepEqual(full, { ore: 8, left: 92, found: "fresh", floored: false });
  });

  it("is over, when its countdown is, for those who watch it", async () => {
    const miner = await fieldOf(3, 2);
    await mine(miner, 18);
    const watcher = await game.spectate(miner.sectorId);
    const stored = await fieldRow(miner);
    game.clock.advance(DAY_MS - HARVEST_MS);
    game.tick(HARVEST_TICKS - 1);
    await watcher.sees("the countdown", ({ depletion }) => depletion === "moderate");
    game.tick(HARVEST_TICKS);
    await watcher.sees("a full field", (state) => state.depletion === "fresh" && state.replenishesAtMs === 0);
    assert.deepEqual(await fieldRow(miner), stored, "nothing is written until somebody mines");
  });

  it("is over in what everybody sees as soon as somebody comes, whether the sector was asleep or awake", async () => {
    const miner = await fieldOf(3, 2);
    await mine(miner, 18);
    await shows(miner, "moderate", DAY_MS);
    const stored = await fieldRow(miner);
    game.clock.advance(DAY_MS - 1);
    const early = await game.spectate(miner.sectorId);
    assert.equal(early.state.depletion, "moderate");
    game.clock.advance(1);
    const late = await game.spectate(miner.sectorId);
    assert.equal(late.state.depletion, "fresh");
    assert.equal(late.state.replenishesAtMs, 0);
    assert.deepEqual(await fieldRow(miner), stored, "nothing is written until somebody mines");

    const asleep = await makeSector(game.pool, game.world, ++sectors, { tier: 3, pool: 270 });
    assert.equal((await game.fly(asleep)).client.state.depletion, "fresh");
  });
});
