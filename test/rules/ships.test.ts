import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canFitMiningLaser,
  cargoCapacity,
  HULL_TYPES,
  HULLS,
  regenerateShield,
  SHIP_STATUSES,
  type ShipStatus,
} from "../../src/rules/ships.ts";

const START_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

describe("ships", () => {
  it("knows twelve hulls, of which the two interdictors are not for sale", () => {
    assert.equal(HULL_TYPES.length, 12);
    const unsold = HULL_TYPES.filter((hull) => HULLS[hull].costCr === null);
    assert.deepEqual(unsold, ["NPC_MARSHAL_INTERDICTOR", "NPC_SENTINEL_INTERDICTOR"]);
  });

  it("keeps the figures of the hull table", () => {
    const rows = HULL_TYPES.map((type) => {
      const hull = HULLS[type];
      const pools = [hull.shieldMax, hull.shieldRegenPerHour, hull.hullMax];
      const ratings = [hull.evasion, hull.attack, hull.defense, hull.shieldResistanceBps, hull.armorBps];
      const rest = [hull.costCr, hull.attackTurnCost, hull.cargoUnits, hull.dronesMax];
      return [...rest, ...pools, ...ratings].map((figure) => figure ?? "–").join(" ");
    });
    // Written out again, on purpose, from domain §1.4: the code's table must not be its own witness.
    assert.deepEqual(rows, [
      "0 10000 50 0 150 5 200 10 0 5 0 0",
      "80000 12 500 2 300 10 400 15 15 20 200 300",
      "250000 20 1000 2 400 8 600 5 10 30 300 500",
      "50000 8 200 0 200 15 300 35 5 10 0 200",
      "50000 8 200 0 200 15 300 35 5 10 0 200",
      "30000 5 100 1 150 12 200 45 8 8 0 200",
      "500000 35 1000 2 400 6 600 0 5 25 300 500",
      "300000 18 400 6 700 20 800 20 40 45 1000 1000",
      "1500000 45 800 12 800 15 900 5 50 60 1500 1500",
      "1000000 100 200 0 500 25 600 30 10 35 500 500",
      "– 18 400 6 800 20 1200 35 35 50 1500 1500",
      "– 18 400 6 1000 20 1500 40 40 60 2000 2000",
    ]);
  });

  it("fits a mining laser to Cargo Hauler, Colony Ship and Defender alone", () => {
    assert.deepEqual(HULL_TYPES.filter(canFitMiningLaser), ["CARGO_HAULER", "COLONY_SHIP", "DEFENDER"]);
  });

  it("adds 30 % of the base hold for each cargo-hold level", () => {
    assert.equal(cargoCapacity("CARGO_HAULER"), 1_000);
    assert.equal(cargoCapacity("CARGO_HAULER", 1), 1_300);
    assert.equal(cargoCapacity("ESCAPE_POD", 3), 95);
  });

  it("has the seven statuses, MINING among them", () => {
    const mining: ShipStatus = "MINING";
    assert.equal(SHIP_STATUSES.length, 7);
    assert.ok(SHIP_STATUSES.includes(mining));
  });

  describe("shields", () => {
    const carrier = { hullType: "CARRIER", shield: 100, maxShield: 800, anchorMs: START_MS } as const;

    it("regrow by the hull's rate an hour and keep the fraction of a point", () => {
      // A Carrier's 15 points an hour: one each 240 s.
      const later = regenerateShield(carrier, START_MS + 500_000);
      assert.deepEqual(later, { shield: 102, anchorMs: START_MS + 480_000 });
      assert.equal(regenerateShield({ ...carrier, ...later }, START_MS + 720_000).shield, 103);
    });

    it("regrow for 24 h at the most", () => {
      const day = regenerateShield(carrier, START_MS + 24 * HOUR_MS);
      const week = regenerateShield(carrier, START_MS + 7 * 24 * HOUR_MS);
      assert.equal(day.shield, 100 + 24 * 15);
      assert.deepEqual(week, { shield: day.shield, anchorMs: START_MS + 7 * 24 * HOUR_MS });
    });

    it("stop at the maximum", () => {
      assert.equal(regenerateShield({ ...carrier, shield: 799 }, START_MS + HOUR_MS).shield, 800);
    });

    it("are only anchored when they never were, or when the clock ran backwards", () => {
      const never = { ...carrier, anchorMs: null };
      assert.deepEqual(regenerateShield(never, START_MS), { shield: 100, anchorMs: START_MS });
      assert.deepEqual(regenerateShield(carrier, START_MS - 1), { shield: 100, anchorMs: START_MS - 1 });
    });

    it("regrow the same in two steps within a day as in one, in whole points, never from the future", () => {
      const anyHalfDayMs = fc.nat(12 * HOUR_MS);
      fc.assert(
        fc.property(
          fc.constantFrom(...HULL_TYPES),
          anyHalfDayMs,
          anyHalfDayMs,
          (hullType, firstMs, secondMs) => {
            const ship = { hullType, shield: 0, maxShield: HULLS[hullType].shieldMax, anchorMs: START_MS };
            const end = START_MS + firstMs + secondMs;
            const halfway = regenerateShield(ship, START_MS + firstMs);
            const once = regenerateShield(ship, end);
            assert.deepEqual(regenerateShield({ ...ship, ...halfway }, end), once);
            assert.ok(
              Number.isInteger(once.shield) && Number.isInteger(once.anchorMs) && once.anchorMs <= end,
            );
          },
        ),
      );
    });
  });
});
