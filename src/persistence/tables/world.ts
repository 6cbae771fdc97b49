import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import {
  CLUSTER_TYPES,
  PVP_RULES,
  REGION_TYPES,
  SECTOR_TYPES,
  STATION_SECURITY,
  ZONE_TYPES,
} from "../../rules/galaxy/vocabulary.ts";
import { HULL_TYPES } from "../../rules/ships.ts";
import { moment, oneOf } from "./columns.ts";

export { CLUSTER_TYPES, PVP_RULES, REGION_TYPES, SECTOR_TYPES, STATION_SECURITY, ZONE_TYPES };

const REGION_STATUSES = [
  "active",
  "suspended",
  "terminated",
  "pending",
  "grace",
  "generation_corrupt",
  "attachment_pending",
] as const;

export const galaxies = pgTable(
  "galaxies",
  {
    id: uuid().primaryKey(),
    name: varchar({ length: 255 }).notNull().unique(),
    /** What the generator was given; null for an imported galaxy. */
    seed: bigint({ mode: "number" }),
    defaultTurnsPerDay: integer("default_turns_per_day").notNull().default(1000),
    /** Where a first join puts a new player. */
    startRegionId: uuid("start_region_id").references((): AnyPgColumn => regions.id),
    createdAt: moment("created_at").notNull(),
  },
  () => [check("galaxies_turns_per_day", sql`default_turns_per_day > 0`)],
);

export const regions = pgTable(
  "regions",
  {
    id: uuid().primaryKey(),
    galaxyId: uuid("galaxy_id")
      .notNull()
      .references(() => galaxies.id),
    name: varchar({ length: 255 }).notNull().unique(),
    regionType: varchar("region_type", { length: 32 }).notNull(),
    ownerId: uuid("owner_id"),
    status: varchar({ length: 32 }).notNull().default("active"),
    pvpRules: varchar("pvp_rules", { length: 16 }).notNull().default("open"),
    governanceType: varchar("governance_type", { length: 16 }).notNull().default("autocracy"),
    votingThreshold: numeric("voting_threshold", { precision: 3, scale: 2 }).notNull().default("0.51"),
    governanceQuorumPct: numeric("governance_quorum_pct", { precision: 3, scale: 2 })
      .notNull()
      .default("0.33"),
    electionFrequencyDays: integer("election_frequency_days").notNull().default(90),
    taxRate: numeric("tax_rate", { precision: 5, scale: 4 }).notNull().default("0.10"),
    /** Multipliers by commodity; the key `tariff_rate` is another figure and has bounds of its own. */
    tradeBonuses: jsonb("trade_bonuses").notNull().default({}),
    /** What a newcomer gets here: credits, hull, and the equipment keys fitted to it. */
    startingCredits: integer("starting_credits").notNull().default(1000),
    startingShip: varchar("starting_ship", { length: 32 }).notNull().default("SCOUT_SHIP"),
    startingEquipment: text("starting_equipment").array().notNull().default(sql`'{}'::text[]`),
    /** Where newcomers of this region begin. */
    capitalSectorId: integer("capital_sector_id").references((): AnyPgColumn => sectors.sectorId),
    governorId: uuid("governor_id"),
    ambassadorId: uuid("ambassador_id"),
    treasuryBalance: integer("treasury_balance").notNull().default(0),
    activePlayers30d: integer("active_players_30d").notNull().default(0),
    totalTradeVolume: bigint("total_trade_volume", { mode: "number" }).notNull().default(0),
  },
  () => [
    check("regions_region_type", oneOf("region_type", REGION_TYPES)),
    check("regions_status", oneOf("status", REGION_STATUSES)),
    check("regions_pvp_rules", oneOf("pvp_rules", PVP_RULES)),
    check("regions_governance_type", oneOf("governance_type", ["autocracy", "democracy", "council"])),
    check("regions_voting_threshold", sql`voting_threshold between 0.1 and 0.9`),
    check("regions_governance_quorum_pct", sql`governance_quorum_pct between 0.25 and 0.60`),
    check("regions_election_frequency_days", sql`election_frequency_days between 30 and 365`),
    check("regions_tax_rate", sql`tax_rate between 0.05 and 0.25`),
    check(
      "regions_trade_bonuses",
      sql`jsonb_typeof(trade_bonuses) = 'object' and not jsonb_path_exists(trade_bonuses,
        '$.keyvalue() ? (@.key <> "tariff_rate" && (@.value.type() <> "number" || @.value < 1 || @.value > 3))')`,
    ),
    check("regions_starting_ship", oneOf("starting_ship", HULL_TYPES)),
    check("regions_starting_credits", sql`starting_credits >= 100`),
    check("regions_treasury_balance", sql`treasury_balance >= 0`),
  ],
);

