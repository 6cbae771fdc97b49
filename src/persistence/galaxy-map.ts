import { z } from "zod";
import { CLUSTER_TYPES, REGION_TYPES, SECTOR_TYPES, ZONE_TYPES } from "../rules/galaxy/vocabulary.ts";
import type { DepletionState } from "../rules/mining.ts";
import { readConditions } from "./conditions.ts";
import type { Database } from "./database.ts";
import { depletionOf } from "./fields.ts";
import { readOpenIncidents } from "./incidents.ts";
import { FIELD_COLUMNS, fieldSchema } from "./rows.ts";

const mapSchema = z.object({
  regions: z.array(z.object({ name: z.string(), type: z.enum(REGION_TYPES) })),
  zones: z.array(
    z.object({
      region: z.int().describe("Index of its region in `regions`."),
      type: z.enum(ZONE_TYPES),
      policing: z.int(),
      danger: z.int(),
    }),
  ),
  clusters: z.array(z.object({ region: z.int(), name: z.string(), type: z.enum(CLUSTER_TYPES) })),
  sectors: z.array(
    z.object({
      sectorId: z.int(),
      name: z.string(),
      type: z.enum(SECTOR_TYPES),
      x: z.int(),
      y: z.int(),
      zone: z.int().describe("Index of its zone in `zones`, which names the region."),
      cluster: z.int(),
      richnessTier: z.int().nullable().describe("1 to 5; null outside asteroid fields."),
      claimedBy: z.string().nullable(),
      stations: z.int(),
    }),
  ),
  warps: z.array(
    z.object({
      from: z.int().describe("A sectorId."),
      to: z.int(),
      turnCost: z.int(),
      oneWay: z.boolean(),
    }),
  ),
});

/** Everything of a galaxy that stays as it is while pilots fly (where what is, and how to get there), or for hours. */
export const galaxyMapSchema = mapSchema.extend({
  name: z.string(),
  startSectorId: z.int(),
  conditions: z
    .array(z.object({ sectorId: z.int(), type: z.string(), severity: z.int(), endsAtMs: z.int() }))
    .describe("What incidents have left, as of a minute ago at most; the room `galaxy` has it live."),
  incidents: z.array(
    z.object({ sectorId: z.int(), incidentId: z.uuid(), type: z.string(), closesAtMs: z.int() }),
  ),
});
export type GalaxyMap = z.output<typeof galaxyMapSchema>;

/** Indexes instead of uuids make it a third as long. */
const MAP_SQL = `
  with r as (select id, name, region_type, row_number() over (order by name, id) - 1 as i from regions),
    z as (select z.id, z.zone_type, z.policing_level, z.danger_rating, r.i as region,
        row_number() over (order by r.i, z.start_sector, z.id) - 1 as i from zones z join r on r.id = z.region_id),
    c as (select c.id, c.name, c.cluster_type, r.i as region,
        row_number() over (order by r.i, c.name, c.id) - 1 as i from clusters c join r on r.id = c.region_id)
  select g.name, home.capital_sector_id as "startSectorId",
    (select coalesce(json_agg(json_build_object('name', name, 'type', region_type) order by i), '[]') from r) as regions,
    (select coalesce(json_agg(json_build_object('region', region, 'type', zone_type, 'policing', policing_level,
        'danger', danger_rating) order by i), '[]') from z) as zones,
    (select coalesce(json_agg(json_build_object('region', region, 'name', name, 'type', cluster_type) order by i), '[]')
      from c) as clusters,
    (select coalesce(json_agg(json_build_object('sectorId', s.sector_id, 'name', s.name, 'type', s.type, 'x', s.x,
        'y', s.y, 'zone', z.i, 'cluster', c.i, 'richnessTier', f.richness_tier, 'claimedBy', s.controlling_faction,
        'stations', (select count(*) from stations where stations.sector_id = s.sector_id)) order by s.sector_id), '[]')
      from sectors s join z on z.id = s.zone_id join c on c.id = s.cluster_id
        left join asteroid_fields f on f.sector_id = s.sector_id) as sectors,
    (select coalesce(json_agg(json_build_object('from', source_sector_id, 'to', destination_sector_id, 'turnCost',
        turn_cost, 'oneWay', not is_bidirectional) order by source_sector_id, destination_sector_id), '[]')
      from sector_warps where not is_latent) as warps
  from galaxies g join regions home on home.id = g.start_region_id`;

/** @throws Error when the database holds no galaxy */
export async function readGalaxyMap({ pool }: Pick<Database, "pool">, nowMs: number): Promise<GalaxyMap> {
  const { rows } = await pool.query({ name: "read_galaxy_map", text: MAP_SQL });
  const conditions = await readConditions(pool, null, nowMs);
  const incidents = await readOpenIncidents(pool, null, nowMs);
  const [map] = z.array(galaxyMapSchema).parse(rows.map((row) => ({ ...row, conditions, incidents })));
  if (map === undefined) throw new Error("The database holds no galaxy.");
  return map;
}

/** A field that is not full, and when it will be. */
export interface DrawnField {
  readonly sectorId: number;
  readonly depletion: DepletionState;
  readonly replenishesAtMs: number;
}

/** The fields that somebody has mined and that have not filled up again by `nowMs`, as stored. */
export async function readDrawnFields(
  { pool }: Pick<Database, "pool">,
  nowMs: number,
): Promise<DrawnField[]> {
  const { rows } = await pool.query({
    name: "read_drawn_fields",
    text: `select ${FIELD_COLUMNS} from asteroid_fields where pool_remaining < pool_size`,
  });
  return z
    .array(fieldSchema)
    .parse(rows)
    .flatMap((field) => {
      const { state, dueMs } = depletionOf(field, nowMs);
      return dueMs === null ? [] : [{ sectorId: field.sectorId, depletion: state, replenishesAtMs: dueMs }];
    });
}
