import { strict as assert } from "node:assert";
import type { HullType } from "../../src/rules/ships.ts";
import { damageRoll, FAIL, HIT, MISS, SUCCEED } from "../rules/fights.ts";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector, type PilotOptions } from "../support/fixtures.ts";
import { type GameUnderTest, TRANSPORTS, useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, changesNothing, HOUR_MS, newest, refused, timesHeard } from "../support/play.ts";
import { bloodlessFight, NO_LOOT, QUIET_ROUND } from "../support/rolls.ts";

const ROUND_TICKS = 10;

/** A hull that carries no laser. */
function hull(type: HullType): PilotOptions {
  return { hull: type, laserLevel: null };
}

/** Two pilots in a sector of their own. */
async function opponents(
  game: GameUnderTest,
  sectorId: number,
  options: { attacker?: PilotOptions; defender?: PilotOptions; type?: string } = {},
) {
  await makeSector(game.pool, game.world, sectorId, { type: options.type ?? "STANDARD" });
  const attacker = await game.fly(sectorId, options.attacker);
  const defender = await game.fly(sectorId, options.defender);
  const attack = { targetId: defender.pilot.shipId };
  return { attacker, defender, attack };
}

async function shipRow(game: GameUnderTest, shipId: string) {
  return game.row("select hull, shield, status from ships where id = $1", shipId);
}

