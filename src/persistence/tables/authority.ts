import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";
import { users } from "./players.ts";
import { sectors } from "./world.ts";

/** Who may write a sector: the room that opened it last. A write with an older epoch is refused. */
export const sectorLeases = pgTable(
  "sector_leases",
  {
    sectorId: integer("sector_id")
      .primaryKey()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    epoch: bigint({ mode: "number" }).notNull(),
  },
  () => [check("sector_leases_epoch", sql`epoch >= 1`)],
);

/**
 * What was answered to a request that cost something, so that its repeat gets the same answer. Kept 24 h. Its player is
 * a foreign key that triggers hold, as of `mining_harvests`.
 */
export const requests = pgTable(
  "requests",
  {
    playerId: uuid("player_id").notNull(),
    requestId: varchar("request_id", { length: 64 }).notNull(),
    /** Hash of the command's name and body: the same id with another body is refused. */
    fingerprint: text().notNull(),
    answer: jsonb().notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.playerId, table.requestId] }),
    index("requests_created_at").on(table.createdAt),
  ],
);

/** What users' programs have named their HTTP requests, so that a name is one request alone. Kept 24 h. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    key: varchar({ length: 64 }).notNull(),
    /** Hash of path, surface and body: the same key with another is refused. */
    fingerprint: varchar({ length: 64 }).notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index("idempotency_keys_user").on(table.userId, table.createdAt),
    index("idempotency_keys_created_at").on(table.createdAt),
  ],
);

/**
 * A pilot's feed. `seq` counts from 1 for each player and is taken from `players.event_seq` while that row is
 * locked: one pilot's events have no gaps and are in commit order, so a cursor over them skips nothing and a
 * reader sees at once when one is missing. Kept 30 days. Its player is a foreign key that triggers hold, as of
 * `mining_harvests`.
 */
export const events = pgTable(
  "events",
  {
    playerId: uuid("player_id").notNull(),
    seq: integer().notNull(),
    type: varchar({ length: 64 }).notNull(),
    payload: jsonb().notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.playerId, table.seq] }),
    index("events_created_at").on(table.createdAt),
    check("events_seq", sql`seq >= 1`),
  ],
);