export const zones = pgTable(
  "zones",
  {
    id: uuid().primaryKey(),
    regionId: uuid("region_id")
      .notNull()
      .references(() => regions.id, { onDelete: "cascade" }),
    zoneType: varchar("zone_type", { length: 16 }).notNull(),
    startSector: integer("start_sector").notNull(),
    endSector: integer("end_sector").notNull(),
    policingLevel: integer("policing_level").notNull(),
    dangerRating: integer("danger_rating").notNull(),
  },
  () => [
    check("zones_zone_type", oneOf("zone_type", ZONE_TYPES)),
    check("zones_sectors", sql`start_sector >= 1 and end_sector >= start_sector`),
    check("zones_policing_level", sql`policing_level between 0 and 10`),
    check("zones_danger_rating", sql`danger_rating between 0 and 10`),
  ],
);

export const clusters = pgTable(
  "clusters",
  {
    id: uuid().primaryKey(),
    regionId: uuid("region_id")
      .notNull()
      .references(() => regions.id, { onDelete: "cascade" }),
    name: varchar({ length: 255 }).notNull(),
    clusterType: varchar("cluster_type", { length: 32 }).notNull(),
  },
  (table) => [
    unique("clusters_region_name").on(table.regionId, table.name),
    check("clusters_cluster_type", oneOf("cluster_type", CLUSTER_TYPES)),
  ],
);

export const sectors = pgTable(
  "sectors",
  {
    /** The number that pilots see, unique in the galaxy; the one key of a sector, here and on the wire. */
    sectorId: integer("sector_id").primaryKey(),
    regionId: uuid("region_id")
      .notNull()
      .references(() => regions.id, { onDelete: "cascade" }),
    /** Counts from 1 inside its region. */
    sectorNumber: integer("sector_number").notNull(),
    zoneId: uuid("zone_id")
      .notNull()
      .references(() => zones.id),
    clusterId: uuid("cluster_id")
      .notNull()
      .references(() => clusters.id),
    name: varchar({ length: 100 }).notNull(),
    type: varchar({ length: 32 }).notNull().default("STANDARD"),
    x: integer().notNull(),
    y: integer().notNull(),
    z: integer().notNull(),
    securityLevel: integer("security_level").notNull().default(5),
    hazardLevel: integer("hazard_level").notNull().default(0),
    /** 0 … 1; richness is derived from it. Null reads as 0.5 (C-33). */
    resourceRegeneration: numeric("resource_regeneration", { precision: 5, scale: 4 }),
    /** The mining seed's shape: `asteroid_richness`, `has_deep_asteroids`. The pool is in asteroid_fields. */
    resources: jsonb().notNull().default({}),
    /** A faction's slug; `astral_mining_consortium` makes the sector AM-claimed. */
    controllingFaction: varchar("controlling_faction", { length: 50 }),
    controllingTeamId: uuid("controlling_team_id"),
    lastCombatAt: moment("last_combat_at"),
  },
  (table) => [
    unique("sectors_region_number").on(table.regionId, table.sectorNumber),
    index("sectors_cluster").on(table.clusterId),
    index("sectors_zone").on(table.zoneId),
    check("sectors_type", oneOf("type", SECTOR_TYPES)),
    check("sectors_numbers", sql`sector_id >= 1 and sector_number >= 1`),
    check("sectors_security_level", sql`security_level between 1 and 10`),
    check("sectors_hazard_level", sql`hazard_level between 0 and 10`),
    check("sectors_resource_regeneration", sql`resource_regeneration between 0 and 1`),
  ],
);

export const sectorWarps = pgTable(
  "sector_warps",
  {
    sourceSectorId: integer("source_sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    destinationSectorId: integer("destination_sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    isBidirectional: boolean("is_bidirectional").notNull().default(true),
    /** Known to exist, not open to anybody. */
    isLatent: boolean("is_latent").notNull().default(false),
    turnCost: integer("turn_cost").notNull().default(1),
    /** Basis points; 10,000 is a tunnel that never wavers. */
    warpStabilityBps: integer("warp_stability_bps").notNull().default(10_000),
  },
  (table) => [
    primaryKey({ columns: [table.sourceSectorId, table.destinationSectorId] }),
    index("sector_warps_destination").on(table.destinationSectorId),
    check("sector_warps_ends", sql`source_sector_id <> destination_sector_id`),
    check("sector_warps_turn_cost", sql`turn_cost >= 0`),
    check("sector_warps_stability", sql`warp_stability_bps between 0 and 10000`),
  ],
);

export const stations = pgTable(
  "stations",
  {
    id: uuid().primaryKey(),
    name: varchar({ length: 100 }).notNull(),
    sectorId: integer("sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    regionId: uuid("region_id")
      .notNull()
      .references(() => regions.id, { onDelete: "cascade" }),
    stationClass: integer("station_class").notNull(),
    /** A faction's slug. */
    factionAffiliation: varchar("faction_affiliation", { length: 50 }),
    ownerId: uuid("owner_id"),
    services: jsonb().notNull().default({}),
    commodities: jsonb().notNull().default({}),
    security: varchar({ length: 16 }).notNull().default("basic"),
  },
  (table) => [
    index("stations_sector").on(table.sectorId),
    check("stations_station_class", sql`station_class between 0 and 11`),
    check("stations_security", oneOf("security", STATION_SECURITY)),
  ],
);
