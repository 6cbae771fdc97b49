import { strict as assert } from "node:assert";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, newest, timesHeard } from "../support/play.ts";
import {
  askForSeat,
  drop,
  eventIds,
  joinRefused,
  letRoomsEnd,
  reconnect,
  roomOf,
  theSeat,
} from "../support/presence.ts";
import { bloodlessFight } from "../support/rolls.ts";
import { FIGHT_TICKS, HARVEST_DICE, HARVEST_TICKS } from "../support/scenes.ts";
import { pause, until } from "../support/until.ts";
import { WireClient } from "../support/wire-client.ts";

/** How often a client has seen the ship disappear since this was called. */
function departuresSeenBy(client: PilotClient, shipId: string): () => number {
  let departures = 0;
  let present = client.state.ships.has(shipId);
  client.room.onStateChange((state) => {
    if (present && !state.ships.has(shipId)) departures++;
    present = state.ships.has(shipId);
  });
  return () => departures;
}

for (const transport of TRANSPORTS) {
  describe(`a client whose line is cut, over ${transport}`, () => {
    const dice = new ScriptedDice();
    const game = useGame({ transport, harvestTicks: HARVEST_TICKS, dice: () => dice });
    before(() => makeSector(game.pool, game.world, 7));
    afterEach(async () => {
      await letRoomsEnd(game);
      assert.equal(dice.left, 0);
    });

    it("comes back to its ship, which never left, and to what happened meanwhile", async () => {
      const { pilot, client } = await game.fly(7);
      const watcher = await game.spectate(7);
      const departures = departuresSeenBy(watcher, pilot.shipId);
      const { harvestId } = await accepted(client.ask("harvest"));
      await drop(game, client, 7);
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await watcher.sees(
        "the ship free again",
        (state) => state.ships.get(pilot.shipId)?.status === "IN_SPACE",
      );
      const back = await reconnect(game, client);
      const event = await back.heard("mining_harvest_completed");
      assert.equal(event.harvestId, harvestId);
      assert.equal(newest(back).turns, 995);
      await accepted(back.ask("harvest"));
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await back.next("mining_harvest_completed");
      assert.deepEqual(eventIds(back), [1, 2]);
      assert.equal(departures(), 0);
    });

    it("comes back in mid-fight and hears how it ended", async () => {
      const attacker = await game.fly(7);
      const defender = await game.fly(7);
      const { fightId } = await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      dice.push(...bloodlessFight());
      game.tick(FIGHT_TICKS / 4);
      await drop(game, attacker.client, 7);
      await drop(game, defender.client, 7);
      game.tick(FIGHT_TICKS / 4);
      const back = await reconnect(game, defender.client);
      assert.equal(back.state.ships.get(attacker.pilot.shipId)?.status, "IN_COMBAT");
      game.tick(FIGHT_TICKS / 2);
      assert.equal((await back.heard("combat_resolved")).fightId, fightId);
      const late = await reconnect(game, attacker.client);
      assert.equal((await late.heard("combat_resolved")).fightId, fightId);
    });

    it("comes back again and again", async () => {
      const { pilot, client: first } = await game.fly(7);
      const watcher = await game.spectate(7);
      const departures = departuresSeenBy(watcher, pilot.shipId);
      let client = first;
      for (let drops = 1; drops <= 5; drops++) {
        await accepted(client.ask("harvest"));
        await drop(game, client, 7);
        dice.push(...HARVEST_DICE);
        game.tick(HARVEST_TICKS);
        client = await reconnect(game, client);
        await until("it has heard everything", () => eventIds(client).at(-1) === drops);
        client.room.send("ack", { eventId: drops });
        assert.deepEqual(eventIds(client), [drops], "what it has acknowledged does not come again");
      }
      assert.equal(departures(), 0);
    });

    it("comes back before the server has noticed that its line was cut", async () => {
      const { pilot, client } = await game.fly(7);
      const watcher = await game.spectate(7);
      const departures = departuresSeenBy(watcher, pilot.shipId);
      await accepted(client.ask("harvest"));
      // The old socket is still open at the server's end, as when a phone changes from one network to another.
      const back = await reconnect(game, client);
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await back.heard("mining_harvest_completed");
      await client.heard("(closed)");
      assert.equal(timesHeard(client, "mining_harvest_completed"), 0);
      assert.equal(departures(), 0);
      assert.equal(roomOf(game, 7).clients.length, 2);
    });

    it("is told nothing twice that it has acknowledged, and once more what it has not", async () => {
      const { client } = await game.fly(7);
      for (let harvests = 1; harvests <= 3; harvests++) {
        await accepted(client.ask("harvest"));
        dice.push(...HARVEST_DICE);
        game.tick(HARVEST_TICKS);
        await until("it is told", () => eventIds(client).length === harvests);
      }
      // What is not one of its events, or not yet told, says nothing.
      for (const eventId of [1.5, -1, "3", null, 99]) client.room.send("ack", { eventId });
      client.room.send("ack", { eventId: 2 });
      client.room.send("ack", { eventId: 1 });
      await accepted(client.ask("harvest"));
      await drop(game, client, 7);
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      const back = await reconnect(game, client);
      await until("it has heard everything", () => eventIds(back).at(-1) === 4);
      assert.deepEqual(eventIds(back), [3, 4]);
    });

    it("loses its ship's place when it leaves on purpose, but not before the harvest has ended by its own rules", async () => {
      const { pilot, client } = await game.fly(7);
      const watcher = await game.spectate(7);
      const departures = departuresSeenBy(watcher, pilot.shipId);
      await accepted(client.ask("harvest"));
      await client.leave();
      game.tick(HARVEST_TICKS - 1);
      await pause(50);
      assert.equal(departures(), 0);
      assert.equal(watcher.state.ships.get(pilot.shipId)?.status, "MINING");
      assert.equal(await game.turnsOf(pilot), 1000);
      dice.push(...HARVEST_DICE);
      game.tick(1);
      await game.server.queue.drained();
      assert.equal(await game.turnsOf(pilot), 995);
      game.tick(5);
      await watcher.sees("the ship leave", (state) => !state.ships.has(pilot.shipId));
      const back = await game.join(pilot, 7, { cursor: 0 });
      assert.equal((await back.heard("mining_harvest_completed")).eventId, 1);
    });

    it("cannot get out of a fight by leaving", async () => {
      const attacker = await game.fly(7);
      const defender = await game.fly(7);
      await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      await defender.client.leave();
      dice.push(...bloodlessFight());
      game.tick(FIGHT_TICKS);
      await attacker.client.heard("combat_resolved");
      game.tick(5);
      await attacker.client.sees("the other ship leave", (state) => state.ships.size === 1);
      const back = await game.join(defender.pilot, 7, { cursor: 0 });
      assert.equal((await back.heard("combat_resolved")).role, "defender");
    });

    it("keeps its seat, whoever tries it with a wrong token or none", async () => {
      const { pilot, client } = await game.fly(7);
      const stranger = await game.pilot(7);
      await accepted(client.ask("harvest"));
      const { sessionId } = client.room;
      const strangersToken = await game.token(stranger.userId);

      async function tryEverything(): Promise<void> {
        for (const reconnectionToken of ["wrong", "", "__proto__", "constructor", null, 7, {}, [sessionId]]) {
          const body = JSON.stringify({ reconnectionToken, sessionId });
          const asked = await askForSeat(game, "reconnect/sector-7", body, strangersToken);
          assert.deepEqual([asked.status, asked.code], [410, "seat_expired"]);
        }
        const seat = theSeat({ name: "sector", processId: "x", roomId: "sector-7", sessionId });
        for (const more of ["", "&reconnectionToken=wrong", "&reconnectionToken=", "&skipHandshake=1"]) {
          const thief = await WireClient.open(game, seat, more);
          await until("it is turned away", () => thief.closeCode !== null);
          assert.match(thief.errors.join(), /seat_expired/);
          thief.end();
        }
      }

      await tryEverything();
      assert.equal(client.closed, null, "while it is connected");
      await drop(game, client, 7);
      await tryEverything();
      const back = await reconnect(game, client);
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await back.heard("mining_harvest_completed");
      assert.equal(await game.turnsOf(pilot), 995);
    });

    it("cannot come back with the token of a connection before the last one", async () => {
      const { client } = await game.fly(7);
      await drop(game, client, 7);
      const back = await reconnect(game, client);
      await drop(game, back, 7);
      await joinRefused(reconnect(game, client), "seat_expired");
      await reconnect(game, back);
    });
  });
}

