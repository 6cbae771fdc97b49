import { strict as assert } from "node:assert";
import { createHmac, randomUUID } from "node:crypto";
import { Rubbish } from "../../loadtest/storm/rubbish.ts";
import { seededDice } from "../support/dice.ts";
import { makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import { type GameUnderTest, TRANSPORTS, useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, refused, truthOf } from "../support/play.ts";
import {
  askForSeat,
  epochOf,
  letRoomsEnd,
  reconnect,
  reserveSeat,
  roomOf,
  theSeat,
} from "../support/presence.ts";
import { HARVEST_TICKS } from "../support/scenes.ts";
import { pause, until } from "../support/until.ts";
import { messageBytes, WireClient } from "../support/wire-client.ts";

const MESSAGES_PER_SECOND_MAX = 40;
/** What a sector's clients wait for while somebody misbehaves. */
const ROUND_TRIP_MS_MAX = 1_000;

/** That a pilot's client has all it is due: it is connected, answered in good time, and its harvest ends. */
async function isServed(game: GameUnderTest, client: PilotClient): Promise<void> {
  const askedAt = performance.now();
  await accepted(client.ask("harvest"));
  assert.ok(performance.now() - askedAt < ROUND_TRIP_MS_MAX);
  game.tick(HARVEST_TICKS);
  await client.next("mining_harvest_completed");
  assert.equal(client.closed, null);
}

for (const transport of TRANSPORTS) {
  describe(`a client that means harm, over ${transport}`, () => {
    const game = useGame({
      transport,
      harvestTicks: HARVEST_TICKS,
      joinAckSeconds: 1,
      env: {
        MESSAGES_PER_SECOND_MAX: `${MESSAGES_PER_SECOND_MAX}`,
        RECONNECT_SECONDS: "1",
        SOCKETS_PER_ADDRESS_MAX: "5000",
      },
    });
    let stationId = "";
    before(async () => {
      for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId, { tier: 5 });
      await makeWarp(game.pool, 7, 8);
      stationId = await makeStation(game.pool, game.world, 7);
    });
    afterEach(() => letRoomsEnd(game));

    it("is closed when it sends more messages than it may, and nobody else notices", async () => {
      const other = await game.fly(7);
      const flooder = await game.fly(7);
      const { harvestId } = await accepted(flooder.client.ask("harvest"));
      for (let sent = 0; sent < MESSAGES_PER_SECOND_MAX * 5; sent++) {
        flooder.client.room.send("harvest", { requestId: randomUUID() });
      }
      await flooder.client.heard("(closed)");
      assert.equal(flooder.client.closed, 4002);
      const answered = flooder.client.told.filter(({ type }) => type === "refused").length;
      assert.ok(answered <= MESSAGES_PER_SECOND_MAX + 2, `${answered} of its messages were answered`);
      const harvested = other.client.next("mining_harvest_completed");
      await accepted(other.client.ask("harvest"));
      game.tick(HARVEST_TICKS);
      await harvested;
      // Its harvest has ended by its own rules, and it may come back.
      const back = await game.join(flooder.pilot, 7, { cursor: 0 });
      assert.equal((await back.heard("mining_harvest_completed")).harvestId, harvestId);
    });

    it("is not closed for sending as much as it may, second after second", async () => {
      const { client } = await game.fly(7);
      for (let halfSeconds = 0; halfSeconds < 6; halfSeconds++) {
        for (let sent = 0; sent < MESSAGES_PER_SECOND_MAX / 4; sent++)
          client.room.send("ack", { eventId: 0 });
        await pause(500);
      }
      assert.equal(client.closed, null);
      await isServed(game, client);
    });

    it("loses its connection with a message that is too large, and finds its seat kept", async () => {
      const other = await game.fly(7);
      const { pilot, client } = await game.fly(7);
      await accepted(client.ask("harvest"));
      client.room.send("harvest", { requestId: randomUUID(), padding: "x".repeat(5_000) });
      await client.heard("(closed)");
      const back = await reconnect(game, client);
      game.tick(HARVEST_TICKS);
      await back.heard("mining_harvest_completed");
      assert.equal(await game.turnsOf(pilot), 995);
      await isServed(game, other.client);
    });

    it("keeps nobody from their ship by a client that never says it has joined, and no room open", async () => {
      const pilot = await game.pilot(7);
      const mute = await WireClient.open(game, await reserveSeat(game, pilot, { sectorId: 7 }));
      await until("the room has let it in", () => mute.sent.length > 0);
      const client = await game.join(pilot, 7);
      await isServed(game, client);
      await until("the mute one is closed", () => mute.closeCode !== null);
      assert.equal(mute.closeCode, 4101);
      await client.leave();

      const again = await WireClient.open(game, await reserveSeat(game, pilot, { sectorId: 7 }));
      await until("it is closed for not joining", () => again.closeCode !== null || again.isCut);
      await until("its ship is gone", () => {
        game.tick();
        return game.server.sectors.size === 0;
      });
    });

    it("is cut off when it does not read, and everybody else in the room is told everything", async () => {
      const readers = await Promise.all(Array.from({ length: 3 }, () => game.fly(7)));
      const deaf = await Promise.all(
        Array.from({ length: 5 }, async () => {
          const pilot = await game.pilot(7);
          const client = await WireClient.join(game, await reserveSeat(game, pilot, { sectorId: 7 }));
          client.socket.socket.pause();
          return client;
        }),
      );
      const lastReader = await game.fly(7);
      const room = roomOf(game, 7);
      const count = 300;
      const padding = "x".repeat(64 * 1024);
      for (let sent = 1; sent <= count; sent++) {
        room.sector.broadcast("gossip", { sent, padding });
        game.tick();
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const { client } of [...readers, lastReader]) {
        const heard = () =>
          client.told.filter(({ type }) => type === "gossip").map(({ payload }) => payload.sent);
        await until("a reader has heard everything", () => heard().length === count);
        assert.deepEqual(
          heard(),
          Array.from({ length: count }, (_, index) => index + 1),
        );
      }
      await until("the others are gone", () => room.clients.length === readers.length + 1);
      await isServed(game, lastReader.client);
      for (const client of deaf) client.end();
    });

    it("gets nowhere with a socket for a seat of its own making", async () => {
      const { client } = await game.fly(7);
      const { sessionId } = client.room;
      for (const [roomId, session] of [
        ["sector-7", "made-up"],
        ["sector-7", sessionId],
        ["sector-7", "__proto__"],
        ["sector-7", "constructor"],
        ["sector-8", "made-up"],
        ["constructor", "made-up"],
        ["__proto__", "made-up"],
        ["toString", "length"],
      ] as const) {
        const seat = theSeat({ name: "sector", processId: "x", roomId, sessionId: session });
        const socket = await WireClient.open(game, seat);
        await until("it is turned away", () => socket.closeCode !== null);
        assert.match(socket.errors.join(), /seat_expired/, `${roomId} ${session}`);
        socket.end();
      }
      await isServed(game, client);
    });

    it("gains nothing by requests that are built to confuse", async () => {
      const { pilot, client } = await game.fly(7, { turns: 5 });
      const deep = JSON.parse(`${'{"a":'.repeat(200)}1${"}".repeat(200)}`);
      for (const body of [
        null,
        7,
        "harvest",
        [],
        [{ requestId: "r" }],
        {},
        { requestId: "" },
        { requestId: "r".repeat(65) },
        { requestId: "\u0000" },
        { requestId: "\ud800" },
        { requestId: ["r"] },
        { requestId: { toString: "r" } },
        { requestId: "r", shipId: "not a uuid" },
        { requestId: "r", shipId: { $ne: null } },
        { requestId: "r", unknown: 1 },
        { requestId: "r", deep },
        { requestId: "r", ["__proto__"]: { shipId: pilot.shipId } },
      ]) {
        const before = client.told.length;
        client.room.send("harvest", body);
        await until("it is refused", () => client.told.slice(before).some(({ type }) => type === "refused"));
        const [answer] = client.told.slice(before);
        assert.equal(answer?.payload.code, "invalid_message", JSON.stringify(body)?.slice(0, 80));
      }
      assert.equal(client.closed, null, "a message of the wrong shape is no reason to be closed");
      for (const type of ["__proto__", "constructor", "toString", "", "x".repeat(200), "\u0000"]) {
        await refused(client.ask(type), "unknown_message");
      }
      for (const requestId of ["__proto__", "constructor", "' or 1 = 1; --"]) {
        await refused(client.ask("warp", { sectorId: 999, requestId }), "no_such_warp");
      }
      await isServed(game, client);
      assert.equal(await game.turnsOf(pilot), 0);
    });

    it("brings nothing down with messages that pretend to be enormous", async () => {
      const other = await game.fly(7);
      const bombs: Record<string, number[]> = {
        "an array of 4 billion": [0xdd, 0xff, 0xff, 0xff, 0xff],
        "an array of 100 million": [0xdd, 0x05, 0xf5, 0xe1, 0x00, 1, 2],
        "a map of 4 billion": [0xdf, 0xff, 0xff, 0xff, 0xff],
        "a text of 4 GB": [0xdb, 0xff, 0xff, 0xff, 0xff, 65],
        "2 GB of bytes": [0xc6, 0x7f, 0xff, 0xff, 0xff],
        "an extension of 4 GB": [0xc9, 0xff, 0xff, 0xff, 0xff, 0x75],
        "4000 nested arrays": Array.from({ length: 4_000 }, () => 0x91),
        "4000 nested maps": Array.from({ length: 4_000 }, () => 0x81),
        "700 arrays of 5 million": Array.from({ length: 700 }, () => [0xdd, 0, 0x4c, 0x4b, 0x40]).flat(),
      };
      const heldBefore = process.memoryUsage();
      for (const [what, bytes] of Object.entries(bombs)) {
        const pilot = await game.pilot(7);
        const bomber = await WireClient.join(game, await reserveSeat(game, pilot, { sectorId: 7 }));
        const thrownAt = performance.now();
        await bomber.socket.send(Buffer.concat([messageBytes("harvest"), Buffer.from(bytes)]));
        await until(`${what} has been dealt with`, () => bomber.closeCode !== null || bomber.isCut);
        assert.ok(performance.now() - thrownAt < ROUND_TRIP_MS_MAX, what);
        bomber.end();
      }
      const { rss, heapUsed } = process.memoryUsage();
      assert.ok(rss - heldBefore.rss < 300e6 && heapUsed - heldBefore.heapUsed < 200e6);
      await isServed(game, other.client);
    });

    it("changes nothing and brings nothing down with thousands of frames of rubbish", async () => {
      const other = await game.fly(7);
      const watcher = await game.spectate(7);
      // With no turns left a pilot can do nothing, even by a frame that makes sense by accident.
      const pilots = await Promise.all(Array.from({ length: 4 }, () => game.pilot(7, { turns: 0 })));
      const bearings = { shipId: other.pilot.shipId, stationId, sectorId: 7 };
      const rubbish = new Rubbish(seededDice(20_260_101), bearings);

      const before = await truthOf(game.pool);
      const shipBefore = watcher.state.ships.get(other.pilot.shipId)?.toJSON();
      let frames = 0;
      while (frames < 4_000) {
        const clients = await Promise.all(
          pilots.map(async (pilot) => WireClient.join(game, await reserveSeat(game, pilot, { sectorId: 7 }))),
        );
        for (let each = 0; each < MESSAGES_PER_SECOND_MAX; each++) {
          for (const client of clients) if (!client.isCut) await client.socket.send(rubbish.frame());
          frames += clients.length;
        }
        await pause(20);
        for (const client of clients) client.end();
      }
      await game.server.queue.drained();
      assert.deepEqual(await truthOf(game.pool), before);
      assert.deepEqual(watcher.state.ships.get(other.pilot.shipId)?.toJSON(), shipBefore);
      assert.deepEqual([watcher.closed, other.client.closed], [null, null]);
      await isServed(game, other.client);
    }).timeout(60_000);
  });
}

