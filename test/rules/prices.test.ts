import { strict as assert } from "node:assert";
import { oreSaleStanding, type Sale, salePriceCr, saleTotalCr, surplusAt } from "../../src/rules/prices.ts";
import { rankTradeBps } from "../../src/rules/ranks.ts";
import { pricingModifierBps } from "../../src/rules/standing.ts";

const HOUR_MS = 3_600_000;

/** 30 % in store, nobody special. */
const SALE: Sale = {
  commodity: "precious_metals",
  stationClass: 5,
  stock: { quantity: 900, capacity: 3_000 },
  surplusUnits: 0,
  factionModifierBps: 10_000,
  rankTradeBps: 0,
};

function price(changes: Partial<Sale>): number | null {
  return salePriceCr({ ...SALE, ...changes });
}

describe("the price a station pays", () => {
  it("falls as its store fills up: 1.5 times the base when empty, half of it when full, less its 15 %", () => {
    const stock = { quantity: 0, capacity: 1_000 };
    assert.equal(price({ stock }), 165);
    assert.equal(price({ stock, surplusUnits: 500 }), 110);
    assert.equal(price({ stock, surplusUnits: 800 }), 80, "the band's least: 77.35 would be the price");
    assert.equal(price({ stock, surplusUnits: 5_000 }), 80);
  });

  it("is 20 % better at class 8 and 25 % at class 11", () => {
    assert.equal(price({}), 132);
    assert.equal(price({ stationClass: 8 }), 159);
    assert.equal(price({ stationClass: 11 }), 165);
  });

  it("follows the faction's one ladder, so that who buys cheaper sells dearer", () => {
    for (const [standing, expected] of [
      [600, 152],
      [400, 143],
      [200, 137],
      [0, 132],
      [-200, 119],
      [-400, 106],
      [-600, 92],
    ] as const) {
      assert.equal(price({ factionModifierBps: pricingModifierBps(standing) }), expected, `at ${standing}`);
    }
  });

  it("grows with the pilot's rank", () => {
    assert.equal(price({ rankTradeBps: rankTradeBps("Recruit") }), 132);
    assert.equal(price({ rankTradeBps: rankTradeBps("Sergeant") }), 139);
    assert.equal(price({ rankTradeBps: rankTradeBps("Fleet Admiral") }), 180, "the band's most");
    assert.equal(rankTradeBps("nobody's rank"), 0);
  });

  it("stays in the commodity's band, and is none for what has no market", () => {
    assert.equal(price({ commodity: "ore", factionModifierBps: 13_000 }), 15);
    assert.equal(price({ commodity: "equipment", stock: { quantity: 0, capacity: 1 } }), 50);
    assert.equal(price({ commodity: "quantum_shards" }), null);
  });
});

describe("the total of a sale", () => {
  it("has the Trade Specialists' 25 % on top of the band, rounded down once", () => {
    assert.equal(saleTotalCr(15, 7, 10_000), 105);
    assert.equal(saleTotalCr(15, 7, 12_500), 131);
  });
});

describe("what pilots have brought to a station", () => {
  const stock = { quantity: 0, capacity: 2_400 };

  it("is used up at a full store a day, and the part of a unit under way is not forgotten", () => {
    const brought = { units: 150, asOfMs: 0 };
    assert.deepEqual(surplusAt(brought, stock, 90_000), { units: 148, asOfMs: 72_000 });
    assert.deepEqual(surplusAt({ units: 148, asOfMs: 72_000 }, stock, HOUR_MS), {
      units: 50,
      asOfMs: HOUR_MS,
    });
    assert.equal(surplusAt(brought, stock, 24 * HOUR_MS).units, 0);
    assert.equal(surplusAt(null, stock, 5).units, 0);
  });

  it("stays as it is when the clock runs backwards", () => {
    assert.equal(surplusAt({ units: 10, asOfMs: 1_000 }, stock, 0).units, 10);
  });
});

describe("standing for ore sold to AM", () => {
  it("is +2 for each full 5,000 cr, with the rest carried over", () => {
    assert.deepEqual(oreSaleStanding(0, 4_999), { delta: 0, carryCr: 4_999 });
    assert.deepEqual(oreSaleStanding(4_999, 1), { delta: 2, carryCr: 0 });
    assert.deepEqual(oreSaleStanding(4_000, 11_500), { delta: 6, carryCr: 500 });
  });
});