for (const transport of TRANSPORTS) {
  describe(`a fight over ${transport}`, () => {
    const dice = new ScriptedDice();
    const game = useGame({ transport, dice: () => dice });
    afterEach("no roll is left over", () => assert.equal(dice.left, 0));

    it("is seen by spectators round by round, while the database knows nothing of it until its end", async () => {
      const { attacker, defender, attack } = await opponents(game, 1, { attacker: hull("DEFENDER") });
      const watcher = await game.spectate(1);
      const shields: number[] = [];
      watcher.room.onStateChange((state) => {
        const ship = state.ships.get(defender.pilot.shipId);
        if (ship !== undefined && ship.shield !== shields.at(-1)) shields.push(ship.shield);
      });
      const { fightId, startTick, endTick } = await accepted(attacker.client.ask("attack", attack));
      assert.equal(Number(endTick) - Number(startTick), 10 * ROUND_TICKS);
      const commits = game.server.queue.counts.commits;

      // Two hits for 6 × 10 × 1.5 (the matchup) × 1.2 (plasma), of which shields take 1.2 × 0.97; then the target flees.
      dice.push(HIT, damageRoll(6), MISS, FAIL);
      dice.push(HIT, damageRoll(6), MISS, FAIL);
      dice.push(MISS, MISS, SUCCEED, ...NO_LOOT);
      await changesNothing(game, async () => game.tick(ROUND_TICKS - 1));
      game.tick();
      await watcher.until("a round", (told) => told.some(({ payload }) => payload.round === 1));
      await watcher.sees("the hit", (state) => state.ships.get(defender.pilot.shipId)?.shield === 274);
      game.tick(ROUND_TICKS);
      await watcher.sees("another", (state) => state.ships.get(defender.pilot.shipId)?.shield === 148);
      assert.equal((await shipRow(game, defender.pilot.shipId)).shield, 400, "provisional");
      assert.equal(await game.turnsOf(attacker.pilot), 1000, "reserved, not spent");
      assert.equal(newest(attacker.client).turns, 980);
      assert.equal(newest(attacker.client).turnsReserved, 20);
      game.tick(ROUND_TICKS);
      for (const { client } of [attacker, defender]) await client.heard("combat_resolved");
      await watcher.until("the end", (told) => told.some(({ payload }) => payload.phase === "resolved"));

      assert.equal(game.server.queue.counts.commits, commits + 1, "all of it in one transaction");
      const updates = watcher.told
        .filter(({ type }) => type === "combat_update")
        .map(({ payload }) => payload);
      const rounds = [1, 2, 3].map((round) => updates.find((update) => update.round === round)?.events);
      const hit = [
        { kind: "damage", by: "attacker", shield: 126, hull: 0, crit: false },
        { kind: "miss", by: "defender" },
        { kind: "escape", by: "defender", escaped: false },
      ];
      const away = [
        { kind: "miss", by: "attacker" },
        { kind: "miss", by: "defender" },
        { kind: "escape", by: "defender", escaped: true },
      ];
      assert.deepEqual(rounds, [hit, hit, away]);
      assert.deepEqual(
        updates.map(({ phase }) => phase),
        ["started", "round", "round", "round", "resolved"],
      );
      assert.deepEqual(shields, [400, 274, 148]);
      assert.deepEqual(await shipRow(game, defender.pilot.shipId), {
        hull: 600,
        shield: 148,
        status: "IN_SPACE",
      });
      const log = await game.row("select * from combat_logs where id = $1", fightId);
      assert.deepEqual(
        [log.result, log.rounds, log.turns_spent, log.damage_to_defender, log.damage_to_attacker],
        ["defender_fled", 3, 20, 252, 0],
      );
      assert.equal(log.destroyed_ship_id, null);
      assert.equal(await game.turnsOf(attacker.pilot), 980);
      assert.equal(await game.turnsOf(defender.pilot), 1000);
    });

    it("tells both pilots its end, each from their own side", async () => {
      const { attacker, defender, attack } = await opponents(game, 2);
      dice.push(...bloodlessFight());
      const { fightId } = await accepted(attacker.client.ask("attack", attack));
      game.tick(10 * ROUND_TICKS);
      const told = await Promise.all([
        attacker.client.heard("combat_resolved"),
        defender.client.heard("combat_resolved"),
      ]);
      const common = {
        eventId: 1,
        fightId,
        outcome: "draw",
        rounds: 10,
        destroyedShipId: null,
        loot: {},
      };
      const names = [attacker, defender].map(({ pilot }) => `pilot ${pilot.userId.slice(0, 8)}`);
      assert.deepEqual(told, [
        { ...common, role: "attacker", opponent: names[1] },
        { ...common, role: "defender", opponent: names[0] },
      ]);
    });

    it("is a draw after ten rounds, paid once by whoever attacked", async () => {
      const { attacker, defender, attack } = await opponents(game, 3);
      dice.push(...bloodlessFight());
      await accepted(attacker.client.ask("attack", attack));
      game.tick(10 * ROUND_TICKS - 1);
      assert.equal(timesHeard(attacker.client, "combat_resolved"), 0);
      game.tick();
      assert.equal((await attacker.client.heard("combat_resolved")).outcome, "draw");
      assert.equal(await game.turnsOf(attacker.pilot), 980);
      assert.equal(await game.turnsOf(defender.pilot), 1000);
      game.tick(3 * ROUND_TICKS);
      assert.equal(timesHeard(defender.client, "combat_resolved"), 1);
      await attacker.client.sees("peace", ({ ships }) =>
        [...ships.values()].every(({ status }) => status === "IN_SPACE"),
      );
    });

    it("lets an attacker flee from the next round on, and not before", async () => {
      const { attacker, attack } = await opponents(game, 4);
      const { fightId } = await accepted(attacker.client.ask("attack", attack));
      dice.push(...QUIET_ROUND);
      game.tick(ROUND_TICKS + 3);
      await accepted(attacker.client.ask("flee"));
      // From now on a round ends with the attacker's own roll.
      dice.push(...QUIET_ROUND, FAIL);
      game.tick(ROUND_TICKS);
      dice.push(...QUIET_ROUND, SUCCEED, ...NO_LOOT);
      game.tick(ROUND_TICKS);
      const { outcome, rounds } = await attacker.client.heard("combat_resolved");
      assert.deepEqual({ outcome, rounds }, { outcome: "attacker_fled", rounds: 3 });
      const { log } = await game.row("select log from combat_logs where id = $1", fightId);
      assert.ok(typeof log === "object" && log !== null && "fleeingFrom" in log);
      assert.deepEqual(log.fleeingFrom, { attacker: 1, defender: null });
      assert.equal(await game.turnsOf(attacker.pilot), 980, "fleeing brings no turns back");
      const { sector_id } = await game.row(
        "select sector_id from ships where id = $1",
        attacker.pilot.shipId,
      );
      assert.equal(sector_id, 4, "whoever flees stays in the sector");
    });

    it("lets a defender behind drones flee, who would otherwise stay and fight", async () => {
      const { attacker, defender } = await opponents(game, 5);
      await defender.client.leave();
      await game.pool.query("update players set defense_drones = 4 where id = $1", [defender.pilot.playerId]);
      const back = await game.join(defender.pilot, 5);
      await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      dice.push(MISS, MISS);
      game.tick(ROUND_TICKS);
      await accepted(back.ask("flee"));
      dice.push(MISS, MISS, SUCCEED, ...NO_LOOT);
      game.tick(ROUND_TICKS);
      assert.equal((await back.heard("combat_resolved")).outcome, "defender_fled");
    });

    it("costs nothing to flee from, and nobody flees from no fight", async () => {
      const { attacker, defender, attack } = await opponents(game, 6);
      await changesNothing(game, () => refused(attacker.client.ask("flee"), "not_in_combat"));
      dice.push(...QUIET_ROUND, SUCCEED, ...NO_LOOT);
      await accepted(attacker.client.ask("attack", attack));
      await changesNothing(game, async () => {
        await accepted(attacker.client.ask("flee"));
        await accepted(attacker.client.ask("flee"));
        await accepted(defender.client.ask("flee"));
      });
      game.tick(ROUND_TICKS);
      await attacker.client.heard("combat_resolved");
      await refused(attacker.client.ask("flee"), "not_in_combat");
      await refused(defender.client.ask("flee"), "not_in_combat");
      assert.equal(await game.turnsOf(defender.pilot), 1000);
    });

    it("holds both ships: they neither warp, dock, mine nor attack until it is over", async () => {
      const { attacker, defender, attack } = await opponents(game, 7);
      dice.push(...bloodlessFight());
      await accepted(attacker.client.ask("attack", attack));
      for (const { client } of [attacker, defender]) {
        await refused(client.ask("warp", { sectorId: 1 }), "ship_in_combat");
        await refused(client.ask("dock", { stationId: attack.targetId }), "ship_in_combat");
        await refused(client.ask("undock"), "ship_in_combat");
        await refused(client.ask("claim_hull"), "ship_in_combat");
      }
      game.tick(10 * ROUND_TICKS);
      await attacker.client.heard("combat_resolved");
    });

    it("kills drones before it touches the ship, and takes them from the player", async () => {
      const { attacker, defender } = await opponents(game, 8, { attacker: hull("DEFENDER") });
      await defender.client.leave();
      await game.pool.query("update players set defense_drones = 2 where id = $1", [defender.pilot.playerId]);
      const back = await game.join(defender.pilot, 8);
      await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      // The first of 1–2 drones, × 1.2 and rounded down; then both are gone and the ship tries to get away.
      dice.push(HIT, 0, MISS);
      game.tick(ROUND_TICKS);
      dice.push(HIT, 0, MISS, SUCCEED, ...NO_LOOT);
      game.tick(ROUND_TICKS);
      await back.heard("combat_resolved");
      assert.equal(newest(back).defenseDrones, 0);
      const row = await game.row("select defense_drones from players where id = $1", defender.pilot.playerId);
      assert.equal(row.defense_drones, 0);
      assert.deepEqual(await shipRow(game, defender.pilot.shipId), {
        hull: 600,
        shield: 400,
        status: "IN_SPACE",
      });
    });

    it("begins with the shield regrown since the last one, and leaves it damaged", async () => {
      const { attacker, defender } = await opponents(game, 9, { defender: { shield: 0 } });
      game.clock.advance(2 * HOUR_MS);
      dice.push(HIT, damageRoll(4), MISS, SUCCEED, ...NO_LOOT);
      await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      await attacker.client.sees(
        "the shield",
        ({ ships }) => ships.get(defender.pilot.shipId)?.shield === 16,
      );
      game.tick(ROUND_TICKS);
      await defender.client.heard("combat_resolved");
      // 8 points an hour make 16; a Cargo Hauler's 4 × 2.5 take 10 × 0.8 × 0.97 of them.
      const row = await game.row(
        "select shield, shield_anchor_at from ships where id = $1",
        defender.pilot.shipId,
      );
      assert.deepEqual(row, { shield: 8, shield_anchor_at: new Date(game.clock.nowMs()) });
    });

    it("is not needed to see the shields: whoever arrives sees them as regrown", async () => {
      const { attacker } = await opponents(game, 12, { attacker: { shield: 0 } });
      const { shipId } = attacker.pilot;
      const shown = ({ client }: { client: PilotClient }) => client.state.ships.get(shipId)?.shield;
      assert.equal(shown(attacker), 0);
      game.clock.advance(2 * HOUR_MS);
      const arrived = { client: await game.spectate(12) };
      assert.equal(shown(arrived), 16);
      game.clock.advance(2 * HOUR_MS);
      const late = await game.fly(12);
      assert.equal(shown(late), 32);
      game.tick();
      await attacker.client.sees("it, too", ({ ships }) => ships.get(shipId)?.shield === 32);
    });

    it("does less damage in a nebula", async () => {
      const { attacker, defender, attack } = await opponents(game, 10, {
        attacker: hull("DEFENDER"),
        type: "NEBULA",
      });
      dice.push(HIT, damageRoll(10), MISS, SUCCEED, ...NO_LOOT);
      await accepted(attacker.client.ask("attack", attack));
      game.tick(ROUND_TICKS);
      await defender.client.heard("combat_resolved");
      // 10 × 10 × 1.5 × 1.2 × 0.85 = 153, of which the shield takes 1.2 × 0.97.
      assert.equal((await shipRow(game, defender.pilot.shipId)).shield, 400 - 178);
    });

    it("goes on when both pilots have left, and each reads its end when they come back", async () => {
      const { attacker, defender, attack } = await opponents(game, 11);
      dice.push(...bloodlessFight());
      await accepted(attacker.client.ask("attack", attack));
      await attacker.client.leave();
      await defender.client.leave();
      game.tick(10 * ROUND_TICKS);
      await game.server.queue.drained();
      for (const [{ pilot }, turns] of [
        [attacker, 980],
        [defender, 1000],
      ] as const) {
        const back = await game.join(pilot, 11, { cursor: 0 });
        assert.equal((await back.heard("combat_resolved")).outcome, "draw");
        assert.equal(await game.turnsOf(pilot), turns);
      }
    });
  });
}

describe("a fight on the original's damage scale", () => {
  const dice = new ScriptedDice();
  const game = useGame({ dice: () => dice, env: { COMBAT_DAMAGE_SCALE: "faithful" } });
  afterEach("no roll is left over", () => assert.equal(dice.left, 0));

  it("does a tenth of the damage, and its attackers try to get away at once", async () => {
    const { attacker, defender, attack } = await opponents(game, 1, { attacker: hull("DEFENDER") });
    // As above, 6 × 1.5 × 1.2 = 10.8, of which the shield takes 1.2 × 0.97; then both roll to escape.
    dice.push(HIT, damageRoll(6), MISS, FAIL, SUCCEED, ...NO_LOOT);
    const { fightId } = await accepted(attacker.client.ask("attack", attack));
    game.tick(ROUND_TICKS);
    assert.equal((await defender.client.heard("combat_resolved")).outcome, "attacker_fled");
    assert.equal((await shipRow(game, defender.pilot.shipId)).shield, 400 - 13);
    const { log } = await game.row("select log from combat_logs where id = $1", fightId);
    assert.ok(typeof log === "object" && log !== null && "damageScale" in log);
    assert.equal(log.damageScale, "faithful");
  });
});
