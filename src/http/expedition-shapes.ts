/** What the routes of expeditions are sent and answer. */
import { z } from "zod";
import { loadoutSchema } from "../persistence/expeditions.ts";
import { ANOMALIES, ORE_GRADES, RUN_STATUSES } from "../rules/expeditions.ts";
import { SECTOR_ID_MAX } from "../rules/galaxy/vocabulary.ts";
import { INCIDENT_TYPES } from "../rules/incidents.ts";
import { MISSION_IDS, MISSION_TEMPLATES } from "../rules/missions.ts";
import { SURFACE_CODES } from "../rules/surfaces.ts";
import { reward } from "./rewards.ts";

export const mission = z.object({
  missionId: z.enum(MISSION_IDS),
  title: z.string(),
  briefing: z.string(),
  template: z.enum(MISSION_TEMPLATES),
  surfaceKinds: z.array(z.enum(["web", "godot", "program"])),
  richnessTierMin: z.int(),
  states: z.object({
    forbidden: z.array(z.enum(INCIDENT_TYPES)).optional(),
    required: z.array(z.enum(INCIDENT_TYPES)).optional(),
  }),
  durationSecMin: z.int(),
  durationSecMax: z.int(),
  objectiveScoreMax: z.int(),
  oreMax: z.int(),
  stardustMax: z.int(),
  reputation: z.int(),
  available: z.boolean().nullable(),
});

export const run = z.object({
  runId: z.uuid(),
  missionId: z.enum(MISSION_IDS),
  surface: z.enum(SURFACE_CODES),
  sectorId: z.int(),
  richnessTier: z.int(),
  loadout: loadoutSchema,
  seed: z.int(),
  status: z.enum(RUN_STATUSES),
  issuedAtMs: z.int(),
  startedAtMs: z.int().nullable(),
  expiresAtMs: z.int(),
  endedAtMs: z.int().nullable(),
  elapsedSec: z.int().nullable(),
  objectiveScore: z.int().nullable(),
  rejectReason: z.string().nullable(),
  oreQuality: z.int().nullable(),
  oreGrade: z.enum(ORE_GRADES).nullable(),
  narrative: z.string().nullable(),
  amRepDelta: z.int().nullable(),
});

export const result = z.object({
  run,
  anomaly: z.enum(ANOMALIES).nullable(),
  rewards: z.array(reward),
  duplicate: z.boolean(),
});

export const created = z.object({ run, token: z.string() });
const objective = z.object({ objective: z.string(), nonce: z.string() });
/** No more than what the server itself calls them: the database refuses some of what JSON can say. */
const objectiveWord = z.string().regex(/^[\w-]{1,40}$/);
export const started = z.object({ run, objectives: z.array(objective) });

/** More than any mission gives, and still a number that the database holds. */
const UNITS_MAX = 1_000_000;
/** A day: no run lives so long. */
const SECONDS_MAX = 86_400;
const OBJECTIVES_MAX = 16;

export const surface = z
  .string()
  .max(64)
  .optional()
  .describe("The surface you play on; x-app-surface unless told.");
export const token = z.string().max(2_048).describe("The one that POST /runs gave.");

export const newRunBody = z.strictObject({
  missionId: z.enum(MISSION_IDS),
  surface: z.string().max(64).describe("Where the run will be played: its token works nowhere else."),
  sectorId: z.int().positive().max(SECTOR_ID_MAX),
  loadout: loadoutSchema.default({ drill: "standard", scanner: "basic" }),
  entryPoint: z
    .string()
    .regex(/^[\w./-]{1,64}$/)
    .describe("From where in your client the user sets out: for its measures alone."),
});

export const metrics = z.strictObject({
  sectorId: z.int(),
  seed: z.int(),
  durationSec: z.number().min(0).max(SECONDS_MAX),
  objectiveScore: z.int().min(0).max(UNITS_MAX),
  oreUnits: z.int().min(0).max(UNITS_MAX),
  objectives: z
    .array(
      z.strictObject({
        objective: objectiveWord,
        nonce: objectiveWord,
        atSec: z.number().min(0).max(SECONDS_MAX),
      }),
    )
    .max(OBJECTIVES_MAX),
});
