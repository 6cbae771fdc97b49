import { HULL_TYPES, HULLS, type HullType } from "./ships.ts";

/** Share of what was paid for a hull that a yard gives for it, as for equipment (a choice: the game names none). */
const SELL_BPS = 2_500;

interface Condition {
  /** A faction's slug and the least standing with it. */
  readonly standing?: { readonly faction: string; readonly min: number };
  readonly citizen?: true;
}

/** Hulls that not everybody gets (domain §1.4): TRUSTED with the Federation, HONORED with Nova, citizens. */
const CONDITIONS: Partial<Record<HullType, Condition>> = {
  CARRIER: { standing: { faction: "terran_federation", min: 200 } },
  WARP_JUMPER: { standing: { faction: "nova_scientific_institute", min: 500 } },
  CITIZEN_CLIPPER: { citizen: true },
};

export interface HullOffer extends Condition {
  readonly hullType: HullType;
  readonly costCr: number;
}

/** What a shipyard has: every hull with a price. Pods are not sold, nor are the hulls of computer players. */
export const SHIPYARD: readonly HullOffer[] = HULL_TYPES.flatMap((hullType) => {
  const { costCr } = HULLS[hullType];
  return costCr === null || costCr === 0 ? [] : [{ hullType, costCr, ...CONDITIONS[hullType] }];
});

/** What a yard gives for a hull: 25 % of what was paid for it, so nothing for one that came free. */
export function hullRefundCr(paidCr: number): number {
  return Math.floor((paidCr * SELL_BPS) / 10_000);
}
