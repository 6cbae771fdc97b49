import type { GalaxySpec, RegionSpec } from "./generate.ts";
import { REGION_SECTORS } from "./zones.ts";

const TERRAN_SPACE = "Terran Space";
const CENTRAL_NEXUS = "Central Nexus";

/** Small enough to be at home in after an evening, large enough for all three zones. */
export const DEFAULT_SECTORS = 100;

/** A galaxy begins with Terran Space, and the Central Nexus beside it; larger ones get regions of players. */
export const GALAXY_SECTORS = {
  min: REGION_SECTORS.terran_space.min,
  max: REGION_SECTORS.terran_space.max + REGION_SECTORS.central_nexus.max,
} as const;

/** What `npm start` puts into an empty database. */
export function defaultGalaxy(seed: number): GalaxySpec {
  return { seed, regions: regionsFor(DEFAULT_SECTORS) };
}

/**
 * The regions of a galaxy of this many sectors: Terran Space, where pilots begin, up to its canonical 300;
 * from there on the Central Nexus, up to its canonical 5,000 (domain §1.5).
 */
export function regionsFor(sectors: number): RegionSpec[] {
  const { max } = REGION_SECTORS.terran_space;
  const nexus = REGION_SECTORS.central_nexus;
  if (!Number.isInteger(sectors) || sectors < GALAXY_SECTORS.min || sectors > GALAXY_SECTORS.max) {
    throw new RangeError(
      `A galaxy begins with ${GALAXY_SECTORS.min} to ${GALAXY_SECTORS.max} sectors; ${sectors} is not in that range. ` +
        "For a larger one, add player_owned regions with --region.",
    );
  }
  if (sectors <= max) return [{ name: TERRAN_SPACE, type: "terran_space", sectors }];
  const nexusSectors = Math.max(nexus.min, sectors - max);
  return [
    { name: TERRAN_SPACE, type: "terran_space", sectors: sectors - nexusSectors },
    { name: CENTRAL_NEXUS, type: "central_nexus", sectors: nexusSectors },
  ];
}
