import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { COMMODITIES } from "../../rules/commodities.ts";
import { HULL_TYPES } from "../../rules/ships.ts";
import { moment, oneOf } from "./columns.ts";
import { players } from "./players.ts";
import { sectors, stations } from "./world.ts";

/** MINING and IN_COMBAT are live only: a row never says them, so a crash leaves nobody mining for ever. */
export const STORED_SHIP_STATUSES = [
  "IN_SPACE",
  "DOCKED",
  "DESTROYED",
  "MAINTENANCE",
  "HARMONIZING",
] as const;

export const ships = pgTable(
  "ships",
  {
    id: uuid().primaryKey(),
    /** Null for a ship of no player. */
    ownerId: uuid("owner_id").references((): AnyPgColumn => players.id, { onDelete: "cascade" }),
    isNpc: boolean("is_npc").notNull().default(false),
    type: varchar({ length: 32 }).notNull(),
    name: varchar({ length: 100 }).notNull(),
    sectorId: integer("sector_id")
      .notNull()
      .references(() => sectors.sectorId),
    status: varchar({ length: 16 }).notNull().default("IN_SPACE"),
    dockedStationId: uuid("docked_station_id").references(() => stations.id, { onDelete: "restrict" }),
    hull: integer().notNull(),
    hullMax: integer("hull_max").notNull(),
    shield: integer().notNull(),
    shieldMax: integer("shield_max").notNull(),
    /** Up to when the shield's regeneration has been credited. */
    shieldAnchorAt: moment("shield_anchor_at").notNull(),
    cargoCapacity: integer("cargo_capacity").notNull(),
    /** By slot key, e.g. `{"mining_laser": {"level": 0}}`. */
    equipmentSlots: jsonb("equipment_slots").notNull().default({}),
    purchaseValue: integer("purchase_value").notNull().default(0),
    registeredOwnerId: uuid("registered_owner_id").references((): AnyPgColumn => players.id, {
      onDelete: "set null",
    }),
    createdAt: moment("created_at").notNull(),
    destroyedAt: moment("destroyed_at"),
  },
  (table) => [
    index("ships_owner").on(table.ownerId),
    index("ships_sector").on(table.sectorId),
    check("ships_type", oneOf("type", HULL_TYPES)),
    check("ships_status", oneOf("status", STORED_SHIP_STATUSES)),
    check("ships_docked", sql`(status = 'DOCKED') = (docked_station_id is not null)`),
    check("ships_destroyed", sql`(status = 'DESTROYED') = (destroyed_at is not null)`),
    check("ships_hull", sql`hull between 0 and hull_max and (status = 'DESTROYED' or hull > 0)`),
    check("ships_shield", sql`shield between 0 and shield_max`),
    check("ships_cargo_capacity", sql`cargo_capacity >= 0`),
  ],
);

/** What a ship carries: a row for each commodity, so that a grant is a row's change and never a rewritten document. */
export const shipCargo = pgTable(
  "ship_cargo",
  {
    shipId: uuid("ship_id")
      .notNull()
      .references(() => ships.id, { onDelete: "cascade" }),
    commodity: varchar({ length: 32 }).notNull(),
    quantity: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shipId, table.commodity] }),
    check("ship_cargo_commodity", oneOf("commodity", COMMODITIES)),
    check("ship_cargo_quantity", sql`quantity >= 0`),
  ],
);
