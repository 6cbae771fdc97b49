import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { makeSector, makeStation, type PilotOptions } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, DAY_MS, flyDocked, makeRegion, makeWreck, refuses } from "../support/play.ts";

/** Asteroid fields. */
const FIELD = 1;
const ELSEWHERE = 2;

const TURN_MS = 86_400;

describe("a refused attack", () => {
  // No fight has made the wrecks of these tests.
  const game = useGame({ harvestTicks: 10, except: ["wrecks_have_causes"] });
  let guarded = "";
  let unguarded = "";
  let guardedElsewhere = "";
  let peaceful = 0;
  let lawful = 0;
  before(async () => {
    await makeSector(game.pool, game.world, FIELD);
    await makeSector(game.pool, game.world, ELSEWHERE);
    const peace = await makeRegion(game.pool, { pvpRules: "forbidden" });
    peaceful = await makeSector(game.pool, peace, 101);
    lawful = await makeSector(game.pool, await makeRegion(game.pool, { pvpRules: "flagged_only" }), 102);
    guarded = await makeStation(game.pool, game.world, FIELD, "basic");
    unguarded = await makeStation(game.pool, game.world, FIELD, "none");
    guardedElsewhere = await makeStation(game.pool, game.world, ELSEWHERE, "basic");
    await makeStation(game.pool, peace, peaceful, "none");
  });

  async function makeTeam(): Promise<string> {
    const { id } = await game.row(
      "insert into teams (id, name) values (gen_random_uuid(), gen_random_uuid()::text) returning id",
    );
    return String(id);
  }

  /** A pilot in an escape pod, without a laser. */
  const inPod: PilotOptions = { hull: "ESCAPE_POD", laserLevel: null };

  it("is aimed at the attacker's own ship or wreck, here or elsewhere: cannot_attack_self", async () => {
    const { pilot, client } = await game.fly(FIELD);
    await refuses(game, client, "attack", { targetId: pilot.shipId }, "cannot_attack_self");
    await refuses(game, client, "attack", { targetId: await makeWreck(game, pilot) }, "cannot_attack_self");
  });

  it("is aimed at a team mate, even in a pod or in another sector: friendly_fire", async () => {
    const teamId = await makeTeam();
    const { client } = await game.fly(FIELD, { teamId });
    for (const [sectorId, options] of [
      [FIELD, {}],
      [FIELD, inPod],
      [ELSEWHERE, {}],
    ] as const) {
      const { pilot: mate } = await game.fly(sectorId, { ...options, teamId });
      await refuses(game, client, "attack", { targetId: mate.shipId }, "friendly_fire");
    }
    const { pilot: asleep } = { pilot: await game.pilot(ELSEWHERE, { teamId }) };
    await refuses(game, client, "attack", { targetId: asleep.shipId }, "friendly_fire");
  });

  it("is aimed at a pilot of another team or of none, and is accepted", async () => {
    for (const teams of [
      [await makeTeam(), await makeTeam()],
      [undefined, await makeTeam()],
      [undefined, undefined],
    ]) {
      const [own, others] = teams.map((teamId) => (teamId === undefined ? {} : { teamId }));
      const { client } = await game.fly(FIELD, own);
      const { pilot: target } = await game.fly(FIELD, others);
      await accepted(client.ask("attack", { targetId: target.shipId }));
      game.tick(100);
      await client.heard("combat_resolved");
    }
  });

  it("is aimed at a wreck: no_active_ship", async () => {
    const { client } = await game.fly(FIELD);
    const { pilot: other } = await game.fly(FIELD);
    await refuses(game, client, "attack", { targetId: await makeWreck(game, other) }, "no_active_ship");
  });

  it("is aimed at a pod, docked or not: escape_pods_are_indestructible", async () => {
    const { client } = await game.fly(FIELD, { turns: 0 });
    const { pilot: target, client: pod } = await game.fly(FIELD, inPod);
    const targetId = target.shipId;
    await refuses(game, client, "attack", { targetId }, "escape_pods_are_indestructible");
    await accepted(pod.ask("dock", { stationId: guarded }));
    await refuses(game, client, "attack", { targetId }, "escape_pods_are_indestructible");
  });

  it("comes from a pod, which return fire could destroy: escape_pods_cannot_attack, before the lack of turns", async () => {
    const { client } = await game.fly(FIELD, { ...inPod, turns: 0 });
    const { pilot: target } = await game.fly(FIELD);
    await refuses(game, client, "attack", { targetId: target.shipId }, "escape_pods_cannot_attack");
  });

  it("is aimed at a harmonizing ship: target_invulnerable, before the lack of turns", async () => {
    const target = await game.pilot(FIELD);
    await game.pool.query("update ships set status = 'HARMONIZING' where id = $1", [target.shipId]);
    await game.join(target, FIELD);
    const { client } = await game.fly(FIELD, { turns: 0 });
    await refuses(game, client, "attack", { targetId: target.shipId }, "target_invulnerable");
  });

  it("is aimed at a ship at a guarded station: ERR_DOCKED_SHIP_PROTECTED, before the lack of turns", async () => {
    const { pilot: target } = await flyDocked(game, FIELD, guarded, {});
    const { client } = await game.fly(FIELD, { turns: 0 });
    await refuses(game, client, "attack", { targetId: target.shipId }, "ERR_DOCKED_SHIP_PROTECTED");
  });

  it("is accepted against a ship at a station that nobody guards", async () => {
    const { pilot: target, client: docked } = await flyDocked(game, FIELD, unguarded, {});
    const { client } = await game.fly(FIELD);
    await accepted(client.ask("attack", { targetId: target.shipId }));
    assert.equal((await client.heard("combat_update")).phase, "started");
    game.tick(100);
    await docked.heard("combat_resolved");
    const berth = await game.row("select status, docked_station_id from ships where id = $1", target.shipId);
    assert.ok(berth.status === "DESTROYED" || berth.docked_station_id === unguarded, "it stays at its berth");
  });

  it("is aimed at a ship elsewhere, whatever it is, or none at all: not_in_your_sector, before the lack of turns", async () => {
    const { client } = await game.fly(FIELD, { turns: 0 });
    const { pilot: elsewhere } = await game.fly(ELSEWHERE);
    const { pilot: gone, client: leaver } = await game.fly(FIELD);
    await leaver.leave();
    await client.sees("the ship gone", (state) => state.ships.get(gone.shipId) === undefined);
    // What they are and do is told to nobody who is not with them (docs/decisions/0015).
    const { pilot: pod } = await game.fly(ELSEWHERE, inPod);
    const harmonizing = await game.pilot(ELSEWHERE);
    await game.pool.query("update ships set status = 'HARMONIZING' where id = $1", [harmonizing.shipId]);
    const { pilot: docked } = await flyDocked(game, ELSEWHERE, guardedElsewhere, {});
    const others = [pod, harmonizing, docked].map(({ shipId }) => shipId);
    for (const targetId of [elsewhere.shipId, gone.shipId, ...others, randomUUID()]) {
      const detail = await refuses(game, client, "attack", { targetId }, "not_in_your_sector");
      assert.deepEqual(detail, { targetId });
    }
  });

  it("comes with too few turns for the target's hull: insufficient_turns, before docked", async () => {
    const atMs = game.clock.nowMs();
    const { client } = await flyDocked(game, FIELD, guarded, { turns: 20, at: new Date(atMs) });
    const { pilot: hauler } = await game.fly(FIELD);
    const { pilot: scout } = await game.fly(FIELD, { hull: "SCOUT_SHIP", laserLevel: null });
    const detail = await refuses(game, client, "attack", { targetId: hauler.shipId }, "insufficient_turns");
    assert.deepEqual(detail, { turns: 19, needed: 20, nextTurnAtMs: atMs + TURN_MS });
    await refuses(game, client, "attack", { targetId: scout.shipId }, "must_be_undocked");
  });

  it("comes from a docked ship: must_be_undocked, before the law of the region", async () => {
    const { client } = await game.fly(peaceful);
    const [station] = [...client.state.stations.keys()];
    await accepted(client.ask("dock", { stationId: station }));
    const { pilot: target } = await game.fly(peaceful);
    await refuses(game, client, "attack", { targetId: target.shipId }, "must_be_undocked");
  });

  it("comes where combat is forbidden: combat_forbidden_here, before the attacker's own harvest", async () => {
    const { client } = await game.fly(peaceful);
    const { pilot: target } = await game.fly(peaceful);
    await refuses(game, client, "attack", { targetId: target.shipId }, "combat_forbidden_here");
    await accepted(client.ask("harvest"));
    await refuses(game, client, "attack", { targetId: target.shipId }, "combat_forbidden_here");
    game.tick(10);
    await client.heard("mining_harvest_completed");
  });

  it("is let through by a region of flagged combat against suspect, wanted and grey pilots alone", async () => {
    const { client: raider, pilot: attacker } = await game.fly(lawful);
    await game.pool.query("update players set is_suspect = true where id = $1", [attacker.playerId]);
    const { pilot: innocent } = await game.fly(lawful);
    await refuses(game, raider, "attack", { targetId: innocent.shipId }, "combat_forbidden_here");
    const was = new Date(game.clock.nowMs() - 1);
    const soon = new Date(game.clock.nowMs() + DAY_MS);
    for (const [column, value, flagged] of [
      ["is_suspect", true, true],
      ["is_wanted", true, true],
      ["grey_until", soon, true],
      ["grey_until", was, false],
    ] as const) {
      const target = await game.pilot(lawful);
      await game.pool.query(`update players set ${column} = $2 where id = $1`, [target.playerId, value]);
      await game.join(target, lawful);
      const attack = { targetId: target.shipId };
      if (!flagged) await refuses(game, raider, "attack", attack, "combat_forbidden_here");
      else {
        const fights = raider.told.filter(isResolved).length;
        await accepted(raider.ask("attack", attack));
        game.tick(100);
        await raider.until("the fight's end", (told) => told.filter(isResolved).length > fights);
      }
    }
  });

  it("comes from a ship that is mining, harmonizing or fighting: ship_busy, before the target's own fight", async () => {
    const { pilot: target, client: defender } = await game.fly(FIELD);
    const { client: first } = await game.fly(FIELD);
    const { client: miner } = await game.fly(FIELD);
    const laidUp = await game.pilot(FIELD);
    await game.pool.query("update ships set status = 'HARMONIZING' where id = $1", [laidUp.shipId]);
    const harmonizing = await game.join(laidUp, FIELD);
    const { pilot: bystander } = await game.fly(FIELD);
    await accepted(miner.ask("harvest"));
    await accepted(first.ask("attack", { targetId: target.shipId }));
    for (const client of [miner, first, defender, harmonizing]) {
      await refuses(game, client, "attack", { targetId: bystander.shipId }, "ship_busy");
    }
    await refuses(game, miner, "attack", { targetId: target.shipId }, "ship_busy");
    game.tick(100);
    await first.heard("combat_resolved");
    await miner.heard("mining_harvest_completed");
  });

  it("is aimed at a ship that fights already: target_in_combat, on either side of that fight", async () => {
    const { pilot: target } = await game.fly(FIELD);
    const { pilot: attacker, client: first } = await game.fly(FIELD);
    const { client: third } = await game.fly(FIELD);
    await accepted(first.ask("attack", { targetId: target.shipId }));
    await refuses(game, third, "attack", { targetId: target.shipId }, "target_in_combat");
    await refuses(game, third, "attack", { targetId: attacker.shipId }, "target_in_combat");
    game.tick(100);
    await first.heard("combat_resolved");
  });

  it("interrupts no harvest: whoever is refused leaves the miner in peace, to the end", async () => {
    const { pilot: miner, client: mining } = await game.fly(FIELD);
    const { client: poor } = await game.fly(FIELD, { turns: 19 });
    const { client: docked } = await flyDocked(game, FIELD, guarded, {});
    await accepted(mining.ask("harvest"));
    await refuses(game, poor, "attack", { targetId: miner.shipId }, "insufficient_turns");
    await refuses(game, docked, "attack", { targetId: miner.shipId }, "must_be_undocked");
    game.tick(10);
    await mining.heard("mining_harvest_completed");
    assert.equal(await game.turnsOf(miner), 995);
  });
});

function isResolved({ type }: { type: string }): boolean {
  return type === "combat_resolved";
}
