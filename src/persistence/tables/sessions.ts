import { sql } from "drizzle-orm";
import { check, date, index, pgTable, uuid, varchar } from "drizzle-orm/pg-core";
import { SURFACE_CODES } from "../../rules/surfaces.ts";
import { moment, oneOf } from "./columns.ts";
import { users } from "./players.ts";

/** Who used what, a row for each user, UTC day, surface, version and mission: what retention is computed from. */
export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    day: date({ mode: "string" }).notNull(),
    appSurface: varchar("app_surface", { length: 32 }).notNull(),
    appVersion: varchar("app_version", { length: 32 }),
    missionId: varchar("mission_id", { length: 64 }),
    startedAt: moment("started_at").notNull(),
  },
  (table) => [
    index("sessions_user").on(table.userId, table.startedAt),
    index("sessions_day").on(table.day, table.appSurface),
    check("sessions_surface", oneOf("app_surface", SURFACE_CODES)),
    check("sessions_day_of_start", sql`day = (started_at at time zone 'UTC')::date`),
  ],
);
