import { accrue } from "./accrual.ts";
import { type Commodity, PRICES } from "./commodities.ts";

const DAY_MS = 86_400_000;
/** What a station keeps of the midpoint when it buys (domain §1.6). */
const BUYING_BPS = 8_500;
/** Class 8 pays 20 % more, class 11 25 % (domain §1.6). */
const CLASS_PREMIUM_BPS: Readonly<Record<number, number>> = { 8: 12_000, 11: 12_500 };
/** Where a station's file says nothing of a commodity: the middle of what the generator gives a buyer. */
const USUAL_STOCK: Stock = { quantity: 900, capacity: 3_000 };
/** Prices are carried to the ten-thousandth of a credit, so that four factors lose nothing that shows. */
const FINE = 10_000;

/** Credits of raw ore sold to AM for which standing grows. Mining seed, "Faction reputation hooks". */
const VOLUME_PER_STEP_CR = 5_000;
const STANDING_PER_STEP = 2;

/** What a station has of a commodity at its usual level, and what it can hold at all, in units. */
export interface Stock {
  readonly quantity: number;
  readonly capacity: number;
}

/** What pilots have brought above the usual level. A station uses up a full store of it in 24 h. */
export interface Surplus {
  readonly units: number;
  readonly asOfMs: number;
}

export function usualStock(stock: Stock | undefined): Stock {
  return stock ?? USUAL_STOCK;
}

/** The surplus at `nowMs`: what has been used up since is gone, so that prices recover. */
export function surplusAt(surplus: Surplus | null, { capacity }: Stock, nowMs: number): Surplus {
  if (surplus === null || surplus.units === 0) return { units: 0, asOfMs: nowMs };
  const used = accrue(
    {
      amount: 0,
      max: surplus.units,
      anchorMs: surplus.asOfMs,
      msPerUnit: Math.max(1, Math.floor(DAY_MS / capacity)),
    },
    nowMs,
  );
  return { units: surplus.units - used.amount, asOfMs: used.anchorMs };
}

export interface Sale {
  readonly commodity: Commodity;
  readonly stationClass: number;
  readonly stock: Stock;
  readonly surplusUnits: number;
  /** The faction's ladder for this pilot: below 10 000 it favours them, in selling as in buying. */
  readonly factionModifierBps: number;
  readonly rankTradeBps: number;
}

/**
 * Credits a station pays for one unit now; null for what has no market price. The fuller its store the less, then its
 * class, the pilot's standing and rank, and last of all the commodity's band. Domain §1.6. What makes buying cheaper
 * makes selling dearer by the same share. Nothing moves prices for computer traders: there are none.
 */
export function salePriceCr(sale: Sale): number | null {
  const price = PRICES[sale.commodity];
  if (price === null) return null;
  const { quantity, capacity } = sale.stock;
  const fullBps = Math.min(10_000, Math.floor(((quantity + sale.surplusUnits) * 10_000) / capacity));
  const factors = [
    15_000 - fullBps,
    BUYING_BPS,
    CLASS_PREMIUM_BPS[sale.stationClass] ?? 10_000,
    20_000 - sale.factionModifierBps,
    10_000 + sale.rankTradeBps,
  ];
  const fine = factors.reduce((value, bps) => Math.floor((value * bps) / 10_000), price.baseCr * FINE);
  return Math.min(Math.max(Math.floor(fine / FINE), price.minCr), price.maxCr);
}

/** What a sale pays in all: Trade Specialists come after the band (domain §2.5). */
export function saleTotalCr(unitPriceCr: number, units: number, bonusBps: number): number {
  return Math.floor((unitPriceCr * units * bonusBps) / 10_000);
}

/**
 * Standing for raw ore sold to AM: +2 for each full 5,000 cr, what is left over counts for the next sale. Mining seed,
 * "Faction reputation hooks".
 */
export function oreSaleStanding(carriedCr: number, totalCr: number): { delta: number; carryCr: number } {
  const volume = carriedCr + totalCr;
  return {
    delta: Math.floor(volume / VOLUME_PER_STEP_CR) * STANDING_PER_STEP,
    carryCr: volume % VOLUME_PER_STEP_CR,
  };
}
