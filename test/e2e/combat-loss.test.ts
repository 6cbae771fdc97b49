import { strict as assert } from "node:assert";
import { type Cargo, COMMODITIES } from "../../src/rules/commodities.ts";
import { u32For } from "../rules/chance.ts";
import { damageRoll, HIT, MISS, NO_CRIT } from "../rules/fights.ts";
import { ScriptedDice } from "../support/dice.ts";
import { type MadePilot, makeSector, makeStation, type PilotOptions } from "../support/fixtures.ts";
import { type GameUnderTest, useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, changesNothing, DAY_MS, newest, refused } from "../support/play.ts";
import { NO_LOOT } from "../support/rolls.ts";

const SECTOR = 1;
const ROUND_TICKS = 10;

/** The next hit is the last. */
const DOOMED: PilotOptions = { hullPoints: 1, shield: 0 };
/** The attacker hits and the target is gone; what the loot rolls is still to be said. */
const KILL = [HIT, damageRoll(10), NO_CRIT];

/** Loot rolls by which this share of every commodity, in percent, changes hands. */
function lootOf(percent: number): number[] {
  return COMMODITIES.flatMap(() => [0, u32For(percent * 100, 3000, 8000)]);
}

async function cargoOf(game: GameUnderTest, shipId: string): Promise<Cargo> {
  const { rows } = await game.pool.query(
    "select commodity, quantity from ship_cargo where ship_id = $1 and quantity > 0",
    [shipId],
  );
  return Object.fromEntries(rows.map(({ commodity, quantity }) => [commodity, quantity]));
}

async function flownBy(game: GameUnderTest, pilot: MadePilot): Promise<Record<string, unknown>> {
  return game.row(
    "select s.* from ships s join players p on p.current_ship_id = s.id where p.id = $1",
    pilot.playerId,
  );
}