describe("a token that is not good", () => {
  const game = useGame({ env: { SOCKETS_PER_ADDRESS_MAX: "5000" } });
  before(() => makeSector(game.pool, game.world, 7));

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const forged = (header: unknown, claims: unknown, secret = "not the server's") => {
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
  const sub = randomUUID();
  const soon = Math.floor(Date.now() / 1000) + 3_600;

  const BAD: Record<string, () => Promise<string> | string> = {
    expired: () => game.token(sub, { exp: Math.floor(game.clock.nowMs() / 1000) - 60 }),
    "not valid yet": () => game.token(sub, { nbf: soon }),
    "without an end": () => forged({ alg: "HS256" }, { sub }),
    "signed by somebody else": () => forged({ alg: "HS256" }, { sub, exp: soon }),
    "not signed at all": () => `${encode({ alg: "none" })}.${encode({ sub, exp: soon })}.`,
    "of another algorithm": () => forged({ alg: "RS256" }, { sub, exp: soon }),
    "for nobody": () => game.token("", {}),
    "for no user's id": () => game.token("admin", {}),
    "for an id from SQL": () => game.token(`${sub}' or '1'='1`, {}),
    "for two users": () => game.token(sub, { sub: [sub, randomUUID()] }),
    "of no form": () => "Bearer",
    "of 6 KB": () => "x".repeat(6_000),
    tampered: async () =>
      (await game.token(sub)).replace(/\.[^.]+\./, `.${encode({ sub: randomUUID(), exp: soon })}.`),
  };
  for (const [what, token] of Object.entries(BAD)) {
    it(`lets nobody in: one that is ${what}`, async () => {
      const asked = await askForSeat(game, "joinOrCreate/sector", '{"sectorId":7}', await token());
      assert.equal(asked.status, 401);
      assert.match(asked.code ?? "", /^token_(invalid|expired|missing)$/);
      const { players } = await game.row(
        "select count(*)::int as players from players where user_id is not null",
      );
      assert.equal(players, 0);
      assert.equal(await epochOf(game, 7), 0);
      assert.equal(game.server.heartbeat.rooms, 0);
    });
  }

  it("is none for what its name says: whatever that is, the pilot comes in under a name that can be shown", async () => {
    for (const name of [
      "\u0000",
      "a\u0000b",
      "x".repeat(2_000),
      "<script>",
      "\u202e",
      "  ",
      7,
      null,
      { a: 1 },
    ]) {
      const userId = randomUUID();
      const asked = await askForSeat(
        game,
        "joinOrCreate/sector",
        '{"sectorId":7}',
        await game.token(userId, { name, user_metadata: { name } }),
      );
      assert.ok(
        asked.seat !== null || asked.code === "token_invalid",
        `${JSON.stringify(name)}: ${asked.code}`,
      );
    }
  });
});
