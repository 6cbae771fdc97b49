import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { STANDING_LEVELS } from "../../rules/standing.ts";
import { moment, oneOf } from "./columns.ts";
import { factions } from "./factions.ts";
import { ships } from "./ships.ts";
import { regions, sectors } from "./world.ts";

const LEVELS = STANDING_LEVELS.map(({ level }) => level);

/** Who signed in: `id` is the `sub` of their token, whoever issued it. */
export const users = pgTable(
  "users",
  {
    id: uuid().primaryKey(),
    username: varchar({ length: 50 }).notNull(),
    email: varchar({ length: 255 }),
    subscriptionTier: varchar("subscription_tier", { length: 32 }),
    subscriptionStatus: varchar("subscription_status", { length: 32 }),
    paypalSubscriptionId: varchar("paypal_subscription_id", { length: 64 }),
    paymentFailureCount: integer("payment_failure_count").notNull().default(0),
    createdAt: moment("created_at").notNull(),
    deletedAt: moment("deleted_at"),
  },
  () => [
    check("users_subscription_tier", oneOf("subscription_tier", ["galactic_citizen", "region_owner"])),
    check("users_payment_failure_count", sql`payment_failure_count >= 0`),
  ],
);

export const teams = pgTable(
  "teams",
  {
    id: uuid().primaryKey(),
    name: varchar({ length: 80 }).notNull().unique(),
    leaderId: uuid("leader_id").references((): AnyPgColumn => players.id, { onDelete: "set null" }),
    maxMembers: integer("max_members").notNull().default(4),
    recruitment: varchar({ length: 16 }).notNull().default("INVITE_ONLY"),
  },
  () => [
    check("teams_max_members", sql`max_members >= 1`),
    check("teams_recruitment", oneOf("recruitment", ["OPEN", "INVITE_ONLY", "CLOSED"])),
  ],
);

export const teamMembers = pgTable(
  "team_members",
  {
    teamId: uuid("team_id")
      .notNull()
      .references(() => teams.id, { onDelete: "cascade" }),
    playerId: uuid("player_id")
      .notNull()
      .references((): AnyPgColumn => players.id, { onDelete: "cascade" }),
    role: varchar({ length: 16 }).notNull().default("MEMBER"),
  },
  (table) => [
    primaryKey({ columns: [table.teamId, table.playerId] }),
    check("team_members_role", oneOf("role", ["LEADER", "OFFICER", "MEMBER", "RECRUIT"])),
  ],
);

export const players = pgTable(
  "players",
  {
    id: uuid().primaryKey(),
    /** Null for the players who fly a faction's ships. */
    userId: uuid("user_id")
      .unique()
      .references(() => users.id, { onDelete: "cascade" }),
    nickname: varchar({ length: 50 }),
    credits: integer().notNull(),
    turns: integer().notNull().default(1000),
    maxTurns: integer("max_turns").notNull().default(1000),
    /** Every turn ever credited after the first pool, and every turn ever spent: turns = start + in − out. */
    startingTurns: integer("starting_turns").notNull().default(1000),
    lifetimeTurnsRegenerated: integer("lifetime_turns_regenerated").notNull().default(0),
    lifetimeTurnsSpent: integer("lifetime_turns_spent").notNull().default(0),
    /** Up to when turns have been credited; the fraction of a turn since then is still to come. */
    lastTurnRegeneration: moment("last_turn_regeneration").notNull(),
    /** When the pool will be full; null while it is. */
    turnResetAt: moment("turn_reset_at"),
    /** The regeneration rate's multiplier: 10,000 … 15,000 basis points. */
    ariaBonusBps: integer("aria_bonus_bps").notNull().default(10_000),
    personalReputation: integer("personal_reputation").notNull().default(0),
    reputationTier: varchar("reputation_tier", { length: 32 }).notNull().default("Neutral"),
    nameColor: varchar("name_color", { length: 7 }).notNull().default("#FFFFFF"),
    militaryRank: varchar("military_rank", { length: 32 }).notNull().default("Recruit"),
    rankPoints: integer("rank_points").notNull().default(0),
    currentShipId: uuid("current_ship_id").references((): AnyPgColumn => ships.id),
    homeSectorId: integer("home_sector_id").references(() => sectors.sectorId, { onDelete: "set null" }),
    homeRegionId: uuid("home_region_id").references(() => regions.id, { onDelete: "set null" }),
    isGalacticCitizen: boolean("is_galactic_citizen").notNull().default(false),
    teamId: uuid("team_id").references(() => teams.id, { onDelete: "set null" }),
    attackDrones: integer("attack_drones").notNull().default(0),
    defenseDrones: integer("defense_drones").notNull().default(0),
    mines: integer().notNull().default(0),
    quantumShards: integer("quantum_shards").notNull().default(0),
    quantumCrystals: integer("quantum_crystals").notNull().default(0),
    /** The `seq` of this player's newest event. */
    eventSeq: integer("event_seq").notNull().default(0),
    /** When a pilot without a ship last claimed the start region's hull. */
    hullClaimedAt: moment("hull_claimed_at"),
    isSuspect: boolean("is_suspect").notNull().default(false),
    suspectUntil: moment("suspect_until"),
    suspectDeclaredAt: moment("suspect_declared_at"),
    isWanted: boolean("is_wanted").notNull().default(false),
    wantedUntil: moment("wanted_until"),
    wantedDeclaredAt: moment("wanted_declared_at"),
    greyUntil: moment("grey_until"),
    greyKind: varchar("grey_kind", { length: 16 }),
    settings: jsonb().notNull().default({}),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    index("players_team").on(table.teamId),
    check("players_credits", sql`credits >= 0`),
    check("players_turns", sql`turns between 0 and max_turns`),
    check("players_lifetime_turns", sql`lifetime_turns_spent >= 0 and lifetime_turns_regenerated >= 0`),
    check(
      "players_turn_balance",
      sql`turns = starting_turns + lifetime_turns_regenerated - lifetime_turns_spent`,
    ),
    check("players_aria_bonus_bps", sql`aria_bonus_bps between 10000 and 15000`),
    check("players_personal_reputation", sql`personal_reputation between -1000 and 1000`),
    check("players_drones", sql`attack_drones >= 0 and defense_drones >= 0 and mines >= 0`),
    check("players_quantum", sql`quantum_shards >= 0 and quantum_crystals >= 0`),
  ],
);

export const reputations = pgTable(
  "reputations",
  {
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    factionId: uuid("faction_id")
      .notNull()
      .references(() => factions.id, { onDelete: "cascade" }),
    currentValue: integer("current_value").notNull().default(0),
    currentLevel: varchar("current_level", { length: 32 }).notNull().default("NEUTRAL"),
    decayPaused: boolean("decay_paused").notNull().default(false),
    isLocked: boolean("is_locked").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.playerId, table.factionId] }),
    check("reputations_current_value", sql`current_value between -800 and 800`),
    check("reputations_current_level", oneOf("current_level", LEVELS)),
  ],
);
