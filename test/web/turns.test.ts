import { strict as assert } from "node:assert";
import { nextTurnAtMs, regenerateTurns } from "../../src/rules/turns.ts";
import { previewAt } from "../../web/model/reasons.ts";
import { withTurnsDue } from "../../web/model/turns.ts";
import type { HarvestPreview, PilotSnapshot } from "../../web/net/wire.ts";

const TOLD_MS = 1_000_000;
const TURN_MS = 86_400;

const pilot: PilotSnapshot = {
  ...{ playerId: "player", shipId: "ship", credits: 0, cargo: {}, cargoFree: 10, cargoCapacity: 10 },
  ...{ equipment: {}, standing: {}, turns: 4, turnsReserved: 0, maxTurns: 10 },
  ...{ nextTurnAtMs: TOLD_MS + 20_000, msPerTurn: TURN_MS },
};

describe("turns on the page", () => {
  it("come back as the server counts them, of which it sends nothing", () => {
    const next = TOLD_MS + 20_000;
    const pool = {
      ...{ turns: 4, maxTurns: 10, multiplierBps: 10_000, turnsPerDay: 1000 },
      anchorMs: next - TURN_MS,
    };
    for (const nowMs of [TOLD_MS, next - 1, next, next + TURN_MS - 1, next + TURN_MS, next + 9 * TURN_MS]) {
      const shown = withTurnsDue(pilot, nowMs);
      assert.equal(shown.turns, regenerateTurns(pool, nowMs).turns, `${nowMs}`);
      assert.equal(shown.nextTurnAtMs, nextTurnAtMs(pool, nowMs), `${nowMs}`);
    }
  });

  it("stop at the most there may be, of which what is reserved is a part", () => {
    const mining = { ...pilot, turns: 4, turnsReserved: 5 };
    const { turns, turnsReserved, nextTurnAtMs } = withTurnsDue(mining, TOLD_MS + 50 * TURN_MS);
    assert.deepEqual([turns, turnsReserved, nextTurnAtMs], [5, 5, null]);
  });
});

describe("a licence on the page", () => {
  it("is valid until it ends, whatever the server said before", () => {
    const license = { state: "valid", expiresAtMs: TOLD_MS, priceCr: 1200 } as const;
    const told: HarvestPreview = { ...{ turns: 5, standing: {}, obstacles: [], field: null }, license };
    assert.equal(previewAt(told, TOLD_MS - 1)?.license.state, "valid");
    assert.equal(previewAt(told, TOLD_MS)?.license.state, "expired");
  });
});
