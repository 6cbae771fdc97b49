import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { matchMaker } from "@colyseus/core";
import { makeSector, makeWarp } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted } from "../support/play.ts";
import {
  askForSeat,
  drop,
  epochOf,
  holdPlayer,
  joinAtOnce,
  joinRefused,
  letRoomsEnd,
  listedRooms,
  reserveSeat,
  roomOf,
  takeSeat,
} from "../support/presence.ts";
import { pause, until } from "../support/until.ts";
import { WireClient } from "../support/wire-client.ts";

/** So many requests of one address as a suite sends are otherwise too many. */
const MANY_REQUESTS = { SOCKETS_PER_ADDRESS_MAX: "5000" };

describe("one room a sector", () => {
  const game = useGame({ env: MANY_REQUESTS });
  before(async () => {
    for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
    await makeWarp(game.pool, 7, 8);
  });
  afterEach(() => letRoomsEnd(game));

  it("opens one room for fifty pilots who are the first to join at the same moment", async () => {
    const pilots = await Promise.all(Array.from({ length: 50 }, () => game.pilot(7)));
    const clients = await Promise.all(pilots.map((pilot) => game.join(pilot, 7)));
    assert.deepEqual(
      (await listedRooms()).map(({ roomId, clients: count }) => ({ roomId, count })),
      [{ roomId: "sector-7", count: 50 }],
    );
    assert.equal(await epochOf(game, 7), 1);
    const shipIds = pilots.map(({ shipId }) => shipId).sort();
    game.tick();
    await Promise.all(
      clients.map(async (client) => {
        await client.sees("all ships", (state) => state.ships.size === 50);
        assert.deepEqual([...client.state.ships.keys()].sort(), shipIds);
      }),
    );
  });

  it("gives fifty clients of one pilot that join at the same moment one ship, and one of them its control", async () => {
    const pilot = await game.pilot(7);
    const survivor = await joinAtOnce(game, pilot, 50);
    assert.equal(roomOf(game, 7).sector.pilotCount, 1);
    assert.equal(roomOf(game, 7).sector.state.ships.size, 1);
    await accepted(survivor.ask("harvest"));
    game.tick(100);
    await survivor.heard("mining_harvest_completed");
    assert.equal(await game.turnsOf(pilot), 995);
  });

  it("lets somebody in whose join meets the room just as it ends", async () => {
    const pilot = await game.pilot(7);
    let client = await game.join(pilot, 7);
    for (let turns = 0; turns < 12; turns++) {
      await client.leave();
      const before = await epochOf(game, 7);
      // Up to just before the room's end; then the join and the end set off together, a little further apart each time.
      game.tick(15);
      const joining = game.join(pilot, 7);
      for (let waits = 0; waits < turns; waits++) await new Promise((resolve) => setImmediate(resolve));
      game.tick(30);
      client = await joining;
      assert.equal((await listedRooms()).length, 1);
      const epoch = await epochOf(game, 7);
      assert.ok(epoch === before || epoch === before + 1, `${epoch} after ${before}`);
      await accepted(client.ask("harvest"));
      game.tick(100);
      await client.heard("mining_harvest_completed");
    }
  });

  it("tells somebody whose seat has gone with its room that it has expired, and lets them join again", async () => {
    const resident = await game.fly(7);
    const late = await game.pilot(7);
    const seat = await reserveSeat(game, late, { sectorId: 7 });
    roomOf(game, 7).lost();
    await resident.client.heard("(closed)");
    await joinRefused(takeSeat(game, seat), "seat_expired");
    await game.join(late, 7);
  });

  it("waits with the next room for one that takes its time to go", async () => {
    const { pilot, client } = await game.fly(7);
    const before = roomOf(game, 7);
    const goodbyes = Promise.withResolvers<void>();
    before.onLeave = () => goodbyes.promise;
    before.lost();
    await until("the room is no longer listed", async () => (await listedRooms()).length === 0);
    const joining = game.join(pilot, 7);
    await pause(50);
    goodbyes.resolve();
    await client.heard("(closed)");
    await joining;
    assert.ok(roomOf(game, 7) !== before);
    assert.ok(matchMaker.getLocalRoomById("sector-7") === roomOf(game, 7));
    assert.equal((await listedRooms()).length, 1);
  });

  it("sends nobody to a room of its own that another process has replaced in the directory", async () => {
    const resident = await game.fly(7);
    const before = roomOf(game, 7);
    const [listing] = await listedRooms();
    assert.ok(listing !== undefined);
    // As it is when this process could not be reached for a while. The other one has died since.
    listing.processId = "another";
    const { client } = await game.fly(7);
    await resident.client.heard("(closed)");
    assert.equal(resident.client.closed, 4110);
    assert.ok(roomOf(game, 7) !== before);
    assert.equal(client.closed, null);
    // Colyseus notes for ten minutes that it has struck off the dead process' rooms.
    await matchMaker.presence.del("swept:another");
  });

  it("does not let a room that goes take its successor's place in the directory with it", async () => {
    const staying = await game.fly(7);
    const dropped = await game.fly(7);
    const epoch = await epochOf(game, 7);
    // Seats of either kind, each of which Colyseus keeps a room open for.
    dropped.client.drop();
    await dropped.client.heard("(closed)");
    await reserveSeat(game, await game.pilot(7), { sectorId: 7 });
    const before = roomOf(game, 7);
    before.lost();
    await staying.client.heard("(closed)");
    assert.equal(staying.client.closed, 4110);
    const joiningAt = performance.now();
    await game.join(staying.pilot, 7);
    assert.ok(performance.now() - joiningAt < 950, "nobody waits for seats that are given up");
    await until("the old room has gone", () => !game.server.sectors.has(before));
    // Colyseus would have held the old room open for another second, and for 15 with the seat.
    await pause(1_200);
    await game.fly(7);
    assert.equal((await listedRooms()).length, 1);
    assert.ok(matchMaker.getLocalRoomById("sector-7") === roomOf(game, 7));
    assert.equal(await epochOf(game, 7), epoch + 1, "the second join found the room of the first");
  });
});

