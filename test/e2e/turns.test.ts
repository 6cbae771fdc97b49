import { strict as assert } from "node:assert";
import { ScriptedDice } from "../support/dice.ts";
import { type MadePilot, makeSector, makeStation, type PilotOptions } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, changesNothing, DAY_MS, HOUR_MS, newest, refused } from "../support/play.ts";
import { bloodlessFight, harvestRolls } from "../support/rolls.ts";

const FIELD = 1;
/** One turn at 1000 turns a day. */
const TURN_MS = 86_400;
const HARVEST_TICKS = 10;
const FIGHT_TICKS = 100;

describe("a pilot's turns", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice });
  let stationId = "";
  before(async () => {
    await makeSector(game.pool, game.world, FIELD);
    stationId = await makeStation(game.pool, game.world, FIELD);
  });
  afterEach("no roll is left over", () => assert.equal(dice.left, 0));

  /** A pilot whose turns were credited up to now. */
  async function flyAt(
    options: PilotOptions,
  ): Promise<{ atMs: number; pilot: MadePilot; client: PilotClient }> {
    const atMs = game.clock.nowMs();
    return { atMs, ...(await game.fly(FIELD, { ...options, at: new Date(atMs) })) };
  }

  /** What a pilot is shown who joins now. */
  async function shownTo(pilot: MadePilot): Promise<Record<string, unknown>> {
    const client = await game.join(pilot, FIELD);
    await client.heard("pilot");
    await client.leave();
    const { turns, turnsReserved, maxTurns, nextTurnAtMs } = newest(client);
    return { turns, turnsReserved, maxTurns, nextTurnAtMs };
  }

  async function storedOf({ playerId }: MadePilot) {
    return game.row(
      `select turns, last_turn_regeneration as anchor, turn_reset_at as full, lifetime_turns_spent as spent,
          lifetime_turns_regenerated as regenerated from players where id = $1`,
      playerId,
    );
  }

  it("come back one each 86.4 s: none after 86 s, one after 87 s, and the rest of a second is kept", async () => {
    const { atMs, pilot, client } = await flyAt({ turns: 500 });
    await client.leave();
    const shown = { turnsReserved: 0, maxTurns: 1000 };
    game.clock.advance(86_000);
    assert.deepEqual(await shownTo(pilot), { ...shown, turns: 500, nextTurnAtMs: atMs + TURN_MS });
    game.clock.advance(399);
    assert.deepEqual(await shownTo(pilot), { ...shown, turns: 500, nextTurnAtMs: atMs + TURN_MS });
    game.clock.advance(1);
    assert.deepEqual(await shownTo(pilot), { ...shown, turns: 501, nextTurnAtMs: atMs + 2 * TURN_MS });
    game.clock.advance(600);
    assert.deepEqual(await shownTo(pilot), { ...shown, turns: 501, nextTurnAtMs: atMs + 2 * TURN_MS });

    const spender = await game.join(pilot, FIELD);
    await accepted(spender.ask("dock", { stationId }));
    assert.deepEqual(await storedOf(pilot), {
      turns: 500,
      anchor: new Date(atMs + TURN_MS),
      full: new Date(atMs + TURN_MS + 500 * TURN_MS),
      spent: 1,
      regenerated: 1,
    });
  });

  it("stop at the cap, and what would have come beyond it is not banked", async () => {
    for (const turns of [1000, 990]) {
      const { pilot, client } = await flyAt({ turns });
      await client.leave();
      game.clock.advance(10 * DAY_MS);
      assert.deepEqual(await shownTo(pilot), {
        turns: 1000,
        turnsReserved: 0,
        maxTurns: 1000,
        nextTurnAtMs: null,
      });
      const spentMs = game.clock.nowMs();
      const spender = await game.join(pilot, FIELD);
      await accepted(spender.ask("dock", { stationId }));
      const left = newest(spender);
      assert.deepEqual([left.turns, left.nextTurnAtMs], [999, spentMs + TURN_MS]);
      assert.deepEqual(await storedOf(pilot), {
        turns: 999,
        anchor: new Date(spentMs),
        full: new Date(spentMs + TURN_MS),
        spent: 1,
        regenerated: 1000 - turns,
      });
      await spender.leave();
      game.clock.advance(25 * HOUR_MS);
      assert.equal((await shownTo(pilot)).turns, 1000);
    }
  });

  it("fill from empty in 24 h", async () => {
    const { pilot, client } = await flyAt({ turns: 0 });
    await client.leave();
    game.clock.advance(DAY_MS - 1);
    assert.equal((await shownTo(pilot)).turns, 999);
    game.clock.advance(1);
    assert.equal((await shownTo(pilot)).turns, 1000);
  });

  it("come faster with a bonus, but not more of them", async () => {
    const { atMs, pilot, client } = await flyAt({ turns: 500 });
    await client.leave();
    await game.pool.query("update players set aria_bonus_bps = 15000 where id = $1", [pilot.playerId]);
    const turnMs = TURN_MS / 1.5;
    game.clock.advance(2 * turnMs);
    const shown = await shownTo(pilot);
    assert.deepEqual([shown.turns, shown.nextTurnAtMs], [502, atMs + 3 * turnMs]);
    game.clock.advance(DAY_MS);
    assert.equal((await shownTo(pilot)).turns, 1000);
  });

  it("are reserved while a harvest runs: shown less, written only at its end", async () => {
    const { pilot, client } = await flyAt({ turns: 1000 });
    await accepted(client.ask("harvest"));
    const shown = () => [newest(client).turns, newest(client).turnsReserved];
    assert.deepEqual(shown(), [995, 5]);
    assert.equal((await storedOf(pilot)).turns, 1000);
    dice.push(...harvestRolls({ ore: 6, tier: 3, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    await client.until("the snapshot", () => newest(client).turnsReserved === 0);
    assert.deepEqual(shown(), [995, 0]);
    assert.deepEqual(Object.values(await storedOf(pilot)).slice(3), [5, 0]);
  });

  it("are counted as spent by 3 when a harvest is interrupted, and by the attacker alone for the fight", async () => {
    const miner = await flyAt({ turns: 1000 });
    const raider = await flyAt({ turns: 1000 });
    await accepted(miner.client.ask("harvest"));
    dice.push(...bloodlessFight());
    await accepted(raider.client.ask("attack", { targetId: miner.pilot.shipId }));
    assert.deepEqual([newest(raider.client).turns, newest(raider.client).turnsReserved], [980, 20]);
    game.tick(FIGHT_TICKS);
    await raider.client.heard("combat_resolved");
    await raider.client.until("the snapshot", () => newest(raider.client).turnsReserved === 0);
    assert.equal(newest(raider.client).turns, 980);
    const [mined, raided] = [await storedOf(miner.pilot), await storedOf(raider.pilot)];
    assert.deepEqual([mined.turns, mined.spent], [997, 3]);
    assert.deepEqual([raided.turns, raided.spent], [980, 20]);
  });

  it("cannot be spent twice: not those of a running harvest on an attack", async () => {
    const miner = await flyAt({ turns: 9 });
    const { pilot: scout } = await game.fly(FIELD, { hull: "SCOUT_SHIP", laserLevel: null });
    const attack = { targetId: scout.shipId };
    await accepted(miner.client.ask("harvest"));
    await changesNothing(game, async () => {
      const detail = await refused(miner.client.ask("attack", attack), "insufficient_turns");
      assert.deepEqual(detail, { turns: 4, needed: 5, nextTurnAtMs: miner.atMs + TURN_MS });
    });
    dice.push(...harvestRolls({ ore: 6, tier: 3, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    await miner.client.heard("mining_harvest_completed");
    await refused(miner.client.ask("attack", attack), "insufficient_turns");
    await refused(miner.client.ask("harvest"), "insufficient_turns");
  });

  it("cannot be spent twice: not those of a running fight on another attack", async () => {
    const raider = await flyAt({ turns: 24 });
    const { pilot: hauler } = await game.fly(FIELD);
    const { pilot: scout } = await game.fly(FIELD, { hull: "SCOUT_SHIP", laserLevel: null });
    dice.push(...bloodlessFight());
    await accepted(raider.client.ask("attack", { targetId: hauler.shipId }));
    await refused(raider.client.ask("attack", { targetId: scout.shipId }), "insufficient_turns");
    await refused(raider.client.ask("harvest"), "insufficient_turns");
    game.tick(FIGHT_TICKS);
    await raider.client.heard("combat_resolved");
    assert.equal((await storedOf(raider.pilot)).turns, 4);
  });

  it("cannot be spent twice: the last one docks or undocks, not both, however fast they follow each other", async () => {
    const { pilot, client } = await flyAt({ turns: 1 });
    const docking = client.ask("dock", { stationId });
    const undocking = client.ask("undock");
    await accepted(docking);
    await refused(undocking, "insufficient_turns");
    assert.equal((await storedOf(pilot)).turns, 0);
  });

  it("that came back while a harvest ran are there when it ends", async () => {
    const { pilot, client } = await flyAt({ turns: 5 });
    await accepted(client.ask("harvest"));
    assert.equal(newest(client).turns, 0);
    dice.push(...harvestRolls({ ore: 6, tier: 3, laserLevel: 0 }));
    game.clock.advance(2 * TURN_MS);
    game.tick();
    await client.heard("mining_harvest_completed");
    const { turns, spent, regenerated } = await storedOf(pilot);
    assert.deepEqual({ turns, spent, regenerated }, { turns: 2, spent: 5, regenerated: 2 });
  });
});
