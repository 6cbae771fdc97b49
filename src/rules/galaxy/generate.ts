import { uuidOf } from "../../uuid.ts";
import { AM_FACTION, FACTIONS } from "../factions.ts";
import { isAmRefinery } from "../stations.ts";
import { claimFields } from "./claims.ts";
import { planClusters, regionRadius } from "./clusters.ts";
import { asteroidField } from "./fields.ts";
import type { FactionEntry, Galaxy, NewcomerKit, Region, SectorWarp, Space } from "./galaxy.ts";
import type { Place } from "./layout.ts";
import { itemAt } from "./prng.ts";
import { rollSectors } from "./sectors.ts";
import { placeStations } from "./stations.ts";
import type { RegionType } from "./vocabulary.ts";
import { drawWarps, linkRegions, type Spot } from "./warps.ts";
import { REGION_SECTORS, zonesOf } from "./zones.ts";

export const SEED_MAX = 2 ** 32 - 1;
const REGION_NAME_CHARS_MAX = 64;
const REGION_GAP_UNITS = 200;
const AM_CLAIM_SHARE_BPS = 5_000;
const DEFAULT_TURNS_PER_DAY = 1_000;

/** A region to be made. */
export interface RegionSpec {
  name: string;
  type: RegionType;
  sectors: number;
}

export interface GalaxySpec {
  /** 0 … 4,294,967,295: the same seed makes the same galaxy, byte for byte. */
  seed: number;
  name?: string;
  /** Pilots begin in the first one. */
  regions: readonly RegionSpec[];
  /** What pilots begin with. */
  newcomers?: NewcomerKit;
  /** Share of the fields open to claims that the Consortium holds, in basis points; half by default. */
  amClaimShareBps?: number;
}

/** Everything mining needs, so that a newcomer can mine at once. */
const MINER_KIT: NewcomerKit = {
  startingCredits: 10_000,
  startingShip: "CARGO_HAULER",
  startingEquipment: ["mining_laser"],
};
/** What a region gives that has set nothing else (domain §1.5). */
const PLAIN_KIT: NewcomerKit = { startingCredits: 1_000, startingShip: "SCOUT_SHIP", startingEquipment: [] };

/**
 * A galaxy as plain data. Pure: equal specs give equal galaxies. Densities are those of the mining seed,
 * "Where mining happens", and domain §1.5; docs/world.md lists all numbers.
 */
export function generateGalaxy(spec: GalaxySpec): Galaxy {
  const galaxyId = uuidOf(`${spec.seed}`, "galaxy");
  const space: Space = emptySpace();
  for (const region of spec.regions) {
    const kit = space.regions.length === 0 ? (spec.newcomers ?? MINER_KIT) : PLAIN_KIT;
    const grown = generateRegion({
      seed: spec.seed,
      galaxyId,
      region,
      newcomers: kit,
      neighbours: neighboursOf(space),
      amClaimShareBps: spec.amClaimShareBps ?? AM_CLAIM_SHARE_BPS,
    });
    append(space, grown);
  }
  return {
    galaxy: {
      id: galaxyId,
      name: spec.name ?? "Sectorkeep",
      seed: spec.seed,
      defaultTurnsPerDay: DEFAULT_TURNS_PER_DAY,
      startRegionId: itemAt(space.regions, 0).id,
    },
    factions: factionsOf(galaxyId, space),
    ...space,
  };
}

/**
 * One region, and the warps that link it to what is there already: `neighbours` are the sectors of each
 * region so far, the start region first. Its sector ids go on after theirs, and it lies beside them.
 */
export function generateRegion(options: {
  seed: number;
  galaxyId: string;
  region: RegionSpec;
  newcomers?: NewcomerKit;
  neighbours: readonly (readonly Spot[])[];
  amClaimShareBps?: number;
}): Space {
  const { seed, galaxyId, region: spec, neighbours } = options;
  checkSeed(seed);
  checkRegion(spec);
  const path = `${seed}/${spec.name}`;
  const id = uuidOf(path);
  const zones = zonesOf({ ...spec, id, path });
  const plans = planClusters({ ...spec, id, path, zones, origin: originBeside(neighbours, spec.sectors) });
  const clusters = plans.map(({ cluster }) => cluster);
  const firstSectorId =
    1 +
    greatest(
      neighbours.flat().map(({ sectorId }) => sectorId),
      0,
    );
  const sectors = rollSectors({ ...spec, id, path, firstSectorId }, plans, zones);
  const warps = drawWarps(path, plans, sectors);
  const stations = placeStations({ id, path }, plans, sectors, zones);
  const claimShareBps = options.amClaimShareBps ?? AM_CLAIM_SHARE_BPS;
  claimFields(path, { sectors, zones, clusters, warps, stations }, claimShareBps);
  const region: Region = {
    id,
    galaxyId,
    name: spec.name,
    regionType: spec.type,
    pvpRules: "open",
    capitalSectorId: firstSectorId,
    ...(options.newcomers ?? PLAIN_KIT),
  };
  return {
    regions: [region],
    zones,
    clusters,
    sectors,
    warps: [...warps, ...linksTo(neighbours, sectors)],
    stations,
    asteroidFields: sectors.flatMap((sector) => asteroidField(sector) ?? []),
  };
}

