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
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { ANOMALIES, RUN_STATUSES } from "../../rules/expeditions.ts";
import { MISSION_IDS, MISSION_TEMPLATES } from "../../rules/missions.ts";
import { RESEARCH_SUBJECTS } from "../../rules/research.ts";
import { SURFACE_CODES } from "../../rules/surfaces.ts";
import { moment, oneOf, roll } from "./columns.ts";
import { players, users } from "./players.ts";

/** One row for each run of an expedition. What it was worth is in the reward ledger under its id. */
export const expeditionRuns = pgTable(
  "expedition_runs",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    missionId: varchar("mission_id", { length: 32 }).notNull(),
    surface: varchar({ length: 32 }).notNull(),
    appVersion: varchar("app_version", { length: 32 }),
    /** From where in the client the user set out. */
    entryPoint: varchar("entry_point", { length: 64 }).notNull(),
    sectorId: integer("sector_id").notNull(),
    richnessTier: integer("richness_tier").notNull(),
    loadout: jsonb().notNull(),
    seed: roll("seed").notNull(),
    status: varchar({ length: 16 }).notNull(),
    /** Names the one token of this run. */
    tokenJti: uuid("token_jti").notNull().unique(),
    /** With what proves each, given out at the start. */
    objectives: jsonb(),
    issuedAt: moment("issued_at").notNull(),
    startedAt: moment("started_at"),
    expiresAt: moment("expires_at").notNull(),
    endedAt: moment("ended_at"),
    /** What the client said, whether or not it was believed. */
    metrics: jsonb(),
    objectiveScore: integer("objective_score"),
    /** By the server's clock. */
    elapsedSec: integer("elapsed_sec"),
    rejectReason: varchar("reject_reason", { length: 32 }),
    rollQuality: roll("roll_quality"),
    rollClue: roll("roll_clue"),
    rollAnomaly: roll("roll_anomaly"),
    oreQuality: integer("ore_quality"),
    oreGrade: varchar("ore_grade", { length: 16 }),
    narrative: text(),
    amRepDelta: integer("am_rep_delta"),
    /** Where its end stands among all outcomes: see `outcomeOrder`. */
    writtenSeq: bigint("written_seq", { mode: "number" }),
  },
  (table) => [
    uniqueIndex("expedition_runs_open")
      .on(table.userId, table.missionId)
      .where(sql`status in ('created', 'started')`),
    index("expedition_runs_user").on(table.userId, table.issuedAt),
    index("expedition_runs_player").on(table.playerId),
    index("expedition_runs_due").on(table.expiresAt).where(sql`status in ('created', 'started')`),
    index("expedition_runs_issued").on(table.issuedAt),
    check("expedition_runs_status", oneOf("status", RUN_STATUSES)),
    check("expedition_runs_mission", oneOf("mission_id", MISSION_IDS)),
    check("expedition_runs_surface", oneOf("surface", SURFACE_CODES)),
    check("expedition_runs_ended", sql`(status in ('created', 'started')) = (ended_at is null)`),
    check("expedition_runs_started", sql`(started_at is null) = (objectives is null)`),
    check(
      "expedition_runs_completed",
      sql`case when status = 'completed'
        then num_nulls(started_at, metrics, objective_score, elapsed_sec, roll_quality, roll_clue, roll_anomaly,
            ore_quality, ore_grade, narrative, am_rep_delta, written_seq) = 0
        else num_nonnulls(roll_quality, roll_clue, roll_anomaly, ore_quality, ore_grade, narrative, am_rep_delta,
            written_seq) = 0 end`,
    ),
    check("expedition_runs_rejected", sql`(status = 'rejected') = (reject_reason is not null)`),
  ],
);

/** Clues to anomalies that users have brought home, one at most of each run. */
export const anomalyClues = pgTable(
  "anomaly_clues",
  {
    runId: uuid("run_id")
      .primaryKey()
      .references(() => expeditionRuns.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    sectorId: integer("sector_id").notNull(),
    anomaly: varchar({ length: 32 }).notNull(),
    foundAt: moment("found_at").notNull(),
  },
  (table) => [
    index("anomaly_clues_user").on(table.userId),
    check("anomaly_clues_anomaly", oneOf("anomaly", ANOMALIES)),
  ],
);

/** What users have found out. */
export const researchUnlocks = pgTable(
  "research_unlocks",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    subject: varchar({ length: 32 }).notNull(),
    unlockedAt: moment("unlocked_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.subject] }),
    check("research_unlocks_subject", oneOf("subject", RESEARCH_SUBJECTS)),
  ],
);

/** One claim for each mission template and UTC day, whatever the surface (C-23). */
export const dailyClaims = pgTable(
  "daily_claims",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    template: varchar({ length: 16 }).notNull(),
    day: date({ mode: "string" }).notNull(),
    surface: varchar({ length: 32 }).notNull(),
    claimedAt: moment("claimed_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.template, table.day] }),
    check("daily_claims_template", oneOf("template", MISSION_TEMPLATES)),
    check("daily_claims_surface", oneOf("surface", SURFACE_CODES)),
  ],
);

/** The code by which a user brings others along. */
export const referralCodes = pgTable("referral_codes", {
  userId: uuid("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  code: varchar({ length: 16 }).notNull().unique(),
  createdAt: moment("created_at").notNull(),
});

/** Who was brought along by whom: once for each referee (C-23). */
export const referrals = pgTable(
  "referrals",
  {
    refereeId: uuid("referee_id")
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    referrerId: uuid("referrer_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    surface: varchar({ length: 32 }).notNull(),
    appliedAt: moment("applied_at").notNull(),
  },
  (table) => [
    index("referrals_referrer").on(table.referrerId, table.appliedAt),
    check("referrals_not_oneself", sql`referee_id <> referrer_id`),
    check("referrals_surface", oneOf("surface", SURFACE_CODES)),
  ],
);

/** The keys that run tokens are signed with: one a week signs, and those before it verify for as long as a token lives. */
export const runTokenKeys = pgTable(
  "run_token_keys",
  {
    kid: varchar({ length: 32 }).primaryKey(),
    /** Hexadecimal. */
    secret: varchar({ length: 64 }).notNull(),
    createdAt: moment("created_at").notNull(),
    signsUntil: moment("signs_until").notNull(),
    verifiesUntil: moment("verifies_until").notNull(),
  },
  () => [
    check("run_token_keys_secret", sql`secret ~ '^[0-9a-f]{64}$'`),
    check("run_token_keys_overlap", sql`created_at < signs_until and signs_until < verifies_until`),
  ],
);
