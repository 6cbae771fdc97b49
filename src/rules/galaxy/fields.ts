import { poolSize, type RichnessTier, YIELD_MATRIX } from "../mining.ts";
import type { AsteroidField, FieldRichness, Sector } from "./galaxy.ts";

const AUTHORED_NAMES: Readonly<Record<RichnessTier, FieldRichness["richness"]>> = {
  1: "sparse",
  2: "lean",
  3: "moderate",
  4: "rich",
  5: "abundant",
};

/**
 * The richness of a field whose tier somebody chose; the only way to a tier 2 (domain §2.2). Its band is the matrix'
 * own, and a tier 1 of this kind has no cooldown: only fields *derived* as depleted have one (C-03).
 */
export function authoredRichness(tier: RichnessTier): FieldRichness {
  return {
    richness: AUTHORED_NAMES[tier],
    richness_tier: tier,
    yield_band: YIELD_MATRIX[tier][0],
    harvest_cooldown_hours: null,
  };
}

/** The full pool of an asteroid field; null for any other sector. Mining seed, "Asteroid depletion". */
export function asteroidField({ sectorId, resources }: Sector): AsteroidField | null {
  if (!("asteroid_richness" in resources)) return null;
  const { richness_tier, harvest_cooldown_hours } = resources.asteroid_richness;
  const units = poolSize(richness_tier);
  return {
    sectorId,
    richnessTier: richness_tier,
    poolSize: units,
    poolRemaining: units,
    hasDeepAsteroids: resources.has_deep_asteroids,
    cooldownHours: harvest_cooldown_hours,
  };
}
