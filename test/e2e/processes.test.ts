import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import type { IRoomCache } from "@colyseus/core";
import { pino } from "pino";
import { SectorDriver } from "../../src/rooms/redis-driver.ts";
import type { SectorState } from "../../src/schema/sector.ts";
import { useDatabase } from "../support/database.ts";
import {
  type MadePilot,
  makePilot,
  makeSector,
  makeWarp,
  makeWorld,
  type World,
} from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import { PilotClient } from "../support/pilot-client.ts";
import { accepted, refused } from "../support/play.ts";
import {
  drop,
  epochOf,
  joinRefused,
  letRoomsEnd,
  listedRooms,
  reconnect,
  roomOf,
  takeSeat,
  theSeat,
} from "../support/presence.ts";
import { freePort, useRedis } from "../support/redis.ts";
import { FIGHT_TICKS, HARVEST_TICKS } from "../support/scenes.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

const SILENT = pino({ level: "silent" });
/** Once a second a process compares its leases; the rest is for a busy machine. */
const LOST_MS_MAX = 2_500;
/** From the kill of the process that holds a sector to being in it again. */
const TAKEOVER_MS_MAX = 4_000;
/** As many as the fullest sector of two processes holds. */
const SHIPS_MAX = 30;

for (const transport of TRANSPORTS) {
  describe(`a sector that another process has taken over, over ${transport}`, () => {
    const game = useGame({ transport, harvestTicks: HARVEST_TICKS });
    before(async () => {
      for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
      await makeWarp(game.pool, 7, 8);
    });
    afterEach(() => letRoomsEnd(game));

    async function takenOverElsewhere(sectorId: number): Promise<void> {
      await game.pool.query("update sector_leases set epoch = epoch + 1 where sector_id = $1", [sectorId]);
    }

    async function outcomesOf({ playerId }: MadePilot): Promise<unknown> {
      return game.row(
        `select p.turns, p.event_seq, s.sector_id, s.hull,
          (select count(*)::int from mining_harvests where player_id = p.id) as harvests,
          (select count(*)::int from combat_logs where p.id in (attacker_id, defender_id)) as fights,
          (select count(*)::int from requests where player_id = p.id) as requests,
          (select count(*)::int from ship_cargo where ship_id = s.id) as cargo
          from players p join ships s on s.id = p.current_ship_id where p.id = $1`,
        playerId,
      );
    }

    it("sends its clients away within a second or so, even if they do nothing; they join again and go on", async () => {
      const { pilot, client } = await game.fly(7);
      const spectator = await game.spectate(7);
      const neighbour = await game.fly(8);
      const dropped = await game.fly(7);
      await drop(game, dropped.client, 7);
      const epoch = await epochOf(game, 7);
      const before = performance.now();
      await takenOverElsewhere(7);
      for (const one of [client, spectator]) {
        await one.heard("(closed)");
        assert.equal(one.closed, 4110);
      }
      assert.ok(performance.now() - before < LOST_MS_MAX);
      await joinRefused(reconnect(game, dropped.client), "seat_expired");
      assert.equal(neighbour.client.closed, null, "other sectors of the process go on");
      const back = await game.join(pilot, 7);
      assert.equal(await epochOf(game, 7), epoch + 2);
      await accepted(back.ask("harvest"));
      game.tick(HARVEST_TICKS);
      await back.heard("mining_harvest_completed");
      assert.equal(await game.turnsOf(pilot), 995);
    });

    it("does not hear of a harvest or a fight that comes due here after that", async () => {
      const miner = await game.fly(7);
      const attacker = await game.fly(7);
      const defender = await game.fly(7);
      const pilots = [miner, attacker, defender];
      await accepted(miner.client.ask("harvest"));
      await accepted(attacker.client.ask("attack", { targetId: defender.pilot.shipId }));
      const before = await Promise.all(pilots.map(({ pilot }) => outcomesOf(pilot)));
      await takenOverElsewhere(7);
      game.tick(FIGHT_TICKS);
      for (const { client } of pilots) {
        await client.heard("(closed)");
        assert.equal(client.closed, 4110);
      }
      await game.server.queue.drained();
      assert.deepEqual(await Promise.all(pilots.map(({ pilot }) => outcomesOf(pilot))), before);
      const back = await game.join(miner.pilot, 7, { cursor: 0 });
      assert.equal(back.state.ships.get(miner.pilot.shipId)?.status, "IN_SPACE");
      await accepted(back.ask("harvest"));
      game.tick(HARVEST_TICKS);
      assert.equal((await back.heard("mining_harvest_completed")).eventId, 1);
    });

    it("is not left by a warp, and nothing is paid for the attempt", async () => {
      const { pilot, client } = await game.fly(7);
      const before = await outcomesOf(pilot);
      await takenOverElsewhere(7);
      await refused(client.ask("warp", { sectorId: 8 }), "draining");
      await client.heard("(closed)");
      assert.equal(client.closed, 4110);
      assert.deepEqual(await outcomesOf(pilot), before);
      const back = await game.join(pilot, 7);
      const { seat } = await accepted(back.ask("warp", { sectorId: 8 }));
      await takeSeat(game, theSeat(seat));
    });

    it("makes place at once for the room that follows it, which everybody then finds", async () => {
      const first = await game.fly(7);
      const second = await game.fly(7);
      const before = roomOf(game, 7);
      await takenOverElsewhere(7);
      await Promise.all([first.client.heard("(closed)"), second.client.heard("(closed)")]);
      const epoch = await epochOf(game, 7);
      await Promise.all([game.join(first.pilot, 7), game.join(second.pilot, 7)]);
      assert.ok(roomOf(game, 7) !== before);
      assert.equal(roomOf(game, 7).sector.pilotCount, 2);
      assert.equal(await epochOf(game, 7), epoch + 1);
      assert.equal((await listedRooms()).length, 1);
    });
  });
}

