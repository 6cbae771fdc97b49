import { z } from "zod";
import { Refusal } from "../errors.ts";
import { effectsOf } from "../rules/incidents.ts";
import type { DepletionState } from "../rules/mining.ts";
import { warpTurns } from "../rules/movement.ts";
import { evacuationsOf, readConditions, typesAt } from "./conditions.ts";
import type { Database } from "./database.ts";
import { depletionOf } from "./fields.ts";
import { readOpenIncidents } from "./incidents.ts";
import { readSector, type SectorRecord } from "./sectors.ts";

/** What everybody may know of a sector, whether or not it is awake: fields as in a room's state. */
export interface SectorView {
  readonly sectorId: number;
  readonly name: string;
  readonly type: string;
  readonly zone: string;
  readonly region: string;
  /** These five are null outside asteroid fields. */
  readonly richness: string | null;
  readonly richnessTier: number | null;
  readonly depletion: DepletionState | null;
  /** Also null while the field is full. */
  readonly replenishesAtMs: number | null;
  /** The same with the keys under which the mining seed stores it (domain §23.2). */
  readonly resources: {
    readonly asteroid_richness: { readonly richness: string; readonly [key: string]: unknown } | null;
    readonly depletion_pool: number;
    readonly has_deep_asteroids: boolean;
  } | null;
  /** The slug of the faction that claims the sector. */
  readonly claimedBy: string | null;
  /** The incident that can be answered there. */
  readonly incident: {
    readonly incidentId: string;
    readonly type: string;
    readonly closesAtMs: number;
  } | null;
  /** Until when nobody mines there; null when everybody may. */
  readonly evacuatedUntilMs: number | null;
  /** What incidents have left there for a while. */
  readonly conditions: { readonly type: string; readonly severity: number; readonly endsAtMs: number }[];
  readonly warps: { readonly sectorId: number; readonly turnCost: number }[];
  readonly stations: {
    readonly stationId: string;
    readonly name: string;
    readonly stationClass: number;
    readonly faction: string | null;
    readonly security: string;
  }[];
}

/**
 * A sector as it is stored, its field replenished up to `nowMs`. Costs and ways are those a pilot would meet.
 * @throws Refusal sector_not_found
 */
export async function readSectorView(
  { pool }: Pick<Database, "pool">,
  sectorId: number,
  nowMs: number,
): Promise<SectorView> {
  const sector = await readSector(pool, sectorId);
  if (sector === null) throw new Refusal("sector_not_found", { sectorId });
  const conditions = await readConditions(pool, [sectorId], nowMs);
  const [incident] = await readOpenIncidents(pool, [sectorId], nowMs);
  const { extraWarpTurns } = effectsOf(typesAt(conditions, nowMs));
  const evacuations = evacuationsOf(conditions).filter(({ untilMs }) => untilMs > nowMs);
  return {
    sectorId,
    name: sector.name,
    type: sector.type,
    zone: sector.zone,
    region: sector.regionName,
    richness: sector.richness,
    ...fieldView(sector, nowMs),
    claimedBy: sector.controllingFaction,
    incident:
      incident === undefined
        ? null
        : { incidentId: incident.incidentId, type: incident.type, closesAtMs: incident.closesAtMs },
    evacuatedUntilMs:
      evacuations.length === 0 ? null : Math.max(...evacuations.map(({ untilMs }) => untilMs)),
    conditions: conditions.map(({ type, severity, endsAtMs }) => ({ type, severity, endsAtMs })),
    warps: sector.warps.map(({ toSectorId, turnCost }) => ({
      sectorId: toSectorId,
      turnCost: warpTurns({ turnCost, isPlayerGate: turnCost === 0, extraTurns: extraWarpTurns }),
    })),
    stations: sector.stations.map(({ id, name, stationClass, faction, security }) => ({
      stationId: id,
      name,
      stationClass,
      faction,
      security,
    })),
  };
}

function fieldView({ field, asteroidRichness }: SectorRecord, nowMs: number) {
  if (field === null) return { richnessTier: null, depletion: null, replenishesAtMs: null, resources: null };
  const { state, poolRemaining, dueMs } = depletionOf(field, nowMs);
  return {
    richnessTier: field.richnessTier,
    depletion: state,
    replenishesAtMs: dueMs,
    resources: {
      asteroid_richness: asteroidRichness,
      depletion_pool: poolRemaining,
      has_deep_asteroids: field.hasDeepAsteroids,
    },
  };
}

/** The galaxy in a line. */
export interface GalaxyView {
  readonly galaxyId: string;
  readonly name: string;
  readonly sectors: number;
  /** Where new pilots begin. */
  readonly startSectorId: number;
}

const galaxySchema = z.object({
  id: z.string(),
  name: z.string(),
  sectors: z.int(),
  start_sector_id: z.int(),
});

/** @throws Error when the database holds no galaxy */
export async function readGalaxyView({ pool }: Pick<Database, "pool">): Promise<GalaxyView> {
  const { rows } = await pool.query({
    name: "read_galaxy_view",
    text: `select g.id, g.name, r.capital_sector_id as start_sector_id, (select count(*) from sectors) as sectors
      from galaxies g join regions r on r.id = g.start_region_id`,
  });
  const [galaxy] = z.array(galaxySchema).parse(rows);
  if (galaxy === undefined) throw new Error("The database holds no galaxy.");
  return {
    galaxyId: galaxy.id,
    name: galaxy.name,
    sectors: galaxy.sectors,
    startSectorId: galaxy.start_sector_id,
  };
}
