import { and, count, eq, sql } from "drizzle-orm";
import { AM_FACTION } from "../rules/factions.ts";
import { isAmRefinery } from "../rules/stations.ts";
import type { Database } from "./database.ts";
import { type Drizzle, drizzleOn } from "./drizzle.ts";
import {
  asteroidFields,
  clusters,
  galaxies,
  regions,
  sectors,
  sectorWarps,
  stations,
} from "./tables/index.ts";

/** A galaxy in figures, as the database has it. */
export interface GalaxySummary {
  name: string;
  /** Null when it was imported. */
  seed: number | null;
  regions: { name: string; type: string; sectors: number }[];
  sectors: number;
  /** Sectors by type. */
  sectorTypes: Record<string, number>;
  clusterTypes: {
    type: string;
    clusters: number;
    sectors: number;
    special: number;
    asteroidFields: number;
  }[];
  warps: { twoWay: number; oneWay: number };
  stations: { total: number; amRefineries: number };
  fields: { total: number; amClaimed: number; deep: number; byTier: Record<number, number> };
}

/** What the galaxy consists of; null while there is none. */
export async function readGalaxySummary({ pool }: Database): Promise<GalaxySummary | null> {
  const db = drizzleOn(pool);
  const [galaxy] = await db.select({ name: galaxies.name, seed: galaxies.seed }).from(galaxies);
  if (!galaxy) return null;
  const bySectorType = await db
    .select({ type: sectors.type, sectors: count() })
    .from(sectors)
    .groupBy(sectors.type)
    .orderBy(sectors.type);
  return {
    ...galaxy,
    regions: await readRegions(db),
    sectors: bySectorType.reduce((sum, row) => sum + row.sectors, 0),
    sectorTypes: Object.fromEntries(bySectorType.map((row) => [row.type, row.sectors])),
    clusterTypes: await readClusterTypes(db),
    warps: await readWarps(db),
    stations: await readStations(db),
    fields: await readFields(db),
  };
}

function readRegions(db: Drizzle): Promise<GalaxySummary["regions"]> {
  return db
    .select({ name: regions.name, type: regions.regionType, sectors: count() })
    .from(regions)
    .innerJoin(sectors, eq(sectors.regionId, regions.id))
    .groupBy(regions.id)
    .orderBy(sql`min(${sectors.sectorId})`);
}

function readClusterTypes(db: Drizzle): Promise<GalaxySummary["clusterTypes"]> {
  return db
    .select({
      type: clusters.clusterType,
      clusters: sql<number>`count(distinct ${clusters.id})::int`,
      sectors: count(),
      special: sql<number>`count(*) filter (where ${sectors.type} <> 'STANDARD')::int`,
      asteroidFields: sql<number>`count(*) filter (where ${sectors.type} = 'ASTEROID_FIELD')::int`,
    })
    .from(clusters)
    .innerJoin(sectors, eq(sectors.clusterId, clusters.id))
    .groupBy(clusters.clusterType)
    .orderBy(clusters.clusterType);
}

async function readWarps(db: Drizzle): Promise<GalaxySummary["warps"]> {
  const total = await db.$count(sectorWarps);
  const oneWay = await db.$count(sectorWarps, eq(sectorWarps.isBidirectional, false));
  return { twoWay: total - oneWay, oneWay };
}

async function readStations(db: Drizzle): Promise<GalaxySummary["stations"]> {
  const rows = await db
    .select({ stationClass: stations.stationClass, faction: stations.factionAffiliation })
    .from(stations);
  const amRefineries = rows.filter(({ stationClass, faction }) => isAmRefinery(stationClass, faction));
  return { total: rows.length, amRefineries: amRefineries.length };
}

async function readFields(db: Drizzle): Promise<GalaxySummary["fields"]> {
  const tiers = await db
    .select({ tier: asteroidFields.richnessTier, fields: count() })
    .from(asteroidFields)
    .groupBy(asteroidFields.richnessTier)
    .orderBy(asteroidFields.richnessTier);
  return {
    total: tiers.reduce((sum, row) => sum + row.fields, 0),
    amClaimed: await db.$count(
      sectors,
      and(eq(sectors.type, "ASTEROID_FIELD"), eq(sectors.controllingFaction, AM_FACTION)),
    ),
    deep: await db.$count(asteroidFields, eq(asteroidFields.hasDeepAsteroids, true)),
    byTier: Object.fromEntries(tiers.map((row) => [row.tier, row.fields])),
  };
}