describe("the directory of rooms in Redis", () => {
  // Before its Redis goes.
  after("let go of the directory", () => ours?.shutdown());
  const redis = useRedis();
  let ours: SectorDriver;
  before(() => {
    ours = new SectorDriver(redis.url, SILENT);
  });

  const listing = (roomId: string, processId: string, clients = 0): IRoomCache => ({
    name: "sector",
    roomId,
    processId,
    clients,
    maxClients: 100,
    locked: false,
    private: false,
    unlisted: false,
    metadata: undefined,
    createdAt: new Date(0),
  });

  async function ownerOf(roomId: string): Promise<string | undefined> {
    return (await ours.findOne({ roomId }))?.processId;
  }

  it("gives a sector to the first process that writes it down", async () => {
    assert.equal(await ours.insert(listing("sector-1", "a")), true);
    assert.equal(await ours.insert(listing("sector-1", "b")), false);
    assert.equal(await ownerOf("sector-1"), "a");
  });

  it("does not strike off another process' room for one that ends late", async () => {
    await ours.insert(listing("sector-2", "another"));
    assert.equal(await ours.remove("sector-2"), false);
    assert.equal(await ownerOf("sector-2"), "another");
    assert.equal(await ours.remove("sector-999"), false);
  });

  it("does not put a room back in another's place, or where it has been struck off", async () => {
    const late = listing("sector-3", "a");
    await ours.insert(late);
    await ours.cleanup("a");
    assert.equal(await ours.update(late, { $inc: { clients: 1 } }), false);
    assert.equal(await ours.has("sector-3"), false);
    await ours.insert(listing("sector-3", "b"));
    assert.equal(await ours.update(late, { $inc: { clients: -1 }, $set: { locked: true } }), false);
    assert.equal(await ours.persist(late), false);
    assert.equal(await ours.persist(late, true), false);
    assert.equal(await ownerOf("sector-3"), "b");
  });

  it("keeps a process' own room up to date", async () => {
    const room = listing("sector-4", "a", 2);
    assert.equal(await ours.persist(room, true), true);
    assert.equal(await ours.update(room, { $inc: { clients: 3 }, $set: { locked: true } }), true);
    const found = await ours.findOne({ roomId: "sector-4" });
    assert.deepEqual([found?.clients, found?.locked], [5, true]);
  });

  it("strikes off a dead process' rooms and leaves those that others have opened since", async () => {
    for (const roomId of ["sector-5", "sector-6"]) await ours.insert(listing(roomId, "dead"));
    await ours.insert(listing("sector-7", "alive"));
    // Two processes find it dead at the same time, and one of them has opened a sector before the other is done.
    await Promise.all([ours.cleanup("dead"), ours.cleanup("dead")]);
    assert.deepEqual([await ownerOf("sector-5"), await ownerOf("sector-7")], [undefined, "alive"]);
  });
});

