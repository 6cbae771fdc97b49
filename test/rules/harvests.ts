import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Harvest,
  type HarvestResult,
  LASER_LEVELS,
  poolSize,
  RICHNESS_TIERS,
  resolveHarvest,
  YIELD_MATRIX,
} from "../../src/rules/mining.ts";
import { anyU32, U32_MAX, u32For } from "./chance.ts";

export const NO_BONUS = 10_000;
export const ENGINEERS = 13_000;

/** A harvest on a fresh tier-3 field with a level-2 laser and an empty hold, that finds nothing rare. */
export function harvest(changes: Partial<Harvest> = {}): Harvest {
  const rolls = { ore: 0, preciousChance: U32_MAX, preciousQuantity: 0, shardChance: U32_MAX };
  return {
    tier: 3,
    laserLevel: 2,
    poolRemaining: 300,
    hasDeepAsteroids: false,
    freeCargo: 1_000,
    yieldBonusBps: NO_BONUS,
    rolls,
    ...changes,
  };
}

export type Completed = Extract<HarvestResult, { kind: "completed" }>;

export function completed(changes: Partial<Harvest> = {}): Completed {
  const result = resolveHarvest(harvest(changes));
  assert.equal(result.kind, "completed");
  return result;
}

/** The same harvest with this roll of ore in the matrix' band. */
export function rolling(roll: number, changes: Partial<Harvest> = {}): Completed {
  const wanted = harvest(changes);
  const [lo, hi] = YIELD_MATRIX[wanted.tier][wanted.laserLevel];
  const result = completed({ ...changes, rolls: { ...wanted.rolls, ore: u32For(roll, lo, hi) } });
  assert.equal(result.oreRoll, roll);
  return result;
}

export const rare = { ore: 0, preciousChance: 0, preciousQuantity: U32_MAX, shardChance: 0 };

export const anyHarvest: fc.Arbitrary<Harvest> = fc.constantFrom(...RICHNESS_TIERS).chain((tier) =>
  fc.record({
    tier: fc.constant(tier),
    laserLevel: fc.constantFrom(...LASER_LEVELS),
    poolRemaining: fc.nat(poolSize(tier)),
    hasDeepAsteroids: fc.boolean(),
    freeCargo: fc.nat(70),
    yieldBonusBps: fc.constantFrom(NO_BONUS, ENGINEERS),
    rolls: fc.record({
      ore: anyU32,
      preciousChance: fc.oneof(anyU32, fc.constant(0)),
      preciousQuantity: anyU32,
      shardChance: fc.oneof(anyU32, fc.constant(0)),
    }),
  }),
);
