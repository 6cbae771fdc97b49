import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { SURVEY, surveyArm, weekOf } from "../rules/surveys.ts";
import { ensureUser } from "./sessions.ts";
import { withTransaction } from "./sqlstate.ts";

const answerSchema = z.object({ choice: z.string() });

/** What a user answered in a week; null before they did. */
export async function readSurveyAnswer(
  db: Pick<pg.ClientBase, "query">,
  userId: string,
  week: string,
): Promise<string | null> {
  const { rows } = await db.query(
    "select choice from survey_answers where user_id = $1 and survey = $2 and week = $3",
    [userId, SURVEY.id, week],
  );
  return z.array(answerSchema).parse(rows)[0]?.choice ?? null;
}

/**
 * Keeps a user's answer to the survey of a week: the first one.
 * @returns what is kept, and whether it was kept before
 * @throws Refusal survey_over
 */
export async function answerSurvey(
  pool: pg.Pool,
  user: { userId: string; name: string },
  { week, choice }: { week: string; choice: string },
  nowMs: number,
): Promise<{ choice: string; duplicate: boolean }> {
  const current = weekOf(nowMs);
  if (week !== current) throw new Refusal("survey_over", { week: current });
  return withTransaction(pool, async (tx) => {
    await ensureUser(tx, user, nowMs);
    const { rowCount } = await tx.query(
      `insert into survey_answers (user_id, survey, week, arm, choice, answered_at) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing`,
      [user.userId, SURVEY.id, week, surveyArm(user.userId), choice, new Date(nowMs)],
    );
    if (rowCount === 1) return { choice, duplicate: false };
    return { choice: (await readSurveyAnswer(tx, user.userId, week)) ?? choice, duplicate: true };
  });
}