describe("a client that does not come back in time", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice, env: { RECONNECT_SECONDS: "1" } });
  before(() => makeSector(game.pool, game.world, 7));
  afterEach(async () => {
    await letRoomsEnd(game);
    assert.equal(dice.left, 0);
  });

  it("loses its ship's place once the seat is no longer kept", async () => {
    const { pilot, client } = await game.fly(7);
    const watcher = await game.spectate(7);
    await drop(game, client, 7);
    await watcher.sees("the ship leave", (state) => {
      game.tick();
      return !state.ships.has(pilot.shipId);
    });
    await joinRefused(reconnect(game, client), "seat_expired");
    await letRoomsEnd(game);
    const back = await game.join(pilot, 7);
    assert.equal(back.state.ships.size, 1);
  });

  it("finds the end of its harvest in the feed when it joins again", async () => {
    const { pilot, client } = await game.fly(7);
    const watcher = await game.spectate(7);
    const { harvestId } = await accepted(client.ask("harvest"));
    await drop(game, client, 7);
    await until("the seat is given up", () => Object.keys(roomOf(game, 7)["_reservedSeats"]).length === 0);
    game.tick(HARVEST_TICKS - 1);
    await pause(50);
    assert.equal(watcher.state.ships.get(pilot.shipId)?.status, "MINING", "its harvest still binds it");
    dice.push(...HARVEST_DICE);
    game.tick(1);
    await game.server.queue.drained();
    game.tick(5);
    await watcher.sees("the ship leave", (state) => !state.ships.has(pilot.shipId));
    const back = await game.join(pilot, 7, { cursor: 0 });
    const event = await back.heard("mining_harvest_completed");
    assert.deepEqual([event.eventId, event.harvestId], [1, harvestId]);
  });
});
