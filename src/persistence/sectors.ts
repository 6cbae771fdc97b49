import type pg from "pg";
import { z } from "zod";
import { COMMODITIES, type Commodity } from "../rules/commodities.ts";
import { FACTION_TYPES, type FactionType } from "../rules/factions.ts";
import {
  PVP_RULES,
  REGION_TYPES,
  SECTOR_TYPES,
  STATION_SECURITY,
  ZONE_TYPES,
} from "../rules/galaxy/vocabulary.ts";
import { deriveRichness, poolSize } from "../rules/mining.ts";
import type { Stock } from "../rules/prices.ts";
import type { FieldRow } from "./books.ts";
import { readConditions, type SectorCondition } from "./conditions.ts";
import type { Queryable } from "./flight.ts";
import { type Incident, readOpenIncidents } from "./incidents.ts";
import { openLease } from "./leases.ts";
import { hasPatrols } from "./patrols.ts";
import { FIELD_COLUMNS, fieldSchema } from "./rows.ts";
import { inOneFlight, withTransaction } from "./sqlstate.ts";
import type { Lease } from "./work.ts";

/** A faction that holds a sector. */
export interface Holder {
  readonly code: string;
  readonly factionType: FactionType;
}

/** A way out of a sector and what its other end asks of those who come. */
export interface WarpRecord {
  readonly toSectorId: number;
  readonly turnCost: number;
  readonly regionId: string;
  readonly regionType: (typeof REGION_TYPES)[number];
  readonly regionStatus: string;
  /** The user who owns the region. */
  readonly regionOwnerId: string | null;
  readonly holder: Holder | null;
}

export interface StationRecord {
  readonly id: string;
  readonly name: string;
  readonly stationClass: number;
  readonly faction: string | null;
  /** What its faction's prices are multiplied with before any pilot's standing. */
  readonly basePricingBps: number;
  /** What it usually has in store. */
  readonly stock: Readonly<Partial<Record<Commodity, Stock>>>;
  readonly security: (typeof STATION_SECURITY)[number];
}

/** What a sector is, apart from who is in it. */
export interface SectorRecord {
  readonly sectorId: number;
  /** Counts from 1 inside its region. */
  readonly sectorNumber: number;
  readonly name: string;
  readonly type: (typeof SECTOR_TYPES)[number];
  readonly zone: (typeof ZONE_TYPES)[number];
  readonly regionId: string;
  readonly regionName: string;
  readonly regionType: (typeof REGION_TYPES)[number];
  readonly pvpRules: (typeof PVP_RULES)[number];
  readonly controllingFaction: string | null;
  /** `abundant` … `depleted`; null outside asteroid fields. */
  readonly richness: string | null;
  /** As it is stored, in the mining seed's shape; null outside asteroid fields, and before it is derived. */
  readonly asteroidRichness: StoredRichness | null;
  readonly field: FieldRow | null;
  readonly warps: readonly WarpRecord[];
  readonly stations: readonly StationRecord[];
}

/** A richness of anybody's own making has at least a name. */
const storedRichness = z.looseObject({ richness: z.string() });
type StoredRichness = z.output<typeof storedRichness>;

const sectorSchema = z.object({
  sector_number: z.int(),
  name: z.string(),
  type: z.enum(SECTOR_TYPES),
  zone_type: z.enum(ZONE_TYPES),
  region_id: z.string(),
  region_name: z.string(),
  region_type: z.enum(REGION_TYPES),
  pvp_rules: z.enum(PVP_RULES),
  controlling_faction: z.string().nullable(),
  resource_regeneration: z.coerce.number().nullable(),
  resources: z.looseObject({
    asteroid_richness: storedRichness.exactOptional(),
    has_deep_asteroids: z.boolean().default(false),
  }),
});

const warpSchema = z.object({
  to_sector_id: z.int(),
  turn_cost: z.int(),
  region_id: z.string(),
  region_type: z.enum(REGION_TYPES),
  region_status: z.string(),
  region_owner_id: z.string().nullable(),
  faction_code: z.string().nullable(),
  faction_type: z.enum(FACTION_TYPES).nullable(),
});

const stationSchema = z.object({
  id: z.string(),
  name: z.string(),
  station_class: z.int(),
  faction_affiliation: z.string().nullable(),
  base_pricing_modifier_bps: z.int().nullable(),
  commodities: z.partialRecord(z.enum(COMMODITIES), z.object({ quantity: z.int(), capacity: z.int() })),
  security: z.enum(STATION_SECURITY),
});

async function readWarps(db: Queryable, sectorId: number): Promise<WarpRecord[]> {
  const { rows } = await db.query({
    name: "read_warps",
    // Two tunnels may join the same sectors, one each way: what counts is the cheaper one.
    text: `select distinct on (w.to_sector_id) w.to_sector_id, w.turn_cost, s.region_id, r.region_type, r.status as region_status,
        r.owner_id as region_owner_id, f.code as faction_code, f.faction_type
      from (
        select destination_sector_id as to_sector_id, turn_cost from sector_warps
          where source_sector_id = $1 and not is_latent
        union
        select source_sector_id, turn_cost from sector_warps
          where destination_sector_id = $1 and is_bidirectional and not is_latent
      ) w
      join sectors s on s.sector_id = w.to_sector_id
      join regions r on r.id = s.region_id
      left join factions f on f.code = s.controlling_faction
      order by w.to_sector_id, w.turn_cost`,
    values: [String(sectorId)],
  });
  return z
    .array(warpSchema)
    .parse(rows)
    .map((row) => ({
      toSectorId: row.to_sector_id,
      turnCost: row.turn_cost,
      regionId: row.region_id,
      regionType: row.region_type,
      regionStatus: row.region_status,
      regionOwnerId: row.region_owner_id,
      holder:
        row.faction_code === null || row.faction_type === null
          ? null
          : { code: row.faction_code, factionType: row.faction_type },
    }));
}

