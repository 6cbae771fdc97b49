import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Database } from "../persistence/database.ts";
import { answerSurvey, readSurveyAnswer } from "../persistence/surveys.ts";
import { SURVEY, SURVEY_ARMS, surveyArm, weekOf } from "../rules/surveys.ts";
import { nothing, PILOT, type Route, route } from "./route.ts";

const choice = z.enum(SURVEY.choices);
const week = z.iso.date().describe("Its Monday, UTC.");

/** The weekly prompt: each user is asked in one of two ways, always the same. */
export function surveyRoutes({ pool }: Database, clock: Pick<Clock, "nowMs">): Route[] {
  const common = { phase: "live", access: PILOT, params: nothing, query: nothing } as const;
  return [
    route({
      ...common,
      method: "GET",
      path: "/surveys/current",
      body: nothing,
      response: z.object({
        survey: z.string(),
        week,
        arm: z.enum(SURVEY_ARMS).describe("Which way you are asked: by your id alone."),
        question: z.string(),
        choices: z.array(choice),
        answer: choice.nullable().describe("Yours; null: show the prompt."),
      }),
      refusals: [],
      summary: "This week's question, as you are asked it.",
      async handle({ identity }) {
        const current = weekOf(clock.nowMs());
        const arm = surveyArm(identity.userId);
        const answer = choice.nullable().parse(await readSurveyAnswer(pool, identity.userId, current));
        const question = SURVEY.questions[arm];
        return { survey: SURVEY.id, week: current, arm, question, choices: [...SURVEY.choices], answer };
      },
    }),
    route({
      ...common,
      method: "POST",
      path: "/surveys/current",
      body: z.strictObject({ week, choice }),
      response: z.object({ choice, duplicate: z.boolean() }),
      refusals: ["survey_over"],
      summary: "Your answer, once a week; a second one changes nothing and gets the first.",
      async handle({ identity, body, askedAtMs }) {
        const kept = await answerSurvey(pool, identity, body, askedAtMs);
        return { choice: choice.parse(kept.choice), duplicate: kept.duplicate };
      },
    }),
  ];
}
