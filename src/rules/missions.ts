import { INCIDENT_TYPES, type IncidentType, type StateConditions } from "./incidents.ts";
import type { RichnessTier } from "./mining.ts";
import type { SurfaceKind } from "./surfaces.ts";

/** What an expedition takes along. Each choice gives something up for what it brings; some have to be researched. */
export const DRILLS = ["standard", "heavy", "precision"] as const;
export const SCANNERS = ["basic", "deep"] as const;

export interface Loadout {
  readonly drill: (typeof DRILLS)[number];
  readonly scanner: (typeof SCANNERS)[number];
}

/** A mission of the prospecting chain. Ecosystem seed, Loop 1. */
export interface Mission {
  readonly title: string;
  readonly briefing: string;
  /** Missions of one template share their daily claim. */
  readonly template: "survey" | "extraction" | "prospect";
  /** What kinds of surface it can be played on. */
  readonly surfaceKinds: readonly SurfaceKind[];
  readonly richnessTierMin: RichnessTier;
  /** What incidents may have left, or must have left, in its sector (domain §16.6). */
  readonly states: StateConditions;
  /** The floor below which nothing is paid, and the time past which no more is. */
  readonly durationSecMin: number;
  readonly durationSecMax: number;
  readonly objectiveScoreMax: number;
  /** What is to be done; each run has them in an order of its own. */
  readonly objectives: readonly string[];
  /** With the standard drill on a field of tier 3. */
  readonly orePerMinute: number;
  readonly oreMax: number;
  readonly stardustMax: number;
  readonly reputation: number;
}

/** The missions that ship with the game, by their id. */
export const MISSIONS = {
  belt_survey: {
    title: "Belt survey",
    briefing: "Fly the belt, chart three bodies, and bring a core sample home.",
    template: "survey",
    surfaceKinds: ["godot", "web", "program"],
    richnessTierMin: 1,
    states: { forbidden: ["storm"] },
    durationSecMin: 45,
    durationSecMax: 600,
    objectiveScoreMax: 1000,
    objectives: ["chart_inner", "chart_outer", "tag_body", "core_sample"],
    orePerMinute: 6,
    oreMax: 20,
    stardustMax: 2,
    reputation: 1,
  },
  core_extraction: {
    title: "Core extraction",
    briefing: "Anchor on a rich body, drill to its core and get out before it breaks up.",
    template: "extraction",
    surfaceKinds: ["godot", "program"],
    richnessTierMin: 3,
    states: { forbidden: ["storm", "flare"] },
    durationSecMin: 90,
    durationSecMax: 900,
    objectiveScoreMax: 1000,
    objectives: ["anchor", "drill_shaft", "shore_up", "extract_core", "lift_off"],
    orePerMinute: 12,
    oreMax: 60,
    stardustMax: 4,
    reputation: 2,
  },
  anomaly_prospect: {
    title: "Anomaly prospect",
    briefing: "Follow the readings to whatever makes them, and come back with proof.",
    template: "prospect",
    surfaceKinds: ["godot", "program"],
    richnessTierMin: 2,
    states: {},
    durationSecMin: 120,
    durationSecMax: 900,
    objectiveScoreMax: 1000,
    objectives: ["first_reading", "second_reading", "triangulate", "approach", "record"],
    orePerMinute: 4,
    oreMax: 25,
    stardustMax: 6,
    reputation: 3,
  },
  debris_salvage: {
    title: "Debris salvage",
    briefing: "Something broke up out there. Sweep the field before it scatters.",
    template: "extraction",
    surfaceKinds: ["godot", "program"],
    richnessTierMin: 1,
    states: { forbidden: ["storm"], required: ["debris_field"] },
    durationSecMin: 60,
    durationSecMax: 600,
    objectiveScoreMax: 1000,
    objectives: ["mark_debris", "net_first", "net_second", "tow_home"],
    orePerMinute: 15,
    oreMax: 60,
    stardustMax: 4,
    reputation: 2,
  },
} as const satisfies Record<string, Mission>;

export type MissionId = keyof typeof MISSIONS;

export const MISSION_IDS = [
  "belt_survey",
  "core_extraction",
  "anomaly_prospect",
  "debris_salvage",
] as const satisfies MissionId[];

export const MISSION_TEMPLATES = [
  "survey",
  "extraction",
  "prospect",
] as const satisfies Mission["template"][];

/** What a reaction to an incident is called wherever missions are named. */
export function reactionMissionId(type: IncidentType): string {
  return `reaction_${type}`;
}

/** Everything that a session or a product event can name as its mission. */
export const ALL_MISSION_IDS: readonly string[] = [...MISSION_IDS, ...INCIDENT_TYPES.map(reactionMissionId)];

/** The mission of an id, whatever its own numbers are. */
export function missionOf(missionId: MissionId): Mission {
  return MISSIONS[missionId];
}
