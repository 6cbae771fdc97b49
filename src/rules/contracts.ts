/**
 * Guild contracts: what a week asks of everybody together, and what it gives them. Ecosystem seed, Loop 2; domain §16.5.
 * Where neither gives a number, it is ours.
 */
import type { IncidentType } from "./incidents.ts";

/** One contract of each, every week. */
export const CONTRACT_THEMES = ["planet-hunting", "cloud-tracking", "solar"] as const;
export type ContractTheme = (typeof CONTRACT_THEMES)[number];

/** What counts towards a contract: rows that the server itself has written, of every surface. */
export const CONTRIBUTION_SOURCES = ["harvest", "run", "classification"] as const;
export type ContributionSource = (typeof CONTRIBUTION_SOURCES)[number];

/** What one is worth: a run takes minutes, a harvest turns, a classification a good look. */
export const SOURCE_POINTS = { harvest: 2, run: 5, classification: 1 } as const satisfies Record<
  ContributionSource,
  number
>;
/** A classification that the truth is known of, and that hit it. */
const GOLD_POINTS = 2;

/** Of one user to one contract in one UTC day: a good evening's play, out of reach of nobody, and no use to a farm. */
export const CONTRIBUTIONS_PER_DAY_MAX = {
  harvest: 20,
  run: 10,
  classification: 30,
} as const satisfies Record<ContributionSource, number>;

/** Who hits fewer of the subjects with a known truth than this is guessing. */
const ACCURACY_BPS_MIN = 7_000;
/** Fewer than this say nothing about anybody. */
const GOLD_SEEN_MIN = 3;

/** What is known of a classification, and of who made it. */
export interface Judged {
  /** Null: the truth is not known. */
  readonly isRight: boolean | null;
  /** Subjects with a known truth that the user has classified so far, and how many of them rightly. */
  readonly goldSeen: number;
  readonly goldRight: number;
}

/** What a classification is worth; 0 when it was wrong, or when its user is wrong too often to be believed. */
export function classificationPoints({ isRight, goldSeen, goldRight }: Judged): number {
  if (isRight !== null) return isRight ? GOLD_POINTS : 0;
  const isTrusted = goldSeen < GOLD_SEEN_MIN || goldRight * 10_000 >= goldSeen * ACCURACY_BPS_MIN;
  return isTrusted ? SOURCE_POINTS.classification : 0;
}

/** What all members get once the contract has so many points. */
export interface ContractTier {
  readonly tier: number;
  readonly threshold: number;
  readonly cosmetic: string;
  /** Stardust for each member, at once. */
  readonly stardust: number;
  /** Of stardust that members are given from then until the contract ends, 10 000 = as always; null: as always. */
  readonly multiplierBps: number | null;
  /** What befalls a sector, for everybody's good. */
  readonly worldEvent: IncidentType | null;
}

/** Ecosystem seed, Loop 2, Core Rewards: shared cosmetics, stardust multipliers, sector world-state events. */
export function contractTiers(theme: ContractTheme): ContractTier[] {
  const cosmetic = (grade: string) => `${theme}.${grade}`;
  return [
    {
      ...{ tier: 1, threshold: 100, cosmetic: cosmetic("bronze"), stardust: 2 },
      ...{ multiplierBps: null, worldEvent: null },
    },
    {
      ...{ tier: 2, threshold: 300, cosmetic: cosmetic("silver"), stardust: 5 },
      ...{ multiplierBps: 12_000, worldEvent: null },
    },
    {
      ...{ tier: 3, threshold: 600, cosmetic: cosmetic("gold"), stardust: 10 },
      ...{ multiplierBps: 15_000, worldEvent: "debris_field" },
    },
  ];
}

/** Stardust under a multiplier: whole units, rounded down (C-24). At 10 000 or more, less stays less. */
export function multiplied(value: number, bps: number): number {
  return Math.floor((value * bps) / 10_000);
}

/** The run id under which a tier's rewards stand in the ledger. Domain §16.5. */
export function tierRunId(contractId: string, tier: number): string {
  return `contract.${contractId}.tier${tier}`;
}
