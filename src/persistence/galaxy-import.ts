import { asteroidField, authoredRichness } from "../rules/galaxy/fields.ts";
import type { Galaxy, Sector, Space, Station, Zone } from "../rules/galaxy/galaxy.ts";
import { factionsOf } from "../rules/galaxy/generate.ts";
import { stationSecurity, stationServices, stockFor } from "../rules/galaxy/stations.ts";
import { ZONE_LEVELS, zoneAt } from "../rules/galaxy/zones.ts";
import { deriveRichness } from "../rules/mining.ts";
import { uuidOf } from "../uuid.ts";
import {
  type FileRegion,
  type FileSector,
  type GalaxyFile,
  galaxyFileSchema,
  jsonPath,
  type Problem,
} from "./galaxy-file.ts";
import { findProblems } from "./galaxy-file-checks.ts";
import { describeIssue } from "./galaxy-file-errors.ts";
import { placeOfMistake } from "./json-place.ts";

/** Some editors begin a file with it, to say that it is UTF-8. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Why a file was not imported: everything that is wrong with it, a line each. */
export class GalaxyFileError extends Error {
  override name = "GalaxyFileError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    super(`The galaxy file was not imported. Correct these and try again:\n${lines.join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads a galaxy file (docs/world.md). The same file always gives the same galaxy, ids included.
 * @throws GalaxyFileError listing every problem by its JSON path; references are looked at once all fields are right.
 */
export function parseGalaxyFile(text: string): Galaxy {
  const parsed = galaxyFileSchema.safeParse(parseJson(text), { error: describeIssue });
  if (!parsed.success) {
    throw new GalaxyFileError(
      parsed.error.issues.map(({ path, message }) => ({ path: jsonPath(path), message })),
    );
  }
  const problems = findProblems(parsed.data);
  if (problems.length > 0) throw new GalaxyFileError(problems);
  return galaxyOf(parsed.data);
}

function parseJson(text: string): unknown {
  const json = text.replace(BYTE_ORDER_MARK, "");
  try {
    return JSON.parse(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const place = placeOfMistake(json, reason);
    throw new GalaxyFileError([
      { path: place === null ? "the file" : `the file, ${place}`, message: `it is not JSON: ${reason}` },
    ]);
  }
}

function galaxyOf(file: GalaxyFile): Galaxy {
  const galaxyId = uuidOf(file.name, "galaxy");
  const parts = file.regions.map((region) => regionSpace(galaxyId, file.name, region));
  const space: Space = {
    regions: parts.flatMap((part) => part.regions),
    zones: parts.flatMap((part) => part.zones),
    clusters: parts.flatMap((part) => part.clusters),
    sectors: parts.flatMap((part) => part.sectors),
    stations: parts.flatMap((part) => part.stations),
    asteroidFields: parts.flatMap((part) => part.asteroidFields),
    warps: file.warps.map((warp) => ({
      sourceSectorId: warp.from,
      destinationSectorId: warp.to,
      isBidirectional: !warp.one_way,
      isLatent: warp.latent,
      turnCost: warp.turns,
    })),
  };
  return {
    galaxy: {
      id: galaxyId,
      name: file.name,
      seed: null,
      defaultTurnsPerDay: file.default_turns_per_day,
      startRegionId: uuidOf(file.name, file.start_region),
    },
    factions: factionsOf(galaxyId, space),
    ...space,
  };
}

function regionSpace(galaxyId: string, galaxyName: string, region: FileRegion): Omit<Space, "warps"> {
  const regionId = uuidOf(galaxyName, region.name);
  const zones = region.zones.map((zone, index): Zone => {
    const usual = ZONE_LEVELS[zone.type];
    return {
      id: uuidOf(regionId, "zones", `${index + 1}`),
      regionId,
      zoneType: zone.type,
      startSector: zone.from,
      endSector: zone.to,
      policingLevel: zone.policing ?? usual.policingLevel,
      dangerRating: zone.danger ?? usual.dangerRating,
    };
  });
  const clusters = region.clusters.map(({ name, type }) => ({
    id: uuidOf(regionId, "clusters", name),
    regionId,
    name,
    clusterType: type,
  }));
  const sectors = region.sectors.map((sector, index) => sectorOf(regionId, sector, index + 1, zones));
  return {
    regions: [
      {
        id: regionId,
        galaxyId,
        name: region.name,
        regionType: region.type,
        pvpRules: region.pvp_rules,
        capitalSectorId: region.capital,
        startingCredits: region.starting_credits,
        startingShip: region.starting_ship,
        startingEquipment: region.starting_equipment,
      },
    ],
    zones,
    clusters,
    sectors,
    stations: stationsOf(regionId, region, { zones, clusters, sectors }),
    asteroidFields: sectors.flatMap((sector) => asteroidField(sector) ?? []),
  };
}

function sectorOf(
  regionId: string,
  sector: FileSector,
  sectorNumber: number,
  zones: readonly Zone[],
): Sector {
  const zone = zoneAt(zones, sectorNumber);
  const [x, y, z] = sector.position;
  // As exact as the column is, so that the richness is that of the stored figure.
  const resourceRegeneration =
    sector.regeneration === null ? null : Math.round(sector.regeneration * 10_000) / 10_000;
  return {
    sectorId: sector.id,
    regionId,
    sectorNumber,
    zoneId: zone.id,
    clusterId: uuidOf(regionId, "clusters", sector.cluster),
    name: sector.name,
    type: sector.type,
    x,
    y,
    z,
    securityLevel: sector.security ?? Math.max(1, zone.policingLevel),
    hazardLevel: sector.hazard ?? zone.dangerRating,
    resourceRegeneration,
    resources:
      sector.type === "ASTEROID_FIELD"
        ? {
            asteroid_richness:
              sector.richness_tier === undefined
                ? deriveRichness(resourceRegeneration)
                : authoredRichness(sector.richness_tier),
            has_deep_asteroids: sector.deep ?? false,
          }
        : {},
    controllingFaction: sector.controlling_faction,
  };
}

function stationsOf(
  regionId: string,
  region: FileRegion,
  { zones, clusters, sectors }: Pick<Space, "zones" | "clusters" | "sectors">,
): Station[] {
  const byId = new Map(sectors.map((sector) => [sector.sectorId, sector]));
  return region.stations.map((station, index) => {
    const sector = byId.get(station.sector);
    const cluster = clusters.find(({ id }) => id === sector?.clusterId);
    if (!sector || !cluster) throw new RangeError(`The station "${station.name}" is in no known sector.`);
    return {
      id: uuidOf(regionId, "stations", `${index + 1}`),
      name: station.name,
      sectorId: sector.sectorId,
      regionId,
      stationClass: station.class,
      factionAffiliation: station.faction,
      services: stationServices(station.class),
      commodities: station.commodities ?? stockFor(station.class, null),
      security:
        station.security ??
        stationSecurity(station.class, cluster.clusterType, zoneAt(zones, sector.sectorNumber)),
    };
  });
}
