import { chance, pick } from "./random.ts";

export const HARVEST_TURNS = 5;
/** Half of 5, rounded down: the other 3 are sunk (C-32). */
export const INTERRUPT_REFUND_TURNS = 2;

/** How a harvest can end. */
export const HARVEST_STATUSES = ["COMPLETED", "INTERRUPTED", "CANCELLED"] as const;
export const RICHNESS_TIERS = [1, 2, 3, 4, 5] as const;
export const LASER_LEVELS = [0, 1, 2, 3] as const;

export type RichnessTier = (typeof RICHNESS_TIERS)[number];
export type LaserLevel = (typeof LASER_LEVELS)[number];
/** Least and most units of ore, both included. */
export type YieldBand = readonly [lo: number, hi: number];
type YieldRow = readonly [L0: YieldBand, L1: YieldBand, L2: YieldBand, L3: YieldBand];

/**
 * Ore per harvest on a fresh field, by richness tier and laser level. The columns hold the laser's multiplier
 * already, so it is never applied again. Mining seed, "Yield matrix"; C-01, C-02.
 */
// biome-ignore format: a table is read by column
export const YIELD_MATRIX: Readonly<Record<RichnessTier, YieldRow>> = {
  1: [[2, 4], [3, 5], [3, 6], [4, 8]],
  2: [[4, 8], [5, 10], [6, 12], [8, 16]],
  3: [[6, 12], [8, 15], [9, 18], [12, 24]],
  4: [[10, 18], [13, 23], [15, 27], [20, 36]],
  5: [[15, 25], [19, 31], [23, 38], [30, 50]],
};

const HOUR_MS = 3_600_000;
const POOL_UNITS_PER_TIER = 100;
const PRECIOUS_BASE_BPS = 500;
const PRECIOUS_PER_LEVEL_BPS = 200;
const SHARD_BPS = 100;
const SHARD_LASER_LEVEL_MIN = 2;

/** What `sectors.resources.asteroid_richness` holds, with the names and the shape the mining seed stores. */
export interface AsteroidRichness {
  richness: "abundant" | "rich" | "moderate" | "depleted";
  richness_tier: RichnessTier;
  yield_band: YieldBand;
  harvest_cooldown_hours: number | null;
}

/**
 * The richness of a sector from its resource_regeneration (0..1; null counts as 0.5), in half-open steps, so
 * that no value falls between two. "depleted" stores the seed's band 0–1 and its 24 h cooldown, yet rolls
 * from the matrix like every tier 1. Mining seed, "asteroid_richness derivation"; C-03, C-33.
 */
export function deriveRichness(resourceRegeneration: number | null): AsteroidRichness {
  const regeneration = resourceRegeneration ?? 0.5;
  const steady = { harvest_cooldown_hours: null };
  if (regeneration >= 0.9) return { richness: "abundant", richness_tier: 5, yield_band: [15, 25], ...steady };
  if (regeneration >= 0.6) return { richness: "rich", richness_tier: 4, yield_band: [10, 18], ...steady };
  if (regeneration >= 0.3) return { richness: "moderate", richness_tier: 3, yield_band: [6, 12], ...steady };
  return { richness: "depleted", richness_tier: 1, yield_band: [0, 1], harvest_cooldown_hours: 24 };
}

/**
 * When a pilot may harvest again in a field with a cooldown, in ms; null when now. It counts from that
 * pilot's last *completed* harvest in the sector: what was interrupted or cancelled gave nothing. C-03.
 */
export function harvestCooldownEndsMs(
  cooldownHours: number | null,
  lastCompletedHarvestMs: number | null,
  nowMs: number,
): number | null {
  if (cooldownHours === null || lastCompletedHarvestMs === null) return null;
  const endsMs = lastCompletedHarvestMs + cooldownHours * HOUR_MS;
  return nowMs >= endsMs ? null : endsMs;
}

export const DEPLETION_STATES = ["fresh", "light", "moderate", "heavy", "exhausted"] as const;
export type DepletionState = (typeof DEPLETION_STATES)[number];

/** Units in the full pool of a field. Mining seed, "Asteroid depletion". */
export function poolSize(tier: RichnessTier): number {
  return tier * POOL_UNITS_PER_TIER;
}

/** The state of a pool by the share taken in all. Mining seed, "Asteroid depletion"; C-10. */
export function depletionState(poolRemaining: number, poolUnits: number): DepletionState {
  const consumed = poolUnits - poolRemaining;
  if (consumed <= 0) return "fresh";
  if (consumed * 100 < poolUnits * 5) return "light";
  if (consumed * 100 <= poolUnits * 50) return "moderate";
  if (consumed * 100 <= poolUnits * 90) return "heavy";
  return "exhausted";
}

/** Share of the roll a field gives. An exhausted one gives nothing, which the floor then lifts to 1 ore. */
const DEPLETION_MODIFIER_BPS: Readonly<Record<DepletionState, number>> = {
  fresh: 10_000,
  light: 10_000,
  moderate: 7_500,
  heavy: 5_000,
  exhausted: 0,
};

/** Ore of one roll after depletion and professions, rounded down once, never less than 1. C-04, §23.3. */
function oreOf(
  roll: number,
  state: DepletionState,
  yieldBonusBps: number,
): { ore: number; floored: boolean } {
  const ore = Math.floor((roll * DEPLETION_MODIFIER_BPS[state] * yieldBonusBps) / 100_000_000);
  return ore < 1 ? { ore: 1, floored: true } : { ore, floored: false };
}