describe("two processes with one database and one Redis", () => {
  after("let go of the directory", () => directory?.shutdown());
  // In this order, so that the servers are gone before what they are connected to.
  const servers = useServers();
  const test = useDatabase();
  const redis = useRedis();
  let world: World;
  let directory: SectorDriver;
  const clients: PilotClient[] = [];
  let running: ServerProcess[] = [];
  const SECTORS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

  before(async () => {
    world = await makeWorld(test.pool);
    for (const sectorId of SECTORS) await makeSector(test.pool, world, sectorId);
    for (const from of SECTORS) for (const to of SECTORS) if (from < to) await makeWarp(test.pool, from, to);
    directory = new SectorDriver(redis.url, SILENT);
  });
  beforeEach("have two processes running", async function () {
    this.timeout(60_000);
    running = running.filter(({ isRunning }) => isRunning);
    while (running.length < 2) {
      const port = await freePort();
      const address = { PORT: `${port}`, PUBLIC_ADDRESS: `localhost:${port}`, REDIS_URL: redis.url };
      const times = { HARVEST_SECONDS: "2", DRAIN_SECONDS: "10", RECONNECT_SECONDS: "1" };
      const limits = { SHIPS_PER_SECTOR_MAX: `${SHIPS_MAX}` };
      running.push(await servers.start(test.url, { ...address, ...times, ...limits }));
    }
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.leave())));

  function both(): [ServerProcess, ServerProcess] {
    const [a, b] = running;
    assert.ok(a !== undefined && b !== undefined);
    return [a, b];
  }

  /** The process that holds a sector, and the other one. */
  async function holderOf(sectorId: number): Promise<{ holder: ServerProcess; other: ServerProcess }> {
    const [a, b] = both();
    const room = await directory.findOne({ roomId: `sector-${sectorId}` });
    const holder = [a, b].find(({ port }) => room?.publicAddress === `localhost:${port}`);
    assert.ok(holder !== undefined, `nobody holds sector ${sectorId}`);
    return { holder, other: holder === a ? b : a };
  }

  async function fly(
    server: ServerProcess,
    sectorId: number,
  ): Promise<{ pilot: MadePilot; client: PilotClient }> {
    const pilot = await makePilot(test.pool, world, sectorId);
    return { pilot, client: await join(server, pilot, sectorId) };
  }

  async function join(
    server: ServerProcess,
    { userId }: { userId: string },
    sectorId: number,
  ): Promise<PilotClient> {
    const client = await server.join(userId, sectorId);
    clients.push(client);
    return client;
  }

  async function turnsOf({ playerId }: MadePilot): Promise<number> {
    const { rows } = await test.pool.query("select turns from players where id = $1", [playerId]);
    return Number(rows[0].turns);
  }

  async function epoch(sectorId: number): Promise<number> {
    const { rows } = await test.pool.query("select epoch from sector_leases where sector_id = $1", [
      sectorId,
    ]);
    return Number(rows[0]?.epoch ?? 0);
  }

  it("hold one room a sector between them, which pilots reach through either", async () => {
    const [a, b] = both();
    const pilots = await Promise.all(Array.from({ length: SHIPS_MAX }, () => makePilot(test.pool, world, 1)));
    const joined = await Promise.all(pilots.map((pilot, index) => join(index % 2 === 0 ? a : b, pilot, 1)));
    assert.equal(await epoch(1), 1);
    assert.equal((await directory.findOne({ roomId: "sector-1" })).clients, SHIPS_MAX);
    const shipIds = pilots.map(({ shipId }) => shipId).sort();
    for (const client of joined) {
      await client.sees("all ships", ({ ships }) => ships.size === SHIPS_MAX);
      assert.deepEqual([...client.state.ships.keys()].sort(), shipIds);
    }
    const [throughA, throughB] = joined;
    assert.ok(throughA !== undefined && throughB !== undefined);
    await Promise.all(
      [throughA, throughB].map(async (client) => {
        await accepted(client.ask("harvest"));
        await client.heard("mining_harvest_completed");
      }),
    );
    // It is full now: nobody warps into it, from a sector of the other process neither.
    const { holder } = await holderOf(1);
    for (const sectorId of [2, 3, 4, 5]) {
      const { pilot, client } = await fly(a, sectorId);
      if ((await holderOf(sectorId)).holder === holder) continue;
      await refused(client.ask("warp", { sectorId: 1 }), "sector_full");
      assert.equal(await turnsOf(pilot), 1000);
      return;
    }
    assert.fail("one process holds everything");
  });

  it("take a pilot over to another client that comes through the other", async () => {
    const [a, b] = both();
    const { pilot, client: first } = await fly(a, 2);
    await accepted(first.ask("harvest"));
    const second = await join(b, pilot, 2);
    await first.heard("(closed)");
    assert.equal(first.closed, 4101);
    await second.heard("mining_harvest_completed");
  });

  it("keep a seat for a client that comes back through the other", async () => {
    const [a, b] = both();
    const { pilot, client } = await fly(a, 2);
    await accepted(client.ask("harvest"));
    client.drop();
    await client.heard("(closed)");
    const sdk = PilotClient.sdk(b.port, null);
    const room = await sdk.reconnect<SectorState>(client.room.reconnectionToken);
    const back = await PilotClient.over(room);
    clients.push(back);
    assert.equal(back.state.ships.get(pilot.shipId)?.status, "MINING");
    await back.heard("mining_harvest_completed");
  });

  it("let a pilot warp from one to the other on the seat of the answer", async () => {
    const [a, b] = both();
    const held = new Map<ServerProcess, number>();
    for (const sectorId of [3, 4, 5, 6]) {
      await fly(sectorId % 2 === 0 ? a : b, sectorId);
      held.set((await holderOf(sectorId)).holder, sectorId);
    }
    const [from, to] = [held.get(a), held.get(b)];
    assert.ok(from !== undefined && to !== undefined, "each process holds a sector");
    const { pilot, client } = await fly(b, from);
    const { seat, sectorId } = await accepted(client.ask("warp", { sectorId: to }));
    assert.equal(sectorId, to);
    const sdk = PilotClient.sdk(a.port, null);
    const room = await sdk.consumeSeatReservation<SectorState>(theSeat(seat));
    const arrived = await PilotClient.over(room);
    clients.push(arrived);
    assert.ok(arrived.state.ships.has(pilot.shipId));
    await accepted(arrived.ask("harvest"));
    await arrived.heard("mining_harvest_completed");
  });

  it("leave the other's room alone when one wakes up that could not be reached for a while", async () => {
    const { pilot, client } = await fly(both()[0], 7);
    const { holder: stalled, other } = await holderOf(7);
    await accepted(client.ask("harvest"));
    stalled.signal("SIGSTOP");
    const back = await join(other, pilot, 7);
    const taken = await epoch(7);
    stalled.signal("SIGCONT");
    // Whether or not it knows yet that its room has lost the sector, nobody is sent there any more.
    const third = await fly(stalled, 7);
    // The harvest that comes due there leaves no trace, and its client is sent away.
    await client.heard("(closed)");
    assert.equal(client.closed, 4110);
    assert.equal(await turnsOf(pilot), 1000);
    assert.equal(await epoch(7), taken, "the room that took over is found through both");
    assert.equal((await holderOf(7)).holder.port, other.port);
    await third.client.sees("both ships", ({ ships }) => ships.size === 2);
    await accepted(back.ask("harvest"));
    await back.heard("mining_harvest_completed");
    assert.equal(await turnsOf(pilot), 995);
  });

  it("stand in for each other: what one held when it was killed, the other opens for the next join", async () => {
    const { pilot, client } = await fly(both()[0], 8);
    const { holder, other } = await holderOf(8);
    const before = await epoch(8);
    const settled = { requestId: randomUUID(), sectorId: 8 };
    await accepted(client.ask("warp", settled));
    await accepted(client.ask("harvest"));
    await holder.kill();
    const killedAt = performance.now();
    const back = await join(other, pilot, 8);
    const tookMs = performance.now() - killedAt;
    console.log(`      joined again ${Math.round(tookMs)} ms after the kill`);
    assert.ok(tookMs < TAKEOVER_MS_MAX, `it took ${tookMs} ms`);
    assert.equal(await epoch(8), before + 1);
    assert.equal(await turnsOf(pilot), 1000, "the harvest has not happened");
    assert.equal(
      (await accepted(back.ask("warp", settled))).repeated,
      true,
      "what the dead one settled is known",
    );
    await accepted(back.ask("harvest"));
    await back.heard("mining_harvest_completed");
    assert.equal(await turnsOf(pilot), 995);
    await fly(other, 8);
    assert.equal(await epoch(8), before + 1);
  });

  it("hand over: one that stops lets its harvests end, and people in where they run, while the other opens whatever else is asked for", async () => {
    const { pilot, client } = await fly(both()[0], 9);
    const { holder: stopping, other } = await holderOf(9);
    await accepted(client.ask("harvest"));
    stopping.signal("SIGTERM");
    await until("it refuses joins", async () => {
      const refusal = await stopping.join(randomUUID(), 9).then(
        () => "",
        (error: unknown) => String(error),
      );
      return refusal.includes("draining");
    });
    const { client: late } = await fly(other, 9);
    await refused(late.ask("harvest"), "draining");
    for (const sectorId of [10, 11, 12]) {
      await fly(other, sectorId);
      assert.equal((await holderOf(sectorId)).holder.port, other.port);
    }
    await client.heard("mining_harvest_completed");
    for (const one of [client, late]) {
      await one.heard("(closed)");
      assert.equal(one.closed, 4110);
    }
    assert.deepEqual(await stopping.ended, { code: 0, signal: null });
    const before = await epoch(9);
    await join(other, pilot, 9);
    assert.equal(await epoch(9), before + 1);
    assert.equal(await turnsOf(pilot), 995);
  });
});
