import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { REWARD_SOURCES, REWARD_TYPES, SPENDING_PURPOSES } from "../../rules/rewards.ts";
import { SURFACE_CODES } from "../../rules/surfaces.ts";
import { moment, oneOf } from "./columns.ts";
import { users } from "./players.ts";

/** Every reward that was ever given, on whatever surface it was earned. Append-only. */
export const rewardLedger = pgTable(
  "reward_ledger",
  {
    id: uuid().primaryKey(),
    /** The order in which rows were written, for reading them page by page. */
    seq: bigint({ mode: "number" }).generatedAlwaysAsIdentity().notNull(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    surface: varchar({ length: 32 }).notNull(),
    /** What it was earned with: a run's id, or a name made for what has none (C-23). */
    runId: varchar("run_id", { length: 100 }).notNull(),
    rewardType: varchar("reward_type", { length: 32 }).notNull(),
    /** What it would have been without any cap, what it was, and which cap made the difference. */
    requestedValue: integer("requested_value").notNull(),
    rewardValue: integer("reward_value").notNull(),
    capReason: varchar("cap_reason", { length: 32 }),
    source: varchar({ length: 16 }).notNull(),
    meta: jsonb().notNull(),
    grantedAt: moment("granted_at").notNull(),
    /** The seed's key (C-22). No part of it can hold its ':'. */
    rewardKey: text("reward_key")
      .notNull()
      .generatedAlwaysAs(sql`user_id::text || ':' || surface || ':' || run_id || ':' || reward_type`),
  },
  (table) => [
    unique("reward_ledger_key").on(table.rewardKey),
    index("reward_ledger_user").on(table.userId, table.seq),
    index("reward_ledger_user_granted").on(table.userId, table.grantedAt),
    index("reward_ledger_user_run").on(table.userId, table.runId),
    index("reward_ledger_granted").on(table.grantedAt),
    check("reward_ledger_surface", oneOf("surface", SURFACE_CODES)),
    check("reward_ledger_type", oneOf("reward_type", REWARD_TYPES)),
    check("reward_ledger_source", oneOf("source", REWARD_SOURCES)),
    check("reward_ledger_run_id", sql`run_id <> '' and run_id not like '%:%'`),
    check("reward_ledger_value", sql`reward_value between 0 and requested_value`),
    check("reward_ledger_cap", sql`(cap_reason is null) = (reward_value = requested_value)`),
  ],
);

/** What users have left to spend: rewards given less what was spent. Changed in the transaction that changes either. */
export const userBalances = pgTable(
  "user_balances",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    rewardType: varchar("reward_type", { length: 32 }).notNull(),
    amount: bigint({ mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.rewardType] }),
    check("user_balances_type", oneOf("reward_type", REWARD_TYPES)),
    check("user_balances_amount", sql`amount >= 0`),
  ],
);

/** What was ever taken out of a balance. Append-only. */
export const rewardSpendings = pgTable(
  "reward_spendings",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    rewardType: varchar("reward_type", { length: 32 }).notNull(),
    amount: integer().notNull(),
    purpose: varchar({ length: 16 }).notNull(),
    /** What was bought: the deal that took the ore, the subject of the research. */
    reference: varchar({ length: 64 }).notNull(),
    at: moment("at").notNull(),
  },
  (table) => [
    index("reward_spendings_user").on(table.userId, table.rewardType),
    unique("reward_spendings_once").on(table.userId, table.purpose, table.reference),
    check("reward_spendings_type", oneOf("reward_type", REWARD_TYPES)),
    check("reward_spendings_purpose", oneOf("purpose", SPENDING_PURPOSES)),
    check("reward_spendings_amount", sql`amount > 0`),
  ],
);

/** What jobs could not give: not to be tried again before its time, twice as long after each failure. Kept 30 days. */
export const rewardRetries = pgTable(
  "reward_retries",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** As in the ledger. */
    runId: varchar("run_id", { length: 100 }).notNull(),
    failures: integer().notNull(),
    retryAt: moment("retry_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.runId] }),
    index("reward_retries_retry_at").on(table.retryAt),
    check("reward_retries_failures", sql`failures > 0`),
  ],
);

/** How often a reward was asked for again, and how often giving one failed: for the guardrail metrics. */
export const rewardTallies = pgTable(
  "reward_tallies",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    surface: varchar({ length: 32 }).notNull(),
    /** UTC. */
    day: date({ mode: "string" }).notNull(),
    duplicates: integer().notNull().default(0),
    failures: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.surface, table.day] }),
    index("reward_tallies_day").on(table.day),
    check("reward_tallies_surface", oneOf("surface", SURFACE_CODES)),
    check("reward_tallies_counts", sql`duplicates >= 0 and failures >= 0`),
  ],
);
