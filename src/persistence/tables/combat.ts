import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, uuid, varchar } from "drizzle-orm/pg-core";
import { moment, oneOf } from "./columns.ts";
import { players } from "./players.ts";
import { ships } from "./ships.ts";
import { sectors } from "./world.ts";

export const COMBAT_RESULTS = [
  "attacker_victory",
  "defender_victory",
  "draw",
  "attacker_fled",
  "defender_fled",
] as const;

/** One row for each fight that has ended. A fight that a crash cut off has none: it did not happen. */
export const combatLogs = pgTable(
  "combat_logs",
  {
    id: uuid().primaryKey(),
    attackerId: uuid("attacker_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    defenderId: uuid("defender_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    attackerShipId: uuid("attacker_ship_id")
      .notNull()
      .references(() => ships.id, { onDelete: "cascade" }),
    defenderShipId: uuid("defender_ship_id")
      .notNull()
      .references(() => ships.id, { onDelete: "cascade" }),
    /** Set at the fight and kept when the sector goes: an audit row outlives its place. */
    sectorId: integer("sector_id").references(() => sectors.sectorId, { onDelete: "set null" }),
    regionIdSnapshot: uuid("region_id_snapshot").notNull(),
    result: varchar({ length: 24 }).notNull(),
    destroyedShipId: uuid("destroyed_ship_id"),
    rounds: integer().notNull(),
    /** Paid by the attacker. */
    turnsSpent: integer("turns_spent").notNull(),
    damageToAttacker: integer("damage_to_attacker").notNull(),
    damageToDefender: integer("damage_to_defender").notNull(),
    attackerDronesLost: integer("attacker_drones_lost").notNull(),
    defenderDronesLost: integer("defender_drones_lost").notNull(),
    /** Commodity → units that changed hands. */
    loot: jsonb().notNull().default({}),
    /** Everything a replay needs: both sides as they entered, the damage scale, every u32 drawn, each round's events. */
    log: jsonb().notNull(),
    startedAt: moment("started_at").notNull(),
    endedAt: moment("ended_at").notNull(),
  },
  (table) => [
    index("combat_logs_attacker").on(table.attackerId, table.endedAt),
    index("combat_logs_defender").on(table.defenderId, table.endedAt),
    index("combat_logs_sector").on(table.sectorId, table.endedAt),
    check("combat_logs_result", oneOf("result", COMBAT_RESULTS)),
    check("combat_logs_sides", sql`attacker_id <> defender_id`),
    check("combat_logs_numbers", sql`rounds between 0 and 10 and turns_spent >= 0`),
  ],
);
