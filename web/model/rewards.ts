/** What rewards are called, and why one came to less than was asked for. */
import { REWARD_TYPES, type RewardType } from "../../src/rules/rewards.ts";
import { SURFACE_CODES, SURFACES } from "../../src/rules/surfaces.ts";
import type { IconName } from "../ui/icons.ts";
import { plainWords } from "./words.ts";

interface RewardWords {
  readonly name: string;
  readonly sign: IconName;
}

const REWARDS: Readonly<Record<RewardType, RewardWords>> = {
  ore_units: { name: "Ore", sign: "mine" },
  stardust_bonus: { name: "Stardust", sign: "star" },
  expedition_reputation: { name: "Expedition reputation", sign: "claim" },
  cosmetic_unlock: { name: "Cosmetics", sign: "ribbon" },
  stardust_multiplier: { name: "Stardust multipliers", sign: "plus" },
  incident_badge: { name: "Incident badges", sign: "shield" },
  anomaly_access: { name: "Anomaly windows", sign: "eye" },
  efficiency_boost: { name: "Efficiency boosts", sign: "storm" },
};

export function rewardOf(type: string): RewardWords {
  const known = REWARD_TYPES.find((each) => each === type);
  return known === undefined ? { name: plainWords(type), sign: "plus" } : REWARDS[known];
}

const CAPS: Readonly<Record<string, string>> = {
  below_duration_floor: "the server measured less time than the mission takes at least",
  objectives_incomplete: "not all objectives were reached",
  rate_cap: "no more than that can be dug in the time",
  mission_cap: "the mission gives no more",
  daily_cap: "that is all a day (UTC) pays",
};
export const capText = (reason: string) => CAPS[reason] ?? plainWords(reason).toLowerCase();

/** A surface's code as people call it. */
export function surfaceName(code: string): string {
  const known = SURFACE_CODES.find((each) => each === code);
  return known === undefined ? plainWords(code) : SURFACES[known].name;
}
