import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { COMMANDS } from "../../src/commands/catalogue.ts";
import { ScriptedDice } from "../support/dice.ts";
import { type MadePilot, makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import { accepted, changesNothing, newest, refused } from "../support/play.ts";
import {
  askForSeat,
  drop,
  epochOf,
  joinRefused,
  letRoomsEnd,
  listedRooms,
  reconnect,
  reserveSeat,
  roomOf,
  takeSeat,
  theSeat,
  writeEvent,
} from "../support/presence.ts";
import { bloodlessFight } from "../support/rolls.ts";
import { FIGHT_TICKS, HARVEST_DICE, HARVEST_TICKS } from "../support/scenes.ts";
import { until } from "../support/until.ts";
import { WireClient } from "../support/wire-client.ts";

/** Every key that a decoded value has at any depth, and every value that is none of these itself. */
function partsOf(value: unknown): { keys: Set<string>; values: Set<unknown> } {
  const keys = new Set<string>();
  const values = new Set<unknown>();
  const walk = (part: unknown): void => {
    if (typeof part !== "object" || part === null) {
      values.add(part);
      return;
    }
    for (const [key, inner] of Object.entries(part)) {
      if (!Array.isArray(part)) keys.add(key);
      walk(inner);
    }
  };
  walk(value);
  return { keys, values };
}

for (const transport of TRANSPORTS) {
  describe(`what spectators are told, over ${transport}`, () => {
    const dice = new ScriptedDice();
    const game = useGame({ transport, harvestTicks: HARVEST_TICKS, dice: () => dice });
    let stationId = "";
    before(async () => {
      for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
      await makeWarp(game.pool, 7, 8);
      stationId = await makeStation(game.pool, game.world, 7);
    });
    afterEach(async () => {
      await letRoomsEnd(game);
      assert.equal(dice.left, 0);
    });

    /** Nobody could meet these numbers by accident. */
    async function makeRich(pilot: MadePilot, credits: number, standing: number): Promise<void> {
      await game.pool.query("update players set credits = $2 where id = $1", [pilot.playerId, credits]);
      await game.pool.query(
        `insert into reputations (player_id, faction_id, current_value, current_level)
          select $1, id, $2, 'REVERED' from factions where faction_type = 'FEDERATION' limit 1`,
        [pilot.playerId, standing],
      );
    }

    it("is nothing that belongs to a pilot alone, in whatever happens in the sector", async () => {
      const miner = await game.pilot(7, { turns: 877, cargo: { organics: 733 } });
      await makeRich(miner, 987_654, 613);
      const raider = await game.pilot(7, { turns: 866, cargo: { fuel: 719 } });
      await makeRich(raider, 876_543, 617);
      const opener = await game.join(miner, 7);
      const spectator = await WireClient.join(
        game,
        await reserveSeat(game, null, { sectorId: 7, spectate: true }),
      );
      const minersClient = await game.join(miner, 7);
      const raidersClient = await game.join(raider, 7);
      const clients = [opener, minersClient, raidersClient];

      // A harvest that ends, one that is interrupted, a fight, a berth, a job's event, a drop, an answer repeated, a warp.
      const requestId = randomUUID();
      await accepted(minersClient.ask("harvest", { requestId }));
      await accepted(minersClient.ask("harvest", { requestId }));
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await minersClient.heard("mining_harvest_completed");
      await accepted(minersClient.ask("harvest"));
      await accepted(raidersClient.ask("attack", { targetId: miner.shipId }));
      dice.push(...bloodlessFight());
      game.tick(FIGHT_TICKS);
      await minersClient.heard("combat_resolved");
      await raidersClient.heard("combat_resolved");
      await accepted(raidersClient.ask("dock", { stationId }));
      await writeEvent(game.pool, raider.playerId, { credits: 876_543 });
      await raidersClient.heard("parcel_delivered");
      await refused(raidersClient.ask("warp", { sectorId: 8 }), "must_be_undocked");
      await drop(game, raidersClient, 7);
      await reconnect(game, raidersClient);
      const turnsLeft = newest(minersClient).turns;
      const warped = await accepted(minersClient.ask("warp", { sectorId: 8 }));
      game.tick(5);
      const lastSeen = () => JSON.stringify(spectator.states.at(-1));
      await until("the spectator has seen the ship leave", () => !lastSeen().includes(miner.shipId));
      await takeSeat(game, theSeat(warped.seat));

      const { keys, values } = partsOf([spectator.messages, spectator.states]);
      for (const key of [
        "credits",
        "turns",
        "turnsReserved",
        "turnsRefunded",
        "turnsSpent",
        "maxTurns",
        "nextTurnAtMs",
        "cargo",
        "cargoFree",
        "cargoCapacity",
        "loot",
        "ore",
        "equipment",
        "standing",
        "eventId",
        "requestId",
        "seat",
        "sessionId",
        "reconnectionToken",
        "userId",
      ]) {
        assert.ok(!keys.has(key), `a spectator was told somebody's ${key}`);
      }
      const turnsNow = [await game.turnsOf(miner), await game.turnsOf(raider), turnsLeft];
      for (const value of [987_654, 876_543, 613, 617, 733, 719, 877, 866, ...turnsNow]) {
        assert.ok(!values.has(value), `a spectator was told ${value}`);
      }
      const bytes = Buffer.concat(spectator.frames.map(({ payload }) => payload)).toString("latin1");
      const secrets = [
        miner.userId,
        raider.userId,
        requestId,
        await game.token(miner.userId),
        theSeat(warped.seat).sessionId,
        ...clients.flatMap(({ room }) => [room.sessionId, room.reconnectionToken.split(":")[1] ?? ""]),
      ];
      for (const secret of secrets) assert.ok(!bytes.includes(secret), `a spectator was sent ${secret}`);

      // That all of this would have been seen, had it been there.
      const messages = spectator.messages.map(({ type }) => type);
      for (const type of ["mining_harvest_started", "mining_harvest_stopped", "combat_update"]) {
        assert.ok(messages.includes(type), type);
      }
      assert.ok(bytes.includes(miner.shipId));
      assert.ok(keys.has("hull"));
      spectator.end();
    });

    it("is a refusal of everything they try to do, which changes nothing", async () => {
      const { pilot } = await game.fly(7);
      const spectator = await game.spectate(7);
      await changesNothing(game, async () => {
        for (const { name } of COMMANDS) {
          const body = { targetId: pilot.shipId, sectorId: 8, stationId, shipId: pilot.shipId };
          await refused(spectator.ask(name, body), "spectators_cannot_act");
          await assert.rejects(spectator.room.request(name, { ...body, requestId: "r" }), (error: Error) => {
            assert.match(JSON.stringify(error), /spectators_cannot_act/);
            return true;
          });
        }
        await refused(spectator.ask("cheat"), "unknown_message");
        spectator.room.send("ack", { eventId: 1 });
      });
      assert.equal(spectator.closed, null);
    });
  });
}

for (const transport of TRANSPORTS) {
  describe(`a spectator, over ${transport}`, () => {
    const dice = new ScriptedDice();
    const game = useGame({
      transport,
      harvestTicks: HARVEST_TICKS,
      dice: () => dice,
      env: { SPECTATORS_PER_SECTOR_MAX: "3" },
    });
    before(async () => {
      for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
    });
    afterEach(async () => {
      await letRoomsEnd(game);
      assert.equal(dice.left, 0);
    });

    it("keeps no room open: it ends when the pilots are gone, and the spectator is told to look again", async () => {
      const { client } = await game.fly(7);
      const spectators = [await game.spectate(7), await game.spectate(7)];
      await client.leave();
      game.tick(30);
      for (const spectator of spectators) {
        await spectator.heard("(closed)");
        assert.equal(spectator.closed, 4110);
      }
      await until("the room has ended", () => game.server.sectors.size === 0);
      await joinRefused(game.spectate(7), "sector_asleep");
    });

    it("keeps no room open with seats that it reserves and never takes", async () => {
      const { client } = await game.fly(7);
      await client.leave();
      for (let looks = 0; looks < 10; looks++) {
        await reserveSeat(game, null, { sectorId: 7, spectate: true });
        game.tick(2);
      }
      game.tick(10);
      await until("the room has ended", () => game.server.sectors.size === 0);
    });

    it("sees a ship whose pilot has left to the end of its harvest, and no longer", async () => {
      const { pilot, client } = await game.fly(7);
      const spectator = await game.spectate(7);
      await accepted(client.ask("harvest"));
      await client.leave();
      game.tick(HARVEST_TICKS - 1);
      assert.equal(spectator.closed, null);
      dice.push(...HARVEST_DICE);
      game.tick(1);
      await game.server.queue.drained();
      game.tick(30);
      await spectator.heard("(closed)");
      assert.equal(spectator.closed, 4110);
      assert.equal(await game.turnsOf(pilot), 995);
    });

    it("opens no room: neither of a sector where nobody is, nor of one where somebody is only expected", async () => {
      const epoch = await epochOf(game, 8);
      const detail = await joinRefused(game.spectate(8), "sector_asleep");
      assert.deepEqual(detail, { sectorId: 8 });
      await joinRefused(game.spectate(999), "sector_asleep");
      assert.deepEqual(await listedRooms(), []);
      const expected = await game.pilot(8);
      const seat = await reserveSeat(game, expected, { sectorId: 8 });
      await joinRefused(game.spectate(8), "sector_asleep");
      assert.equal(await epochOf(game, 8), epoch);
      await takeSeat(game, seat);
      assert.equal(await epochOf(game, 8), epoch + 1);
      await game.spectate(8);
    });

    it("is one of so many and no more, until another has gone", async () => {
      await game.fly(7);
      const spectators = await Promise.all([game.spectate(7), game.spectate(7), game.spectate(7)]);
      await joinRefused(game.spectate(7), "too_many_spectators");
      const [first, second] = spectators;
      assert.ok(first !== undefined && second !== undefined);
      await first.leave();
      await game.spectate(7);
      await drop(game, second, 7);
      await game.spectate(7);
      await joinRefused(game.spectate(7), "too_many_spectators");
    });

    it("may have a ship of its own in the sector, and has no control of it", async () => {
      const { pilot, client } = await game.fly(7);
      const token = await game.token(pilot.userId);
      const { seat } = await askForSeat(game, "join/sector", '{"sectorId":7,"spectate":true}', token);
      assert.ok(seat !== null);
      const spectator = await takeSeat(game, seat);
      await refused(spectator.ask("harvest"), "spectators_cannot_act");
      assert.equal(client.closed, null);
      assert.equal(roomOf(game, 7).sector.pilotCount, 1);
      assert.deepEqual(Object.keys(await spectator.heard("welcome")).sort(), [
        "protocol",
        "sectorId",
        "tickMs",
      ]);
    });

    it("is no pilot for asking in a way of its own", async () => {
      const { pilot } = await game.fly(7);
      const token = await game.token(pilot.userId);
      for (const spectate of ["true", 1, null, {}]) {
        const body = JSON.stringify({ sectorId: 7, spectate });
        assert.equal((await askForSeat(game, "join/sector", body, token)).code, "invalid_message");
      }
    });
  });
}

for (const transport of TRANSPORTS) {
  describe(`SPECTATORS=off, over ${transport}`, () => {
    const game = useGame({ transport, env: { SPECTATORS: "off" } });
    before(() => makeSector(game.pool, game.world, 7));

    it("lets nobody watch, with a token or without", async () => {
      const { pilot } = await game.fly(7);
      const body = '{"sectorId":7,"spectate":true}';
      for (const token of [null, await game.token(pilot.userId)]) {
        const asked = await askForSeat(game, "joinOrCreate/sector", body, token);
        assert.deepEqual([asked.status, asked.code], [403, "spectators_off"]);
      }
    });
  });
}

for (const transport of TRANSPORTS) {
  describe(`SPECTATORS=token, over ${transport}`, () => {
    const game = useGame({ transport, env: { SPECTATORS: "token" } });
    before(() => makeSector(game.pool, game.world, 7));

    it("lets those watch who say who they are, and makes no player of them", async () => {
      await game.fly(7);
      await joinRefused(game.spectate(7), "token_missing");
      const userId = randomUUID();
      const body = '{"sectorId":7,"spectate":true}';
      const { seat } = await askForSeat(game, "joinOrCreate/sector", body, await game.token(userId));
      assert.ok(seat !== null);
      const spectator = await takeSeat(game, seat);
      assert.equal(spectator.state.ships.size, 1);
      const { rows } = await game.pool.query("select from players where user_id = $1", [userId]);
      assert.equal(rows.length, 0);
    });
  });
}
