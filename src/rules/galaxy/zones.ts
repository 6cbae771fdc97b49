import { uuidOf } from "../../uuid.ts";
import type { Zone } from "./galaxy.ts";
import type { RegionType, ZoneType } from "./vocabulary.ts";

/** Sectors a region of each type may have; the canonical sizes of the first two are their largest (C-44). */
export const REGION_SECTORS: Readonly<Record<RegionType, Readonly<{ min: number; max: number }>>> = {
  central_nexus: { min: 20, max: 5_000 },
  terran_space: { min: 20, max: 300 },
  player_owned: { min: 100, max: 1_500 },
};

/** How well a zone is policed and how dangerous it is, 0–10 each (domain §1.5). */
export const ZONE_LEVELS: Readonly<
  Record<ZoneType, Readonly<{ policingLevel: number; dangerRating: number }>>
> = {
  EXPANSE: { policingLevel: 3, dangerRating: 6 },
  FEDERATION: { policingLevel: 9, dangerRating: 1 },
  BORDER: { policingLevel: 5, dangerRating: 4 },
  FRONTIER: { policingLevel: 2, dangerRating: 8 },
};

/** Where a region's zones end, in percent of its sectors (domain §1.5). Terran Space has true thirds. */
const ZONE_ENDS: Readonly<Record<RegionType, readonly (readonly [ZoneType, number])[]>> = {
  central_nexus: [["EXPANSE", 100]],
  terran_space: [
    ["FEDERATION", 100 / 3],
    ["BORDER", 200 / 3],
    ["FRONTIER", 100],
  ],
  player_owned: [
    ["FEDERATION", 33],
    ["BORDER", 67],
    ["FRONTIER", 100],
  ],
};

/**
 * The zones of a region: stretches of sector numbers, in proportion to its size (domain §1.5). At the
 * canonical sizes they are the game's own: Terran Space 1–100, 101–200, 201–300.
 */
export function zonesOf(region: { id: string; type: RegionType; sectors: number; path: string }): Zone[] {
  let startSector = 1;
  return ZONE_ENDS[region.type].map(([zoneType, percent]) => {
    const zone: Zone = {
      id: uuidOf(region.path, "zones", `${zoneType}`),
      regionId: region.id,
      zoneType,
      startSector,
      endSector: Math.round((region.sectors * percent) / 100),
      ...ZONE_LEVELS[zoneType],
    };
    startSector = zone.endSector + 1;
    return zone;
  });
}

/** The zone that a sector number of its region lies in. */
export function zoneAt(zones: readonly Zone[], sectorNumber: number): Zone {
  const zone = zones.find(
    ({ startSector, endSector }) => startSector <= sectorNumber && sectorNumber <= endSector,
  );
  if (!zone) throw new RangeError(`Sector number ${sectorNumber} lies in no zone.`);
  return zone;
}
