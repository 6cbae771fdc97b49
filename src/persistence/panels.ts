/** What players are shown of what is theirs, while nothing of it is live. */
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { FACTION_TYPES } from "../rules/factions.ts";
import { isRenewable, licenseFeeCr, licenseHolds, licenseUntil } from "../rules/licenses.ts";
import { HARVEST_STATUSES, RICHNESS_TIERS } from "../rules/mining.ts";
import { canAccessTerritory, pricingModifierBps, standingLevel } from "../rules/standing.ts";
import type { Database } from "./database.ts";
import { READ_CARGO, SHIP_COLUMNS, withHolds } from "./rows.ts";

type Pool = Pick<Database, "pool">;

const licenseSchema = z.object({
  id: z.string(),
  sector_id: z.int(),
  name: z.string(),
  richness_tier: z.literal(RICHNESS_TIERS),
  purchased_at: z.date(),
  expires_at: z.date(),
});

/** The licences that are active or can still be renewed cheaply, those that end first before the others (C-06). */
export async function readLicensePanel({ pool }: Pool, userId: string, nowMs: number) {
  const { rows } = await pool.query({
    name: "read_license_panel",
    text: `select l.id, s.sector_id, s.name, f.richness_tier, l.purchased_at, l.expires_at
      from claim_licenses l
      join players p on p.id = l.player_id
      join sectors s on s.region_id = l.region_id and s.sector_number = l.sector_number
      join asteroid_fields f on f.sector_id = s.sector_id
      where p.user_id = $1 and l.is_current order by l.expires_at`,
    values: [userId],
  });
  return z
    .array(licenseSchema)
    .parse(rows)
    .filter((row) => isRenewable(row.expires_at.getTime(), nowMs))
    .map((row) => ({
      licenseId: row.id,
      sectorId: row.sector_id,
      sectorName: row.name,
      purchasedAtMs: row.purchased_at.getTime(),
      expiresAtMs: row.expires_at.getTime(),
      active: licenseHolds(licenseUntil(row.expires_at.getTime()), nowMs),
      renewalPriceCr: licenseFeeCr(row.richness_tier, true),
    }));
}

const harvestSchema = z.object({
  id: z.string(),
  sector_id: z.int(),
  status: z.enum(HARVEST_STATUSES),
  terminal_reason: z.string().nullable(),
  turns_spent: z.int(),
  started_at: z.date(),
  resolves_at: z.date(),
  resolved_at: z.date(),
  ore_yield: z.int().nullable(),
  precious_metals_yield: z.int().nullable(),
  quantum_shards_yield: z.int().nullable(),
  am_rep_delta: z.int().nullable(),
  fc_rep_delta: z.int().nullable(),
});
/** Never `*`: a column that a migration adds would break what is prepared. */
const HARVEST_COLUMNS = Object.keys(harvestSchema.shape)
  .map((name) => `h.${name}`)
  .join(", ");

/**
 * How a harvest of the user's has ended. One that runs is in its room alone.
 * @throws Refusal harvest_not_found, for somebody else's too
 */
export async function readHarvest({ pool }: Pool, userId: string, harvestId: string) {
  const { rows } = await pool.query({
    name: "read_harvest",
    text: `select ${HARVEST_COLUMNS} from mining_harvests h join players p on p.id = h.player_id
      where p.user_id = $1 and h.id = $2`,
    values: [userId, harvestId],
  });
  const [row] = z.array(harvestSchema).parse(rows);
  if (row === undefined) throw new Refusal("harvest_not_found", { harvestId });
  return {
    harvestId: row.id,
    sectorId: row.sector_id,
    status: row.status,
    terminalReason: row.terminal_reason,
    turnsSpent: row.turns_spent,
    startedAtMs: row.started_at.getTime(),
    resolvesAtMs: row.resolves_at.getTime(),
    resolvedAtMs: row.resolved_at.getTime(),
    ore: row.ore_yield,
    preciousMetals: row.precious_metals_yield,
    quantumShards: row.quantum_shards_yield,
    amRepDelta: row.am_rep_delta,
    fcRepDelta: row.fc_rep_delta,
  };
}

const standingSchema = z.object({
  code: z.string(),
  name: z.string(),
  faction_type: z.enum(FACTION_TYPES),
  base_pricing_modifier_bps: z.int(),
  current_value: z.int(),
});

/** The user's standing with every faction; 0 where nothing has happened yet. */
export async function readStandings({ pool }: Pool, userId: string) {
  const { rows } = await pool.query({
    name: "read_standing_panel",
    text: `select f.code, f.name, f.faction_type, f.base_pricing_modifier_bps, coalesce(r.current_value, 0) as current_value
      from factions f
      left join players p on p.user_id = $1
      left join reputations r on r.faction_id = f.id and r.player_id = p.id
      order by f.code`,
    values: [userId],
  });
  return z
    .array(standingSchema)
    .parse(rows)
    .map((row) => ({
      faction: row.code,
      name: row.name,
      value: row.current_value,
      ...standingLevel(row.current_value),
      pricingModifierBps: pricingModifierBps(row.current_value, row.base_pricing_modifier_bps),
      mayEnterTerritory: canAccessTerritory(row.faction_type, row.current_value),
    }));
}

const flownSchema = z.object({ id: z.string(), is_flown: z.boolean() });

/** The user's ships that are not destroyed, the one they fly first. */
export async function readFleet({ pool }: Pool, userId: string) {
  const { rows } = await pool.query({
    name: "read_fleet",
    text: `select ${SHIP_COLUMNS}, current_ship_id = id as is_flown
      from (select id as player_id, current_ship_id from players where user_id = $1) p
      join ships on owner_id = player_id
      where status <> 'DESTROYED' order by is_flown desc, created_at, id`,
    values: [userId],
  });
  const flown = new Map(
    z
      .array(flownSchema)
      .parse(rows)
      .map((row) => [row.id, row.is_flown]),
  );
  const ids = [...flown.keys()];
  const cargo = await pool.query({ name: "read_cargo", text: READ_CARGO, values: [ids] });
  return withHolds(rows, cargo.rows).map((ship) => ({
    shipId: ship.id,
    name: ship.name,
    hullType: ship.type,
    isFlown: flown.get(ship.id) ?? false,
    status: ship.status,
    sectorId: ship.sectorId,
    stationId: ship.dockedStationId,
    cargo: ship.cargo,
    cargoCapacity: ship.cargoCapacity,
    equipment: { ...ship.equipment },
    paidCr: ship.purchaseValue,
  }));
}
