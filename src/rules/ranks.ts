/** What a military rank is worth in trade, in whole percent. Gameplay seed, "Player Ranking"; domain §12.2. */
// biome-ignore format: a table is read by column
const TRADE_PERCENT: Readonly<Record<string, number>> = {
  "Recruit": 0, "Spacer": 2, "Corporal": 3, "Sergeant": 5, "Staff Sergeant": 6, "Master Sergeant": 7,
  "Warrant Officer": 8, "Chief Warrant Officer": 10, "Ensign": 12, "Lieutenant": 15, "Commander": 18,
  "Captain": 20, "Senior Captain": 22, "Commodore": 25, "Rear Admiral": 30, "Vice Admiral": 35,
  "Admiral": 40, "Fleet Admiral": 50,
};

/** How much better than others a pilot of this rank trades, in basis points; a rank nobody knows gives nothing. */
export function rankTradeBps(rank: string): number {
  return (TRADE_PERCENT[rank] ?? 0) * 100;
}
