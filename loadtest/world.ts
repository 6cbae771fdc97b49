/** A galaxy for load: a place to begin at, and around it as many rich asteroid fields as are asked for. */

import { AM_FACTION } from "../src/rules/factions.ts";
import { asteroidField, authoredRichness } from "../src/rules/galaxy/fields.ts";
import type { Galaxy, Sector, SectorWarp, Station } from "../src/rules/galaxy/galaxy.ts";
import { factionsOf } from "../src/rules/galaxy/generate.ts";
import { uuidOf } from "../src/uuid.ts";

/** Newcomers begin here and fly on at once. */
export const START_SECTOR_ID = 1;
export const RICHEST_TIER = 5;
/** Turns come back faster than they can be spent: a run of hours is not a run of pilots who wait for turns. */
export const TURNS_PER_DAY = 8_640_000;
/** Each field has warps to this many of those after it in the ring, and back. */
const NEIGHBOURS = 2;

/** The fields' sector ids. */
export function fieldIds(fields: number): number[] {
  return Array.from({ length: fields }, (_, index) => START_SECTOR_ID + 1 + index);
}

/** Deterministic: equal arguments give equal galaxies. Every sector has an AM refinery, so nobody is stuck in a pod or with a full hold. */
export function loadGalaxy(seed: number, fields: number): Galaxy {
  const path = `${seed}/load/${fields}`;
  const [galaxyId, regionId, zoneId, clusterId] = ["galaxy", "region", "zone", "cluster"].map((what) =>
    uuidOf(path, what),
  );
  if (galaxyId === undefined || regionId === undefined || zoneId === undefined || clusterId === undefined) {
    throw new Error("four names give four ids");
  }
  const sectors = [START_SECTOR_ID, ...fieldIds(fields)].map((sectorId) =>
    sectorOf(sectorId, { regionId, zoneId, clusterId }),
  );
  const space = {
    regions: [
      {
        id: regionId,
        galaxyId,
        name: "Load",
        regionType: "terran_space" as const,
        pvpRules: "open" as const,
        capitalSectorId: START_SECTOR_ID,
        startingCredits: 10_000,
        startingShip: "CARGO_HAULER" as const,
        startingEquipment: ["mining_laser"],
      },
    ],
    zones: [
      {
        id: zoneId,
        regionId,
        zoneType: "FRONTIER" as const,
        startSector: 1,
        endSector: sectors.length,
        policingLevel: 1,
        dangerRating: 9,
      },
    ],
    clusters: [{ id: clusterId, regionId, name: "Load", clusterType: "RESOURCE_RICH" as const }],
    sectors,
    warps: warpsOf(fieldIds(fields)),
    stations: sectors.map(({ sectorId }) => stationOf(path, sectorId, regionId)),
    asteroidFields: sectors.flatMap((sector) => asteroidField(sector) ?? []),
  };
  return {
    galaxy: {
      id: galaxyId,
      name: "Load",
      seed,
      defaultTurnsPerDay: TURNS_PER_DAY,
      startRegionId: regionId,
    },
    factions: factionsOf(galaxyId, space),
    ...space,
  };
}

function sectorOf(sectorId: number, place: { regionId: string; zoneId: string; clusterId: string }): Sector {
  const isStart = sectorId === START_SECTOR_ID;
  return {
    ...place,
    sectorId,
    sectorNumber: sectorId,
    name: isStart ? "Gathering" : `Field ${sectorId}`,
    type: isStart ? "STANDARD" : "ASTEROID_FIELD",
    x: sectorId,
    y: 0,
    z: 0,
    securityLevel: 1,
    hazardLevel: 1,
    resourceRegeneration: null,
    resources: isStart
      ? {}
      : { asteroid_richness: authoredRichness(RICHEST_TIER), has_deep_asteroids: sectorId % 2 === 0 },
    controllingFaction: null,
  };
}

function warpsOf(fields: readonly number[]): SectorWarp[] {
  const ends = new Set<string>();
  const join = (from: number, to: number) => {
    if (from !== to) ends.add(`${from} ${to}`).add(`${to} ${from}`);
  };
  for (const [index, field] of fields.entries()) {
    join(START_SECTOR_ID, field);
    for (let step = 1; step <= NEIGHBOURS; step++)
      join(field, fields[(index + step) % fields.length] ?? field);
  }
  return [...ends].map((pair) => {
    const [sourceSectorId = 0, destinationSectorId = 0] = pair.split(" ").map(Number);
    return { sourceSectorId, destinationSectorId, isBidirectional: true, isLatent: false, turnCost: 1 };
  });
}

function stationOf(path: string, sectorId: number, regionId: string): Station {
  return {
    id: uuidOf(path, "station", String(sectorId)),
    name: `Port ${sectorId}`,
    sectorId,
    regionId,
    stationClass: 1,
    factionAffiliation: AM_FACTION,
    services: { refining_facility: false },
    commodities: {},
    security: "basic",
  };
}
