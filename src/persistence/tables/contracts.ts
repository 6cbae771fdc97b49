import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { CONTRACT_THEMES, CONTRIBUTION_SOURCES } from "../../rules/contracts.ts";
import { INCIDENT_TYPES } from "../../rules/incidents.ts";
import { ALL_ANSWERS } from "../../rules/subjects.ts";
import { SURFACE_CODES } from "../../rules/surfaces.ts";
import { moment, oneOf } from "./columns.ts";
import { sectorIncidents } from "./incidents.ts";
import { users } from "./players.ts";

/** What a week asks of everybody together; it is active between its two moments, whoever looks. */
export const guildContracts = pgTable(
  "guild_contracts",
  {
    id: uuid().primaryKey(),
    theme: varchar({ length: 16 }).notNull(),
    isoWeek: varchar("iso_week", { length: 8 }).notNull(),
    startsAt: moment("starts_at").notNull(),
    endsAt: moment("ends_at").notNull(),
    /** Points of all contributions together. */
    total: integer().notNull().default(0),
  },
  (table) => [
    unique("guild_contracts_week").on(table.theme, table.isoWeek),
    index("guild_contracts_ends_at").on(table.endsAt),
    check("guild_contracts_theme", oneOf("theme", CONTRACT_THEMES)),
    check("guild_contracts_total", sql`total >= 0`),
    check(
      "guild_contracts_is_week",
      sql`starts_at at time zone 'UTC' = date_trunc('week', starts_at at time zone 'UTC')
        and ends_at = starts_at + interval '168 hours' and iso_week = to_char(starts_at at time zone 'UTC', 'IYYY"-W"IW')`,
    ),
  ],
);

/** The steps of a contract. A row is unlocked once, by the contribution that reached it. */
export const contractTiers = pgTable(
  "contract_tiers",
  {
    contractId: uuid("contract_id")
      .notNull()
      .references(() => guildContracts.id, { onDelete: "cascade" }),
    tier: integer().notNull(),
    threshold: integer().notNull(),
    cosmetic: varchar({ length: 32 }).notNull(),
    stardust: integer().notNull(),
    multiplierBps: integer("multiplier_bps"),
    worldEvent: varchar("world_event", { length: 16 }),
    unlockedAt: moment("unlocked_at"),
    /** The contribution that reached it. */
    unlockedBy: uuid("unlocked_by").unique(),
    /** What came of its world event. */
    incidentId: uuid("incident_id").references(() => sectorIncidents.id, { onDelete: "set null" }),
  },
  (table) => [
    primaryKey({ columns: [table.contractId, table.tier] }),
    check("contract_tiers_tier", sql`tier between 1 and 9 and threshold > 0 and stardust >= 0`),
    check("contract_tiers_multiplier", sql`multiplier_bps >= 10000`),
    check("contract_tiers_world_event", oneOf("world_event", INCIDENT_TYPES)),
    check("contract_tiers_unlocked", sql`(unlocked_at is null) = (unlocked_by is null)`),
    check(
      "contract_tiers_incident",
      sql`incident_id is null or (world_event is not null and unlocked_at is not null)`,
    ),
  ],
);

export const contractMembers = pgTable(
  "contract_members",
  {
    contractId: uuid("contract_id")
      .notNull()
      .references(() => guildContracts.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    joinedAt: moment("joined_at").notNull(),
    /** The contract's points then: tiers above are theirs too. Two moments can be the same; this decides. */
    joinedTotal: integer("joined_total").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.contractId, table.userId] }),
    index("contract_members_user").on(table.userId),
    check("contract_members_joined_total", sql`joined_total >= 0`),
  ],
);

/** What members have brought, each row of the game once for ever. Append-only. */
export const contractContributions = pgTable(
  "contract_contributions",
  {
    id: uuid().primaryKey(),
    contractId: uuid("contract_id").notNull(),
    userId: uuid("user_id").notNull(),
    surface: varchar({ length: 32 }).notNull(),
    sourceType: varchar("source_type", { length: 16 }).notNull(),
    /** The harvest, run or classification. */
    sourceId: uuid("source_id").notNull(),
    points: integer().notNull(),
    /** UTC, for the day's caps. */
    day: date({ mode: "string" }).notNull(),
    contributedAt: moment("contributed_at").notNull(),
  },
  (table) => [
    unique("contract_contributions_source").on(table.sourceType, table.sourceId),
    index("contract_contributions_user").on(table.contractId, table.userId, table.day),
    index("contract_contributions_surface").on(table.contractId, table.surface),
    foreignKey({
      name: "contract_contributions_member",
      columns: [table.contractId, table.userId],
      foreignColumns: [contractMembers.contractId, contractMembers.userId],
    }),
    check("contract_contributions_surface", oneOf("surface", SURFACE_CODES)),
    check("contract_contributions_source_type", oneOf("source_type", CONTRIBUTION_SOURCES)),
    check("contract_contributions_points", sql`points > 0`),
    check("contract_contributions_day", sql`day = (contributed_at at time zone 'UTC')::date`),
  ],
);

/** Who was given the rewards of which tier, once whatever the surface (C-23). */
export const contractTierGrants = pgTable(
  "contract_tier_grants",
  {
    contractId: uuid("contract_id").notNull(),
    tier: integer().notNull(),
    userId: uuid("user_id").notNull(),
    surface: varchar({ length: 32 }).notNull(),
    grantedAt: moment("granted_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.contractId, table.tier, table.userId] }),
    index("contract_tier_grants_user").on(table.userId),
    foreignKey({
      name: "contract_tier_grants_tier",
      columns: [table.contractId, table.tier],
      foreignColumns: [contractTiers.contractId, contractTiers.tier],
    }),
    foreignKey({
      name: "contract_tier_grants_member",
      columns: [table.contractId, table.userId],
      foreignColumns: [contractMembers.contractId, contractMembers.userId],
    }),
    check("contract_tier_grants_surface", oneOf("surface", SURFACE_CODES)),
  ],
);

/** What users see in subjects: one opinion each. Append-only. */
export const classifications = pgTable(
  "classifications",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    contractId: uuid("contract_id")
      .notNull()
      .references(() => guildContracts.id),
    subjectId: varchar("subject_id", { length: 48 }).notNull(),
    surface: varchar({ length: 32 }).notNull(),
    answer: varchar({ length: 16 }).notNull(),
    /** Null where the truth is not known. */
    isRight: boolean("is_right"),
    classifiedAt: moment("classified_at").notNull(),
  },
  (table) => [
    unique("classifications_once").on(table.userId, table.subjectId),
    index("classifications_contract").on(table.contractId),
    check("classifications_surface", oneOf("surface", SURFACE_CODES)),
    check("classifications_answer", oneOf("answer", ALL_ANSWERS)),
  ],
);
