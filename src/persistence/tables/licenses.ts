import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  pgTable,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";
import { players } from "./players.ts";
import { regions } from "./world.ts";

/**
 * Claim licences as they were sold: a row each purchase and renewal. What was sold and for how long never changes;
 * that a later one is current, and what its holder has been told, may (C-05).
 */
export const claimLicenses = pgTable(
  "claim_licenses",
  {
    id: uuid().primaryKey(),
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    regionId: uuid("region_id").references(() => regions.id, { onDelete: "set null" }),
    sectorNumber: integer("sector_number").notNull(),
    factionCode: varchar("faction_code", { length: 50 }).notNull(),
    purchasedAt: moment("purchased_at").notNull(),
    expiresAt: moment("expires_at").notNull(),
    costPaidCr: integer("cost_paid_cr").notNull(),
    isCurrent: boolean("is_current").notNull(),
    renewalOf: uuid("renewal_of").references((): AnyPgColumn => claimLicenses.id, { onDelete: "set null" }),
    issuerStationId: uuid("issuer_station_id").notNull(),
    /** When its holder was told that it ends within the hour, and that it has ended. */
    expiryWarnedAt: moment("expiry_warned_at"),
    expiryToldAt: moment("expiry_told_at"),
  },
  (table) => [
    // NULLS NOT DISTINCT is added by the migration: the table builder cannot say it of a partial index.
    uniqueIndex("claim_licenses_current")
      .on(table.playerId, table.regionId, table.sectorNumber)
      .where(sql`is_current`),
    index("claim_licenses_player").on(table.playerId, table.purchasedAt),
    index("claim_licenses_warn").on(table.expiresAt).where(sql`is_current and expiry_told_at is null`),
    check("claim_licenses_term", sql`expires_at = purchased_at + interval '24 hours'`),
    check("claim_licenses_cost", sql`cost_paid_cr > 0`),
    check("claim_licenses_told", sql`expiry_told_at is null or expiry_warned_at is not null`),
  ],
);
