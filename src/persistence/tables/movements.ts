import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, uuid, varchar } from "drizzle-orm/pg-core";
import { moment, oneOf } from "./columns.ts";
import { players } from "./players.ts";
import { ships } from "./ships.ts";

export const MOVEMENT_KINDS = ["warp", "dock", "undock", "claim_hull"] as const;

/** One row for each move that cost turns or changed a berth: with harvests and fights, where every turn went. */
export const movements = pgTable(
  "movements",
  {
    id: uuid().primaryKey(),
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    shipId: uuid("ship_id")
      .notNull()
      .references(() => ships.id, { onDelete: "cascade" }),
    kind: varchar({ length: 16 }).notNull(),
    fromSectorId: integer("from_sector_id").notNull(),
    toSectorId: integer("to_sector_id").notNull(),
    stationId: uuid("station_id"),
    turnsSpent: integer("turns_spent").notNull(),
    at: moment("at").notNull(),
  },
  (table) => [
    index("movements_player").on(table.playerId, table.at),
    check("movements_kind", oneOf("kind", MOVEMENT_KINDS)),
    check("movements_turns", sql`turns_spent >= 0`),
  ],
);
