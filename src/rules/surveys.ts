/** The weekly survey prompt and its A/B arms. Ecosystem seed, Rollout Sequence, Live operations. */
import { uuidOf } from "../uuid.ts";
import { mondayMs, utcDay } from "./utc.ts";

export const SURVEY_ARMS = ["a", "b"] as const;
export type SurveyArm = (typeof SURVEY_ARMS)[number];

/** The survey that the original shipped (domain §16), as two ways to ask the same. */
export const SURVEY = {
  id: "mechanic_ecosystem_minigame_v1",
  choices: ["mining_prototype", "planet_hunter_sim", "guild_contracts"],
  questions: {
    a: "Which part of the ecosystem should be next to share its rewards with the others?",
    b: "Which part of the ecosystem did you enjoy most this week?",
  },
} as const;

/** Which way a user is asked: half of them each, and always the same, whatever the week. */
export function surveyArm(userId: string): SurveyArm {
  const [first = "0"] = uuidOf("survey_arm", SURVEY.id, userId.toLowerCase());
  return Number.parseInt(first, 16) % 2 === 0 ? "a" : "b";
}

/** The Monday of a moment's week, as `2030-01-28` (UTC). */
export function weekOf(nowMs: number): string {
  return utcDay(mondayMs(nowMs));
}