async function readStations(db: Queryable, sectorId: number): Promise<StationRecord[]> {
  const { rows } = await db.query({
    name: "read_stations",
    text: `select s.id, s.name, s.station_class, s.faction_affiliation, s.security, s.commodities,
        f.base_pricing_modifier_bps
      from stations s left join factions f on f.code = s.faction_affiliation
      where s.sector_id = $1 order by s.id`,
    values: [String(sectorId)],
  });
  return z
    .array(stationSchema)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      name: row.name,
      stationClass: row.station_class,
      faction: row.faction_affiliation,
      basePricingBps: row.base_pricing_modifier_bps ?? 10_000,
      stock: row.commodities,
      security: row.security,
    }));
}

async function readSectorRow(db: Queryable, sectorId: number) {
  const { rows } = await db.query({
    name: "read_sector",
    text: `select s.sector_number, s.name, s.type, z.zone_type, s.region_id, r.name as region_name, r.region_type, r.pvp_rules,
        s.controlling_faction, s.resource_regeneration, s.resources
      from sectors s join zones z on z.id = s.zone_id join regions r on r.id = s.region_id
      where s.sector_id = $1`,
    values: [String(sectorId)],
  });
  return z.array(sectorSchema).parse(rows)[0];
}

async function readField(db: Queryable, sectorId: number): Promise<FieldRow | null> {
  const { rows } = await db.query({
    name: "read_field",
    text: `select ${FIELD_COLUMNS} from asteroid_fields where sector_id = $1`,
    values: [String(sectorId)],
  });
  return z.array(fieldSchema).parse(rows)[0] ?? null;
}

/** The sector as it is stored; null when there is none. */
export async function readSector(db: Queryable, sectorId: number): Promise<SectorRecord | null> {
  // All at once, for a flight takes them along together.
  const [sector, field, warps, stations] = await Promise.all([
    readSectorRow(db, sectorId),
    readField(db, sectorId),
    readWarps(db, sectorId),
    readStations(db, sectorId),
  ]);
  if (sector === undefined) return null;
  return {
    sectorId,
    sectorNumber: sector.sector_number,
    name: sector.name,
    type: sector.type,
    zone: sector.zone_type,
    regionId: sector.region_id,
    regionName: sector.region_name,
    regionType: sector.region_type,
    pvpRules: sector.pvp_rules,
    controllingFaction: sector.controlling_faction,
    richness: sector.resources.asteroid_richness?.richness ?? null,
    asteroidRichness: sector.resources.asteroid_richness ?? null,
    field,
    warps,
    stations,
  };
}

/**
 * Sectors that came without a richness get theirs when they are first opened: derived once from
 * `resource_regeneration`, stored in the mining seed's shape, and never derived again (C-33; domain §23.2).
 */
export async function ensureField(db: Pick<pg.ClientBase, "query">, sectorId: number): Promise<void> {
  const { rows } = await db.query(
    `select s.resource_regeneration, s.resources from sectors s
      where s.sector_id = $1 and s.type = 'ASTEROID_FIELD'
        and not exists (select from asteroid_fields f where f.sector_id = s.sector_id)`,
    [sectorId],
  );
  const [sector] = z.array(sectorSchema.pick({ resource_regeneration: true, resources: true })).parse(rows);
  if (sector === undefined) return;
  const richness = deriveRichness(sector.resource_regeneration);
  const pool = poolSize(richness.richness_tier);
  await db.query(
    `insert into asteroid_fields (sector_id, richness_tier, pool_size, pool_remaining, has_deep_asteroids, cooldown_hours)
      values ($1, $2, $3, $3, $4, $5) on conflict do nothing`,
    [
      sectorId,
      richness.richness_tier,
      pool,
      sector.resources.has_deep_asteroids,
      richness.harvest_cooldown_hours,
    ],
  );
  await db.query(
    `update sectors set resources = resources || jsonb_build_object('asteroid_richness', $2::jsonb)
      where sector_id = $1`,
    [sectorId, JSON.stringify(richness)],
  );
}

/** A sector as its room gets it. */
interface Opened {
  readonly lease: Lease;
  readonly sector: SectorRecord;
  readonly conditions: readonly SectorCondition[];
  readonly incident: Incident | null;
  /** Patrols wait to be let in. */
  readonly hasPatrols: boolean;
}

/**
 * Takes a sector's lease and reads what it is: everything an earlier room settled is in it.
 * @throws when there is no such sector, or the database is away
 */
export async function openSector(pool: pg.Pool, sectorId: number, nowMs: number): Promise<Opened> {
  const opened = await leaseAndRead(pool, sectorId, nowMs);
  if (opened.sector.type !== "ASTEROID_FIELD" || opened.sector.field !== null) return opened;
  await withTransaction(pool, (client) => ensureField(client, sectorId));
  return leaseAndRead(pool, sectorId, nowMs);
}

/** One round trip: fifty sectors may be opened at once. Each statement sees what was committed before the lease was had. */
function leaseAndRead(pool: pg.Pool, sectorId: number, nowMs: number): Promise<Opened> {
  return inOneFlight(pool, async (flight) => {
    const [lease, sector, conditions, [incident = null], patrols] = await Promise.all([
      openLease(flight, sectorId),
      readSector(flight, sectorId),
      readConditions(flight, [sectorId], nowMs),
      readOpenIncidents(flight, [sectorId], nowMs),
      hasPatrols(flight, sectorId),
    ]);
    if (sector === null) throw new Error(`sector ${sectorId} does not exist`);
    return { lease, sector, conditions, incident, hasPatrols: patrols };
  });
}