describe("what joins ask for", () => {
  const game = useGame({ env: MANY_REQUESTS });
  before(async () => {
    for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
  });
  afterEach(() => letRoomsEnd(game));

  const GARBAGE = [
    '{"sectorId":"7"}',
    '{"sectorId":"x"}',
    '{"sectorId":0}',
    '{"sectorId":-1}',
    '{"sectorId":1.5}',
    '{"sectorId":1e400}',
    '{"sectorId":9007199254740993}',
    '{"sectorId":null}',
    '{"sectorId":true}',
    '{"sectorId":[7]}',
    '{"sectorId":[[7]]}',
    '{"sectorId":{"sectorId":7}}',
    '{"__proto__":{"sectorId":7}}',
    '{"roomId":"sector-7"}',
    "{}",
    "[]",
    "7",
    "null",
    '"7"',
    "",
  ];
  for (const body of GARBAGE) {
    it(`refuses ${body === "" ? "an empty body" : body} and opens nothing for it`, async () => {
      const { userId } = await game.pilot(7);
      for (const path of ["joinOrCreate/sector", "join/sector"]) {
        const { status, code } = await askForSeat(game, path, body, await game.token(userId));
        assert.deepEqual([status, code], [400, "invalid_message"]);
      }
      assert.deepEqual(await listedRooms(), []);
      assert.equal(game.server.heartbeat.rooms, 0);
    });
  }

  it("refuses what is not JSON, such as NaN", async () => {
    const { userId } = await game.pilot(7);
    const asked = await askForSeat(game, "joinOrCreate/sector", '{"sectorId":NaN}', await game.token(userId));
    assert.equal(asked.code, "malformed_json");
  });

  it("refuses '7' where 7 is live, and opens no second room for it", async () => {
    const { pilot } = await game.fly(7);
    await joinRefused(game.join(pilot, "7"), "invalid_message");
    const rooms = await listedRooms();
    assert.deepEqual(
      rooms.map(({ roomId, clients }) => ({ roomId, clients })),
      [{ roomId: "sector-7", clients: 1 }],
    );
  });

  for (const path of [
    "create/sector",
    "constructor/sector",
    "joinOrCreate/battle",
    "joinOrCreate/sector-7",
    "join/__proto__",
    "joinById/sector",
    "joinById/sector-0",
    "joinById/sector-07",
    "joinById/sector-7x",
    "joinById/sector--7",
    "joinById/sector-9999999999",
    "joinById/constructor",
  ]) {
    it(`does not offer ${path}`, async () => {
      const { userId } = await game.pilot(7);
      const { status, code } = await askForSeat(game, path, '{"sectorId":7}', await game.token(userId));
      assert.deepEqual([status, code], [404, "room_not_offered"]);
      assert.equal(game.server.heartbeat.rooms, 0);
    });
  }

  it("joins by the room's id as by the sector's, whatever else is asked for beside it", async () => {
    const { client } = await game.fly(7);
    const { userId } = await game.pilot(7);
    const body = '{"sectorId":8}';
    const { seat } = await askForSeat(game, "joinById/sector-7", body, await game.token(userId));
    assert.ok(seat !== null);
    assert.equal(seat.roomId, client.room.roomId);
    const second = await takeSeat(game, seat);
    await second.sees("both ships", (state) => state.ships.size === 2);
    assert.equal((await listedRooms()).length, 1);
  });

  it("sends a pilot to the sector that their ship is in", async () => {
    const pilot = await game.pilot(7);
    for (const sectorId of [8, 999, 1_000_000_000]) {
      const detail = await joinRefused(game.join(pilot, sectorId), "not_in_sector");
      assert.deepEqual(detail, { sectorId: 7 });
    }
    const token = await game.token(pilot.userId);
    const byId = await askForSeat(game, "joinById/sector-8", "{}", token);
    assert.equal(byId.code, "not_in_sector");
    assert.deepEqual(await listedRooms(), []);
  });

  it("turns somebody away whose ship has left between their seat and their arrival", async () => {
    const pilot = await game.pilot(7);
    const seat = await reserveSeat(game, pilot, { sectorId: 7 });
    await game.pool.query("update ships set sector_id = 8 where id = $1", [pilot.shipId]);
    assert.deepEqual(await joinRefused(takeSeat(game, seat), "not_in_sector"), { sectorId: 8 });
    await game.join(pilot, 8);
  });

  it("asks for the protocol's version that it speaks", async () => {
    const pilot = await game.pilot(7);
    for (const protocol of [0, 2, "1", null]) {
      await joinRefused(game.join(pilot, 7, { protocol }), "client_too_old");
    }
  });

  it("lets nobody act who has not said who they are", async () => {
    const asked = await askForSeat(game, "joinOrCreate/sector", '{"sectorId":7}', null);
    assert.equal(asked.code, "token_missing");
  });
});

