import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, uniqueIndex, uuid, varchar } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";
import { players } from "./players.ts";
import { sectors } from "./world.ts";

/** Patrols that a faction has sent after a pilot. One that is not done is there at each opening of its sector. */
export const npcPatrols = pgTable(
  "npc_patrols",
  {
    /** Its player and ship have ids that follow from this one, so that it can be launched any number of times. */
    id: uuid().primaryKey(),
    factionCode: varchar("faction_code", { length: 50 }).notNull(),
    sectorId: integer("sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    targetPlayerId: uuid("target_player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    orderedAt: moment("ordered_at").notNull(),
    /** It goes home by then, whatever it has done. */
    untilAt: moment("until_at").notNull(),
    doneAt: moment("done_at"),
  },
  (table) => [
    uniqueIndex("npc_patrols_active").on(table.targetPlayerId, table.sectorId).where(sql`done_at is null`),
    index("npc_patrols_sector").on(table.sectorId).where(sql`done_at is null`),
    check("npc_patrols_times", sql`until_at > ordered_at`),
  ],
);
