import { sql } from "drizzle-orm";
import { check, integer, pgTable, text, uuid, varchar } from "drizzle-orm/pg-core";
import { FACTION_TYPES } from "../../rules/factions.ts";
import { oneOf } from "./columns.ts";

export const factions = pgTable(
  "factions",
  {
    id: uuid().primaryKey(),
    /** The slug that sectors, stations and licences name. */
    code: varchar({ length: 50 }).notNull().unique(),
    name: varchar({ length: 100 }).notNull().unique(),
    factionType: varchar("faction_type", { length: 16 }).notNull(),
    description: text().notNull().default(""),
    territorySectors: integer("territory_sectors").array().notNull().default(sql`'{}'::integer[]`),
    homeSectorId: integer("home_sector_id"),
    /** 10,000 = neutral; 8,000 = −20 %. */
    basePricingModifierBps: integer("base_pricing_modifier_bps").notNull().default(10_000),
    tradeSpecialties: text("trade_specialties").array().notNull().default(sql`'{}'::text[]`),
    aggressionLevel: integer("aggression_level").notNull().default(5),
    diplomacyStance: varchar("diplomacy_stance", { length: 50 }).notNull().default("neutral"),
    /** 10,000 = 1.0 (C-11). */
    basePatrolIntensityBps: integer("base_patrol_intensity_bps").notNull().default(10_000),
    colorPrimary: varchar("color_primary", { length: 7 }),
    colorSecondary: varchar("color_secondary", { length: 7 }),
    logoUrl: varchar("logo_url", { length: 255 }),
  },
  () => [
    check("factions_faction_type", oneOf("faction_type", FACTION_TYPES)),
    check("factions_aggression_level", sql`aggression_level between 1 and 10`),
    check("factions_diplomacy_stance", oneOf("diplomacy_stance", ["hostile", "neutral", "friendly"])),
    check("factions_base_pricing_modifier", sql`base_pricing_modifier_bps > 0`),
  ],
);