describe("a newcomer", () => {
  const game = useGame({ env: MANY_REQUESTS });
  before(async () => {
    await makeSector(game.pool, game.world, 7);
    await makeSector(game.pool, game.world, 8);
  });

  it("begins with what the start region's columns say, where they say", async () => {
    await game.pool.query(
      `update regions set starting_credits = 1234, starting_ship = 'SCOUT_SHIP', capital_sector_id = 8,
        starting_equipment = '{mining_laser}'`,
    );
    const userId = randomUUID();
    const detail = await joinRefused(game.join({ userId }, 7), "not_in_sector");
    assert.deepEqual(detail, { sectorId: 8 });
    const client = await game.join({ userId }, 8);
    const snapshot = await client.heard("pilot");
    assert.equal(snapshot.credits, 1234);
    assert.equal(snapshot.turns, 1000);
    assert.deepEqual(snapshot.equipment, { mining_laser: { level: 0 } });
    const row = await game.row(
      `select p.credits, p.home_sector_id, s.type, s.sector_id from players p join ships s on s.id = p.current_ship_id
        where p.user_id = $1`,
      userId,
    );
    assert.deepEqual(row, { credits: 1234, home_sector_id: 8, type: "SCOUT_SHIP", sector_id: 8 });
    await game.pool.query("update regions set capital_sector_id = 7");
  });

  it("is one player with one ship, however many clients join at the same moment", async () => {
    const userId = randomUUID();
    await joinAtOnce(game, { userId }, 50);
    const counts = await game.row(
      `select (select count(*)::int from players where user_id = $1) as players,
        (select count(*)::int from ships s join players p on p.id = s.owner_id where p.user_id = $1) as ships`,
      userId,
    );
    assert.deepEqual(counts, { players: 1, ships: 1 });
    assert.equal(roomOf(game, 7).sector.state.ships.size, 1);
  });
});

