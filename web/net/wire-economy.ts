/** What this page reads of expeditions, contracts and rewards; see docs/economy.md and docs/contracts.md. */
import { z } from "zod";
import { RUN_STATUSES } from "../../src/rules/expeditions.ts";
import { DRILLS, MISSION_IDS, type MISSION_TEMPLATES, SCANNERS } from "../../src/rules/missions.ts";
import { RESEARCH_SUBJECTS } from "../../src/rules/research.ts";

export const missionsSchema = z.object({
  missions: z.array(z.object({ missionId: z.enum(MISSION_IDS), available: z.boolean().nullable() })),
});

const run = z.object({
  runId: z.string(),
  missionId: z.enum(MISSION_IDS),
  surface: z.string(),
  sectorId: z.int(),
  richnessTier: z.int(),
  loadout: z.object({ drill: z.enum(DRILLS), scanner: z.enum(SCANNERS) }),
  status: z.enum(RUN_STATUSES),
  issuedAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  expiresAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  elapsedSec: z.int().nullable(),
  objectiveScore: z.int().nullable(),
  rejectReason: z.string().nullable(),
  oreQuality: z.int().nullable(),
  oreGrade: z.string().nullable(),
  narrative: z.string().nullable(),
  amRepDelta: z.int().nullable(),
});
export type Run = z.output<typeof run>;

const reward = z.object({
  rewardType: z.string(),
  value: z.int(),
  requestedValue: z.int(),
  capReason: z.string().nullable(),
  source: z.string(),
  meta: z.record(z.string(), z.unknown()),
  surface: z.string(),
  grantedAtMs: z.number(),
});
export type Reward = z.output<typeof reward>;

export const createdSchema = z.object({ run, token: z.string() });
export const cancelledSchema = z.object({ run });
export const missionLogSchema = z.object({ runs: z.array(run) });
export const resultSchema = z.object({
  run,
  anomaly: z.string().nullable(),
  rewards: z.array(reward),
});
export type RunResult = z.output<typeof resultSchema>;

const balances = z.record(z.string(), z.int());
export const balancesSchema = z.object({ balances });
const research = {
  unlocked: z.array(z.enum(RESEARCH_SUBJECTS)),
  clues: z.array(z.object({ runId: z.string(), sectorId: z.int(), anomaly: z.string() })),
};
export const researchSchema = z.object(research);
export const inventorySchema = z.object({ balances, ...research });
export type Inventory = z.output<typeof inventorySchema>;

export const contractsSchema = z.object({
  contracts: z.array(
    z.object({
      contractId: z.string(),
      theme: z.string(),
      startsAtMs: z.number(),
      endsAtMs: z.number(),
      total: z.int(),
      members: z.int(),
      tiers: z.array(
        z.object({
          tier: z.int(),
          threshold: z.int(),
          stardust: z.int(),
          multiplierBps: z.int().nullable(),
          worldEvent: z.string().nullable(),
          unlockedAtMs: z.number().nullable(),
        }),
      ),
      own: z.object({ points: z.int(), contributions: z.int() }).nullable(),
    }),
  ),
});
export type Contract = z.output<typeof contractsSchema>["contracts"][number];

export const joinedSchema = z.object({ duplicate: z.boolean() });
export const subjectsSchema = z.object({
  answers: z.array(z.string()),
  subjects: z.array(z.object({ subjectId: z.string(), readings: z.array(z.int()) })),
});
export type Subject = z.output<typeof subjectsSchema>["subjects"][number];
export const classifiedSchema = z.object({ classificationId: z.string(), isRight: z.boolean().nullable() });
export const contributedSchema = z.object({
  contribution: z.object({ points: z.int() }),
  duplicate: z.boolean(),
  unlocked: z.array(z.int()),
});
export const leaderboardSchema = z.object({
  places: z.array(z.object({ rank: z.int(), name: z.string(), points: z.int() })),
});
export type Place = z.output<typeof leaderboardSchema>["places"][number];

export const ledgerSchema = z.object({ rewards: z.array(reward), nextBefore: z.number().nullable() });
export const claimedSchema = z.object({ reward, duplicate: z.boolean() });
export const referralSchema = z.object({ code: z.string() });
export const referredSchema = z.object({ duplicate: z.boolean() });
export const boonsSchema = z.object({
  boons: z.array(z.object({ kind: z.string(), sectorId: z.int().nullable(), endsAtMs: z.number() })),
});
export const surveySchema = z.object({
  week: z.string(),
  question: z.string(),
  choices: z.array(z.string()),
  answer: z.string().nullable(),
});
export const surveyedSchema = z.object({ choice: z.string() });
export type Template = (typeof MISSION_TEMPLATES)[number];
