import assert from "node:assert/strict";
import {
  type DepletionState,
  depletionState,
  deriveRichness,
  harvestCooldownEndsMs,
  poolSize,
  RICHNESS_TIERS,
  replenish,
  replenishDueMs,
  yieldBand,
} from "../../src/rules/mining.ts";
import { seededU32 } from "./chance.ts";
import { type Completed, completed, ENGINEERS, harvest, NO_BONUS } from "./harvests.ts";

const START_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

describe("mining: richness", () => {
  it("is derived in half-open steps of resource regeneration (C-33)", () => {
    const tiers = [0, 0.29, 0.3, 0.59, 0.595, 0.6, 0.89, 0.895, 0.9, 1].map(
      (r) => deriveRichness(r).richness_tier,
    );
    assert.deepEqual(tiers, [1, 1, 3, 3, 3, 4, 4, 4, 5, 5]);
  });

  it("is tier 3 where the sector has no regeneration figure (C-33)", () => {
    assert.equal(deriveRichness(null).richness_tier, 3);
  });

  it("is stored in the seed's shape", () => {
    assert.deepEqual(deriveRichness(0.3), {
      richness: "moderate",
      richness_tier: 3,
      yield_band: [6, 12],
      harvest_cooldown_hours: null,
    });
    assert.deepEqual(deriveRichness(0.6).yield_band, [10, 18]);
    assert.deepEqual(deriveRichness(0.9).yield_band, [15, 25]);
  });

  it("stores band 0–1 and a 24 h cooldown when depleted, yet rolls 2–4 from the matrix (C-03)", () => {
    assert.deepEqual(deriveRichness(0.1), {
      richness: "depleted",
      richness_tier: 1,
      yield_band: [0, 1],
      harvest_cooldown_hours: 24,
    });
    assert.deepEqual(yieldBand(1, 0, "fresh", NO_BONUS), [2, 4]);
  });

  it("with a cooldown keeps a pilot waiting for 24 h after a completed harvest, to the ms (C-03)", () => {
    assert.equal(harvestCooldownEndsMs(24, START_MS, START_MS), START_MS + DAY_MS);
    assert.equal(harvestCooldownEndsMs(24, START_MS, START_MS + DAY_MS - 1), START_MS + DAY_MS);
    assert.equal(harvestCooldownEndsMs(24, START_MS, START_MS + DAY_MS), null);
  });

  it("without a cooldown, or without a completed harvest, keeps nobody waiting", () => {
    assert.equal(harvestCooldownEndsMs(null, START_MS, START_MS - 1), null);
    assert.equal(harvestCooldownEndsMs(24, null, 0), null);
  });
});

describe("mining: depletion", () => {
  const consumedOf300 = (consumed: number) => depletionState(300 - consumed, 300);

  it("has pools of 100 units a tier, 300 at tier 3 (domain §22)", () => {
    assert.deepEqual(RICHNESS_TIERS.map(poolSize), [100, 200, 300, 400, 500]);
  });

  it("is light below 15 of 300, moderate from 15, heavy from 151, exhausted from 271 (domain §22)", () => {
    const edges = [0, 1, 14, 15, 150, 151, 270, 271, 300];
    assert.deepEqual(edges.map(consumedOf300), [
      "fresh",
      "light",
      "light",
      "moderate",
      "moderate",
      "heavy",
      "heavy",
      "exhausted",
      "exhausted",
    ]);
  });

  it("is replenished in 24 h at exactly half the pool, in 7 d one unit further (domain §22)", () => {
    assert.equal(replenishDueMs(consumedOf300(150), START_MS), START_MS + DAY_MS);
    assert.equal(replenishDueMs(consumedOf300(151), START_MS), START_MS + 7 * DAY_MS);
  });

  it("is due in 24 h when light or moderate, in 7 d when heavy or exhausted, never when fresh", () => {
    const due: Record<DepletionState, number | null> = {
      fresh: null,
      light: START_MS + DAY_MS,
      moderate: START_MS + DAY_MS,
      heavy: START_MS + 7 * DAY_MS,
      exhausted: START_MS + 7 * DAY_MS,
    };
    for (const state of ["fresh", "light", "moderate", "heavy", "exhausted"] as const) {
      assert.equal(replenishDueMs(state, START_MS), due[state]);
    }
    assert.equal(replenishDueMs("heavy", null), null);
  });

  it("is gone all at once when its time has come, to the ms", () => {
    const light = { tier: 3, poolRemaining: 299, lastDepletingHarvestMs: START_MS } as const;
    const heavy = { ...light, poolRemaining: 100 };
    const full = { tier: 3, poolRemaining: 300, lastDepletingHarvestMs: null };
    assert.deepEqual(replenish(light, START_MS + DAY_MS - 1), light);
    assert.deepEqual(replenish(light, START_MS + DAY_MS), full);
    assert.deepEqual(replenish(heavy, START_MS + DAY_MS), heavy);
    assert.deepEqual(replenish(heavy, START_MS + 7 * DAY_MS - 1), heavy);
    assert.deepEqual(replenish(heavy, START_MS + 7 * DAY_MS), full);
  });

  it("waits when the clock ran backwards", () => {
    const field = { tier: 3, poolRemaining: 299, lastDepletingHarvestMs: START_MS } as const;
    assert.deepEqual(replenish(field, START_MS - DAY_MS), field);
  });

  it("mined without pause ends exhausted with units left in the pool, never below zero", () => {
    const next = seededU32(7);
    let poolRemaining = 500;
    let last: Completed | undefined;
    for (let i = 0; i < 100; i++) {
      const rolls = { ...harvest().rolls, ore: next() };
      last = completed({ tier: 5, laserLevel: 3, poolRemaining, yieldBonusBps: ENGINEERS, rolls });
      poolRemaining = last.poolRemaining;
    }
    assert.equal(last?.stateAfter, "exhausted");
    assert.ok(poolRemaining > 0 && poolRemaining < 50);
  });
});
