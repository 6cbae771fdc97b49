import { sql } from "drizzle-orm";
import { check, integer, jsonb, pgTable, text, uuid, varchar } from "drizzle-orm/pg-core";
import { ADMIN_ACTIONS } from "../admin-actions.ts";
import { moment, oneOf } from "./columns.ts";

/** Who may not play. Users, not players: a token's user may be banned before their first join. */
export const bans = pgTable("bans", {
  userId: uuid("user_id").primaryKey(),
  reason: text().notNull(),
  /** Null: until it is lifted. */
  until: moment("until"),
  createdAt: moment("created_at").notNull(),
});

/**
 * What operators did, in the order in which it was committed (the writer holds the table), so that a process which reads on
 * from the newest id it has seen misses nothing. Append-only: it is also the record of who did what.
 */
export const adminActions = pgTable(
  "admin_actions",
  {
    id: integer().primaryKey(),
    kind: varchar({ length: 16 }).notNull(),
    /** The account and machine on which the command was given. */
    operator: varchar({ length: 128 }).notNull(),
    userId: uuid("user_id"),
    /** What belongs to the kind: a reason, an end, a text, a process. */
    detail: jsonb().notNull(),
    createdAt: moment("created_at").notNull(),
  },
  () => [check("admin_actions_id", sql`id >= 1`), check("admin_actions_kind", oneOf("kind", ADMIN_ACTIONS))],
);