/** The ore a harvest can bring on a field in this state, for the preview before any turn is spent. C-49. */
export function yieldBand(
  tier: RichnessTier,
  laserLevel: LaserLevel,
  state: DepletionState,
  yieldBonusBps: number,
): YieldBand {
  const [lo, hi] = YIELD_MATRIX[tier][laserLevel];
  return [oreOf(lo, state, yieldBonusBps).ore, oreOf(hi, state, yieldBonusBps).ore];
}

/**
 * When a field is full again, in ms: 24 h after the last harvest that drew from its pool, 7 days when heavy
 * or exhausted; null when fresh. Mining seed, "Asteroid depletion"; C-30, §23.3.
 */
export function replenishDueMs(state: DepletionState, lastDepletingHarvestMs: number | null): number | null {
  if (state === "fresh" || lastDepletingHarvestMs === null) return null;
  const hours = state === "heavy" || state === "exhausted" ? 7 * 24 : 24;
  return lastDepletingHarvestMs + hours * HOUR_MS;
}

/** What is left in a field. */
export interface AsteroidPool {
  tier: RichnessTier;
  poolRemaining: number;
  lastDepletingHarvestMs: number | null;
}

/** The field at `nowMs`: full, all at once, from its due time on. Mining seed, "Asteroid depletion". */
export function replenish(field: AsteroidPool, nowMs: number): AsteroidPool {
  const full = poolSize(field.tier);
  const dueMs = replenishDueMs(depletionState(field.poolRemaining, full), field.lastDepletingHarvestMs);
  if (dueMs === null || nowMs < dueMs) return field;
  return { ...field, poolRemaining: full, lastDepletingHarvestMs: null };
}

/** The chance of precious metals in a harvest. Mining seed, "Commodity output". */
export function preciousChanceBps(laserLevel: LaserLevel): number {
  return PRECIOUS_BASE_BPS + PRECIOUS_PER_LEVEL_BPS * laserLevel;
}

/** The chance of a quantum shard: none where the asteroids do not run deep, or for a weak laser. Ibid. */
export function shardChanceBps(hasDeepAsteroids: boolean, laserLevel: LaserLevel): number {
  return hasDeepAsteroids && laserLevel >= SHARD_LASER_LEVEL_MIN ? SHARD_BPS : 0;
}

/** Everything a harvest depends on when it comes due; the field is replenished already. */
export interface Harvest {
  tier: RichnessTier;
  laserLevel: LaserLevel;
  poolRemaining: number;
  hasDeepAsteroids: boolean;
  freeCargo: number;
  /** 10 000 = no bonus, 13 000 = Mining Engineers. */
  yieldBonusBps: number;
  /** One u32 each. */
  rolls: { ore: number; preciousChance: number; preciousQuantity: number; shardChance: number };
}

export type HarvestResult =
  | { kind: "cancelled"; reason: "cargo_full" }
  | {
      kind: "completed";
      /** The roll in the matrix' band. */
      oreRoll: number;
      /** The yield: the roll after depletion, professions and the floor. */
      oreRolled: number;
      /** What the hold had room for. */
      ore: number;
      /** Only the floor of 1 ore was left to give. */
      floored: boolean;
      poolDrawn: number;
      poolRemaining: number;
      preciousMetals: number;
      quantumShards: number;
      stateBefore: DepletionState;
      stateAfter: DepletionState;
    };

/**
 * What a harvest brings. The yield is that of the field *before* it is drawn from (§23.3), and the pool falls
 * by the yield, not by what fitted into the hold (C-31). Mining seed, "Resolution" 3–9; domain §2.5.
 */
export function resolveHarvest(harvest: Harvest): HarvestResult {
  const { tier, laserLevel, freeCargo, rolls } = harvest;
  if (freeCargo < 1) return { kind: "cancelled", reason: "cargo_full" };

  const stateBefore = depletionState(harvest.poolRemaining, poolSize(tier));
  const [lo, hi] = YIELD_MATRIX[tier][laserLevel];
  const oreRoll = pick(rolls.ore, lo, hi);
  const { ore: oreRolled, floored } = oreOf(oreRoll, stateBefore, harvest.yieldBonusBps);
  const ore = Math.min(oreRolled, freeCargo);

  // Ore goes into the hold first, then metals, then shards; a drop that finds no room is lost.
  const metalRoom = freeCargo - ore;
  const metalFound = chance(rolls.preciousChance, preciousChanceBps(laserLevel));
  const preciousMetals = metalFound ? Math.min(pick(rolls.preciousQuantity, 1, 3), metalRoom) : 0;
  const shardRoom = metalRoom - preciousMetals;
  const shardFound = chance(rolls.shardChance, shardChanceBps(harvest.hasDeepAsteroids, laserLevel));
  const quantumShards = shardFound ? Math.min(1, shardRoom) : 0;

  const poolDrawn = floored ? 0 : Math.min(harvest.poolRemaining, oreRolled);
  const poolRemaining = harvest.poolRemaining - poolDrawn;
  const stateAfter = depletionState(poolRemaining, poolSize(tier));
  return {
    kind: "completed",
    oreRoll,
    oreRolled,
    ore,
    floored,
    poolDrawn,
    poolRemaining,
    preciousMetals,
    quantumShards,
    stateBefore,
    stateAfter,
  };
}
