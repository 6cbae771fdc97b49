import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector, makeWarp } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, newest, timesHeard } from "../support/play.ts";
import {
  drop,
  epochOf,
  eventIds,
  holdPlayer,
  joinAtOnce,
  joinRefused,
  letRoomsEnd,
  reconnect,
  reserveSeat,
  roomOf,
  takeSeat,
  theSeat,
} from "../support/presence.ts";
import { bloodlessFight } from "../support/rolls.ts";
import { FIGHT_TICKS, HARVEST_DICE, HARVEST_TICKS } from "../support/scenes.ts";
import { until } from "../support/until.ts";
import { WireClient } from "../support/wire-client.ts";

/** What is for one pilot alone. */
const PERSONAL: ReadonlySet<unknown> = new Set([
  "welcome",
  "pilot",
  "accepted",
  "refused",
  "mining_harvest_completed",
  "mining_harvest_interrupted",
  "combat_resolved",
  "events_truncated",
]);

function personal(messages: readonly { type: unknown }[]): unknown[] {
  return messages.map(({ type }) => type).filter((type) => PERSONAL.has(type));
}

for (const transport of TRANSPORTS) {
  describe(`one control a ship, over ${transport}`, () => {
    const dice = new ScriptedDice();
    const game = useGame({
      transport,
      harvestTicks: HARVEST_TICKS,
      dice: () => dice,
      env: { SOCKETS_PER_ADDRESS_MAX: "5000" },
    });
    before(async () => {
      for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
      await makeWarp(game.pool, 7, 8);
    });
    afterEach(async () => {
      await letRoomsEnd(game);
      assert.equal(dice.left, 0);
    });

    /** A second tab of the pilot; the first one is told and closed. */
    async function takeOver(pilot: { userId: string }, first: PilotClient): Promise<PilotClient> {
      const second = await game.join(pilot, 7);
      await first.heard("(closed)");
      assert.equal(first.closed, 4101);
      return second;
    }

    it("goes over to a second tab in mid-harvest: the harvest goes on, and its outcome reaches that tab alone", async () => {
      const { pilot, client: first } = await game.fly(7);
      const { harvestId, endTick } = await accepted(first.ask("harvest"));
      game.tick(HARVEST_TICKS / 2);
      const second = await takeOver(pilot, first);
      assert.equal(newest(second).turns, 995, "five turns are still reserved");
      const ship = second.state.ships.get(pilot.shipId);
      assert.deepEqual([ship?.status, ship?.action.endTick], ["MINING", endTick]);
      const heardBefore = first.told.length;
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS / 2);
      const event = await second.heard("mining_harvest_completed");
      assert.equal(event.harvestId, harvestId);
      assert.deepEqual(first.told.slice(heardBefore), []);
      assert.equal(await game.turnsOf(pilot), 995);
    });

    it("goes over to a second tab in mid-fight: the fight goes on, and that tab hears how it ended", async () => {
      const attacker = await game.fly(7);
      const defender = await game.fly(7);
      const { fightId } = await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      dice.push(...bloodlessFight());
      game.tick(FIGHT_TICKS / 2);
      const second = await takeOver(attacker.pilot, attacker.client);
      game.tick(FIGHT_TICKS / 2);
      const resolved = await second.heard("combat_resolved");
      assert.equal(resolved.fightId, fightId);
      await defender.client.heard("combat_resolved");
      assert.equal(timesHeard(attacker.client, "combat_resolved"), 0);
      assert.equal(timesHeard(second, "combat_resolved"), 1);
    });

    it("lets the second tab repeat the first one's request and get its answer", async () => {
      const { pilot, client: first } = await game.fly(7);
      const requestId = randomUUID();
      const answer = await accepted(first.ask("harvest", { requestId }));
      const second = await takeOver(pilot, first);
      assert.deepEqual(await accepted(second.ask("harvest", { requestId })), { ...answer, repeated: true });
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await second.heard("mining_harvest_completed");
      assert.deepEqual(await accepted(second.ask("harvest", { requestId })), { ...answer, repeated: true });
    });

    it("does not hear an old client that goes on sending after it was closed, and tells it nothing personal", async () => {
      const pilot = await game.pilot(7);
      const old = await WireClient.join(game, await reserveSeat(game, pilot, { sectorId: 7 }));
      const room = roomOf(game, 7);
      const client = await game.join(pilot, 7);
      // What it sends at once, before the closing frame can have reached it, and what it sends regardless of it.
      for (let sent = 0; sent < 10; sent++) {
        await old.send("harvest", { requestId: randomUUID() });
        await old.send("ack", { eventId: 0 });
        await old.send("nonsense", { requestId: randomUUID() });
        if (sent === 5) await until("it has been closed", () => old.closeCode !== null || old.isCut);
      }
      assert.equal(old.closeCode, 4101);
      const heard = personal(old.messages);
      assert.deepEqual(heard, ["welcome", "pilot"]);
      assert.equal(room.sector.pilotCount, 1);
      assert.equal(room.sector.state.ships.get(pilot.shipId)?.status, "IN_SPACE");
      await accepted(client.ask("harvest"));
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await client.heard("mining_harvest_completed");
      assert.deepEqual(personal(old.messages), heard);
      const { harvests } = await game.row(
        "select count(*)::int as harvests from mining_harvests where player_id = $1",
        pilot.playerId,
      );
      assert.equal(harvests, 1);
      old.end();
    });

    it("gives the answer to a request under way to whoever has control by then", async () => {
      const { pilot, client: first } = await game.fly(7);
      const release = await holdPlayer(game, pilot.playerId);
      const requestId = randomUUID();
      first.room.send("warp", { sectorId: 8, requestId });
      await until("the move waits for the player's row", () => game.server.queue.size === 1);
      const second = await takeOver(pilot, first);
      await release();
      const answer = await second.heard("accepted");
      assert.deepEqual([answer.requestId, answer.sectorId], [requestId, 8]);
      assert.equal(timesHeard(first, "accepted"), 0);
      await takeSeat(game, theSeat(answer.seat));
      assert.equal(roomOf(game, 8).sector.pilotCount, 1);
    });

    it("goes over to another client while the seat of one that dropped out is kept, and that seat is gone", async () => {
      const { pilot, client: dropped } = await game.fly(7);
      const watcher = await game.spectate(7);
      const departures: string[] = [];
      watcher.room.onStateChange((state) => {
        if (state.ships.size === 0) departures.push("the ship is gone");
      });
      await accepted(dropped.ask("harvest"));
      await drop(game, dropped, 7);
      const second = await game.join(pilot, 7);
      await joinRefused(reconnect(game, dropped), "superseded");
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await second.heard("mining_harvest_completed");
      assert.equal(second.closed, null);
      assert.deepEqual(departures, []);
      assert.equal(roomOf(game, 7).sector.pilotCount, 1);
      await second.leave();
      await joinRefused(reconnect(game, dropped), "seat_expired");
    });

    it("goes over to a client that joins after the pilot had left for good with a harvest running", async () => {
      const { pilot, client: first } = await game.fly(7);
      await accepted(first.ask("harvest"));
      await first.leave();
      const second = await game.join(pilot, 7);
      assert.equal(second.state.ships.get(pilot.shipId)?.status, "MINING");
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await second.heard("mining_harvest_completed");
      game.tick(FIGHT_TICKS);
      assert.equal(roomOf(game, 7).sector.pilotCount, 1, "the ship does not go with the client that left");
    });

    it("stays with one of twenty tabs that take it from each other during a harvest, which ends once", async () => {
      const { pilot, client: first } = await game.fly(7);
      const watcher = await game.spectate(7);
      const { harvestId } = await accepted(first.ask("harvest"));
      const epoch = await epochOf(game, 7);
      const survivor = await joinAtOnce(game, pilot, 20);
      await first.heard("(closed)");
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await survivor.heard("mining_harvest_completed");
      // Each tab in turn, with nothing between them.
      let last = survivor;
      for (let tabs = 0; tabs < 20; tabs++) {
        const next = await game.join(pilot, 7);
        await last.heard("(closed)");
        last = next;
      }
      await accepted(last.ask("harvest"));
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await last.heard("mining_harvest_completed");
      assert.deepEqual(eventIds(survivor), [1]);
      assert.deepEqual(eventIds(last), [2]);
      assert.equal(watcher.state.ships.size, 1);
      assert.equal(await game.turnsOf(pilot), 990);
      assert.equal(await epochOf(game, 7), epoch);
      const row = await game.row("select player_id from mining_harvests where id = $1", harvestId);
      assert.equal(row.player_id, pilot.playerId);
    });

    it("is for the pilot of the token, whoever the options of the join speak of", async () => {
      const resident = await game.fly(7);
      const other = await game.pilot(7);
      const { sessionId, reconnectionToken } = resident.client.room;
      const { userId, playerId, shipId } = resident.pilot;
      const auth = { kind: "pilot", userId };
      const options = { sectorId: 7, sessionId, reconnectionToken, ...auth, auth, playerId, shipId };
      const seat = await reserveSeat(game, other, options);
      assert.notEqual(seat.sessionId, sessionId);
      const client = await takeSeat(game, seat);
      assert.equal((await client.heard("welcome")).shipId, other.shipId);
      assert.equal(resident.client.closed, null);
      await accepted(resident.client.ask("harvest"));
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await resident.client.heard("mining_harvest_completed");
    });
  });
}