/** The sectors of each region, the start region first: what a new region is linked to. */
function neighboursOf(space: Space): Spot[][] {
  return space.regions.map(({ id }) => space.sectors.filter(({ regionId }) => regionId === id));
}

/** Warps to the start region and to the region made last: a chain with a short cut home. */
function linksTo(neighbours: readonly (readonly Spot[])[], sectors: readonly Spot[]): SectorWarp[] {
  const ends = neighbours.length > 1 ? [neighbours[0], neighbours.at(-1)] : [neighbours[0]];
  return ends.flatMap((spots) => (spots ? linkRegions(sectors, spots) : []));
}

/** Regions lie side by side: each to the right of those before it. */
function originBeside(neighbours: readonly (readonly Spot[])[], sectors: number): Place {
  const spots = neighbours.flat();
  if (spots.length === 0) return { x: 0, y: 0, z: 0 };
  const rightmost = greatest(
    spots.map(({ x }) => x),
    Number.NEGATIVE_INFINITY,
  );
  return { x: rightmost + REGION_GAP_UNITS + regionRadius(sectors), y: 0, z: 0 };
}

/** The game's factions in this galaxy: the Consortium with its claims, it and the Federation with a home. */
export function factionsOf(galaxyId: string, space: Space): FactionEntry[] {
  const refinery = space.stations.find((station) =>
    isAmRefinery(station.stationClass, station.factionAffiliation),
  );
  const homes: Record<string, number | undefined> = {
    terran_federation: space.regions.find(({ regionType }) => regionType === "terran_space")?.capitalSectorId,
    [AM_FACTION]: refinery?.sectorId,
  };
  return FACTIONS.map((faction) => ({
    id: uuidOf(galaxyId, "factions", faction.slug),
    code: faction.slug,
    name: faction.name,
    factionType: faction.type,
    territorySectors: territoryOf(faction.slug, space),
    homeSectorId: homes[faction.slug] ?? null,
    aggressionLevel: faction.aggression,
    diplomacyStance: faction.stance,
    colorPrimary: faction.colorPrimary,
    colorSecondary: faction.colorSecondary,
  }));
}

/** The sectors a faction controls. */
export function territoryOf(slug: string, space: Pick<Space, "sectors">): number[] {
  return space.sectors
    .filter(({ controllingFaction }) => controllingFaction === slug)
    .map(({ sectorId }) => sectorId);
}

/** @throws RangeError saying which values are allowed. */
function checkSeed(seed: number): void {
  if (Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX) return;
  throw new RangeError(`A seed is a whole number from 0 to ${SEED_MAX}; ${seed} is not.`);
}

/** @throws RangeError saying which values are allowed. */
export function checkRegion(region: RegionSpec): void {
  const { min, max } = REGION_SECTORS[region.type];
  if (!Number.isInteger(region.sectors) || region.sectors < min || region.sectors > max) {
    throw new RangeError(
      `A ${region.type} region has ${min} to ${max} sectors; ${region.sectors} is not in that range.`,
    );
  }
  if (
    region.name.trim() === "" ||
    region.name.length > REGION_NAME_CHARS_MAX ||
    /\p{Cc}/u.test(region.name)
  ) {
    throw new RangeError(
      `A region's name has 1 to ${REGION_NAME_CHARS_MAX} characters, none of them control characters.`,
    );
  }
}

function emptySpace(): Space {
  return { regions: [], zones: [], clusters: [], sectors: [], warps: [], stations: [], asteroidFields: [] };
}

function append(space: Space, more: Space): void {
  space.regions.push(...more.regions);
  space.zones.push(...more.zones);
  space.clusters.push(...more.clusters);
  space.sectors.push(...more.sectors);
  space.warps.push(...more.warps);
  space.stations.push(...more.stations);
  space.asteroidFields.push(...more.asteroidFields);
}

function greatest(values: readonly number[], least: number): number {
  return values.reduce((best, value) => Math.max(best, value), least);
}
