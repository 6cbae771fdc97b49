import { strict as assert } from "node:assert";
import { ScriptedDice } from "../support/dice.ts";
import { type MadePilot, makeSector, makeWarp } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, timesHeard } from "../support/play.ts";
import {
  drop,
  eventIds,
  letRoomsEnd,
  outsideTransaction,
  reconnect,
  roomOf,
  takeSeat,
  theSeat,
  writeEvent,
} from "../support/presence.ts";
import { HARVEST_DICE, HARVEST_TICKS } from "../support/scenes.ts";
import { pause, until } from "../support/until.ts";

/** A backlog up to this is brought whole; it is the page of src/persistence/feed.ts. */
const BACKLOG_MAX = 500;

/** Nobody can read it, or write to it, until the transaction ends. */
const BAR_THE_FEED = "lock table events in access exclusive mode";

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe("a pilot's events", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice });
  before(async () => {
    for (const sectorId of [7, 8]) await makeSector(game.pool, game.world, sectorId);
    await makeWarp(game.pool, 7, 8);
  });
  afterEach(async () => {
    await letRoomsEnd(game);
    assert.equal(dice.left, 0);
  });

  async function writeEvents(pilot: MadePilot, count: number): Promise<void> {
    await game.pool.query(
      `insert into events (player_id, seq, type, payload, created_at)
        select id, event_seq + n, 'parcel_delivered', jsonb_build_object('parcel', n), $3
        from players, generate_series(1, $2) as n where id = $1`,
      [pilot.playerId, count, new Date()],
    );
    await game.pool.query("update players set event_seq = event_seq + $2 where id = $1", [
      pilot.playerId,
      count,
    ]);
  }

  /** Sessions that wait for a lock with a statement like this. */
  async function waitingFor(statement: string): Promise<number> {
    const { count } = await game.row(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
      statement,
    );
    return Number(count);
  }

  it("reach the pilot, and nobody else, within a second or so when somebody else than the room has written them", async () => {
    const { pilot, client } = await game.fly(7);
    const other = await game.fly(7);
    const watcher = await game.spectate(7);
    const writtenAt = performance.now();
    await writeEvent(game.pool, pilot.playerId, { from: "a job" });
    assert.deepEqual(await client.heard("parcel_delivered"), { from: "a job", eventId: 1 });
    assert.ok(performance.now() - writtenAt < 2_500);
    assert.deepEqual([...eventIds(other.client), ...eventIds(watcher)], []);
  });

  for (const [first, second] of [
    ["commit", "commit"],
    ["rollback", "commit"],
  ] as const) {
    it(`are not skipped when two transactions write at the same time and end in ${first} and ${second}`, async () => {
      const { pilot, client } = await game.fly(7);
      // The one that began first is the second to lock the pilot's row, and so waits for the other.
      const late = await outsideTransaction(game);
      const early = await outsideTransaction(game);
      await late.client.query("select 1");
      await writeEvent(early.client, pilot.playerId, { who: "early" });
      const waiting = writeEvent(late.client, pilot.playerId, { who: "late" });
      // A look at the feed falls in here and must see neither.
      await pause(1_200);
      assert.deepEqual(eventIds(client), []);
      await early.end(first);
      await waiting;
      await pause(1_200);
      await late.end(second);
      const last = first === "commit" ? 2 : 1;
      await until("the last one is told", () => eventIds(client).at(-1) === last);
      assert.deepEqual(eventIds(client), range(1, last));
      const told = client.told
        .filter(({ type }) => type === "parcel_delivered")
        .map(({ payload }) => payload.who);
      assert.deepEqual(told, first === "commit" ? ["early", "late"] : ["late"]);
    });
  }

  it("are in order when the room's own outcome waits for somebody else's transaction", async () => {
    const { pilot, client } = await game.fly(7);
    await accepted(client.ask("harvest"));
    const outside = await outsideTransaction(game);
    await writeEvent(outside.client, pilot.playerId);
    dice.push(...HARVEST_DICE);
    game.tick(HARVEST_TICKS);
    await pause(50);
    assert.equal(game.server.queue.size, 1);
    await outside.end("commit");
    await client.heard("mining_harvest_completed");
    assert.deepEqual(eventIds(client), [1, 2]);
  });

  it("are in order when the room's own outcome comes before anybody has looked at the feed", async () => {
    const { pilot, client } = await game.fly(7);
    await accepted(client.ask("harvest"));
    await writeEvent(game.pool, pilot.playerId);
    dice.push(...HARVEST_DICE);
    game.tick(HARVEST_TICKS);
    await game.server.queue.drained();
    await client.heard("mining_harvest_completed");
    assert.deepEqual(eventIds(client), [1, 2]);
  });

  for (const [cursor, expected] of [
    [0, [1, 2, 3, 4, 5]],
    [3, [4, 5]],
    [5, []],
    [99, []],
    [undefined, []],
  ] as const) {
    it(`come from the cursor ${cursor ?? "that a join does not name"} on, then those that are new`, async () => {
      const pilot = await game.pilot(7);
      await writeEvents(pilot, 5);
      const client = await game.join(pilot, 7, cursor === undefined ? {} : { cursor });
      await writeEvent(game.pool, pilot.playerId);
      await until("the new one is told", () => eventIds(client).at(-1) === 6);
      assert.deepEqual(eventIds(client), [...expected, 6]);
      assert.equal(timesHeard(client, "events_truncated"), 0);
    });
  }

  it("come from a cursor that only another client of the pilot has got to", async () => {
    const { pilot, client: first } = await game.fly(7);
    await writeEvents(pilot, 3);
    await until("they are told", () => eventIds(first).length === 3);
    // It says it has less, and is superseded before it has been told the rest again.
    await game.join(pilot, 7, { cursor: 0 }).catch(() => {});
    const third = await game.join(pilot, 7, { cursor: 3 });
    await writeEvent(game.pool, pilot.playerId);
    await until("the new one is told", () => eventIds(third).length > 0);
    assert.deepEqual(eventIds(third), [4]);
  });

  it("that somebody else wrote to a pilot who stayed come before the answer to whatever is asked after coming back", async () => {
    const { pilot, client } = await game.fly(7);
    await drop(game, client, 7);
    await writeEvents(pilot, 1);
    const back = await reconnect(game, client);
    await back.ask("preview_harvest");
    assert.deepEqual(eventIds(back), [1]);
    await writeEvents(pilot, 1);
    const taken = await game.join(pilot, 7, { cursor: 1 });
    await taken.ask("preview_harvest");
    assert.deepEqual(eventIds(taken), [2]);
  });

  it("that somebody else wrote while the ship was on its way are told at the other end", async () => {
    const { pilot, client } = await game.fly(7);
    await writeEvents(pilot, 1);
    const { seat } = await accepted(client.ask("warp", { sectorId: 8 }));
    await writeEvents(pilot, 1);
    const there = await takeSeat(game, theSeat(seat));
    await there.ask("preview_harvest");
    assert.deepEqual([...new Set([...eventIds(client), ...eventIds(there)])], [1, 2]);
  });

  it("are said to be missing when what lies after the cursor is no longer kept", async () => {
    const pilot = await game.pilot(7);
    await writeEvents(pilot, 6);
    await game.pool.query("delete from events where player_id = $1 and seq <= 4", [pilot.playerId]);
    const client = await game.join(pilot, 7, { cursor: 2 });
    await until("the rest is told", () => eventIds(client).length === 2);
    assert.deepEqual(await client.heard("events_truncated"), { afterEventId: 2, beforeEventId: 5 });
    assert.deepEqual(eventIds(client), [5, 6]);
    const told = client.told.map(({ type }) => type);
    assert.ok(told.indexOf("events_truncated") < told.indexOf("parcel_delivered"));
  });

  it("are said to be missing at once when none of them is kept, and go on after them", async () => {
    const pilot = await game.pilot(7);
    await writeEvents(pilot, 6);
    await game.pool.query("delete from events where player_id = $1", [pilot.playerId]);
    const client = await game.join(pilot, 7, { cursor: 2 });
    assert.deepEqual(await client.heard("events_truncated"), { afterEventId: 2, beforeEventId: 7 });
    await accepted(client.ask("harvest"));
    dice.push(...HARVEST_DICE);
    game.tick(HARVEST_TICKS);
    assert.equal((await client.heard("mining_harvest_completed")).eventId, 7);
    assert.equal(timesHeard(client, "events_truncated"), 1);
  });

  it("are cut to the newest when more have piled up than one client can be sent at once", async () => {
    const pilot = await game.pilot(7);
    await writeEvents(pilot, BACKLOG_MAX + 200);
    const client = await game.join(pilot, 7, { cursor: 100 });
    await until("the newest is told", () => eventIds(client).at(-1) === BACKLOG_MAX + 200);
    assert.deepEqual(await client.heard("events_truncated"), { afterEventId: 100, beforeEventId: 201 });
    assert.deepEqual(eventIds(client), range(201, BACKLOG_MAX + 200));
    await client.leave();
    const again = await game.join(pilot, 7, { cursor: 200 });
    await until("the newest is told", () => eventIds(again).at(-1) === BACKLOG_MAX + 200);
    assert.equal(timesHeard(again, "events_truncated"), 0);
    assert.deepEqual(eventIds(again), range(201, BACKLOG_MAX + 200));
  });

  it("are not taken for missing by a look at the feed that began before the client came back with less", async () => {
    const { pilot, client } = await game.fly(7);
    await writeEvents(pilot, 3);
    await until("they are told", () => eventIds(client).length === 3);
    // None of them is acknowledged. Now the feed cannot be read for a while. A look at it waits that begins after the
    // third event; behind it somebody who bars the feed again; behind both, the look of the client that comes back and
    // begins at the start.
    const first = await outsideTransaction(game);
    await first.client.query(BAR_THE_FEED);
    await writeEvent(first.client, pilot.playerId);
    await until("a look at the feed waits", async () => (await waitingFor("%cross join lateral%")) === 1);
    const second = await outsideTransaction(game);
    const barred = second.client.query(BAR_THE_FEED);
    await until("the second bar waits", async () => (await waitingFor("lock table%")) === 1);
    await drop(game, client, 7);
    const returning = reconnect(game, client);
    await until("the client's own look waits", async () => (await waitingFor("%cross join lateral%")) === 2);
    await first.end("commit");
    await barred;
    await second.end("commit");
    const back = await returning;
    await until("the newest is told", () => eventIds(back).at(-1) === 4);
    assert.equal(timesHeard(back, "events_truncated"), 0);
    assert.deepEqual(eventIds(back), [1, 2, 3, 4]);
  });

  it("that are new wait for the backlog that is being read, and come once", async () => {
    const { pilot, client } = await game.fly(7);
    await writeEvents(pilot, 3);
    await until("they are told", () => eventIds(client).length === 3);
    await accepted(client.ask("harvest"));
    await drop(game, client, 7);
    const outside = await outsideTransaction(game);
    await outside.client.query(BAR_THE_FEED);
    const returning = reconnect(game, client);
    await until("the client is being let in", () => roomOf(game, 7).clients.length === 1);
    dice.push(...HARVEST_DICE);
    game.tick(HARVEST_TICKS);
    await pause(100);
    assert.equal(game.server.queue.size, 1);
    await outside.end("commit");
    const back = await returning;
    await until("the newest is told", () => eventIds(back).at(-1) === 4);
    assert.deepEqual(eventIds(back), [1, 2, 3, 4]);
  });

  it("come later while they cannot be read; nobody is kept out for that", async () => {
    const { pilot, client } = await game.fly(7);
    await writeEvents(pilot, 2);
    await until("they are told", () => eventIds(client).length === 2);
    client.room.send("ack", { eventId: 1 });
    await accepted(client.ask("harvest"));
    await drop(game, client, 7);
    await game.pool.query("alter table events rename to events_away");
    const back = await reconnect(game, client);
    await back.heard("pilot");
    assert.deepEqual(eventIds(back), []);
    await game.pool.query("alter table events_away rename to events");
    dice.push(...HARVEST_DICE);
    game.tick(HARVEST_TICKS);
    await back.heard("mining_harvest_completed");
    assert.deepEqual(eventIds(back), [2, 3]);
  });
});
