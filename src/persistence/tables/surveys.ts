import { check, date, pgTable, primaryKey, uuid, varchar } from "drizzle-orm/pg-core";
import { SURVEY_ARMS } from "../../rules/surveys.ts";
import { moment, oneOf } from "./columns.ts";
import { users } from "./players.ts";

/** Answers to the weekly survey: one a user and week. */
export const surveyAnswers = pgTable(
  "survey_answers",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    survey: varchar({ length: 64 }).notNull(),
    /** Its Monday, UTC. */
    week: date({ mode: "string" }).notNull(),
    arm: varchar({ length: 1 }).notNull(),
    choice: varchar({ length: 32 }).notNull(),
    answeredAt: moment("answered_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.survey, table.week] }),
    check("survey_answers_arm", oneOf("arm", SURVEY_ARMS)),
  ],
);
