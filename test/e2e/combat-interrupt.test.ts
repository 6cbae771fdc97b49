import { strict as assert } from "node:assert";
import { TICK_MS } from "../../src/commands/sector.ts";
import { damageRoll, HIT, NO_CRIT } from "../rules/fights.ts";
import { ScriptedDice } from "../support/dice.ts";
import { type MadePilot, makeSector, type PilotOptions } from "../support/fixtures.ts";
import { type GameUnderTest, useGame } from "../support/game.ts";
import { accepted, holdUp, newest, refused, timesHeard } from "../support/play.ts";
import { bloodlessFight, harvestRolls, NO_LOOT } from "../support/rolls.ts";

const HARVEST_TICKS = 10;
const FIGHT_TICKS = 100;

async function harvestOf(game: GameUnderTest, pilot: MadePilot): Promise<Record<string, unknown>> {
  return game.row("select * from mining_harvests where player_id = $1", pilot.playerId);
}

describe("a harvest under attack", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice });
  afterEach("no roll is left over", () => assert.equal(dice.left, 0));
  let sectors = 0;

  /** Two pilots in a field of their own. */
  async function minerAndRaider(options: PilotOptions = {}) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const miner = await game.fly(sectorId, { laserLevel: 2, ...options });
    const raider = await game.fly(sectorId);
    const attack = { targetId: miner.pilot.shipId };
    return { sectorId, miner, raider, attack };
  }

  it("ends with 3 turns gone and nothing else: no ore, the pool and the laser as they were, the ship in a fight", async () => {
    const { sectorId, miner, raider, attack } = await minerAndRaider();
    const watcher = await game.spectate(sectorId);
    const { harvestId } = await accepted(miner.client.ask("harvest"));
    assert.equal(newest(miner.client).turns, 995, "5 are reserved");
    game.tick(HARVEST_TICKS / 2);

    dice.push(...bloodlessFight());
    const { fightId } = await accepted(raider.client.ask("attack", attack));
    const told = await miner.client.heard("mining_harvest_interrupted");
    assert.deepEqual(told, { eventId: 1, harvestId, reason: "pvp_attack", turnsRefunded: 2 });
    for (const witness of [miner.client, raider.client, watcher]) {
      const stopped = await witness.heard("mining_harvest_stopped");
      assert.deepEqual(stopped, { shipId: miner.pilot.shipId, reason: "pvp_attack" });
      const started = await witness.heard("combat_update");
      assert.equal(started.fightId, fightId);
      await witness.sees("both ships fighting each other", ({ ships }) => {
        const [mining, raiding] = [ships.get(miner.pilot.shipId), ships.get(raider.pilot.shipId)];
        return (
          mining?.status === "IN_COMBAT" &&
          raiding?.status === "IN_COMBAT" &&
          mining.action.kind === "fight" &&
          mining.action.targetId === raider.pilot.shipId &&
          raiding.action.targetId === miner.pilot.shipId
        );
      });
    }
    assert.equal(await game.turnsOf(miner.pilot), 997, "the interrupt is durable while the fight goes on");
    assert.equal(newest(miner.client).turns, 997);

    game.tick(FIGHT_TICKS);
    assert.equal((await raider.client.heard("combat_resolved")).outcome, "draw");
    await watcher.sees("both ships free again", ({ ships }) =>
      [...ships.values()].every((ship) => ship.status === "IN_SPACE" && ship.action.kind === ""),
    );
    const row = await harvestOf(game, miner.pilot);
    assert.equal(row.id, harvestId);
    assert.equal(row.status, "INTERRUPTED");
    assert.equal(row.terminal_reason, "pvp_attack");
    assert.deepEqual([row.turns_spent, row.refund_turns, row.pool_drawn], [3, 2, 0]);
    assert.deepEqual([row.ore_yield, row.roll_ore, row.am_rep_delta], [null, null, null]);
    const field = await game.row("select * from asteroid_fields where sector_id = $1", sectorId);
    assert.deepEqual([field.pool_remaining, field.last_depleting_harvest_at], [300, null]);
    assert.equal(await game.turnsOf(miner.pilot), 997);
    assert.equal(await game.oreOf(miner.pilot), 0);
    const ship = await game.row(
      "select status, equipment_slots from ships where id = $1",
      miner.pilot.shipId,
    );
    assert.deepEqual(ship, { status: "IN_SPACE", equipment_slots: { mining_laser: { level: 2 } } });
  });

  it("may be tried again as soon as the fight is over, and then brings its ore", async () => {
    const { miner, raider, attack } = await minerAndRaider();
    await accepted(miner.client.ask("harvest"));
    dice.push(...bloodlessFight());
    await accepted(raider.client.ask("attack", attack));
    await refused(miner.client.ask("harvest"), "ship_in_combat");
    game.tick(FIGHT_TICKS);
    await miner.client.heard("combat_resolved");
    await accepted(miner.client.ask("harvest"));
    dice.push(...harvestRolls({ ore: 9, tier: 3, laserLevel: 2 }));
    game.tick(HARVEST_TICKS);
    assert.equal((await miner.client.heard("mining_harvest_completed")).ore, 9);
    assert.equal(await game.turnsOf(miner.pilot), 992);
  });

  it("is interrupted by an attack one tick before it is due", async () => {
    const { miner, raider, attack } = await minerAndRaider();
    await accepted(miner.client.ask("harvest"));
    game.tick(HARVEST_TICKS - 1);
    dice.push(...bloodlessFight());
    await accepted(raider.client.ask("attack", attack));
    game.tick(FIGHT_TICKS);
    await raider.client.heard("combat_resolved");
    assert.equal((await harvestOf(game, miner.pilot)).status, "INTERRUPTED");
    assert.equal(timesHeard(miner.client, "mining_harvest_completed"), 0);
  });

  it("is complete when the attack comes in the tick in which it was due", async () => {
    const { miner, raider, attack } = await minerAndRaider();
    await accepted(miner.client.ask("harvest"));
    dice.push(...harvestRolls({ ore: 18, tier: 3, laserLevel: 2 }), ...bloodlessFight());
    game.tick(HARVEST_TICKS);
    await accepted(raider.client.ask("attack", attack));
    assert.equal((await miner.client.heard("mining_harvest_completed")).ore, 18);
    game.tick(FIGHT_TICKS);
    await raider.client.heard("combat_resolved");
    assert.equal((await harvestOf(game, miner.pilot)).status, "COMPLETED");
    assert.equal(await game.turnsOf(miner.pilot), 995);
    assert.equal(timesHeard(miner.client, "mining_harvest_interrupted"), 0);
    assert.equal(timesHeard(raider.client, "mining_harvest_stopped"), 0);
  });

  it("is complete when the attack comes after its time, but before the beat of a server that is late", async () => {
    const { miner, raider, attack } = await minerAndRaider();
    await accepted(miner.client.ask("harvest"));
    dice.push(...harvestRolls({ ore: 18, tier: 3, laserLevel: 2 }), ...bloodlessFight());
    game.clock.advance(HARVEST_TICKS * TICK_MS);
    await accepted(raider.client.ask("attack", attack));
    game.tick(FIGHT_TICKS);
    await raider.client.heard("combat_resolved");
    assert.equal((await harvestOf(game, miner.pilot)).status, "COMPLETED");
  });

  it("is complete when the attack meets it on its way to the database, and is settled before the fight", async () => {
    const { miner, raider, attack } = await minerAndRaider();
    await accepted(miner.client.ask("harvest"));
    const release = await holdUp(game, miner.pilot);
    dice.push(...harvestRolls({ ore: 10, tier: 3, laserLevel: 2 }), ...bloodlessFight());
    game.tick(HARVEST_TICKS);
    await accepted(raider.client.ask("attack", attack));
    await raider.client.sees(
      "the miner in the fight",
      ({ ships }) => ships.get(miner.pilot.shipId)?.status === "IN_COMBAT",
    );
    game.tick(FIGHT_TICKS);
    assert.equal(timesHeard(miner.client, "mining_harvest_completed"), 0, "its row is locked");
    await refused(miner.client.ask("harvest"), "already_mining");
    await release();
    const [mined, fought] = [
      await miner.client.heard("mining_harvest_completed"),
      await miner.client.heard("combat_resolved"),
    ];
    assert.deepEqual([mined.eventId, fought.eventId], [1, 2]);
    await raider.client.sees("the miner free", ({ ships }) => {
      const ship = ships.get(miner.pilot.shipId);
      return ship?.status === "IN_SPACE" && ship.action.kind === "";
    });
    assert.equal(await game.turnsOf(miner.pilot), 995);
  });

  it("is interrupted once by two raiders at once: one has the fight, the other finds the target taken", async () => {
    const { sectorId, miner, raider, attack } = await minerAndRaider();
    const { client: rival } = await game.fly(sectorId);
    await accepted(miner.client.ask("harvest"));
    dice.push(...bloodlessFight());
    const answers = await Promise.all([raider.client.ask("attack", attack), rival.ask("attack", attack)]);
    const codes = answers.map((answer) => ("refused" in answer ? answer.refused : "accepted"));
    assert.deepEqual(codes.sort(), ["accepted", "target_in_combat"]);
    game.tick(FIGHT_TICKS);
    await miner.client.heard("combat_resolved");
    assert.equal(timesHeard(miner.client, "mining_harvest_interrupted"), 1);
    assert.equal(await game.turnsOf(miner.pilot), 997);
  });

  it("meets an attack on its own attacker: two who attack each other at once have one fight", async () => {
    const { miner, raider, attack } = await minerAndRaider();
    dice.push(...bloodlessFight());
    const answers = await Promise.all([
      raider.client.ask("attack", attack),
      miner.client.ask("attack", { targetId: raider.pilot.shipId }),
    ]);
    const codes = answers.map((answer) => ("refused" in answer ? answer.refused : "accepted"));
    assert.deepEqual(codes.sort(), ["accepted", "ship_busy"]);
    game.tick(FIGHT_TICKS);
    await raider.client.heard("combat_resolved");
    const spent = (await game.turnsOf(miner.pilot)) + (await game.turnsOf(raider.pilot));
    assert.equal(spent, 1980, "one of the two paid the 20 turns");
  });

  it("goes to whoever survives: a miner shot to pieces keeps the interrupt's 2 turns and loses the ship", async () => {
    const { miner, raider, attack } = await minerAndRaider({ hullPoints: 1, shield: 0 });
    await accepted(miner.client.ask("harvest"));
    dice.push(HIT, damageRoll(1), NO_CRIT, ...NO_LOOT);
    await accepted(raider.client.ask("attack", attack));
    game.tick(10);
    const resolved = await miner.client.heard("combat_resolved");
    assert.equal(resolved.outcome, "attacker_victory");
    assert.equal(resolved.destroyedShipId, miner.pilot.shipId);
    assert.equal((await harvestOf(game, miner.pilot)).status, "INTERRUPTED");
    assert.equal(await game.turnsOf(miner.pilot), 997);
  });
});
