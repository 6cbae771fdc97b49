/** Guild contracts as the galaxy's room tells them, and what they are called. */
import { CONTRACT_THEMES, type ContractTheme } from "../../src/rules/contracts.ts";
import type { GalaxyState } from "../../src/schema/galaxy.ts";

export interface LiveContract {
  readonly contractId: string;
  readonly theme: string;
  readonly endsAtMs: number;
  readonly members: number;
  /** Points of all members together. */
  readonly total: number;
  /** The highest tier that is unlocked; 0 before the first. */
  readonly tier: number;
  /** 0 when all tiers are unlocked. */
  readonly nextThreshold: number;
}

export function contractsOf(state: GalaxyState): readonly LiveContract[] {
  return [...state.contracts.values()]
    .map(({ contractId, theme, endsAtMs, members, total, tier, nextThreshold }) => ({
      ...{ contractId, theme, endsAtMs, members, total, tier, nextThreshold },
    }))
    .sort((a, b) => (a.theme < b.theme ? -1 : 1));
}

interface ThemeWords {
  readonly name: string;
  /** What its members look for, and in what. */
  readonly task: string;
  readonly measure: string;
  /** What each of its answers means. */
  readonly answers: Readonly<Record<string, { readonly name: string; readonly shows: string }>>;
}

const THEMES: Readonly<Record<ContractTheme, ThemeWords>> = {
  "planet-hunting": {
    name: "Planet hunting",
    task: "A star that dims again and again, for as long each time, has a planet that passes before it.",
    measure: "Brightness of a star",
    answers: {
      transit: { name: "Transit", shows: "dips that come back, as deep each time" },
      no_transit: { name: "No transit", shows: "nothing but noise" },
    },
  },
  "cloud-tracking": {
    name: "Cloud tracking",
    task: "A storm front lifts the clouds of a gas giant into one broad ridge.",
    measure: "Height of clouds",
    answers: {
      storm_front: { name: "Storm front", shows: "one broad ridge" },
      calm: { name: "Calm", shows: "nothing but noise" },
    },
  },
  solar: {
    name: "Solar watch",
    task: "A flare makes a sun’s X-rays jump at once and fade slowly.",
    measure: "X-ray flux of a sun",
    answers: {
      flare: { name: "Flare", shows: "a sudden jump that fades" },
      quiet: { name: "Quiet", shows: "nothing but noise" },
    },
  },
};

/** @returns words of the theme; undefined for one that this page does not know yet */
export function themeOf(theme: string): ThemeWords | undefined {
  const known = CONTRACT_THEMES.find((each) => each === theme);
  return known === undefined ? undefined : THEMES[known];
}
