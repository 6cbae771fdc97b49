import { strict as assert } from "node:assert";
import { pino } from "pino";
import { Pilot } from "../../src/commands/pilot.ts";
import { PilotReader } from "../../src/persistence/pilots.ts";
import { FeedReader } from "../../src/rooms/feed-reader.ts";
import { NO_METER } from "../../src/telemetry/meter.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { letRoomsEnd, roomOf, writeEvent } from "../support/presence.ts";

const SECTOR = 1;

describe("the reader of feeds", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, SECTOR));
  afterEach(() => letRoomsEnd(game));

  /** A second reader beside the server's own, for a pilot in play. */
  async function readerOfOne() {
    const { pilot } = await game.fly(SECTOR);
    const live = roomOf(game, SECTOR).live?.pilotOfUser(pilot.userId);
    assert.ok(live);
    const meter = { ...NO_METER, looks: 0 };
    meter.feedRead = () => meter.looks++;
    const reader = new FeedReader({
      database: game.test.database,
      present: () => [live],
      pilots: new PilotReader(game.test.database, game.clock),
      show: () => {},
      meter,
      log: pino({ level: "silent" }),
    });
    return { pilot, live, meter, reader };
  }

  it("does not look again until something is written", async () => {
    const { meter, reader, pilot } = await readerOfOne();
    const polls = 10;
    for (let poll = 0; poll < polls; poll++) await reader.poll();
    assert.ok(meter.looks >= 1 && meter.looks < polls, `${meter.looks} looks`);
    const before = meter.looks;
    await writeEvent(game.pool, pilot.playerId, { from: "a job" });
    await reader.poll();
    assert.equal(meter.looks, before + 1);
  });

  it("looks again for a pilot whom it left out while their outcome was on its way", async () => {
    const { live, meter, reader } = await readerOfOne();
    live.settling++;
    await reader.poll();
    live.settling--;
    const before = meter.looks;
    await reader.poll();
    assert.equal(meter.looks, before + 1);
  });

  it("reads standing again when an outcome was shown while it was being read", async () => {
    const { userId, playerId } = await game.pilot(SECTOR);
    const pilots = new PilotReader(game.test.database, game.clock);
    const record = await pilots.read(userId, SECTOR);
    assert.ok(record);
    // In no room, so that the server's own reader knows nothing of it.
    const pilot = new Pilot(userId, record);
    const told: string[] = [];
    pilot.client = { send: (type) => told.push(type) };
    const shown: (number | undefined)[] = [];
    let reads = 0;
    const reader = new FeedReader({
      database: game.test.database,
      present: () => [pilot],
      pilots: {
        async read(...asked) {
          const read = await pilots.read(...asked);
          const player = { ...pilot.player };
          if (++reads === 1) pilot.absorb({ players: [player], ships: [], field: null, standings: [] });
          return read;
        },
      },
      show: ({ standings }) => shown.push(standings.get("pirates")),
      meter: NO_METER,
      log: pino({ level: "silent" }),
    });
    await game.pool.query(
      "insert into reputations (player_id, faction_id, current_value) select $1, id, 7 from factions where code = 'pirates'",
      [playerId],
    );
    await writeEvent(game.pool, playerId, {}, "reputation_changed");
    await reader.poll();
    assert.deepEqual([told, shown], [["reputation_changed"], []]);
    await reader.poll();
    await reader.poll();
    assert.deepEqual([told, shown, reads], [["reputation_changed"], [7], 2]);
  });
});
