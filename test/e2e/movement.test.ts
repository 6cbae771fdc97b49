import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { makeStation, makeWarp } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import {
  accepted,
  follow,
  holdUp,
  newest,
  newNeighbours,
  newSector,
  refused,
  refuses,
  underWay,
  warpTo,
} from "../support/play.ts";

const TURN_MS = 86_400;
const HARVEST_TICKS = 10;
const FIGHT_TICKS = 100;

for (const transport of TRANSPORTS) {
  describe(`a warp over ${transport}`, () => {
    const game = useGame({ transport, harvestTicks: HARVEST_TICKS });
    it("takes the ship out of the one sector and puts it into the other, for its turns", async () => {
      const { here, there } = await newNeighbours(game, {}, 3);
      const flown = await game.fly(here);
      const watcher = await game.spectate(here);
      await watcher.sees("the ship", ({ ships }) => ships.get(flown.pilot.shipId) !== undefined);
      const answer = await accepted(flown.client.ask("warp", { sectorId: there }));
      assert.deepEqual([answer.sectorId, answer.turnsSpent], [there, 3]);
      assert.equal(await game.turnsOf(flown.pilot), 997, "durable when it is answered");
      await watcher.sees("the ship gone", ({ ships }) => ships.get(flown.pilot.shipId) === undefined);

      const client = await follow(game, flown.pilot, answer.seat);
      assert.equal(client.state.sectorId, there);
      assert.equal(client.state.ships.get(flown.pilot.shipId)?.status, "IN_SPACE");
      assert.equal((await client.heard("welcome")).sectorId, there);
      await client.heard("pilot");
      assert.equal(newest(client).turns, 997);
      const row = await game.row(
        "select kind, from_sector_id, to_sector_id, turns_spent from movements where player_id = $1",
        flown.pilot.playerId,
      );
      assert.deepEqual(row, { kind: "warp", from_sector_id: here, to_sector_id: there, turns_spent: 3 });
      await refused(flown.client.ask("harvest"), "not_in_sector");
    });

    it("goes both ways through an ordinary tunnel", async () => {
      const { here, there } = await newNeighbours(game);
      const flown = await game.fly(here);
      assert.equal(flown.client.state.warps.get(String(there))?.turnCost, 1);
      const { client } = await warpTo(game, flown, there);
      assert.equal(client.state.warps.get(String(here))?.turnCost, 1);
      const back = await warpTo(game, { ...flown, client }, here);
      assert.equal(back.client.state.sectorId, here);
      assert.equal(await game.turnsOf(flown.pilot), 998);
    });

    it("goes one way only through a one-way tunnel: no_such_warp back", async () => {
      const { here, there } = await newNeighbours(game);
      await game.pool.query("update sector_warps set is_bidirectional = false where source_sector_id = $1", [
        here,
      ]);
      const flown = await game.fly(here);
      const { client } = await warpTo(game, flown, there);
      assert.equal(client.state.warps.size, 0);
      assert.deepEqual(await refuses(game, client, "warp", { sectorId: here }, "no_such_warp"), {
        sectorId: here,
      });
    });

    it("takes no latent tunnel, nor one that is not there: no_such_warp", async () => {
      const { here, there } = await newNeighbours(game);
      await game.pool.query("update sector_warps set is_latent = true where source_sector_id = $1", [here]);
      const elsewhere = await newSector(game);
      const { client } = await game.fly(here);
      assert.equal(client.state.warps.size, 0);
      for (const sectorId of [there, elsewhere, 2 ** 31]) {
        await refuses(game, client, "warp", { sectorId }, "no_such_warp");
      }
    });

    it("to where the ship is costs nothing and leaves everything as it is, for the first time and again", async () => {
      const { here, there } = await newNeighbours(game, {}, 0);
      const { pilot, client } = await game.fly(here, { turns: 0 });
      const requestId = randomUUID();
      const { requestId: _, ...answer } = await accepted(client.ask("warp", { requestId, sectorId: here }));
      assert.deepEqual(answer, { sectorId: here, turnsSpent: 0, seat: null });
      assert.equal(client.state.ships.get(pilot.shipId)?.status, "IN_SPACE");
      const away = await warpTo(game, { pilot, client }, there);
      const again = await accepted(away.client.ask("warp", { requestId, sectorId: here }));
      assert.equal(again.repeated, true);
      assert.ok(away.client.state.ships.has(pilot.shipId));
      assert.equal(await game.turnsOf(pilot), 0);
    });

    it("is free through a gate that players built", async () => {
      const { here, there } = await newNeighbours(game, {}, 0);
      const flown = await game.fly(here, { turns: 0 });
      const { answer } = await warpTo(game, flown, there);
      assert.equal(answer.turnsSpent, 0);
    });

    it("costs what everybody sees where two tunnels join the same sectors: the cheaper one", async () => {
      const { here, there } = await newNeighbours(game, {}, 3);
      await makeWarp(game.pool, there, here, 2);
      const flown = await game.fly(here);
      assert.equal(flown.client.state.warps.get(String(there))?.turnCost, 2);
      const { answer } = await warpTo(game, flown, there);
      assert.equal(answer.turnsSpent, 2);
      assert.equal(await game.turnsOf(flown.pilot), 998);
    });

    it("asks for its turns and no fewer: insufficient_turns, with the time of the next", async () => {
      const { here, there } = await newNeighbours(game, {}, 3);
      const atMs = game.clock.nowMs();
      const flown = await game.fly(here, { turns: 2, at: new Date(atMs) });
      const detail = await refuses(game, flown.client, "warp", { sectorId: there }, "insufficient_turns");
      assert.deepEqual(detail, { turns: 2, needed: 3, nextTurnAtMs: atMs + TURN_MS });
      game.clock.advance(TURN_MS);
      await warpTo(game, flown, there);
    });

    it("is not for ships that are mining, docked, or laid up: ship_mining, must_be_undocked, ship_busy", async () => {
      const { here, there } = await newNeighbours(game);
      const stationId = await makeStation(game.pool, game.world, here);
      const { client } = await game.fly(here);
      await accepted(client.ask("harvest"));
      await refuses(game, client, "warp", { sectorId: there }, "ship_mining");
      game.tick(HARVEST_TICKS);
      await client.heard("mining_harvest_completed");
      await accepted(client.ask("dock", { stationId }));
      await refuses(game, client, "warp", { sectorId: there }, "must_be_undocked");
      await refuses(game, client, "warp", { sectorId: here }, "must_be_undocked");

      const pilot = await game.pilot(here);
      await game.pool.query("update ships set status = 'HARMONIZING' where id = $1", [pilot.shipId]);
      await refuses(game, await game.join(pilot, here), "warp", { sectorId: there }, "ship_busy");
    });

    it("escapes an attack that comes while it is on its way to the database: not_in_your_sector", async () => {
      const { here, there } = await newNeighbours(game);
      const flown = await game.fly(here);
      const { pilot: raider, client: raiding } = await game.fly(here);
      const release = await holdUp(game, flown.pilot);
      const leaving = flown.client.ask("warp", { sectorId: there });
      await underWay(game, flown.pilot);
      const attacking = raiding.ask("attack", { targetId: flown.pilot.shipId });
      await release();
      const { seat } = await accepted(leaving);
      await refused(attacking, "not_in_your_sector");
      await follow(game, flown.pilot, seat);
      assert.equal(await game.turnsOf(raider), 1000);
    });

    it("that fails is followed by the attack that waited for it; not by one whose pilot has left, even to come back", async () => {
      const { here, there } = await newNeighbours(game);
      const { client: bystander } = await game.fly(here);
      for (const stays of [true, false]) {
        const { pilot: target, client } = await game.fly(here, { turns: 0 });
        const { pilot: attacker, client: raider } = await game.fly(here);
        const release = await holdUp(game, target);
        const leaving = client.ask("warp", { sectorId: there });
        await underWay(game, target);
        raider.room.send("attack", { requestId: randomUUID(), targetId: target.shipId });
        // The server has the attack when it answers what came after it, and has looked for an earlier copy of it when
        // it has done so for somebody else's later request.
        raider.room.send("attack", { requestId: "malformed" });
        await raider.until("an answer", (told) =>
          told.some(({ payload }) => payload.requestId === "malformed"),
        );
        await refused(bystander.ask("undock"), "not_docked");
        if (!stays) {
          await raider.leave();
          await game.join(attacker, here);
        }
        await release();
        await refused(leaving, "insufficient_turns");
        if (stays) {
          await raider.until("a fight", (told) => told.some(({ type }) => type === "accepted"));
          game.tick(FIGHT_TICKS);
          await client.heard("combat_resolved");
        } else {
          await refused(client.ask("flee"), "not_in_combat");
        }
      }
      const fights = await game.row("select count(*)::int from combat_logs where sector_id = $1", here);
      assert.equal(fights.count, 1);
    });
  });
}
