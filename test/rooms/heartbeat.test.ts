import { strict as assert } from "node:assert";
import { TICK_MS } from "../../src/commands/sector.ts";
import { type Beating, Heartbeat } from "../../src/rooms/heartbeat.ts";
import { PatchRate } from "../../src/rooms/patch-rate.ts";
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

/** A room in which something is due at each tick, and has changed at first. */
class BusyRoom implements Beating {
  /** When its beats were, and those that sent a patch, by `now`. */
  readonly beats: number[] = [];
  readonly patches: { readonly at: number; readonly changes: number }[] = [];
  changes = 1;
  readonly #now: () => number;
  constructor(now: () => number) {
    this.#now = now;
  }
  beat(_tick: number, sendsPatch: boolean): void {
    this.beats.push(this.#now());
    if (!sendsPatch || this.changes === 0) return;
    this.patches.push({ at: this.#now(), changes: this.changes });
    this.changes = 0;
  }
  hasChanged = () => this.changes > 0;
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
    const heartbeat = new Heartbeat(new ManualClock(), new PatchRate(10, () => 0), () => {
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

  it("touches none in which nothing is due, until its patch goes out", () => {
    let utilization = 1;
    const clock = new ManualClock();
    const patchRate = new PatchRate(2.5, () => utilization);
    const heartbeat = new Heartbeat(clock, patchRate, () => {});
    const room = new BusyRoom(() => clock.nowMs());
    room.nextDueTick = () => Number.POSITIVE_INFINITY;
    heartbeat.add(room);
    room.changes = 0;
    while (patchRate.everyBeats < 4) {
      clock.advance(TICK_MS);
      heartbeat.step();
    }
    utilization = 0.55;
    room.changes = 1;
    for (let beat = 0; beat < 8; beat++) heartbeat.step();
    assert.equal(room.patches.length, 1);
    assert.equal(room.beats.length, 1);
  });
});

describe("the heartbeat of a process in which nothing goes on", () => {
  /** @returns how often it woke the process in so much time */
  async function wakes(rooms: readonly Beating[], ms: number): Promise<number> {
    let lastMs = Number.NEGATIVE_INFINITY;
    let woken = 0;
    class CountingClock extends ManualClock {
      override monotonicMs(): number {
        const nowMs = performance.now();
        // What is looked at in one go is one awakening.
        if (nowMs - lastMs > 2) woken++;
        lastMs = nowMs;
        return super.monotonicMs();
      }
    }
    const heartbeat = new Heartbeat(new CountingClock(), new PatchRate(10, () => 0), () => {});
    heartbeat.start();
    for (const room of rooms) heartbeat.add(room);
    await pause(ms);
    heartbeat.stop();
    return woken;
  }

  it("wakes it ten times a second, not a hundred", async () => {
    const resting = await wakes([], 600);
    assert.ok(resting <= 8, `${resting} times in 0.6 s`);
    const awake = await wakes([new BusyRoom(() => 0)], 600);
    assert.ok(awake > resting, `${awake} times with a room that is awake, ${resting} without`);
  });
});

describe("patches while the process is busy", () => {
  /** Rooms in which something changes in each tick, in a process that finds itself so busy. */
  function changing(readUtilization: () => number, hzMin: number) {
    const clock = new ManualClock();
    const heartbeat = new Heartbeat(clock, new PatchRate(hzMin, readUtilization), () => {});
    const rooms = Array.from({ length: 20 }, () => new BusyRoom(() => heartbeat.tick));
    for (const room of rooms) heartbeat.add(room);
    /** @returns the patches of each room in these ticks */
    const tick = (ticks: number) => {
      for (const room of rooms) {
        room.beats.splice(0);
        room.patches.splice(0);
      }
      for (let count = 0; count < ticks; count++) {
        clock.advance(TICK_MS);
        for (const room of rooms) room.changes++;
        heartbeat.step();
      }
      return rooms.map(({ patches }) => patches);
    };
    return { rooms, tick };
  }
  const everywhere = (patches: number) => Array.from({ length: 20 }, () => patches);
  const lengths = (lists: readonly (readonly unknown[])[]) => lists.map(({ length }) => length);

  it("go out with each beat, then with every second and fourth, and with each again when there is time", () => {
    let utilization = 0.2;
    const { tick } = changing(() => utilization, 2.5);
    assert.deepEqual(lengths(tick(11)), everywhere(11));
    utilization = 0.9;
    tick(9);
    assert.deepEqual(lengths(tick(8)), everywhere(4));
    tick(2);
    assert.deepEqual(lengths(tick(8)), everywhere(2));
    utilization = 0.2;
    tick(80);
    assert.deepEqual(lengths(tick(10)), everywhere(10));
  });

  it("that are put off lose nothing, and what is due in their rooms does not wait for them", () => {
    const { rooms, tick } = changing(() => 0.9, 2.5);
    tick(40);
    for (const patches of tick(12))
      assert.deepEqual(
        patches.map(({ changes }) => changes),
        [4, 4, 4],
      );
    assert.deepEqual(lengths(rooms.map(({ beats }) => beats)), everywhere(12));
  });

  it("are spread over the ticks", () => {
    const { tick } = changing(() => 0.9, 2.5);
    tick(40);
    const byTick = Map.groupBy(tick(4).flat(), ({ at }) => at);
    assert.deepEqual(lengths([...byTick.values()]).sort(), [4, 4, 6, 6]);
  });

  it("go out as ever where the operator wants that", () => {
    const { tick } = changing(() => 1, 10);
    assert.deepEqual(lengths(tick(50)), everywhere(50));
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
