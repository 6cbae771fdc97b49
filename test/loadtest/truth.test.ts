import { strict as assert } from "node:assert";
import { mock } from "node:test";
import { Feed } from "../../loadtest/fleet/feed.ts";
import { newLedger, type ToldPilot, type Truncation } from "../../loadtest/fleet/ledger.ts";
import { holdEvents } from "../../loadtest/truth-feed.ts";
import { holdShip } from "../../loadtest/truth-ship.ts";
import { FEED_PAGE_MAX } from "../../src/persistence/feed.ts";

/** A feed of which the first `first` events are not kept any more. */
function feedOf(first: number, newest: number) {
  return Array.from({ length: newest - first }, (_, index) => {
    const seq = first + index + 1;
    return { seq, type: "mining_harvest_completed", payload: { harvestId: `h${seq}` } };
  });
}

/** A pilot who was told all of a feed but what was left out. */
function held(stored: ReturnType<typeof feedOf>, truncation: Truncation) {
  const { afterEventId, beforeEventId } = truncation;
  const ledger = newLedger("Mira", "");
  ledger.truncations.push(truncation);
  for (const { seq, ...event } of stored) {
    if (seq <= afterEventId || seq >= beforeEventId) ledger.events.push({ eventId: seq, ...event });
  }
  const findings = { toldNotThere: [], thereNotTold: [], toldTwice: [], events: 0 };
  return { leftOut: holdEvents(ledger, stored, findings), found: findings.thereNotTold };
}

describe("what is left out of a feed", () => {
  it("may be what lies before a page of the newest, and excuses that alone", () => {
    const { leftOut, found } = held(feedOf(0, FEED_PAGE_MAX + 3), { afterEventId: 1, beforeEventId: 4 });
    assert.deepEqual(found, []);
    assert.deepEqual([...leftOut], ["h2", "h3"]);
  });

  it("may be what is not kept any more", () => {
    assert.deepEqual(held(feedOf(3, 10), { afterEventId: 0, beforeEventId: 4 }).found, []);
  });

  it("is missed when there was less than a page behind it", () => {
    const { leftOut, found } = held(feedOf(0, 10), { afterEventId: 8, beforeEventId: 11 });
    assert.equal(leftOut.size, 0);
    assert.deepEqual(found, [
      "Mira: events from 8 to 11 were left out, and need not be",
      'Mira: event 9, mining_harvest_completed {"harvestId":"h9"}',
      'Mira: event 10, mining_harvest_completed {"harvestId":"h10"}',
    ]);
  });

  describe("while its line holds", () => {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setImmediate"] }));
    afterEach(() => mock.timers.reset());

    for (const [followers, found] of [
      [FEED_PAGE_MAX, 0],
      [FEED_PAGE_MAX - 1, 2],
    ] as const) {
      it(`${found === 0 ? "may" : "need not"} be what has ${followers} events behind it at once, however many come later`, () => {
        const ledger = newLedger("Mira", "");
        const feed = new Feed(ledger);
        const stored = feedOf(0, 2 * FEED_PAGE_MAX);
        const line = { lastEventId: 0, holds: () => true };
        const tell = (some: typeof stored) => {
          for (const { seq, type, payload } of some) feed.told(line, type, { ...payload, eventId: seq });
        };
        tell(stored.slice(0, 1));
        feed.truncated(line, { afterEventId: 1, beforeEventId: 3 });
        tell(stored.slice(2, 2 + followers));
        mock.timers.tick(5_100);
        mock.timers.tick(1);
        tell(stored.slice(2 + followers));
        const findings = { toldNotThere: [], thereNotTold: [], toldTwice: [], events: 0 };
        holdEvents(ledger, stored, findings);
        assert.equal(findings.thereNotTold.length, found);
      });
    }
  });

  it("begins where its line had come to", () => {
    for (const [afterEventId, found] of [
      [7, 0],
      [6, 1],
    ] as const) {
      const ledger = newLedger("Mira", "");
      new Feed(ledger).truncated({ lastEventId: 7 }, { afterEventId, beforeEventId: 9 });
      assert.equal(ledger.outOfOrder.length, found);
    }
  });
});

const SAME = {
  ...{ shipId: "s1", credits: 100, equipment: { mining_laser: { level: 0 } } },
  ...{ attackDrones: 1, defenseDrones: 2, quantumShards: 3, quantumCrystals: 4 },
};
const STORED = {
  ...{ player_id: "p1", turns: 900, anchor_ms: 5_000, capacity: 50, cargo: { ore: 20 } },
  ...{ standing: { astral_mining: 7 }, same: SAME },
};
const TOLD: ToldPilot = {
  ...SAME,
  ...{ cargo: { ore: 20, fuel: 0 }, cargoFree: 30, standing: { astral_mining: 7 } },
  ...{ turns: 901, nextTurnAtMs: 5_020, msPerTurn: 10 },
};

function foundIn(pilot: ToldPilot, pilotBefore: ToldPilot | null): string[] {
  const findings = { toldNotThere: [] };
  holdShip({ ...newLedger("Mira", ""), pilot, pilotBefore }, STORED, findings);
  return findings.toldNotThere;
}

describe("a pilot's numbers", () => {
  const FALSE: Partial<ToldPilot>[] = [
    ...[{ shipId: "s2" }, { credits: 99 }, { cargo: { ore: 21 } }, { cargoFree: 31 }, { equipment: {} }],
    ...[{ attackDrones: 0 }, { defenseDrones: 0 }, { quantumShards: 0 }, { quantumCrystals: 0 }],
    ...[{ turns: 899 }, { turns: 902 }, { nextTurnAtMs: 5_019 }],
  ];

  it("are those that the database has, both while playing and after the last join", () => {
    assert.deepEqual(foundIn(TOLD, TOLD), []);
    for (const lie of FALSE) {
      const what = JSON.stringify(lie);
      assert.equal(foundIn({ ...TOLD, ...lie }, null).length, 1, what);
      const [found = "", ...more] = foundIn(TOLD, { ...TOLD, ...lie });
      assert.match(found, /^Mira, while playing: has /, what);
      assert.deepEqual(more, []);
    }
  });

  it("are told of no turn since, whenever the next one comes, by a clock that was set back", () => {
    assert.deepEqual(foundIn({ ...TOLD, turns: 900, nextTurnAtMs: 1_010 }, null), []);
  });

  it("have the standing of the database after the last join; before it expeditions may just have moved it", () => {
    const other = { ...TOLD, standing: {} };
    assert.equal(foundIn(other, null).length, 1);
    assert.deepEqual(foundIn(TOLD, other), []);
  });
});
