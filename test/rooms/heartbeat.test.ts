import { strict as assert } from "node:assert";
import { type Beating, Heartbeat } from "../../src/rooms/heartbeat.ts";
import { ManualClock } from "../support/clock.ts";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted } from "../support/play.ts";
import { letRoomsEnd, roomOf, writeEvent } from "../support/presence.ts";
import { HARVEST_DICE, HARVEST_TICKS } from "../support/scenes.ts";
import { pause, until } from "../support/until.ts";

const MESSAGES_PER_SECOND_MAX = 20;
const DAY_MS = 86_400_000;

/** A room in which something is due at each tick. */
class BusyRoom implements Beating {
  readonly beats: number[] = [];
  readonly #now: () => number;
  constructor(now: () => number) {
    this.#now = now;
  }
  beat(): void {
    this.beats.push(this.#now());
  }
  hasChanged = () => true;
  nextDueTick = () => 0;
  moveClock(): void {}
  woken(): void {}
  restsUntilMs = () => null;
  failed(error: unknown): void {
    throw error;
  }
}

describe("the heartbeat of many rooms", () => {
  it("has them a tenth at a time, each of them once a tick", () => {
    let beat = 0;
    const heartbeat = new Heartbeat(new ManualClock(), () => {
      beat += 1;
    });
    const rooms = Array.from({ length: 25 }, () => new BusyRoom(() => beat));
    for (const room of rooms) heartbeat.add(room);
    heartbeat.step();
    assert.equal(beat, 10);
    assert.ok(rooms.every(({ beats }) => beats.length === 1));
    const sizes = Map.groupBy(rooms, ({ beats }) => beats[0]);
    assert.deepEqual([...sizes.values()].map(({ length }) => length).sort(), [2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
  });
});

describe("a room in which nothing goes on", () => {
  const dice = new ScriptedDice();
  const env = { MESSAGES_PER_SECOND_MAX: `${MESSAGES_PER_SECOND_MAX}` };
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice, env });
  before(async () => {
    for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
  });
  afterEach(async () => {
    await letRoomsEnd(game);
    assert.equal(dice.left, 0);
  });

  /** Lets the time go by after which the sector's room rests. */
  async function rest(sectorId: number): Promise<void> {
    // The client has long acknowledged its join; the timer that looks whether it has would take five seconds.
    roomOf(game, sectorId).clock.clear();
    await until("the room rests", () => {
      game.tick(5);
      return game.server.heartbeat.roomsResting === 1;
    });
  }

  it("rests, and carries out what its pilot asks for as if it had not", async () => {
    const { client } = await game.fly(7);
    await rest(7);
    await accepted(client.ask("harvest"));
    assert.equal(game.server.heartbeat.roomsResting, 0);
    dice.push(...HARVEST_DICE);
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    await client.sees("its own ship at rest", ({ ships }) =>
      [...ships.values()].every(({ status }) => status === "IN_SPACE"),
    );
  });

  it("does not rest while a harvest runs in it, and lets in who comes while it rests", async () => {
    const { client } = await game.fly(7);
    await accepted(client.ask("harvest"));
    roomOf(game, 7).clock.clear();
    game.tick(HARVEST_TICKS - 1);
    assert.equal(game.server.heartbeat.roomsResting, 0);
    dice.push(...HARVEST_DICE);
    game.tick();
    await client.heard("mining_harvest_completed");
    await rest(7);
    await game.fly(7);
    await client.sees("who has come", ({ ships }) => ships.size === 2);
  });

  it("counts the messages of a client by the second, however long it has rested", async () => {
    const { client } = await game.fly(7);
    for (let second = 0; second < 2; second++) {
      for (let sent = 0; sent < MESSAGES_PER_SECOND_MAX - 5; sent++) client.room.send("ack", { eventId: 0 });
      await accepted(client.ask("preview_harvest"));
      await rest(7);
      await pause(1_000);
    }
    assert.equal(client.room.connection.isOpen, true);
  });

  it("wakes when its field is full again", async () => {
    const nowMs = game.clock.nowMs();
    await game.pool.query(
      `update asteroid_fields set pool_remaining = pool_size / 2, last_depleting_harvest_at = $1, replenish_due_at = $2
        where sector_id = 8`,
      [new Date(nowMs), new Date(nowMs + DAY_MS)],
    );
    const { client } = await game.fly(8);
    assert.notEqual(client.state.depletion, "fresh");
    await rest(8);
    game.clock.advance(DAY_MS);
    await client.sees("a full field", ({ depletion }) => depletion === "fresh");
  });

  it("ends when its pilot leaves, and brings them until then what others write for them", async () => {
    const { pilot, client } = await game.fly(7);
    await rest(7);
    await writeEvent(game.pool, pilot.playerId, { from: "a job" });
    assert.deepEqual(await client.heard("parcel_delivered"), { from: "a job", eventId: 1 });
    await client.leave();
    await letRoomsEnd(game);
  });
});
