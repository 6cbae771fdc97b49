import { sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { INCIDENT_STATUSES, INCIDENT_TYPES, RESPONSE_MODES } from "../../rules/incidents.ts";
import { SURFACE_CODES } from "../../rules/surfaces.ts";
import { moment, oneOf, roll } from "./columns.ts";
import { players } from "./players.ts";
import { sectors } from "./world.ts";

/** Something that befalls a sector: made by the server alone, answered by pilots, resolved once. */
export const sectorIncidents = pgTable(
  "sector_incidents",
  {
    id: uuid().primaryKey(),
    sectorId: integer("sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    type: varchar({ length: 16 }).notNull(),
    severity: integer().notNull(),
    status: varchar({ length: 20 }).notNull(),
    /** Points that answers need, and those they have brought. */
    threshold: integer().notNull(),
    score: integer().notNull().default(0),
    /** What it was drawn from. */
    seed: roll("seed").notNull(),
    readings: jsonb().notNull(),
    opensAt: moment("opens_at").notNull(),
    closesAt: moment("closes_at").notNull(),
    resolvedAt: moment("resolved_at"),
  },
  (table) => [
    uniqueIndex("sector_incidents_open").on(table.sectorId).where(sql`status in ('detected', 'responding')`),
    index("sector_incidents_sector").on(table.sectorId, table.opensAt),
    index("sector_incidents_resolved").on(table.resolvedAt),
    check("sector_incidents_type", oneOf("type", INCIDENT_TYPES)),
    check("sector_incidents_severity", sql`severity between 1 and 3`),
    check("sector_incidents_status", oneOf("status", INCIDENT_STATUSES)),
    check("sector_incidents_score", sql`score >= 0 and threshold > 0`),
    check(
      "sector_incidents_resolved_at",
      sql`(status in ('detected', 'responding')) = (resolved_at is null)`,
    ),
  ],
);

/** A pilot's answer to an incident: one in each mode. */
export const incidentResponses = pgTable(
  "incident_responses",
  {
    incidentId: uuid("incident_id")
      .notNull()
      .references(() => sectorIncidents.id, { onDelete: "cascade" }),
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    mode: varchar({ length: 16 }).notNull(),
    surface: varchar({ length: 32 }).notNull(),
    score: integer().notNull(),
    /** What was said: the severity judged, or the presses. */
    answer: jsonb().notNull(),
    /** The run of a reaction. */
    runId: uuid("run_id"),
    /** By the server's clock, from the start of the run to its end. */
    elapsedMs: integer("elapsed_ms"),
    respondedAt: moment("responded_at").notNull(),
    /** When the incident's rewards were given for it; null until then. */
    rewardedAt: moment("rewarded_at"),
  },
  (table) => [
    primaryKey({ columns: [table.incidentId, table.playerId, table.mode] }),
    index("incident_responses_unrewarded").on(table.incidentId).where(sql`rewarded_at is null`),
    check("incident_responses_mode", oneOf("mode", RESPONSE_MODES)),
    check("incident_responses_surface", oneOf("surface", SURFACE_CODES)),
    check("incident_responses_score", sql`score between 0 and 100`),
    check("incident_responses_run", sql`(mode = 'reaction') = (num_nulls(run_id, elapsed_ms) = 0)`),
  ],
);

/** A reaction that was begun, one of a pilot to an incident: its start is the server's. */
export const incidentReactions = pgTable(
  "incident_reactions",
  {
    incidentId: uuid("incident_id")
      .notNull()
      .references(() => sectorIncidents.id, { onDelete: "cascade" }),
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    runId: uuid("run_id").notNull(),
    surface: varchar({ length: 32 }).notNull(),
    seed: roll("seed").notNull(),
    startedAt: moment("started_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.incidentId, table.playerId] }),
    check("incident_reactions_surface", oneOf("surface", SURFACE_CODES)),
  ],
);

/** What an incident left in its sector, for 24 to 72 h. Its effects end at `ends_at`, whoever notices when. */
export const sectorStates = pgTable(
  "sector_states",
  {
    incidentId: uuid("incident_id")
      .primaryKey()
      .references(() => sectorIncidents.id, { onDelete: "cascade" }),
    sectorId: integer("sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    stateType: varchar("state_type", { length: 16 }).notNull(),
    severity: integer().notNull(),
    startsAt: moment("starts_at").notNull(),
    endsAt: moment("ends_at").notNull(),
    /** Nobody mines until then; null where nobody had to leave. */
    evacuatedUntil: moment("evacuated_until"),
    /** When its end was noticed and told. */
    endedAt: moment("ended_at"),
  },
  (table) => [
    uniqueIndex("sector_states_active").on(table.sectorId, table.stateType).where(sql`ended_at is null`),
    index("sector_states_sector").on(table.sectorId, table.endsAt),
    index("sector_states_ends_at").on(table.endsAt).where(sql`ended_at is null`),
    check("sector_states_type", oneOf("state_type", INCIDENT_TYPES)),
    check("sector_states_severity", sql`severity between 1 and 3`),
    check(
      "sector_states_times",
      sql`ends_at >= starts_at and (evacuated_until is null or evacuated_until > starts_at)`,
    ),
  ],
);

/** What a pilot who answered has for a while: more ore anywhere, or a sector that runs deep for them. */
export const incidentBoons = pgTable(
  "incident_boons",
  {
    incidentId: uuid("incident_id")
      .notNull()
      .references(() => sectorIncidents.id, { onDelete: "cascade" }),
    playerId: uuid("player_id")
      .notNull()
      .references(() => players.id, { onDelete: "cascade" }),
    kind: varchar({ length: 16 }).notNull(),
    /** Where; null: everywhere. */
    sectorId: integer("sector_id").references(() => sectors.sectorId, { onDelete: "cascade" }),
    startsAt: moment("starts_at").notNull(),
    endsAt: moment("ends_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.incidentId, table.playerId, table.kind] }),
    index("incident_boons_player").on(table.playerId, table.endsAt),
    check("incident_boons_kind", oneOf("kind", ["boost", "anomaly"])),
    check("incident_boons_sector", sql`(kind = 'anomaly') = (sector_id is not null)`),
  ],
);
