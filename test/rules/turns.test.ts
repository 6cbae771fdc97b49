import assert from "node:assert/strict";
import fc from "fast-check";
import { HARVEST_TURNS, INTERRUPT_REFUND_TURNS } from "../../src/rules/mining.ts";
import { DOCK_TURNS, UNDOCK_TURNS } from "../../src/rules/stations.ts";
import { fullAtMs, nextTurnAtMs, regenerateTurns, type TurnPool } from "../../src/rules/turns.ts";

const START_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

function pool(changes: Partial<TurnPool> = {}): TurnPool {
  return {
    turns: 0,
    anchorMs: START_MS,
    maxTurns: 1_000,
    multiplierBps: 10_000,
    turnsPerDay: 1_000,
    ...changes,
  };
}

const anyPool = fc.record({
  turns: fc.nat(1_300),
  anchorMs: fc.option(fc.integer({ min: START_MS - DAY_MS, max: START_MS + DAY_MS })),
  maxTurns: fc.integer({ min: 1_000, max: 1_120 }),
  multiplierBps: fc.integer({ min: 10_000, max: 15_000 }),
  turnsPerDay: fc.integer({ min: 1, max: 5_000 }),
});
const anyPauseMs = fc.nat(3 * DAY_MS);

describe("turns", () => {
  it("credits nothing after 86 s and one turn after 87 s (domain §22)", () => {
    assert.deepEqual(regenerateTurns(pool(), START_MS + 86_000), { turns: 0, anchorMs: START_MS, added: 0 });
    assert.equal(regenerateTurns(pool(), START_MS + 87_000).added, 1);
  });

  it("moves the anchor by 86.4 s for a turn, not by the 87 s that have passed (domain §22)", () => {
    assert.equal(regenerateTurns(pool(), START_MS + 87_000).anchorMs, START_MS + 86_400);
    assert.equal(regenerateTurns(pool(), START_MS + 300_000).anchorMs, START_MS + 3 * 86_400);
  });

  it("credits a turn exactly when its time is up", () => {
    assert.equal(regenerateTurns(pool(), START_MS + 86_399).added, 0);
    assert.equal(regenerateTurns(pool(), START_MS + 86_400).added, 1);
  });

  it("leaves 995 of 1000 turns after a harvest, 997 after an interrupted one (domain §22)", () => {
    assert.equal(1_000 - HARVEST_TURNS, 995);
    assert.equal(1_000 - HARVEST_TURNS + INTERRUPT_REFUND_TURNS, 997);
  });

  it("takes one turn to dock and one to undock", () => {
    assert.deepEqual([DOCK_TURNS, UNDOCK_TURNS], [1, 1]);
  });

  it("fills an empty pool in a day and banks nothing beyond it", () => {
    const filled = { turns: 1_000, anchorMs: START_MS + DAY_MS, added: 1_000 };
    assert.deepEqual(regenerateTurns(pool(), START_MS + DAY_MS), filled);
    const dayLater = START_MS + 25 * 3_600_000;
    assert.deepEqual(regenerateTurns(pool(), dayLater), { turns: 1_000, anchorMs: dayLater, added: 1_000 });
  });

  it("moves the anchor of a full pool to now, so spending later starts counting then", () => {
    const now = START_MS + 50_000;
    const full = { turns: 1_000, anchorMs: now, added: 0 };
    assert.deepEqual(regenerateTurns(pool({ turns: 1_000 }), now), full);
  });

  it("re-anchors without credit when the clock ran backwards", () => {
    const now = START_MS - 500_000;
    assert.deepEqual(regenerateTurns(pool({ turns: 7 }), now), { turns: 7, anchorMs: now, added: 0 });
  });

  it("anchors an account that never had an anchor, without credit", () => {
    const never = pool({ turns: 7, anchorMs: null });
    assert.deepEqual(regenerateTurns(never, START_MS), { turns: 7, anchorMs: START_MS, added: 0 });
  });

  it("raises the rate with the multiplier, to 62.5 turns an hour at the most, and never the cap", () => {
    const hours = (n: number) => START_MS + n * 3_600_000;
    assert.equal(regenerateTurns(pool({ multiplierBps: 15_000 }), hours(2)).added, 125);
    assert.equal(regenerateTurns(pool({ multiplierBps: 90_000 }), hours(2)).added, 125);
    assert.equal(regenerateTurns(pool({ multiplierBps: 0 }), hours(24)).added, 1_000);
    assert.equal(regenerateTurns(pool({ multiplierBps: 15_000 }), hours(48)).turns, 1_000);
  });

  it("takes a whole number of ms for a turn, rounded in the pilot's favour", () => {
    assert.equal(nextTurnAtMs(pool({ multiplierBps: 13_000 }), START_MS), START_MS + 66_461);
    assert.equal(nextTurnAtMs(pool({ multiplierBps: 99_000 }), START_MS), START_MS + 57_600);
  });

  it("follows the galaxy's turns per day", () => {
    assert.equal(regenerateTurns(pool({ turnsPerDay: 500 }), START_MS + DAY_MS).added, 500);
    assert.equal(regenerateTurns(pool({ turnsPerDay: 100_000_000 }), START_MS + 1).added, 1);
  });

  it("takes nothing from a pool above its cap", () => {
    assert.equal(regenerateTurns(pool({ turns: 1_050 }), START_MS + DAY_MS).turns, 1_050);
  });

  it("tells when the next turn comes and when the pool is full", () => {
    const now = START_MS + 100_000;
    assert.equal(nextTurnAtMs(pool({ turns: 990 }), now), START_MS + 2 * 86_400);
    assert.equal(fullAtMs(pool({ turns: 990 }), now), START_MS + 10 * 86_400);
  });

  it("tells no next turn and no filling time for a full pool", () => {
    assert.equal(nextTurnAtMs(pool({ turns: 999 }), START_MS + 86_400), null);
    assert.equal(fullAtMs(pool({ turns: 1_000 }), START_MS), null);
  });

  it("gives the same in two steps as in one", () => {
    fc.assert(
      fc.property(anyPool, anyPauseMs, anyPauseMs, (before, firstMs, secondMs) => {
        const startMs = before.anchorMs ?? START_MS;
        const anchored = { ...before, anchorMs: startMs };
        const halfway = regenerateTurns(anchored, startMs + firstMs);
        const twice = regenerateTurns({ ...anchored, ...halfway }, startMs + firstMs + secondMs);
        const once = regenerateTurns(anchored, startMs + firstMs + secondMs);
        assert.deepEqual({ ...twice, added: halfway.added + twice.added }, once);
      }),
    );
  });

  it("never anchors in the future, adds less than nothing or lifts a pool above its cap", () => {
    fc.assert(
      fc.property(anyPool, anyPauseMs, (before, sinceMs) => {
        const now = START_MS + sinceMs;
        const after = regenerateTurns(before, now);
        assert.ok(after.anchorMs <= now);
        assert.ok(after.added >= 0);
        assert.equal(after.turns, before.turns + after.added);
        assert.ok(after.turns <= Math.max(before.turns, before.maxTurns));
      }),
    );
  });

  it("credits a turn at the very ms it told", () => {
    fc.assert(
      fc.property(anyPool, (before) => {
        const at = nextTurnAtMs(before, START_MS);
        if (at === null) return;
        const now = regenerateTurns(before, START_MS);
        assert.equal(regenerateTurns({ ...before, ...now }, at - 1).added, 0);
        assert.equal(regenerateTurns({ ...before, ...now }, at).added, 1);
      }),
    );
  });
});
