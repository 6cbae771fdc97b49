import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { useDatabase } from "../support/database.ts";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector } from "../support/fixtures.ts";
import { GameUnderTest, TRANSPORTS, useGame } from "../support/game.ts";
import { accepted, refused } from "../support/play.ts";
import {
  askForSeat,
  drop,
  epochOf,
  holdPlayer,
  joinRefused,
  listedRooms,
  reconnect,
  reserveSeat,
  roomOf,
  takeSeat,
} from "../support/presence.ts";
import { FIGHT_TICKS, HARVEST_DICE, HARVEST_TICKS } from "../support/scenes.ts";
import { until } from "../support/until.ts";

/** Closing frames that nobody answers, Colyseus' own goodbyes and the like; a drain that waits for nothing is faster. */
const STOP_MS_MAX = 1_500;

async function tracesOf(game: GameUnderTest): Promise<unknown> {
  return game.row(
    `select (select count(*)::int from mining_harvests) as harvests, (select count(*)::int from combat_logs) as fights,
      (select count(*)::int from events) as events, (select count(*)::int from requests) as requests`,
  );
}
const NO_TRACE = { harvests: 0, fights: 0, events: 0, requests: 0 };

for (const transport of TRANSPORTS) {
  describe(`a server that stops in mid-harvest, over ${transport}`, () => {
    const dice = new ScriptedDice(...HARVEST_DICE);
    const game = useGame({ transport, harvestTicks: HARVEST_TICKS, dice: () => dice });
    before(async () => {
      for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
    });

    it("lets the harvest end, starts nothing new, and then sends everybody away", async () => {
      const { pilot, client } = await game.fly(7);
      const idler = await game.fly(7);
      const dropped = await game.fly(7);
      const spectator = await game.spectate(7);
      const late = await game.pilot(8);
      const lateSeat = await reserveSeat(game, late, { sectorId: 8 });
      await accepted(client.ask("harvest"));
      await drop(game, dropped.client, 7);

      const stopping = game.server.stop();
      assert.equal(game.server.stop(), stopping, "asked twice, it stops once");
      await refused(idler.client.ask("harvest"), "draining");
      await refused(idler.client.ask("attack", { targetId: pilot.shipId }), "draining");
      for (const path of ["joinOrCreate/sector", "joinById/sector-7"]) {
        const asked = await askForSeat(game, path, '{"sectorId":7}', await game.token(pilot.userId));
        assert.deepEqual([asked.status, asked.code], [503, "draining"]);
      }
      await joinRefused(game.spectate(7), "draining");
      await joinRefused(takeSeat(game, lateSeat), "draining");
      assert.equal(
        await epochOf(game, 8),
        0,
        "the sector of the seat reserved before is not opened any more",
      );
      const back = await reconnect(game, dropped.client);

      game.tick(HARVEST_TICKS);
      await client.heard("mining_harvest_completed");
      for (const one of [client, idler.client, back, spectator]) {
        await one.heard("(closed)");
        assert.equal(one.closed, 4110);
      }
      await stopping;
      assert.equal(await game.turnsOf(pilot), 995);
      assert.equal(dice.left, 0);
      assert.equal(game.server.sectors.size, 0);
      assert.deepEqual(await listedRooms(), []);
    });
  });

  describe(`a server that stops in mid-fight, over ${transport}`, () => {
    const game = useGame({ transport });
    before(() => makeSector(game.pool, game.world, 7));

    it("lets the pilots flee from what runs on", async () => {
      const raider = await game.fly(7);
      const prey = await game.fly(7);
      await accepted(raider.client.ask("attack", { targetId: prey.pilot.shipId }));
      const stopping = game.server.stop();
      await refused(raider.client.ask("harvest"), "draining");
      await accepted(prey.client.ask("flee"));
      game.tick(FIGHT_TICKS);
      await prey.client.heard("combat_resolved");
      await stopping;
      const { flees } = await game.row("select log->'fleeingFrom'->>'defender' as flees from combat_logs");
      assert.equal(flees, "0");
    });
  });

  describe(`a server that stops and has waited long enough, over ${transport}`, () => {
    const game = useGame({ transport, env: { DRAIN_SECONDS: "1" } });
    before(() => makeSector(game.pool, game.world, 7));

    it("drops what is still running: it has not happened, and nobody has paid for it", async () => {
      const miner = await game.fly(7);
      const attacker = await game.fly(7);
      const defender = await game.fly(7);
      await accepted(miner.client.ask("harvest"));
      await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      game.tick(3);
      const before = performance.now();
      await game.server.stop();
      const tookMs = performance.now() - before;
      assert.ok(tookMs >= 1_000 && tookMs < 1_000 + STOP_MS_MAX, `it took ${tookMs} ms`);
      for (const { client, pilot } of [miner, attacker, defender]) {
        await client.heard("(closed)");
        assert.equal(client.closed, 4110);
        assert.equal(await game.turnsOf(pilot), 1000);
      }
      game.tick(FIGHT_TICKS);
      assert.deepEqual(await tracesOf(game), NO_TRACE);
    });
  });

  describe(`a server that stops while it is asked over HTTP, over ${transport}`, () => {
    const game = useGame({ transport });
    before(() => makeSector(game.pool, game.world, 1));

    it("answers what it was asked before, and refuses the rest as draining", async () => {
      const pilot = await game.pilot(1);
      const other = await game.pool.connect();
      await other.query("begin");
      await other.query("lock table players in access exclusive mode");
      const headers = { authorization: `Bearer ${await game.token(pilot.userId)}` };
      const asked = fetch(`http://localhost:${game.port}/me`, { headers });
      await until("it waits for the database", async () => {
        const { rows } = await game.pool.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return rows.length > 0;
      });
      const stopping = game.server.stop();
      let answer = await fetch(`http://localhost:${game.port}/nowhere`);
      await until("it refuses", async () => {
        answer = await fetch(`http://localhost:${game.port}/nowhere`);
        return answer.status !== 404;
      });
      assert.deepEqual([answer.status, answer.headers.get("connection")], [503, "close"]);
      assert.partialDeepStrictEqual(await answer.json(), { code: "draining" });
      assert.equal((await fetch(`http://localhost:${game.port}/healthz`)).status, 200);
      await other.query("commit");
      other.release();
      assert.equal((await asked).status, 200);
      await stopping;
    });
  });

  describe(`a server that stops with seats kept, reserved and being taken, over ${transport}`, () => {
    const game = useGame({ transport });
    before(async () => {
      for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
    });

    it("waits for none of them", async () => {
      const { client } = await game.fly(7);
      const dropped = await game.fly(7);
      await drop(game, dropped.client, 7);
      await reserveSeat(game, await game.pilot(7), { sectorId: 7 });
      await reserveSeat(game, null, { sectorId: 7, spectate: true });
      await reserveSeat(game, await game.pilot(8), { sectorId: 8 });
      const arriving = game.fly(7).catch(() => null);
      const before = performance.now();
      await game.server.stop();
      const tookMs = performance.now() - before;
      assert.ok(tookMs < STOP_MS_MAX, `it took ${tookMs} ms`);
      await client.heard("(closed)");
      assert.equal(client.closed, 4110);
      await arriving;
    });
  });
}

