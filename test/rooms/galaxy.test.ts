import { strict as assert } from "node:assert";
import { Metadata } from "@colyseus/schema";
import { refusedEnvelope } from "../../src/rooms/envelopes.ts";
import { GALAXY_STATE_TYPES } from "../../src/schema/galaxy.ts";
import { STATE_TYPES } from "../../src/schema/sector.ts";
import { useDatabase } from "../support/database.ts";
import { ScriptedDice } from "../support/dice.ts";
import { makePilot, makeSector, makeWorld, type World } from "../support/fixtures.ts";
import { GalaxyClient } from "../support/galaxy-client.ts";
import { useGame } from "../support/game.ts";
import { accepted } from "../support/play.ts";
import { askForSeat, epochOf, joinRefused, letRoomsEnd, theSeat } from "../support/presence.ts";
import { freePort, useRedis } from "../support/redis.ts";
import { bloodlessFight } from "../support/rolls.ts";
import { FIGHT_TICKS, HARVEST_DICE, HARVEST_TICKS } from "../support/scenes.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";
import { WireClient } from "../support/wire-client.ts";

describe("the galaxy from afar", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice });
  let galaxy: GalaxyClient;
  before(async () => {
    for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
    await makeSector(game.pool, game.world, 9, { pool: 100 });
    await makeSector(game.pool, game.world, 10, { controllingFaction: "astral_mining_consortium" });
  });
  beforeEach("watch", async () => {
    galaxy = await GalaxyClient.join(game.port);
  });
  afterEach(async () => {
    await galaxy.room.leave();
    await letRoomsEnd(game);
    assert.equal(dice.left, 0);
  });

  it("shows ships, miners and fights as they come and go, and opens no sector for it", async () => {
    await galaxy.sees("the drawn field", 9, (sector) => sector?.depletion === "heavy");
    assert.equal(galaxy.summary(9)?.awake, false);
    assert.equal(galaxy.summary(8), undefined);

    const { client: miner, pilot } = await game.fly(7);
    const { client: raider } = await game.fly(7);
    await galaxy.sees("two ships", 7, (sector) => sector?.awake === true && sector.ships === 2);
    await accepted(miner.ask("harvest"));
    await galaxy.sees("a miner", 7, (sector) => sector?.miners === 1);
    await accepted(raider.ask("attack", { targetId: pilot.shipId }));
    await galaxy.sees("a fight", 7, (sector) => sector?.fights === 1 && sector.miners === 0);
    dice.push(...bloodlessFight());
    game.tick(FIGHT_TICKS);
    await galaxy.sees("peace", 7, (sector) => sector?.fights === 0);
    await raider.leave();
    await miner.leave();
    await letRoomsEnd(game);
    await galaxy.sees("a sector asleep", 7, (sector) => sector === undefined);
    assert.equal(await epochOf(game, 8), 0);
    assert.equal(await epochOf(game, 9), 0);
  });

  it("shows who claims a live sector, and what mining left of its field", async () => {
    const { client } = await game.fly(10);
    await accepted(client.ask("harvest"));
    dice.push(...HARVEST_DICE);
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    await galaxy.sees("light depletion", 10, (sector) => sector?.depletion === "light");
    assert.equal(galaxy.summary(10)?.claimedBy, "astral_mining_consortium");
    assert.ok(Number(galaxy.summary(10)?.replenishesAtMs) > game.clock.nowMs());
  });

  it("tells changes alone, at most once a second a sector", async () => {
    const { client } = await game.fly(7);
    await galaxy.sees("a ship", 7, (sector) => sector?.ships === 1);
    const before = galaxy.patches.length;
    for (let harvest = 0; harvest < 6; harvest++) {
      await accepted(client.ask("harvest"));
      dice.push(...HARVEST_DICE);
      game.tick(HARVEST_TICKS);
      await client.next("mining_harvest_completed");
    }
    await galaxy.sees("what mining left", 7, (sector) => sector?.depletion !== "fresh");
    const [, ...later] = galaxy.patches.slice(before - 1);
    for (const [index, { atMs }] of later.entries()) {
      const previous = later[index - 1];
      // Timers of a busy machine may come a little early after one that was late.
      if (previous !== undefined) assert.ok(atMs - previous.atMs > 700, `${atMs - previous.atMs} ms`);
    }
    assert.ok(later.length <= 4, `${later.length} patches`);
  });

  it("finds a pilot by a part of the name, in live sectors alone", async () => {
    const { pilot } = await game.fly(8);
    const away = await game.pilot(8);
    const name = `pilot ${pilot.userId.slice(0, 8)}`;
    galaxy.room.send("find", { requestId: "a", name: name.slice(1).toUpperCase() });
    await until("an answer", () => galaxy.found.length > 0);
    assert.deepEqual(galaxy.found, [{ requestId: "a", pilots: [{ name, sectorId: 8 }] }]);
    galaxy.room.send("find", { requestId: "b", name: away.userId.slice(0, 8) });
    galaxy.room.send("find", { requestId: "c", name: "pilot" });
    await until("the next answer", () => galaxy.found.length > 1);
    assert.deepEqual(galaxy.found[1], { requestId: "c", pilots: [{ name, sectorId: 8 }] });
  });

  it("sends figures and no pilot's secrets", async () => {
    const { pilot, client } = await game.fly(7, { turns: 877, cargo: { organics: 733 } });
    const { seat } = await askForSeat(game, "joinOrCreate/galaxy", "{}", null);
    const wire = await WireClient.join(game, theSeat(seat));
    await accepted(client.ask("harvest"));
    await until("it is seen", () => JSON.stringify(wire.states.at(-1)).includes('"miners":1'));
    const bytes = Buffer.concat(wire.frames.map(({ payload }) => payload)).toString("latin1");
    const secrets = [pilot.userId, pilot.playerId, pilot.shipId, client.room.sessionId, "cargo", "turns"];
    for (const secret of secrets) assert.ok(!bytes.includes(secret), secret);
    wire.end();
    game.tick(HARVEST_TICKS - 1);
    dice.push(...HARVEST_DICE);
    game.tick(1);
    await client.heard("mining_harvest_completed");
  });

  it("refuses what it does not understand, and goes on", async () => {
    const refusals: unknown[] = [];
    galaxy.room.onMessage("refused", (refusal) => {
      refusedEnvelope.parse(refusal);
      refusals.push(refusal.code);
    });
    galaxy.room.send("find", { requestId: "a", name: 7 });
    galaxy.room.send("harvest", {});
    await until("both are refused", () => refusals.length === 2);
    assert.deepEqual(refusals, ["invalid_message", "unknown_message"]);
    const refused = await askForSeat(game, "joinOrCreate/galaxy", '{"protocol":2}', null);
    assert.equal(refused.code, "client_too_old");
  });
});

