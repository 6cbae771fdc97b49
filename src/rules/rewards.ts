/**
 * What a reward can be. Each is counted in whole units: a badge or an unlock is 1, and its row's `meta` says which.
 * Ecosystem seed, "Core Rewards" of its three loops. A new one is a line here and a migration (`npm run db:generate`).
 */
export const REWARD_TYPES = [
  // Expeditions
  "ore_units",
  "stardust_bonus",
  "expedition_reputation",
  // Guild contracts
  "cosmetic_unlock",
  "stardust_multiplier",
  // Sector incidents
  "incident_badge",
  "anomaly_access",
  "efficiency_boost",
] as const;

export type RewardType = (typeof REWARD_TYPES)[number];

/** What a reward was given for. */
export const REWARD_SOURCES = ["run", "daily_claim", "referral", "contract", "incident"] as const;

export type RewardSource = (typeof REWARD_SOURCES)[number];

/** What balances are spent on. */
export const SPENDING_PURPOSES = ["deliver_ore", "research"] as const;

export type SpendingPurpose = (typeof SPENDING_PURPOSES)[number];

/** For the first paid run of a mission template each UTC day. */
export const DAILY_CLAIM_STARDUST = 1;
/** For each user brought along who plays (domain §16.3). */
export const REFERRAL_STARDUST = 5;
/** Of one referrer in one UTC day: friends come in fives, farms in hundreds. */
export const REFERRALS_PAID_PER_DAY_MAX = 5;

/** The one key of a reward: whoever asks for it again gets the first one. Ecosystem seed, "Reward Ledger". */
export function rewardKey(userId: string, surface: string, runId: string, rewardType: string): string {
  return [userId, surface, runId, rewardType].join(":");
}
