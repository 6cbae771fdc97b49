import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { COMMODITIES } from "../rules/commodities.ts";
import { AM_FACTION } from "../rules/factions.ts";
import { isAmRefinery } from "../rules/stations.ts";
import type { Database } from "./database.ts";
import { quote } from "./deals.ts";

/** The overlay shows this many. */
const REFINERIES_MAX = 3;
/** Farther than this nobody hauls ore; it bounds the search in a galaxy without a refinery. */
const WARPS_MAX = 25;

const seekerSchema = z.object({ sector_id: z.int(), standing: z.int(), military_rank: z.string() });

const stationSchema = z.object({
  id: z.string(),
  name: z.string(),
  sector_id: z.int(),
  station_class: z.int(),
  base_pricing_modifier_bps: z.int(),
  commodities: z.partialRecord(z.enum(COMMODITIES), z.object({ quantity: z.int(), capacity: z.int() })),
  units: z.int().nullable(),
  as_of: z.date().nullable(),
});

/**
 * The AM refineries nearest to the user's ship by warps, with what they pay this pilot for ore now (domain §23.11).
 * @throws Refusal not_joined_yet
 */
export async function readNearestRefineries({ pool }: Pick<Database, "pool">, userId: string, nowMs: number) {
  const { rows } = await pool.query({
    name: "read_refinery_seeker",
    text: `select s.sector_id, p.military_rank, coalesce((select r.current_value from reputations r
          join factions f on f.id = r.faction_id where r.player_id = p.id and f.code = '${AM_FACTION}'), 0) as standing
      from players p join ships s on s.id = p.current_ship_id where p.user_id = $1`,
    values: [userId],
  });
  const [seeker] = z.array(seekerSchema).parse(rows);
  if (seeker === undefined) throw new Refusal("not_joined_yet");
  const found = await search(pool, seeker.sector_id);
  return found.map(({ station, warps }) => ({
    stationId: station.id,
    name: station.name,
    sectorId: station.sector_id,
    stationClass: station.station_class,
    warps,
    orePriceCr: orePrice(station, seeker, nowMs),
  }));
}

function orePrice(
  station: z.output<typeof stationSchema>,
  seeker: z.output<typeof seekerSchema>,
  nowMs: number,
): number | null {
  const { units, as_of } = station;
  const haggle = {
    station: {
      stationClass: station.station_class,
      basePricingBps: station.base_pricing_modifier_bps,
      stock: station.commodities,
    },
    brought: units === null || as_of === null ? null : { units, asOfMs: as_of.getTime() },
    standing: seeker.standing,
    militaryRank: seeker.military_rank,
  };
  return quote("ore", haggle, nowMs).priceCr;
}

/** Outwards, a ring of sectors at a time, until enough are found or nothing is left. */
async function search(pool: pg.Pool, fromSectorId: number) {
  const found: { station: z.output<typeof stationSchema>; warps: number }[] = [];
  const seen = new Set([fromSectorId]);
  let ring = [fromSectorId];
  for (let warps = 0; ring.length > 0 && warps <= WARPS_MAX; warps++) {
    for (const station of await refineriesIn(pool, ring)) found.push({ station, warps });
    if (found.length >= REFINERIES_MAX) break;
    ring = (await neighboursOf(pool, ring)).filter((sectorId) => !seen.has(sectorId));
    for (const sectorId of ring) seen.add(sectorId);
  }
  return found.slice(0, REFINERIES_MAX);
}

async function refineriesIn(pool: pg.Pool, sectorIds: readonly number[]) {
  const { rows } = await pool.query({
    name: "read_refineries",
    text: `select s.id, s.name, s.sector_id, s.station_class, s.commodities, f.base_pricing_modifier_bps, u.units, u.as_of
      from stations s join factions f on f.code = s.faction_affiliation
      left join station_surplus u on u.station_id = s.id and u.commodity = 'ore'
      where s.sector_id = any($1::int[]) and f.code = '${AM_FACTION}' order by s.sector_id, s.id`,
    values: [sectorIds],
  });
  return z
    .array(stationSchema)
    .parse(rows)
    .filter((station) => isAmRefinery(station.station_class, AM_FACTION));
}

async function neighboursOf(pool: pg.Pool, sectorIds: readonly number[]): Promise<number[]> {
  const { rows } = await pool.query({
    name: "read_neighbours",
    text: `select destination_sector_id as sector_id from sector_warps
        where source_sector_id = any($1::int[]) and not is_latent
      union select source_sector_id from sector_warps
        where destination_sector_id = any($1::int[]) and is_bidirectional and not is_latent`,
    values: [sectorIds],
  });
  return z
    .array(z.object({ sector_id: z.int() }))
    .parse(rows)
    .map((row) => row.sector_id);
}
