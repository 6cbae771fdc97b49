import { strict as assert } from "node:assert";
import { Protocol } from "@colyseus/core";
import { type Decoder, decode, Reflection, type Schema } from "@colyseus/schema";
import { galaxyRoomId } from "../../src/rooms/galaxy-room.ts";
import { makeSector } from "../support/fixtures.ts";
import { type GameUnderTest, TRANSPORTS, useGame } from "../support/game.ts";
import { accepted } from "../support/play.ts";
import { askForSeat, reserveSeat, roomOf, type TheSeat } from "../support/presence.ts";
import { until } from "../support/until.ts";
import { WireClient } from "../support/wire-client.ts";

const SECTOR = 1;

/** A JOIN_ROOM taken apart without any SDK. */
interface JoinFrame {
  readonly token: string;
  readonly serializer: string;
  /** What follows the two texts. */
  readonly rest: Buffer;
}

function joinFrame(client: WireClient): JoinFrame {
  const frames = client.sent.filter(([code]) => code === Protocol.JOIN_ROOM);
  const [frame] = frames;
  assert.ok(frame !== undefined);
  assert.equal(frames.length, 1);
  let at = 1;
  const text = () => {
    const length = frame.readUInt8(at);
    at += 1 + length;
    return frame.toString("utf8", at - length, at);
  };
  return { token: text(), serializer: text(), rest: frame.subarray(at) };
}

/** The frames of a code, less their first byte. */
function bodies(client: WireClient, code: number): Buffer[] {
  return client.sent.filter(([first]) => first === code).map((bytes) => bytes.subarray(1));
}

/** The reflection of a 0.18 frame: what its length says, which must be all there is. */
function newReflection({ rest }: JoinFrame): Buffer {
  const it = { offset: 0 };
  const length = decode.number(rest, it);
  assert.equal(rest.length, it.offset + length, "nothing but the reflection and its length");
  return rest.subarray(it.offset);
}

/** Reads the whole state out of a reflection and ROOM_STATE, and each patch after it. */
function stateOf(client: WireClient, reflection: Buffer): unknown {
  const decoder: Decoder<Schema> = Reflection.decode(reflection, { offset: 0 });
  const [full] = bodies(client, Protocol.ROOM_STATE);
  assert.ok(full !== undefined);
  decoder.decode(full);
  for (const patch of bodies(client, Protocol.ROOM_STATE_PATCH)) decoder.decode(patch);
  return decoder.state.toJSON();
}

async function wireClient(game: GameUnderTest, sdk?: string) {
  const pilot = await game.pilot(SECTOR);
  const options = { sectorId: SECTOR, protocol: 1, ...(sdk !== undefined && { sdk }) };
  const seat = await reserveSeat(game, pilot, options);
  return { pilot, seat, client: await WireClient.join(game, seat) };
}

/** The client's line is cut and it comes back to its seat, as the SDKs do. */
async function comeBack(game: GameUnderTest, seat: TheSeat, client: WireClient, more = "") {
  const { token } = joinFrame(client);
  client.end();
  const { clients } = roomOf(game, SECTOR);
  await until("the room has noticed", () => clients.every(({ sessionId }) => sessionId !== seat.sessionId));
  const path = `reconnect/${seat.roomId}`;
  const again = await askForSeat(game, path, JSON.stringify({ reconnectionToken: token }), null);
  assert.ok(again.seat !== null, `no seat: ${again.code}`);
  const back = await WireClient.open(game, again.seat, `&reconnectionToken=${token}${more}`);
  await until("it is let in", () => bodies(back, Protocol.JOIN_ROOM).length > 0);
  await back.acknowledge();
  await until("it has the state", () => bodies(back, Protocol.ROOM_STATE).length > 0);
  return back;
}