for (const [spectators, code] of [
  ["token", "token_missing"],
  ["off", "spectators_off"],
] as const) {
  describe(`the galaxy from afar with SPECTATORS=${spectators}`, () => {
    const game = useGame({ env: { SPECTATORS: spectators } });

    it(`is refused with ${code}`, async () => {
      await joinRefused(GalaxyClient.join(game.port), code);
    });
  });
}

describe("the galaxy from afar with a place for one", () => {
  const game = useGame({ env: { GALAXY_SPECTATORS_MAX: "1" } });

  it("takes another when the first has gone", async () => {
    const first = await GalaxyClient.join(game.port);
    await joinRefused(GalaxyClient.join(game.port), "too_many_spectators");
    await first.room.leave();
    const second = await GalaxyClient.join(game.port);
    await second.room.leave();
  });
});

describe("the galaxy from afar at two processes", () => {
  const servers = useServers();
  const test = useDatabase();
  const redis = useRedis();
  let world: World;
  before(async () => {
    world = await makeWorld(test.pool);
    for (const sectorId of [1, 2, 3]) await makeSector(test.pool, world, sectorId);
  });

  async function start(): Promise<ServerProcess> {
    const port = await freePort();
    return servers.start(test.url, {
      PORT: `${port}`,
      PUBLIC_ADDRESS: `localhost:${port}`,
      REDIS_URL: redis.url,
    });
  }

  it("is the same from each of them, with all their sectors and pilots", async function () {
    this.timeout(30_000);
    const both = await Promise.all([start(), start()]);
    const watchers = await Promise.all(both.map(({ port }) => GalaxyClient.join(port)));
    const names: string[] = [];
    for (const sectorId of [1, 2, 3]) {
      const { userId } = await makePilot(test.pool, world, sectorId);
      names.push(`pilot ${userId.slice(0, 8)}`);
      await both[0].join(userId, sectorId);
    }
    for (const watcher of watchers) {
      for (const sectorId of [1, 2, 3]) {
        await watcher.sees("a ship", sectorId, (sector) => sector?.awake === true && sector.ships === 1);
      }
      watcher.room.send("find", { requestId: "a", name: "pilot" });
      const found = () => watcher.found.flatMap(({ pilots }) => pilots.map(({ name }) => name));
      await until("all three are found", () => found().length === 3);
      assert.deepEqual(found().sort(), names.sort());
    }
    await Promise.all(watchers.map(({ room }) => room.leave()));
  });
});

describe("the state that rooms send", () => {
  /** What every official SDK can read: measured, see the protocol. */
  const PRIMITIVES = [
    "string",
    "boolean",
    "number",
    "uint8",
    "uint16",
    "uint32",
    "int32",
    "float32",
    "float64",
  ];

  it("is made of primitives, references and maps of schemas, each field with a default", () => {
    for (const [name, Type] of Object.entries({ ...STATE_TYPES, ...GALAXY_STATE_TYPES })) {
      const fresh: Record<string, unknown> = { ...new Type().toJSON() };
      for (const [field, type] of Object.entries(Metadata.getFields(Type))) {
        const isPrimitive = typeof type === "string";
        if (isPrimitive) assert.ok(PRIMITIVES.includes(type), `${name}.${field} is ${type}`);
        else if (typeof type === "object" && type !== null) {
          assert.deepEqual(Object.keys(type), ["map"], `${name}.${field}`);
          assert.equal(typeof Object.values(type)[0], "function", `${name}.${field} is a map of primitives`);
        } else assert.equal(typeof type, "function", `${name}.${field}`);
        assert.notEqual(fresh[field], undefined, `${name}.${field} has no default`);
      }
    }
  });
});