describe("a room's life", () => {
  const game = useGame({ env: MANY_REQUESTS, harvestTicks: 100 });
  before(async () => {
    for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
  });
  afterEach(() => letRoomsEnd(game));

  it("ends two seconds after the last pilot has left, and begins anew with the next epoch", async () => {
    const { pilot, client } = await game.fly(7);
    const epoch = await epochOf(game, 7);
    await client.leave();
    game.tick(19);
    assert.equal(game.server.sectors.size, 1);
    game.tick(10);
    await until("the room has ended", () => game.server.sectors.size === 0);
    assert.deepEqual(await listedRooms(), []);
    await game.join(pilot, 7);
    assert.equal(await epochOf(game, 7), epoch + 1);
  });

  it("stays while a pilot is in it, however little they do", async () => {
    const { client } = await game.fly(7);
    game.tick(6_000);
    await pause(50);
    assert.equal(client.closed, null);
    assert.equal(game.server.sectors.size, 1);
  });

  it("stays until a harvest whose pilot has left is due", async () => {
    const { pilot, client } = await game.fly(7);
    await accepted(client.ask("harvest"));
    await client.leave();
    game.tick(99);
    await pause(20);
    assert.equal(game.server.sectors.size, 1);
    game.tick(1);
    await until("the harvest is written", async () => (await game.turnsOf(pilot)) === 995);
    await letRoomsEnd(game);
  });

  it("stays until what it has submitted is answered", async () => {
    const { pilot, client } = await game.fly(7);
    await accepted(client.ask("harvest"));
    await client.leave();
    const release = await holdPlayer(game, pilot.playerId);
    game.tick(200);
    await pause(100);
    assert.equal(game.server.queue.size, 1, "the outcome waits for the player's row");
    assert.equal(game.server.sectors.size, 1);
    await release();
    await game.server.queue.drained();
    assert.equal(await game.turnsOf(pilot), 995);
    await letRoomsEnd(game);
  });

  it("stays for a seat that is reserved, and no longer than that seat is kept", async () => {
    const { client } = await game.fly(7);
    const room = roomOf(game, 7);
    room.seatReservationTimeout = 0.3;
    const seatedAt = performance.now();
    await reserveSeat(game, await game.pilot(7), { sectorId: 7 });
    await client.leave();
    game.tick(100);
    assert.equal(game.server.sectors.size, 1);
    await until("the room has ended", () => {
      game.tick(1);
      return game.server.sectors.size === 0;
    });
    assert.ok(performance.now() - seatedAt >= 300);
  });

  it("ends even if nobody ever comes in", async () => {
    await matchMaker.createRoom("sector", { sectorId: 8 });
    assert.equal(game.server.heartbeat.rooms, 1);
    assert.equal(await epochOf(game, 8), 0, "it has not been opened");
    await letRoomsEnd(game);
    assert.deepEqual(await listedRooms(), []);
  });

  it("is not disturbed by a duplicate that the directory turns down", async () => {
    const { client } = await game.fly(7);
    const room = roomOf(game, 7);
    const listing = await matchMaker.createRoom("sector", { sectorId: 7 });
    assert.equal(listing.clients, 1, "the listing is the first room's");
    assert.equal(game.server.heartbeat.rooms, 1);
    assert.ok(roomOf(game, 7) === room);
    assert.ok(matchMaker.getLocalRoomById("sector-7") === room);
    await accepted(client.ask("harvest"));
    game.tick(100);
    await client.heard("mining_harvest_completed");
    const second = await game.fly(7);
    await second.client.sees("both ships", (state) => state.ships.size === 2);
  });

  it("leaves nothing behind: after a hundred rooms there are no more timers, rooms or listings than before", async () => {
    const pilot = await game.pilot(7);
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const epoch = await epochOf(game, 7);
    const timersBefore = timers();
    for (let cycle = 0; cycle < 100; cycle++) {
      const client = await game.join(pilot, 7);
      // Some lines are cut: then a kept seat ends with its room, or with the pilot's next client.
      if (cycle % 4 < 2) await drop(game, client, 7);
      if (cycle % 4 === 0) roomOf(game, 7).lost();
      if (cycle % 4 === 1) await (await game.join(pilot, 7)).leave();
      await client.leave();
      await letRoomsEnd(game);
    }
    assert.equal(await epochOf(game, 7), epoch + 100);
    assert.equal(matchMaker.stats.local.roomCount, 0);
    assert.equal(matchMaker.stats.local.ccu, 0);
    assert.deepEqual(await listedRooms(), []);
    // A few belong to HTTP connections that are kept for the next request.
    await until("its timers are gone", () => timers() <= timersBefore + 3);
  }).timeout(30_000);

  it("sends nothing and runs no timers while nothing happens", async () => {
    const sectorIds = Array.from({ length: 20 }, (_, index) => 100 + index);
    for (const sectorId of sectorIds) await makeSector(game.pool, game.world, sectorId);
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const timersBefore = timers();
    const clients = await Promise.all(
      sectorIds.map(async (sectorId) => {
        const pilot = await game.pilot(sectorId);
        return WireClient.join(game, await reserveSeat(game, pilot, { sectorId }));
      }),
    );
    // What the joins themselves have changed goes out.
    game.tick(5);
    await pause(100);
    const before = clients.map((client) => client.sent.length);
    game.tick(600);
    await pause(1_500);
    assert.deepEqual(
      clients.map((client) => client.sent.length),
      before,
    );
    assert.ok(timers() < timersBefore + sectorIds.length / 2, `${timers()} timers, ${timersBefore} before`);
    for (const client of clients) client.end();
    for (const room of game.server.sectors) room.lost();
    await letRoomsEnd(game);
  });
});