describe("the loss of a ship", () => {
  const dice = new ScriptedDice();
  const game = useGame({ dice: () => dice, except: ["cargo_conserved"] });
  let stationId = "";
  before(async () => {
    await makeSector(game.pool, game.world, SECTOR, { type: "STANDARD" });
    stationId = await makeStation(game.pool, game.world, SECTOR);
  });
  afterEach("no roll is left over", () => assert.equal(dice.left, 0));

  /** Fights one round on these rolls, to the death. */
  async function fightToTheDeath(raider: PilotClient, targetId: string, rolls: readonly number[]) {
    const fights = raider.told.filter(({ type }) => type === "combat_resolved").length;
    dice.push(...rolls);
    const { fightId } = await accepted(raider.ask("attack", { targetId }));
    game.tick(ROUND_TICKS);
    await raider.until(
      "the end of the fight",
      (told) => told.filter(({ type }) => type === "combat_resolved").length > fights,
    );
    return String(fightId);
  }

  it("leaves its pilot in an escape pod in place, the ship destroyed, and everybody has seen it", async () => {
    const { pilot: loser, client: losing } = await game.fly(SECTOR, DOOMED);
    const { client: raider } = await game.fly(SECTOR);
    const watcher = await game.spectate(SECTOR);
    const fightId = await fightToTheDeath(raider, loser.shipId, [...KILL, ...NO_LOOT]);

    const pod = await flownBy(game, loser);
    assert.deepEqual(
      [pod.type, pod.status, pod.sector_id, pod.hull, pod.shield, pod.cargo_capacity],
      ["ESCAPE_POD", "IN_SPACE", SECTOR, 200, 150, 50],
    );
    assert.deepEqual(pod.equipment_slots, {});
    const wreck = await game.row("select * from ships where id = $1", loser.shipId);
    assert.deepEqual([wreck.status, wreck.hull], ["DESTROYED", 0]);
    assert.deepEqual(wreck.destroyed_at, new Date(game.clock.nowMs()));
    const log = await game.row("select * from combat_logs where id = $1", fightId);
    assert.deepEqual([log.result, log.destroyed_ship_id, log.rounds], ["attacker_victory", loser.shipId, 1]);
    assert.deepEqual(await watcher.heard("ship_destroyed"), {
      shipId: loser.shipId,
      pilotId: loser.playerId,
      podId: pod.id,
    });
    await watcher.sees("the pod in the ship's place", ({ ships }) => {
      const shown = ships.get(String(pod.id));
      return (
        ships.get(loser.shipId) === undefined &&
        shown?.hullType === "ESCAPE_POD" &&
        shown.status === "IN_SPACE" &&
        shown.hull === 200 &&
        shown.action.kind === ""
      );
    });
    await losing.until("the pod", () => newest(losing).shipId === pod.id);
    await refused(raider.ask("attack", { targetId: pod.id }), "escape_pods_are_indestructible");
  });

  it("gives the victor part of the hold and leaves the rest in the wreck: nothing is made or lost", async () => {
    const hold = { ore: 0, organics: 101, fuel: 40, colonists: 3 };
    const { pilot: loser } = await game.fly(SECTOR, { ...DOOMED, cargo: hold });
    const { pilot: victor, client: raider } = await game.fly(SECTOR, { cargo: { fuel: 5 } });
    await fightToTheDeath(raider, loser.shipId, [...KILL, ...lootOf(50)]);
    const loot = { organics: 50, fuel: 20, colonists: 1 };
    assert.deepEqual((await raider.heard("combat_resolved")).loot, loot);
    assert.deepEqual(await cargoOf(game, victor.shipId), { ...loot, fuel: 25 });
    assert.deepEqual(await cargoOf(game, loser.shipId), { organics: 51, fuel: 20, colonists: 2 });
    assert.deepEqual(newest(raider).cargo, { ...loot, fuel: 25 });
  });

  it("gives the victor no more than the hold has room for, in the order of commodities", async () => {
    const { pilot: loser } = await game.fly(SECTOR, { ...DOOMED, cargo: { organics: 100, fuel: 100 } });
    const { pilot: victor, client: raider } = await game.fly(SECTOR, { cargo: { equipment: 940 } });
    await fightToTheDeath(raider, loser.shipId, [...KILL, ...lootOf(50)]);
    assert.deepEqual(await cargoOf(game, victor.shipId), { organics: 50, fuel: 10, equipment: 940 });
    assert.deepEqual(await cargoOf(game, loser.shipId), { organics: 50, fuel: 90 });
  });

  it("moves the whole wallet of shards and crystals to the victor", async () => {
    const loser = await game.pilot(SECTOR, DOOMED);
    const victor = await game.pilot(SECTOR);
    for (const [{ playerId }, shards, crystals] of [
      [loser, 7, 3],
      [victor, 1, 0],
    ] as const) {
      const text = "update players set quantum_shards = $2, quantum_crystals = $3 where id = $1";
      await game.pool.query(text, [playerId, shards, crystals]);
    }
    const losing = await game.join(loser, SECTOR);
    const raider = await game.join(victor, SECTOR);
    await fightToTheDeath(raider, loser.shipId, [...KILL, ...NO_LOOT]);
    await losing.heard("combat_resolved");
    const wallet = "select quantum_shards, quantum_crystals from players where id = $1";
    assert.deepEqual(await game.row(wallet, loser.playerId), { quantum_shards: 0, quantum_crystals: 0 });
    assert.deepEqual(await game.row(wallet, victor.playerId), { quantum_shards: 8, quantum_crystals: 3 });
    assert.deepEqual([newest(raider).quantumShards, newest(losing).quantumShards], [8, 0]);
  });

  it("happens to attackers too: they pay, lose the ship, and the defender takes the loot", async () => {
    const { pilot: defender, client: defending } = await game.fly(SECTOR);
    const { pilot: attacker, client: raider } = await game.fly(SECTOR, {
      ...DOOMED,
      cargo: { organics: 10 },
    });
    await fightToTheDeath(raider, defender.shipId, [MISS, HIT, damageRoll(10), NO_CRIT, ...lootOf(80)]);
    const { outcome, destroyedShipId } = await defending.heard("combat_resolved");
    assert.deepEqual(
      { outcome, destroyedShipId },
      { outcome: "defender_victory", destroyedShipId: attacker.shipId },
    );
    assert.deepEqual(await cargoOf(game, defender.shipId), { organics: 8 });
    assert.equal((await flownBy(game, attacker)).type, "ESCAPE_POD");
    assert.equal(await game.turnsOf(attacker), 980);
  });

  it("is made good at a station: the pod docks, claims the start region's hull, and flies on", async () => {
    const { pilot: loser, client: losing } = await game.fly(SECTOR, DOOMED);
    const { client: raider } = await game.fly(SECTOR);
    await changesNothing(game, () => refused(losing.ask("claim_hull"), "ship_not_lost"));
    await fightToTheDeath(raider, loser.shipId, [...KILL, ...NO_LOOT]);
    await losing.heard("combat_resolved");
    const pod = await flownBy(game, loser);
    await changesNothing(game, () => refused(losing.ask("claim_hull"), "must_be_docked"));
    await changesNothing(game, () => refused(losing.ask("harvest"), "not_an_asteroid_field"));
    assert.equal((await accepted(losing.ask("dock", { stationId }))).turnsSpent, 1);

    const { shipId, hullType } = await accepted(losing.ask("claim_hull"));
    assert.equal(hullType, "CARGO_HAULER");
    const hull = await flownBy(game, loser);
    assert.equal(hull.id, shipId);
    assert.deepEqual(
      [hull.type, hull.status, hull.docked_station_id, hull.hull, hull.shield, hull.cargo_capacity],
      ["CARGO_HAULER", "DOCKED", stationId, 600, 400, 1000],
    );
    assert.deepEqual(hull.equipment_slots, { mining_laser: { level: 0 } });
    assert.equal((await game.row("select status from ships where id = $1", pod.id)).status, "DESTROYED");
    assert.equal(await game.turnsOf(loser), 999, "the hull is free");
    await raider.sees("the new hull at the station, and no pod", ({ ships }) => {
      const shown = ships.get(String(shipId));
      return (
        shown?.status === "DOCKED" && shown.stationId === stationId && ships.get(String(pod.id)) === undefined
      );
    });
    await losing.until("the new ship", () => newest(losing).shipId === shipId);
    await changesNothing(game, () => refused(losing.ask("claim_hull"), "ship_not_lost"));
    await accepted(losing.ask("undock"));
    await refused(losing.ask("undock"), "not_docked");
  });

  it("brings a Scout when it happens again within 24 h, and the full hull again at exactly 24 h", async () => {
    const raider = await game.fly(SECTOR);
    let flying = await game.fly(SECTOR, DOOMED);
    const { pilot } = flying;
    const loseAndClaim = async (atMs: number): Promise<unknown> => {
      const lost = await flownBy(game, pilot);
      await fightToTheDeath(raider.client, String(lost.id), [...KILL, ...NO_LOOT]);
      await flying.client.until("the pod", () => newest(flying.client).shipId !== lost.id);
      await accepted(flying.client.ask("dock", { stationId }));
      game.clock.advance(atMs - game.clock.nowMs());
      const { hullType, shipId } = await accepted(flying.client.ask("claim_hull"));
      await accepted(flying.client.ask("undock"));
      await flying.client.leave();
      // Brought to the brink again, for the next loss.
      await game.pool.query("update ships set hull = 1, shield = 0, shield_anchor_at = $2 where id = $1", [
        shipId,
        new Date(game.clock.nowMs()),
      ]);
      flying = { pilot, client: await game.join(pilot, SECTOR) };
      return hullType;
    };
    const startMs = game.clock.nowMs() + 60_000;
    assert.equal(await loseAndClaim(startMs), "CARGO_HAULER");
    assert.equal(await loseAndClaim(startMs + DAY_MS - 1), "SCOUT_SHIP");
    assert.deepEqual((await flownBy(game, pilot)).equipment_slots, {}, "a Scout cannot carry a laser");
    assert.equal(await loseAndClaim(startMs + DAY_MS - 1 + DAY_MS), "CARGO_HAULER");
  });

  it("takes the pod's cargo over into the claimed hull", async () => {
    const pilot = await game.pilot(SECTOR, {
      hull: "ESCAPE_POD",
      laserLevel: null,
      cargo: { organics: 20 },
    });
    const client = await game.join(pilot, SECTOR);
    await accepted(client.ask("dock", { stationId }));
    const { shipId } = await accepted(client.ask("claim_hull"));
    assert.deepEqual(await cargoOf(game, String(shipId)), { organics: 20 });
    assert.deepEqual(await cargoOf(game, pilot.shipId), {});
  });
});
