import { type Cargo, COMMODITIES } from "./commodities.ts";
import { chance, pick } from "./random.ts";

const LOOT_BPS = 7_000;
const LOOT_SHARE_MIN_BPS = 3_000;
const LOOT_SHARE_MAX_BPS = 8_000;

/** Two u32 for every commodity there is, aboard or not, so that the dice can be rolled before the hold is known. */
export const LOOT_ROLLS = COMMODITIES.length * 2;

/**
 * What the victor takes from the loser's hold: of each commodity, with a chance of 70 %, 30–80 % (rounded down), in
 * the order of COMMODITIES until the victor's free hold is full. Domain §15.5.
 */
export function lootCargo(cargo: Cargo, freeUnits: number, rolls: readonly number[]): Cargo {
  const loot: Cargo = {};
  let free = freeUnits;
  for (const [index, commodity] of COMMODITIES.entries()) {
    const taken = rolls[index * 2];
    const share = rolls[index * 2 + 1];
    if (taken === undefined || share === undefined) throw new RangeError(`loot needs ${LOOT_ROLLS} rolls`);
    if (!chance(taken, LOOT_BPS)) continue;
    const shareBps = pick(share, LOOT_SHARE_MIN_BPS, LOOT_SHARE_MAX_BPS);
    const units = Math.min(free, Math.floor(((cargo[commodity] ?? 0) * shareBps) / 10_000));
    if (units <= 0) continue;
    loot[commodity] = units;
    free -= units;
  }
  return loot;
}
