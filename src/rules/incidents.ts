/**
 * Sector incidents: what they are, how they are answered, and what they leave behind. Ecosystem seed, Loop 3; domain
 * §16.6, §18. Where neither gives a number, it is ours.
 */
import { Prng } from "./galaxy/prng.ts";
import { pick } from "./random.ts";

export const INCIDENT_TYPES = ["storm", "flare", "debris_field"] as const;
export type IncidentType = (typeof INCIDENT_TYPES)[number];

export const SEVERITIES = [1, 2, 3] as const;
export type Severity = (typeof SEVERITIES)[number];

export const INCIDENT_STATUSES = [
  "detected",
  "responding",
  "resolved_success",
  "resolved_partial",
  "resolved_failure",
  "expired",
] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];
export type IncidentOutcome = Exclude<IncidentStatus, "detected" | "responding">;

/** The two answers: in a browser, and in a game. */
export const RESPONSE_MODES = ["classify", "reaction"] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** What one answer can bring at most; so a lone pilot with both masters severity 2, and severity 3 takes two pilots. */
export const RESPONSE_SCORE_MAX = 100;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Long enough for somebody to come by, short enough to end within an evening. */
export const RESPONSE_MS = 6 * HOUR_MS;
/** 24, 48 and 72 h. Ecosystem seed: "24-72h". */
const STATE_HOURS_PER_SEVERITY = 24;
export const BOOST_MS = 24 * HOUR_MS;
/** Ore of a pilot's harvests while a boost holds. */
export const BOOST_BPS = 10_500;

const READINGS = 6;
const READING_MAX = 100;
/** Readings lie around these by severity, and so far off: one alone says little, six together mostly enough. */
const READING_STEP = 25;
const READING_NOISE = 40;

/** What the incident of a seed is like; type and severity may be given instead of drawn. */
export interface IncidentPlan {
  readonly type: IncidentType;
  readonly severity: Severity;
  /** What instruments show, 0–100 each: by these its severity is judged while it is open. */
  readonly readings: readonly number[];
}

/** The same seed and choices always give the same incident. @param seed one u32 */
export function planIncident(
  seed: number,
  chosen: { type?: IncidentType; severity?: Severity } = {},
): IncidentPlan {
  const prng = new Prng(`incident/${seed}`);
  const [type, severity] = [prng.one(INCIDENT_TYPES), prng.one(SEVERITIES)];
  const judged = chosen.severity ?? severity;
  const readings = Array.from({ length: READINGS }, () => {
    const reading = READING_STEP * judged + prng.int(-READING_NOISE, READING_NOISE);
    return Math.min(READING_MAX, Math.max(0, reading));
  });
  return { type: chosen.type ?? type, severity: judged, readings };
}

/** The points that all answers together need to master it. */
export function incidentThreshold(severity: Severity): number {
  return severity * RESPONSE_SCORE_MAX;
}

/** How well a severity was judged by the readings. */
export function classificationScore(judged: Severity, severity: Severity): number {
  const off = Math.abs(judged - severity);
  if (off === 0) return RESPONSE_SCORE_MAX;
  return off === 1 ? 40 : 10;
}

/** How it ends: mastered, half mastered, tried, or answered by nobody. */
export function incidentOutcome(score: number, severity: Severity, responses: number): IncidentOutcome {
  const threshold = incidentThreshold(severity);
  if (score >= threshold) return "resolved_success";
  if (score * 2 >= threshold) return "resolved_partial";
  return responses > 0 ? "resolved_failure" : "expired";
}

export function stateHours(severity: Severity): number {
  return severity * STATE_HOURS_PER_SEVERITY;
}

/** What a sector's state does to those who are there. */
interface Effects {
  /** Ore of a harvest: 10 000 = as always. */
  readonly yieldBps: number;
  /** The window of a harvest, times this. */
  readonly windowFactor: number;
  /** What each warp out of the sector costs more. */
  readonly extraWarpTurns: number;
}

const NO_EFFECTS: Effects = { yieldBps: 10_000, windowFactor: 1, extraWarpTurns: 0 };

/** Domain §18. */
export const EFFECTS: Readonly<Record<IncidentType, Effects>> = {
  storm: { ...NO_EFFECTS, extraWarpTurns: 1 },
  flare: { ...NO_EFFECTS, windowFactor: 2 },
  debris_field: { ...NO_EFFECTS, yieldBps: 11_000 },
};

/** All of a sector's states together; each type holds once. */
export function effectsOf(types: Iterable<IncidentType>): Effects {
  let effects = NO_EFFECTS;
  for (const type of new Set(types)) {
    const { yieldBps, windowFactor, extraWarpTurns } = EFFECTS[type];
    effects = {
      yieldBps: combinedBps(effects.yieldBps, yieldBps),
      windowFactor: effects.windowFactor * windowFactor,
      extraWarpTurns: effects.extraWarpTurns + extraWarpTurns,
    };
  }
  return effects;
}

/** Several bonuses after one another, rounded down to a basis point. */
export function combinedBps(...bonuses: readonly number[]): number {
  return bonuses.reduce((product, bps) => Math.floor((product * bps) / 10_000), 10_000);
}

/** How long nobody may mine when a storm breaks: the better it was answered, the shorter. 0 for other incidents. */
export function evacuationMs(type: IncidentType, outcome: IncidentOutcome): number {
  if (type !== "storm") return 0;
  if (outcome === "resolved_success") return 10 * MINUTE_MS;
  return (outcome === "resolved_partial" ? 30 : 60) * MINUTE_MS;
}

/** A time in which a sector was evacuated; its end does not belong to it. */
export interface Evacuation {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Whether a harvest was caught: an evacuation held while it ran, or began at its very end. Design: told or not. */
export function isEvacuated(evacuation: Evacuation, startedAtMs: number, resolvesAtMs: number): boolean {
  return evacuation.fromMs <= resolvesAtMs && evacuation.untilMs > startedAtMs;
}

/** What those who answered are given; each once for an incident. */
export interface IncidentRewards {
  readonly badge: boolean;
  /** Ore +5 % wherever they mine. */
  readonly boost: boolean;
  /** The sector's asteroids run deep for them while its state lasts. */
  readonly anomaly: boolean;
}

/** @param score of the user's own answers: who brought nothing gets nothing. Ecosystem seed, Loop 3, Core Rewards. */
export function incidentRewards(outcome: IncidentOutcome, score: number): IncidentRewards {
  const won = score > 0 && outcome === "resolved_success";
  const helped = won || (score > 0 && outcome === "resolved_partial");
  return { badge: helped, boost: helped, anomaly: won };
}

/** What a mission asks of its sector's states. Domain §16.6. */
export interface StateConditions {
  /** Not to be flown while one of these holds. */
  readonly forbidden?: readonly IncidentType[];
  /** To be flown only while one of these holds. */
  readonly required?: readonly IncidentType[];
}

/** Whether a mission can be flown in a sector where these states hold. */
export function isMissionAvailable(
  { forbidden = [], required }: StateConditions,
  active: readonly IncidentType[],
): boolean {
  if (active.some((type) => forbidden.includes(type))) return false;
  return required === undefined || active.some((type) => required.includes(type));
}

/** The chance, in basis points, that one run of the generator makes an incident. */
export function generationChanceBps(perDay: number, runsPerDay: number): number {
  return Math.min(10_000, Math.floor((perDay * 10_000) / runsPerDay));
}

/** Which of `count` sectors, by one u32. */
export function chooseSector(roll: number, count: number): number {
  return pick(roll, 0, count - 1);
}
