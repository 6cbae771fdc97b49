/** Everything a hold can carry (domain §1.6), in the fixed order that loot is rolled in. */
export const COMMODITIES = [
  "ore",
  "organics",
  "equipment",
  "fuel",
  "gourmet_food",
  "luxury_goods",
  "exotic_technology",
  "colonists",
  "precious_metals",
  "quantum_shards",
  "special_goods",
] as const;

export type Commodity = (typeof COMMODITIES)[number];

/** Units by commodity; what is not aboard is absent. */
export type Cargo = Partial<Record<Commodity, number>>;

interface Price {
  /** The midpoint before supply, station and standing move it. */
  baseCr: number;
  /** A unit price is clamped to this band last of all, so a base outside it is no mistake (equipment). */
  minCr: number;
  maxCr: number;
}

/** Unit prices in credits; null has no market price. Domain §1.6; mining seed, "Commodity output". */
export const PRICES: Readonly<Record<Commodity, Readonly<Price> | null>> = {
  ore: { baseCr: 15, minCr: 15, maxCr: 45 },
  organics: { baseCr: 18, minCr: 8, maxCr: 25 },
  equipment: { baseCr: 35, minCr: 50, maxCr: 120 },
  fuel: { baseCr: 12, minCr: 20, maxCr: 60 },
  gourmet_food: { baseCr: 80, minCr: 30, maxCr: 70 },
  luxury_goods: { baseCr: 100, minCr: 75, maxCr: 200 },
  exotic_technology: { baseCr: 250, minCr: 150, maxCr: 300 },
  colonists: { baseCr: 50, minCr: 30, maxCr: 80 },
  precious_metals: { baseCr: 130, minCr: 80, maxCr: 180 },
  quantum_shards: null,
  special_goods: null,
};
