import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, primaryKey, uuid, varchar } from "drizzle-orm/pg-core";
import { COMMODITIES } from "../../rules/commodities.ts";
import { moment, oneOf } from "./columns.ts";
import { writtenSeq } from "./outcomes.ts";
import { players } from "./players.ts";
import { ships } from "./ships.ts";
import { stations } from "./world.ts";

export const DEAL_KINDS = [
  "sell",
  "install_laser",
  "upgrade_laser",
  "remove_laser",
  "buy_license",
  "buy_hull",
  "sell_hull",
  "board_ship",
  "deliver_ore",
] as const;

/** One row for each deal with a station: with the credits a player began with, where every credit came from and went. */
export const deals = pgTable(
  "deals",
  {
    id: uuid().primaryKey(),
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    /** The ship that was dealt with: of a change of ships, the one that the pilot flies from then on. */
    shipId: uuid("ship_id")
      .notNull()
      .references(() => ships.id, { onDelete: "cascade" }),
    kind: varchar({ length: 16 }).notNull(),
    /** Kept when the station goes. */
    stationId: uuid("station_id").notNull(),
    sectorId: integer("sector_id").notNull(),
    /** What the player's credits changed by. */
    credits: integer().notNull(),
    /** What it changed of the standing with the Astral Mining Consortium, before the limit of ±800. */
    amRepDelta: integer("am_rep_delta").notNull().default(0),
    /** Of a sale: what, how much, at which price, and what the pilot's Trade Specialists made of it. */
    commodity: varchar({ length: 32 }),
    quantity: integer(),
    unitPriceCr: integer("unit_price_cr"),
    bonusBps: integer("bonus_bps"),
    /** Of a laser: its level afterwards; when it is taken out, the one that is remembered. */
    laserLevel: integer("laser_level"),
    licenseId: uuid("license_id"),
    at: moment("at").notNull(),
    writtenSeq: writtenSeq(),
  },
  (table) => [
    index("deals_player").on(table.playerId, table.at),
    check("deals_kind", oneOf("kind", DEAL_KINDS)),
    check("deals_commodity", oneOf("commodity", COMMODITIES)),
    check("deals_laser", sql`(kind like '%_laser') = (laser_level is not null)`),
    check("deals_license", sql`(kind = 'buy_license') = (license_id is not null)`),
    check(
      "deals_sale",
      sql`case kind when 'deliver_ore'
        then commodity = 'ore' and quantity > 0 and num_nonnulls(unit_price_cr, bonus_bps) = 0 and credits = 0
          and num_nulls(commodity, quantity) = 0
        when 'sell'
        then num_nulls(commodity, quantity, unit_price_cr, bonus_bps) = 0 and quantity > 0
          and credits = quantity::bigint * unit_price_cr * bonus_bps / 10000
        else num_nonnulls(commodity, quantity, unit_price_cr, bonus_bps) = 0 end`,
    ),
  ],
);

/** What pilots have sold to a station above its usual stock; it is used up with time. Locked with its station's row. */
export const stationSurplus = pgTable(
  "station_surplus",
  {
    stationId: uuid("station_id")
      .notNull()
      .references(() => stations.id, { onDelete: "cascade" }),
    commodity: varchar({ length: 32 }).notNull(),
    units: integer().notNull(),
    asOf: moment("as_of").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.stationId, table.commodity] }),
    check("station_surplus_commodity", oneOf("commodity", COMMODITIES)),
    check("station_surplus_units", sql`units >= 0`),
  ],
);
