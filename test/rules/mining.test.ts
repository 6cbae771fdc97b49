import assert from "node:assert/strict";
import fc from "fast-check";
import {
  depletionState,
  type Harvest,
  LASER_LEVELS,
  poolSize,
  RICHNESS_TIERS,
  resolveHarvest,
  YIELD_MATRIX,
  yieldBand,
} from "../../src/rules/mining.ts";
import { seededU32, U32_MAX, u32For, withinThreeSigma } from "./chance.ts";
import { anyHarvest, completed, ENGINEERS, harvest, NO_BONUS, rare, rolling } from "./harvests.ts";

describe("mining: yield", () => {
  it("rolls 9..18 at tier 3 with a level-2 laser (domain §22)", () => {
    assert.equal(completed({ rolls: { ...harvest().rolls, ore: 0 } }).ore, 9);
    assert.equal(completed({ rolls: { ...harvest().rolls, ore: U32_MAX } }).ore, 18);
  });

  it("makes 13 of a roll of 18 when a tenth of the pool is gone (domain §22)", () => {
    const result = rolling(18, { poolRemaining: 270 });
    assert.equal(result.stateBefore, "moderate");
    assert.equal(result.ore, 13);
  });

  it("makes 17 of it with Mining Engineers, rounding down once (domain §22)", () => {
    assert.equal(rolling(18, { poolRemaining: 270, yieldBonusBps: ENGINEERS }).ore, 17);
  });

  it("makes 4 of a roll of 9 on a heavily depleted field (domain §22)", () => {
    const result = rolling(9, { poolRemaining: 100 });
    assert.equal(result.stateBefore, "heavy");
    assert.equal(result.ore, 4);
  });

  it("gives exactly 1 ore on an exhausted field and leaves its pool alone (domain §22)", () => {
    const result = rolling(18, { poolRemaining: 29, yieldBonusBps: ENGINEERS });
    assert.equal(result.stateBefore, "exhausted");
    assert.deepEqual(
      [result.ore, result.oreRolled, result.floored, result.poolDrawn, result.poolRemaining],
      [1, 1, true, 0, 29],
    );
  });

  it("makes 1 of a roll of 2 on a heavy tier-1 field and draws it from the pool (domain §22)", () => {
    const result = rolling(2, { tier: 1, laserLevel: 0, poolRemaining: 40 });
    assert.equal(result.stateBefore, "heavy");
    assert.deepEqual([result.ore, result.floored, result.poolRemaining], [1, false, 39]);
  });

  it("goes past the band of the matrix with Mining Engineers (C-49)", () => {
    assert.equal(rolling(18, { yieldBonusBps: ENGINEERS }).ore, 23);
  });

  it("uses the state before the harvest, not the one it causes (domain §23.3)", () => {
    const result = rolling(18);
    assert.deepEqual([result.stateBefore, result.ore, result.stateAfter], ["fresh", 18, "moderate"]);
  });

  for (const tier of RICHNESS_TIERS) {
    for (const laserLevel of LASER_LEVELS) {
      const [lo, hi] = YIELD_MATRIX[tier][laserLevel];
      it(`stays within ${lo}–${hi} at tier ${tier}, laser ${laserLevel}, and touches both ends`, () => {
        const next = seededU32(tier * 10 + laserLevel);
        let least = Number.POSITIVE_INFINITY;
        let most = 0;
        for (let i = 0; i < 10_000; i++) {
          const rolls = { ...harvest().rolls, ore: next() };
          const { ore } = completed({ tier, laserLevel, poolRemaining: poolSize(tier), rolls });
          least = Math.min(least, ore);
          most = Math.max(most, ore);
        }
        assert.deepEqual([least, most], [lo, hi]);
      });
    }
  }

  it("is the matrix of the mining seed", () => {
    // Written out again, on purpose: the code's table must not be its own witness.
    assert.deepEqual(
      RICHNESS_TIERS.map((tier) => YIELD_MATRIX[tier].map((band) => band.join("–")).join(" ")),
      [
        "2–4 3–5 3–6 4–8",
        "4–8 5–10 6–12 8–16",
        "6–12 8–15 9–18 12–24",
        "10–18 13–23 15–27 20–36",
        "15–25 19–31 23–38 30–50",
      ],
    );
  });

  it("is previewed as the band after depletion and professions", () => {
    assert.deepEqual(yieldBand(3, 2, "fresh", NO_BONUS), [9, 18]);
    assert.deepEqual(yieldBand(3, 2, "moderate", ENGINEERS), [8, 17]);
    assert.deepEqual(yieldBand(3, 2, "heavy", NO_BONUS), [4, 9]);
    assert.deepEqual(yieldBand(5, 3, "exhausted", ENGINEERS), [1, 1]);
  });

  it("always lies within the previewed band", () => {
    fc.assert(
      fc.property(anyHarvest, (given) => {
        const result = resolveHarvest(given);
        if (result.kind === "cancelled") return;
        const [lo, hi] = yieldBand(given.tier, given.laserLevel, result.stateBefore, given.yieldBonusBps);
        assert.ok(result.oreRolled >= lo && result.oreRolled <= hi);
      }),
    );
  });
});

