import { sql } from "drizzle-orm";
import { bigint, check, index, integer, jsonb, pgTable, uuid, varchar } from "drizzle-orm/pg-core";
import { PRODUCT_EVENT_NAMES } from "../../rules/product-events.ts";
import { moment, oneOf } from "./columns.ts";

/**
 * The outbox of product events: written with what they tell of, sent on afterwards. Kept 90 days, sent or not. `id` is
 * made of what happened, so that one thing is one event however often it is recorded or sent.
 */
export const productEvents = pgTable(
  "product_events",
  {
    id: uuid().primaryKey(),
    /** Oldest first. */
    seq: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    name: varchar({ length: 64 }).notNull(),
    /** Who did it; null for what the world did. No reference: what was measured outlives a user's account. */
    userId: uuid("user_id"),
    properties: jsonb().notNull(),
    occurredAt: moment("occurred_at").notNull(),
    /** Times that sending it was begun. */
    attempts: integer().notNull().default(0),
    /** Not to be sent before: while a process sends it, and for longer after each failure. */
    nextAttemptAt: moment("next_attempt_at").notNull(),
    exportedAt: moment("exported_at"),
  },
  (table) => [
    index("product_events_due").on(table.nextAttemptAt).where(sql`exported_at is null`),
    index("product_events_occurred_at").on(table.occurredAt),
    // Runs begun since a moment, and what became of each: a guardrail metric.
    index("product_events_started").on(table.occurredAt).where(sql`name = 'ecosystem_mission_started'`),
    index("product_events_completed")
      .on(table.userId, sql`(properties->>'run_id')`)
      .where(sql`name = 'ecosystem_mission_completed'`),
    check("product_events_name", oneOf("name", PRODUCT_EVENT_NAMES)),
    check("product_events_attempts", sql`attempts >= 0`),
  ],
);
