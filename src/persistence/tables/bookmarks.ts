import { check, index, integer, pgTable, primaryKey, uuid, varchar } from "drizzle-orm/pg-core";
import { DEPLETION_STATES } from "../../rules/mining.ts";
import { moment, oneOf } from "./columns.ts";
import { players } from "./players.ts";
import { sectors } from "./world.ts";

/** Sectors that a player keeps an eye on (C-50). */
export const sectorBookmarks = pgTable(
  "sector_bookmarks",
  {
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    sectorId: integer("sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    /** The field's state that the player knows of; null for a sector that is no field. */
    depletionTold: varchar("depletion_told", { length: 16 }),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.playerId, table.sectorId] }),
    index("sector_bookmarks_sector").on(table.sectorId),
    check("sector_bookmarks_depletion", oneOf("depletion_told", DEPLETION_STATES)),
  ],
);
