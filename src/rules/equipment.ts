import { LASER_LEVELS, type LaserLevel } from "./mining.ts";

/** Mining seed, "Equipment requirement". */
export const LASER_COST_CR = 35_000;
/** Class 7 and above (C-28). */
export const LASER_UPGRADE_CLASS_MIN = 7;
/** What the next level costs, by the level that is fitted. Mining seed, "Mining Laser upgrade ladder". */
const LASER_UPGRADE_CR: readonly number[] = [50_000, 100_000, 200_000];
/** Share of the base cost that comes back for what is taken out, upgrades not counted. */
const REFUND_BPS = 2_500;

/** What can be fitted, by the key of its slot (domain §1.4); the game knows no more of them yet. */
export const EQUIPMENT_SLOTS = ["mining_laser", "ecm_suite", "tractor_beam"] as const;

/** Base costs, by slot (domain §1.4). */
const EQUIPMENT_COST_CR: Readonly<Record<string, number>> = {
  mining_laser: LASER_COST_CR,
  ecm_suite: 45_000,
  tractor_beam: 40_000,
};

/** What a slot's equipment gives back when it is taken out: for a Mining Laser of any level 8,750 cr. */
export function refundCr(slot: string): number {
  return Math.floor(((EQUIPMENT_COST_CR[slot] ?? 0) * REFUND_BPS) / 10_000);
}

/** The next level and its price; null at the top of the ladder. */
export function laserUpgrade(level: LaserLevel): { level: LaserLevel; costCr: number } | null {
  const next = LASER_LEVELS.find((each) => each === level + 1);
  const costCr = LASER_UPGRADE_CR[level];
  return next === undefined || costCr === undefined ? null : { level: next, costCr };
}
