import { strict as assert } from "node:assert";
import { pino } from "pino";
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
    const reader = new FeedReader(game.test.database, () => [live], meter, pino({ level: "silent" }));
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
});
