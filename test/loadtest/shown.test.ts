import { strict as assert } from "node:assert";
import { mock } from "node:test";
import { newLedger } from "../../loadtest/fleet/ledger.ts";
import { Lookout } from "../../loadtest/fleet/lookout.ts";
import { Measure } from "../../loadtest/fleet/measure.ts";
import type { Shown, ShownShip } from "../../loadtest/fleet/shown.ts";
import { type LiveShip, wrongIn } from "../../loadtest/truth-shown.ts";
import { HULLS } from "../../src/rules/ships.ts";

const HOUR_MS = 3_600_000;

const SHIP: ShownShip = {
  ...{ shipId: "s1", pilotId: "p1", name: "Dawn", hullType: "SCOUT_SHIP", status: "IN_SPACE", stationId: "" },
  ...{ hull: 90, hullMax: 100, shield: 7, shieldMax: 50, action: "" },
};
const SECTOR: Shown = { sectorId: 3, ships: [SHIP] };

function shipWith(lie: Partial<ShownShip>): Shown {
  return { ...SECTOR, ships: [{ ...SHIP, ...lie }] };
}

describe("what a sector shows of a pilot's own ship", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setImmediate"] }));
  afterEach(() => mock.timers.reset());

  const NUMBERS = {
    ...{ shipId: "s1", credits: 0, turns: 1_000, turnsReserved: 0, nextTurnAtMs: null, msPerTurn: 10 },
    ...{ cargo: {}, cargoFree: 10, equipment: {}, attackDrones: 0, defenseDrones: 0 },
    ...{ quantumShards: 0, quantumCrystals: 0, standing: {} },
  };

  /** What a pilot finds wrong who has not been told anything for so long. */
  function found(shown: Shown | null, ship: { dockedAt?: string; isIdle?: boolean } = {}, restMs = 3_100) {
    const ledger = newLedger("Mira", "");
    const stay = { ledger, shown, shipId: "s1", sectorId: 3, isConnected: true, unanswered: 0 };
    const own = { dockedAt: ship.dockedAt ?? null, isIdle: ship.isIdle ?? true, numbers: NUMBERS };
    new Lookout(() => stay, own, new Measure()).stirred();
    mock.timers.tick(restMs);
    mock.timers.tick(1);
    return ledger.shownWrong;
  }

  it("is what the pilot was told, when nothing has happened for three seconds", () => {
    assert.deepEqual(found(SECTOR), []);
    assert.deepEqual(found(shipWith({ status: "DOCKED", stationId: "x" }), { dockedAt: "x" }), []);
  });

  const LIES: readonly [string, Shown][] = [
    ["another sector", { ...SECTOR, sectorId: 4 }],
    ["no ship", { ...SECTOR, ships: [] }],
    ["a ship at a station", shipWith({ status: "DOCKED", stationId: "x" })],
    ["a ship that still mines", shipWith({ status: "MINING", action: "harvest" })],
  ];
  for (const [what, shown] of LIES) {
    it(`is found wrong as ${what}`, () => assert.equal(found(shown).length, 1));
  }

  it("may be otherwise for a moment, while something of it runs, and in a fight that another began", () => {
    const [, lie] = LIES[2] ?? [];
    assert.ok(lie !== undefined);
    assert.deepEqual(found(lie, {}, 2_900), []);
    assert.deepEqual(found(lie, { isIdle: false }), []);
    assert.deepEqual(found(shipWith({ status: "IN_COMBAT", action: "fight" })), []);
    assert.deepEqual(found(null), [], "no state is decoded");
  });
});

describe("what a sector shows when nothing runs any more", () => {
  const { shield, action: _, ...same } = SHIP;
  const LIVE: LiveShip = {
    ...{ sectorId: 3, shield, shieldAnchorMs: 0 },
    same: { ...same, hullType: "SCOUT_SHIP" },
  };
  const found = (shown: Shown, playersIn = ["p1"], nowMs: number | null = 0) =>
    wrongIn({ ...shown, playersIn }, [LIVE], { nowMs });

  it("is what is stored of those who are in", () => {
    assert.deepEqual(found(SECTOR), []);
    const stranger = { ...SHIP, shipId: "s9", pilotId: "p9" };
    assert.deepEqual(found({ ...SECTOR, ships: [SHIP, stranger] }), []);
    assert.deepEqual(found({ ...SECTOR, ships: [] }, []), [], "whoever was out is not missed");
  });

  it("is found wrong as a ship that is not there, that is not shown, or that is shown twice over", () => {
    assert.deepEqual(found({ ...SECTOR, ships: [] }), ["no ship s1 in sector 3"]);
    assert.deepEqual(found({ ...SECTOR, ships: [SHIP, { ...SHIP, shipId: "lost" }] }), [
      "ship lost in sector 3, and nobody flies it there",
    ]);
    assert.deepEqual(found({ ...SECTOR, sectorId: 4 }), ["ship s1 in sector 4, and nobody flies it there"]);
  });

  const LIES: readonly Partial<ShownShip>[] = [
    ...[
      { pilotId: "p2" },
      { name: "Dusk" },
      { hullType: "DEFENDER" },
      { status: "DOCKED" },
      { stationId: "x" },
    ],
    ...[
      { hull: 91 },
      { hullMax: 99 },
      { shieldMax: 51 },
      { shield: 6 },
      { shield: 8 },
      { action: "harvest" },
    ],
  ];
  for (const lie of LIES) {
    it(`is found wrong in ${JSON.stringify(lie)}`, () => {
      assert.equal(found(shipWith(lie), ["p1", "p2"]).length, 1);
    });
  }

  it("has shields as time has regrown them, and no more", () => {
    const regrown = HULLS.SCOUT_SHIP.shieldRegenPerHour;
    assert.deepEqual(found(shipWith({ shield: shield + regrown }), ["p1"], HOUR_MS), []);
    assert.equal(found(shipWith({ shield: shield + regrown + 1 }), ["p1"], HOUR_MS).length, 1);
    assert.deepEqual(found(shipWith({ shield: 50 }), ["p1"], null), [], "by a clock that was set");
  });
});
