/** Scripts for `ScriptedDice`: what a harvest or a fight draws, in the order in which it does. */
import { COMBAT_ROUNDS_MAX, LOOT_ROLLS } from "../../src/rules/combat.ts";
import { type LaserLevel, type RichnessTier, YIELD_MATRIX } from "../../src/rules/mining.ts";
import { u32For } from "../rules/chance.ts";
import { FAIL, MISS } from "../rules/fights.ts";

/** Never what a chance asks for. */
const NEVER = FAIL;
const ALWAYS = 0;

export interface HarvestScript {
  /** The roll in the band of the matrix. */
  readonly ore: number;
  readonly tier: RichnessTier;
  readonly laserLevel: LaserLevel;
  /** How many units of precious metals are found, 0 to 3. */
  readonly metals?: number;
  readonly shard?: boolean;
}

/** The four rolls of a harvest. */
export function harvestRolls({ ore, tier, laserLevel, metals = 0, shard = false }: HarvestScript): number[] {
  const [lo, hi] = YIELD_MATRIX[tier][laserLevel];
  const found = metals === 0 ? [NEVER, 0] : [ALWAYS, u32For(metals, 1, 3)];
  return [u32For(ore, lo, hi), ...found, shard ? ALWAYS : NEVER];
}

/** What the end of every fight draws, whether or not there is anything to take: nothing is taken. */
export const NO_LOOT: readonly number[] = Array.from({ length: LOOT_ROLLS }, () => NEVER);

/** A round in which nobody hits and the defender, without drones, does not get away. The attacker stays. */
export const QUIET_ROUND: readonly number[] = [MISS, MISS, FAIL];

/** Ten rounds in which nobody is hurt. */
export function bloodlessFight(): number[] {
  return [...Array.from({ length: COMBAT_ROUNDS_MAX }, () => QUIET_ROUND).flat(), ...NO_LOOT];
}
