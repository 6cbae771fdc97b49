import type { FactionType } from "./factions.ts";

/** Standing with a faction runs from −800 to +800 (domain §3.2). */
export const STANDING_MAX = 800;

/**
 * Standing with AM that every licence purchase and renewal brings. Mining seed, "Faction reputation hooks";
 * C-09.
 */
export const LICENCE_PURCHASE_STANDING = 15;

/** Standing with the Frontier Coalition for a harvest in its zone, where nobody claims the field. Mining seed, ibid. */
export const FRONTIER_HARVEST_STANDING = 5;

/** The 17 levels, best first: a standing has the first level whose least value it reaches (domain §3.2). */
export const STANDING_LEVELS = [
  { level: "EXALTED", min: 700, title: "Exalted" },
  { level: "REVERED", min: 600, title: "Revered" },
  { level: "HONORED", min: 500, title: "Honored" },
  { level: "VALUED", min: 400, title: "Valued" },
  { level: "RESPECTED", min: 300, title: "Respected" },
  { level: "TRUSTED", min: 200, title: "Trusted" },
  { level: "ACKNOWLEDGED", min: 100, title: "Acknowledged" },
  { level: "RECOGNIZED", min: 50, title: "Recognized" },
  { level: "NEUTRAL", min: -50, title: "Neutral" },
  { level: "QUESTIONABLE", min: -100, title: "Questionable" },
  { level: "SUSPICIOUS", min: -200, title: "Suspicious" },
  { level: "UNTRUSTWORTHY", min: -300, title: "Untrustworthy" },
  { level: "SMUGGLER", min: -400, title: "Smuggler" },
  { level: "PIRATE", min: -500, title: "Pirate" },
  { level: "OUTLAW", min: -600, title: "Outlaw" },
  { level: "CRIMINAL", min: -700, title: "Criminal" },
  { level: "PUBLIC_ENEMY", min: -800, title: "Public Enemy" },
] as const;

export type StandingLevel = (typeof STANDING_LEVELS)[number]["level"];

/** The level of a standing and its title for display (domain §3.2). */
export function standingLevel(value: number): { level: StandingLevel; title: string } {
  const { level, title } = STANDING_LEVELS.find(({ min }) => value >= min) ?? STANDING_LEVELS[16];
  return { level, title };
}

/** A standing after a change, held within ±800 (domain §3.2). */
export function addStanding(value: number, delta: number): number {
  return Math.min(Math.max(value + delta, -STANDING_MAX), STANDING_MAX);
}

/**
 * The net change of AM standing by one harvest: +1 outside AM claims, +2 inside one with a licence, −10
 * inside one without. Mining seed, "Faction reputation hooks"; C-08.
 */
export function harvestStandingDelta({
  amClaimed,
  licensed,
}: {
  amClaimed: boolean;
  licensed: boolean;
}): number {
  if (!amClaimed) return 1;
  return licensed ? 2 : -10;
}

function pricingLadderBps(standing: number): number {
  if (standing >= 600) return 8_500;
  if (standing >= 400) return 9_200;
  if (standing >= 200) return 9_600;
  if (standing <= -600) return 13_000;
  if (standing <= -400) return 12_000;
  if (standing <= -200) return 11_000;
  return 10_000;
}

/**
 * What a faction's prices are multiplied with, in basis points to the whole percent; `basePricingBps` is the
 * faction's own base_pricing_modifier. Gameplay seed, Faction.get_pricing_modifier; C-13: the one ladder.
 */
export function pricingModifierBps(standing: number, basePricingBps = 10_000): number {
  return Math.round((basePricingBps * pricingLadderBps(standing)) / 1_000_000) * 100;
}

/** Whether a pilot may enter a sector a faction has locked. Gameplay seed, can_access_territory; §3.2. */
export function canAccessTerritory(factionType: FactionType, standing: number): boolean {
  return standing >= (factionType === "PIRATES" ? -200 : -400);
}