describe("mining: hold and pool", () => {
  it("is cancelled when the hold is full", () => {
    assert.deepEqual(resolveHarvest(harvest({ freeCargo: 0 })), { kind: "cancelled", reason: "cargo_full" });
  });

  it("draws the rolled yield from the pool, though the hold took less (C-31)", () => {
    const result = rolling(18, { freeCargo: 5 });
    assert.deepEqual(
      [result.oreRolled, result.ore, result.poolDrawn, result.poolRemaining],
      [18, 5, 18, 282],
    );
  });

  it("never draws more than the pool has", () => {
    const result = rolling(50, { tier: 5, laserLevel: 3, poolRemaining: 50, yieldBonusBps: 40_000 });
    assert.deepEqual([result.oreRolled, result.poolDrawn, result.poolRemaining], [100, 50, 0]);
  });

  it("fills the hold with ore first, then metals, then shards", () => {
    const deep = { hasDeepAsteroids: true, rolls: rare };
    const found = (freeCargo: number) => {
      const { ore, preciousMetals, quantumShards } = completed({ ...deep, freeCargo });
      return [ore, preciousMetals, quantumShards];
    };
    assert.deepEqual(found(9), [9, 0, 0]);
    assert.deepEqual(found(10), [9, 1, 0]);
    assert.deepEqual(found(12), [9, 3, 0]);
    assert.deepEqual(found(13), [9, 3, 1]);
  });

  it("counts neither metals nor shards against the pool", () => {
    const result = completed({ hasDeepAsteroids: true, rolls: rare });
    assert.equal(result.poolDrawn, result.oreRolled);
  });

  it("keeps every harvest within pool, roll and hold", () => {
    fc.assert(
      fc.property(anyHarvest, (given) => {
        const result = resolveHarvest(given);
        if (result.kind === "cancelled") return assert.equal(given.freeCargo, 0);
        assert.ok(result.poolRemaining >= 0);
        assert.equal(result.poolRemaining, given.poolRemaining - result.poolDrawn);
        assert.equal(result.poolDrawn, result.floored ? 0 : result.oreRolled);
        assert.ok(result.ore >= 1 && result.ore <= result.oreRolled);
        assert.ok(result.ore + result.preciousMetals + result.quantumShards <= given.freeCargo);
        assert.equal(result.stateAfter, depletionState(result.poolRemaining, poolSize(given.tier)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("mining: rare drops", () => {
  const ROLLS = 100_000;
  const ROOMY = { tier: 3, poolRemaining: 300 } as const;

  function count(changes: Partial<Harvest>, seed: number) {
    const next = seededU32(seed);
    const counted = { metals: 0, shards: 0, quantities: [0, 0, 0, 0] };
    for (let i = 0; i < ROLLS; i++) {
      const rolls = { ore: next(), preciousChance: next(), preciousQuantity: next(), shardChance: next() };
      const { preciousMetals, quantumShards } = completed({ ...ROOMY, ...changes, rolls });
      if (preciousMetals > 0) counted.metals++;
      counted.shards += quantumShards;
      counted.quantities[preciousMetals] = (counted.quantities[preciousMetals] ?? 0) + 1;
    }
    return counted;
  }

  for (const laserLevel of LASER_LEVELS) {
    const percent = 5 + 2 * laserLevel;
    it(`are precious metals in ${percent} % of harvests with laser level ${laserLevel} (C-25)`, () => {
      const { metals } = count({ laserLevel }, 100 + laserLevel);
      assert.ok(withinThreeSigma(metals, ROLLS, percent / 100), `${metals} of ${ROLLS}`);
    });
  }

  it("turn on the exact basis point", () => {
    const found = (roll: "preciousChance" | "shardChance", u32: number) => {
      const rolls = { ...harvest().rolls, [roll]: u32 };
      const { preciousMetals, quantumShards } = completed({ laserLevel: 3, hasDeepAsteroids: true, rolls });
      return preciousMetals + quantumShards;
    };
    const bps = (value: number) => u32For(value, 0, 9_999);
    assert.deepEqual([found("preciousChance", bps(1_100) - 1), found("preciousChance", bps(1_100))], [1, 0]);
    assert.deepEqual([found("shardChance", bps(100) - 1), found("shardChance", bps(100))], [1, 0]);
  });

  it("are 1, 2 or 3 units of precious metals, equally often", () => {
    const { metals, quantities } = count({ laserLevel: 3 }, 200);
    for (const times of quantities.slice(1)) assert.ok(withinThreeSigma(times, metals, 1 / 3));
  });

  it("are a quantum shard in 1 % of harvests in deep asteroids with laser level 2 or 3", () => {
    for (const laserLevel of [2, 3] as const) {
      const { shards } = count({ laserLevel, hasDeepAsteroids: true }, 300 + laserLevel);
      assert.ok(withinThreeSigma(shards, ROLLS, 0.01), `${shards} of ${ROLLS}`);
    }
  });

  it("are never a shard without deep asteroids or with a weaker laser", () => {
    assert.equal(count({ laserLevel: 3, hasDeepAsteroids: false }, 400).shards, 0);
    assert.equal(count({ laserLevel: 1, hasDeepAsteroids: true }, 401).shards, 0);
  });
});