describe("a server that stops while an outcome cannot be written", () => {
  const game = new GameUnderTest(useDatabase());
  // Its outcome stays unsettled, so this suite waits for no queue.
  before(async () => {
    await game.start({ harvestTicks: HARVEST_TICKS, env: { DRAIN_SECONDS: "1" } });
    await makeSector(game.pool, game.world, 7);
  });
  afterEach(() => game.stop());

  it("does not wait for it past the deadline; it has happened or not, never by half", async () => {
    const { pilot, client } = await game.fly(7);
    const requestId = randomUUID();
    await accepted(client.ask("harvest", { requestId }));
    const release = await holdPlayer(game, pilot.playerId);
    game.tick(HARVEST_TICKS);
    await until("the outcome waits for the player's row", () => game.server.queue.size === 1);
    assert.equal(roomOf(game, 7).live?.isSettled, false);
    const before = performance.now();
    await game.server.stop();
    const tookMs = performance.now() - before;
    assert.ok(tookMs >= 1_000 && tookMs < 1_000 + STOP_MS_MAX, `it took ${tookMs} ms`);
    await release();
    await client.heard("(closed)");
    assert.equal(client.closed, 4110);
    assert.deepEqual(await tracesOf(game), NO_TRACE);
    assert.equal(await game.turnsOf(pilot), 1000);
  });
});
