import { eq } from "drizzle-orm";
import { deriveRichness } from "../rules/mining.ts";
import type { Database } from "./database.ts";
import { type Drizzle, drizzleOn } from "./drizzle.ts";
import { type GalaxyFile, galaxyFileSchema } from "./galaxy-file.ts";
import {
  asteroidFields,
  clusters,
  galaxies,
  regions,
  sectors,
  sectorWarps,
  stations,
  zones,
} from "./tables/index.ts";

/**
 * The galaxy in the database as a file that can be imported elsewhere. It holds the world and the stations' goods;
 * pilots, and what they have dug out of the fields, stay behind. Null while there is no galaxy.
 */
export async function readGalaxyFile({ pool }: Database): Promise<GalaxyFile | null> {
  const db = drizzleOn(pool);
  const [galaxy] = await db.select().from(galaxies);
  if (!galaxy) return null;
  const rows = await db.select().from(regions);
  const files = await Promise.all(rows.map((row) => readRegion(db, row)));
  const warps = await db
    .select()
    .from(sectorWarps)
    .orderBy(sectorWarps.sourceSectorId, sectorWarps.destinationSectorId);
  return galaxyFileSchema.parse({
    format: "sectorkeep-galaxy",
    version: 1,
    name: galaxy.name,
    start_region: rows.find(({ id }) => id === galaxy.startRegionId)?.name,
    default_turns_per_day: galaxy.defaultTurnsPerDay,
    regions: files.sort((a, b) => (a.sectors[0]?.id ?? 0) - (b.sectors[0]?.id ?? 0)),
    warps: warps.map((warp) => ({
      from: warp.sourceSectorId,
      to: warp.destinationSectorId,
      turns: warp.turnCost,
      one_way: !warp.isBidirectional,
      latent: warp.isLatent,
    })),
  });
}

async function readRegion(db: Drizzle, region: typeof regions.$inferSelect) {
  const zoneRows = await db
    .select()
    .from(zones)
    .where(eq(zones.regionId, region.id))
    .orderBy(zones.startSector);
  const clusterRows = await db
    .select()
    .from(clusters)
    .where(eq(clusters.regionId, region.id))
    .orderBy(clusters.name);
  const stationRows = await db
    .select()
    .from(stations)
    .where(eq(stations.regionId, region.id))
    .orderBy(stations.sectorId, stations.name);
  return {
    name: region.name,
    type: region.regionType,
    capital: region.capitalSectorId,
    pvp_rules: region.pvpRules,
    starting_credits: region.startingCredits,
    starting_ship: region.startingShip,
    starting_equipment: region.startingEquipment,
    zones: zoneRows.map((zone) => ({
      type: zone.zoneType,
      from: zone.startSector,
      to: zone.endSector,
      policing: zone.policingLevel,
      danger: zone.dangerRating,
    })),
    clusters: clusterRows.map(({ name, clusterType }) => ({ name, type: clusterType })),
    sectors: await readSectors(db, region.id),
    stations: stationRows.map((station) => ({
      name: station.name,
      sector: station.sectorId,
      class: station.stationClass,
      faction: station.factionAffiliation,
      security: station.security,
      commodities: station.commodities,
    })),
  };
}

/** In order of their number: in the file it is a sector's place that says it. */
async function readSectors(db: Drizzle, regionId: string) {
  const rows = await db
    .select({ sector: sectors, cluster: clusters.name, zone: zones.zoneType, field: asteroidFields })
    .from(sectors)
    .innerJoin(clusters, eq(clusters.id, sectors.clusterId))
    .innerJoin(zones, eq(zones.id, sectors.zoneId))
    .leftJoin(asteroidFields, eq(asteroidFields.sectorId, sectors.sectorId))
    .where(eq(sectors.regionId, regionId))
    .orderBy(sectors.sectorNumber);
  return rows.map(({ sector, cluster, zone, field }) => {
    const regeneration = sector.resourceRegeneration === null ? null : Number(sector.resourceRegeneration);
    const derived = deriveRichness(regeneration);
    // Only what was chosen needs saying: a derived tier 1 has a cooldown, a chosen one has none.
    const isChosen =
      field !== null &&
      (field.richnessTier !== derived.richness_tier ||
        field.cooldownHours !== derived.harvest_cooldown_hours);
    return {
      id: sector.sectorId,
      name: sector.name,
      cluster,
      zone,
      type: sector.type,
      position: [sector.x, sector.y, sector.z],
      security: sector.securityLevel,
      hazard: sector.hazardLevel,
      regeneration,
      ...(isChosen ? { richness_tier: field.richnessTier } : {}),
      ...(field === null ? {} : { deep: field.hasDeepAsteroids }),
      controlling_faction: sector.controllingFaction,
    };
  });
}