for (const transport of TRANSPORTS) {
  describe(`frames over ${transport}`, () => {
    const game = useGame({ transport });
    before(() => makeSector(game.pool, game.world, SECTOR));
    const room = () => roomOf(game, SECTOR).state.toJSON();

    it("JOIN_ROOM is token, serializer, length and reflection", async () => {
      for (const sdk of [undefined, "0.18", "0.18.4", "1.17"]) {
        const { client } = await wireClient(game, sdk);
        const frame = joinFrame(client);
        assert.match(frame.token, /^[\w-]{9,}$/);
        assert.equal(frame.serializer, "schema");
        assert.deepEqual(stateOf(client, newReflection(frame)), room());
        client.end();
      }
    });

    it("JOIN_ROOM has neither length nor sections for an SDK 0.17", async () => {
      for (const sdk of ["0.17", "0.17.12"]) {
        const { client: current } = await wireClient(game);
        const reflection = newReflection(joinFrame(current));
        current.end();
        const { client } = await wireClient(game, sdk);
        const frame = joinFrame(client);
        assert.equal(frame.serializer, "schema");
        assert.ok(frame.rest.equals(reflection), "the same reflection, to the end of the frame");
        assert.deepEqual(stateOf(client, frame.rest), room());
        client.end();
      }
    });

    it("an SDK 0.17 that reconnects gets its form again, and without a reflection if it has one", async () => {
      const { client, seat } = await wireClient(game, "0.17");
      const { rest: reflection } = joinFrame(client);
      const back = await comeBack(game, seat, client);
      assert.ok(joinFrame(back).rest.equals(reflection));
      assert.deepEqual(stateOf(back, reflection), room());
      const again = await comeBack(game, seat, back, "&skipHandshake=1");
      assert.equal(joinFrame(again).rest.length, 0);
      assert.deepEqual(stateOf(again, reflection), room());
      again.end();
    });

    it("who reconnects with an SDK 0.18 gets the length again", async () => {
      const { client, seat } = await wireClient(game);
      const reflection = newReflection(joinFrame(client));
      const back = await comeBack(game, seat, client);
      assert.ok(newReflection(joinFrame(back)).equals(reflection));
      const again = await comeBack(game, seat, back, "&skipHandshake=1");
      assert.deepEqual([...joinFrame(again).rest], [0]);
      again.end();
    });

    it("everything after JOIN_ROOM is the same for both: no modifier bits, state, patches, messages", async () => {
      const [{ client: old, pilot }, { client: current }] = [
        await wireClient(game, "0.17"),
        await wireClient(game),
      ];
      await old.send("harvest", { requestId: "r-1" });
      await until("it is accepted", () => old.messages.some(({ type }) => type === "accepted"));
      game.tick();
      const started = (client: WireClient) =>
        client.messages.some(({ type }) => type === "mining_harvest_started") &&
        bodies(client, Protocol.ROOM_STATE_PATCH).length > 0;
      await until("both have seen it start", () => started(old) && started(current));
      for (const client of [old, current]) {
        const codes = new Set(client.sent.map(([code]) => code));
        assert.deepEqual(
          [...codes].filter((code) => code === undefined || code < 10 || code > 17),
          [],
          "plain codes of the protocol alone",
        );
        assert.equal(bodies(client, Protocol.ROOM_STATE).length, 1);
      }
      assert.deepEqual(stateOf(old, joinFrame(old).rest), room());
      assert.deepEqual(stateOf(current, newReflection(joinFrame(current))), room());
      const ship = roomOf(game, SECTOR).state.ships.get(pilot.shipId);
      assert.equal(ship?.status, "MINING");
      old.end();
      current.end();
    });

    it("the galaxy's room speaks to both too", async () => {
      const { client: pilot } = await game.fly(SECTOR);
      await accepted(pilot.ask("preview_harvest"));
      const join = async (options: object) => {
        const { seat } = await askForSeat(game, "joinOrCreate/galaxy", JSON.stringify(options), null);
        assert.ok(seat !== null && seat.roomId === galaxyRoomId(seat.processId));
        return WireClient.join(game, seat);
      };
      const [old, current] = [await join({ sdk: "0.17" }), await join({})];
      assert.ok(joinFrame(old).rest.equals(newReflection(joinFrame(current))));
      old.end();
      current.end();
    });
  });
}

describe("what a client says of its SDK", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, SECTOR));

  it("is a short text, or the join is refused", async () => {
    const pilot = await game.pilot(SECTOR);
    for (const sdk of [17, null, {}, "0".repeat(17)]) {
      const body = JSON.stringify({ sectorId: SECTOR, sdk });
      const { code } = await askForSeat(game, "joinOrCreate/sector", body, await game.token(pilot.userId));
      assert.equal(code, "invalid_message", String(sdk));
    }
  });
});
