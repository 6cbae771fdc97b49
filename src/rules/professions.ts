/** Trained colonists that matter to mining; one at work counts, more do not add up (domain §1.9). */
export const PROFESSIONS = ["MINING_ENGINEERS", "TRADE_SPECIALISTS"] as const;

const NONE_BPS = 10_000;
/** +30 % at harvest, for planets of the same region. Mining seed, "Resolution" 5. */
const MINING_ENGINEERS_BPS = 13_000;
/** +25 % at the sale of raw ore, wherever the planet is. Mining seed, "Resolution" 6; domain §23.6. */
const TRADE_SPECIALISTS_BPS = 12_500;

/** What multiplies a harvest's yield, in basis points. */
export function yieldBonusBps(engineersInRegion: boolean): number {
  return engineersInRegion ? MINING_ENGINEERS_BPS : NONE_BPS;
}

/** What multiplies the total of a sale of raw ore, in basis points; other goods have no such bonus. */
export function saleBonusBps(tradeSpecialists: boolean, commodity: string): number {
  return tradeSpecialists && commodity === "ore" ? TRADE_SPECIALISTS_BPS : NONE_BPS;
}
