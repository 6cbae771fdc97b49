import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, primaryKey, uuid, varchar } from "drizzle-orm/pg-core";
import { PROFESSIONS } from "../../rules/professions.ts";
import { moment, oneOf } from "./columns.ts";
import { players } from "./players.ts";
import { regions, sectors } from "./world.ts";

/** As much of a planet as mining asks for: whose it is, where, and how far it has come (domain §1.9). */
export const planets = pgTable(
  "planets",
  {
    id: uuid().primaryKey(),
    name: varchar({ length: 100 }).notNull(),
    regionId: uuid("region_id")
      .notNull()
      .references(() => regions.id, { onDelete: "cascade" }),
    sectorId: integer("sector_id")
      .notNull()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    ownerPlayerId: uuid("owner_player_id").references(() => players.id, { onDelete: "set null" }),
    citadelLevel: integer("citadel_level").notNull().default(0),
    phase: integer().notNull().default(1),
    colonists: integer().notNull().default(0),
  },
  (table) => [
    index("planets_owner").on(table.ownerPlayerId),
    check("planets_numbers", sql`citadel_level >= 0 and phase between 1 and 5 and colonists >= 0`),
  ],
);

/** Trained colonists of a planet; a profession is active while one of them is at work. */
export const planetProfessions = pgTable(
  "planet_professions",
  {
    planetId: uuid("planet_id")
      .notNull()
      .references(() => planets.id, { onDelete: "cascade" }),
    profession: varchar({ length: 32 }).notNull(),
    activeCount: integer("active_count").notNull().default(0),
    trainingCount: integer("training_count").notNull().default(0),
    trainingCompletesAt: moment("training_completes_at"),
  },
  (table) => [
    primaryKey({ columns: [table.planetId, table.profession] }),
    check("planet_professions_profession", oneOf("profession", PROFESSIONS)),
    check("planet_professions_counts", sql`active_count >= 0 and training_count >= 0`),
    check("planet_professions_training", sql`(training_count > 0) = (training_completes_at is not null)`),
  ],
);
