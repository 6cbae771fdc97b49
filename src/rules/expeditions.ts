import { Prng } from "./galaxy/prng.ts";
import type { RichnessTier } from "./mining.ts";
import type { Loadout, Mission } from "./missions.ts";
import type { Phase } from "./phases.ts";
import { chance, pick } from "./random.ts";
import type { RewardType } from "./rewards.ts";

/** What becomes of a run; the last four are its ends (domain §16.4). */
export const RUN_STATUSES = ["created", "started", "completed", "rejected", "expired", "cancelled"] as const;

/** From its creation on a run can be played for so long (domain §16.4). */
export const RUN_MS = 30 * 60_000;
/** One of each mission, and no more than these at once. */
export const OPEN_RUNS_MAX = 3;
/** Nobody plays more in earnest, and each run makes rows. */
export const RUNS_PER_DAY_MAX = 50;

/** What a user is paid by runs in one UTC day, by phase of the rollout. Ecosystem seed: strict payout caps in the pilot. */
export const DAILY_CAPS: Readonly<Record<Phase, Readonly<Record<RunReward, number>>>> = {
  pilot: { ore_units: 120, stardust_bonus: 12, expedition_reputation: 6 },
  expand: { ore_units: 240, stardust_bonus: 24, expedition_reputation: 12 },
  live: { ore_units: 400, stardust_bonus: 40, expedition_reputation: 20 },
};

export const RUN_REWARDS = [
  "ore_units",
  "stardust_bonus",
  "expedition_reputation",
] as const satisfies RewardType[];
export type RunReward = (typeof RUN_REWARDS)[number];

/** The order of a run's objectives: the run's seed decides, so client and server agree on it. */
export function objectiveOrder(mission: Pick<Mission, "objectives">, seed: number): string[] {
  return new Prng(`expedition/${seed}`).shuffled(mission.objectives);
}

/** An objective that is to be reached, and what proves that the run had been started when it was. */
export interface Objective {
  readonly objective: string;
  readonly nonce: string;
}

/** What the client says of a run. */
export interface Metrics {
  readonly sectorId: number;
  readonly seed: number;
  readonly durationSec: number;
  readonly objectiveScore: number;
  readonly oreUnits: number;
  /** Those that were reached, in the order in which they were. */
  readonly objectives: readonly (Objective & { readonly atSec: number })[];
}

/** What the server knows of it. */
export interface KnownRun {
  readonly sectorId: number;
  readonly seed: number;
  readonly objectives: readonly Objective[];
  readonly richnessTier: RichnessTier;
  readonly loadout: Loadout;
  /** From its start to now, by the server's clock. */
  readonly elapsedSec: number;
}

export type MetricsFault =
  | "metrics_mismatch"
  | "score_out_of_range"
  | "objective_proof_missing"
  | "duration_below_floor";

/**
 * What is wrong with metrics that contradict what the server knows; null when nothing is. A duration is not wrong for
 * being too long: what is paid for is never more than the server has measured. Domain §16.3, §16.4.
 */
export function faultOf(mission: Mission, run: KnownRun, metrics: Metrics): MetricsFault | null {
  if (metrics.sectorId !== run.sectorId || metrics.seed !== run.seed) return "metrics_mismatch";
  if (metrics.objectiveScore > mission.objectiveScoreMax) return "score_out_of_range";
  if (!isProven(run, metrics)) return "objective_proof_missing";
  return metrics.durationSec < mission.durationSecMin ? "duration_below_floor" : null;
}

/** The objectives reached are the first ones of the run, in order, each after the one before and within the run. */
function isProven(run: KnownRun, { objectives, durationSec }: Metrics): boolean {
  if (objectives.length === 0) return false;
  return objectives.every(({ objective, nonce, atSec }, index) => {
    const due = run.objectives[index];
    const beforeSec = objectives[index - 1]?.atSec ?? 0;
    return due?.objective === objective && due.nonce === nonce && atSec >= beforeSec && atSec <= durationSec;
  });
}

export type CapReason =
  | "below_duration_floor"
  | "objectives_incomplete"
  | "rate_cap"
  | "mission_cap"
  | "daily_cap";

/** What one reward comes to: what it would be, what it is, and what cut it. */
export interface Payout {
  readonly rewardType: RunReward;
  readonly requestedValue: number;
  readonly value: number;
  readonly capReason: CapReason | null;
}

/** A limit on a payout, and what it is called. */
type Limit = readonly [reason: CapReason, most: number];

/** What is left of a day's caps. */
export type DayLeft = Readonly<Record<RunReward, number>>;

/**
 * What a run without fault is paid: what was asked for, held within every limit; the tightest names itself. Ecosystem
 * seed, "High-value minigame payout": duration floor and objective proof. Domain §16.3.
 */
export function payouts(mission: Mission, run: KnownRun, metrics: Metrics, left: DayLeft): Payout[] {
  const floor: Limit[] = run.elapsedSec < mission.durationSecMin ? [["below_duration_floor", 0]] : [];
  const reached = metrics.objectives.length;
  const share = (most: number) => Math.floor((most * reached) / mission.objectives.length);
  const paidSec = Math.min(run.elapsedSec, metrics.durationSec, mission.durationSecMax);
  const perMinute = mission.orePerMinute * DRILL_ORE_BPS[run.loadout.drill] * TIER_ORE_BPS[run.richnessTier];
  const stardust = Math.floor((mission.stardustMax * metrics.objectiveScore) / mission.objectiveScoreMax);
  return [
    pay("ore_units", metrics.oreUnits, [
      ...floor,
      [
        "objectives_incomplete",
        reached < mission.objectives.length ? share(mission.oreMax) : Number.POSITIVE_INFINITY,
      ],
      ["rate_cap", Math.floor((perMinute * paidSec) / (60 * 10_000 * 10_000))],
      ["mission_cap", mission.oreMax],
      ["daily_cap", left.ore_units],
    ]),
    pay("stardust_bonus", stardust, [
      ...floor,
      ["objectives_incomplete", share(mission.stardustMax)],
      ["daily_cap", left.stardust_bonus],
    ]),
    pay("expedition_reputation", mission.reputation, [
      ...floor,
      ["objectives_incomplete", share(mission.reputation)],
      ["daily_cap", left.expedition_reputation],
    ]),
  ];
}

function pay(rewardType: RunReward, requestedValue: number, limits: readonly Limit[]): Payout {
  let [value, capReason]: [number, CapReason | null] = [requestedValue, null];
  for (const [reason, most] of limits) {
    if (most < value) [value, capReason] = [Math.max(0, most), reason];
  }
  return { rewardType, requestedValue, value, capReason };
}

/** What a drill digs in a minute, 10 000 = the mission's own. */
export const DRILL_ORE_BPS: Readonly<Record<Loadout["drill"], number>> = {
  standard: 10_000,
  heavy: 12_500,
  precision: 8_000,
};
/** A field of tier 3 is what missions are made for. */
export const TIER_ORE_BPS: Readonly<Record<RichnessTier, number>> = {
  1: 5_000,
  2: 7_500,
  3: 10_000,
  4: 12_500,
  5: 15_000,
};

export const ORE_GRADES = ["poor", "common", "fine", "pristine"] as const;
export type OreGrade = (typeof ORE_GRADES)[number];
const GRADE_MIN: Readonly<Record<OreGrade, number>> = { poor: 0, common: 40, fine: 65, pristine: 85 };
const QUALITY_ROLL_MAX = 50;
const QUALITY_PER_TIER = 5;
const QUALITY_OF_SCORE = 20;
/** Points of quality that a precision drill brings. */
export const QUALITY_OF_PRECISION = 10;

/** What was found out there. */
export const ANOMALIES = [
  "magnetic_void",
  "crystal_lattice",
  "old_signal",
  "cold_trace",
  "hollow_body",
] as const;
export type Anomaly = (typeof ANOMALIES)[number];
/** The chance of a clue in a whole run, and what a deep scanner adds. */
export const CLUE_BPS = 2_000;
export const CLUE_DEEP_BPS = 2_500;

/** The dice of a run's end: kept with it, so that what it brought can be computed again. */
export interface RunRolls {
  readonly quality: number;
  readonly clue: number;
  readonly anomaly: number;
}

export interface Findings {
  /** 0–100. */
  readonly oreQuality: number;
  readonly oreGrade: OreGrade;
  /** Null for none. */
  readonly anomaly: Anomaly | null;
}

/** Ore quality and anomaly clues: by dice, field, score and what was taken along. Clues are for whoever did it all. */
export function findings(mission: Mission, run: KnownRun, metrics: Metrics, rolls: RunRolls): Findings {
  const quality =
    pick(rolls.quality, 0, QUALITY_ROLL_MAX) +
    run.richnessTier * QUALITY_PER_TIER +
    Math.floor((metrics.objectiveScore * QUALITY_OF_SCORE) / mission.objectiveScoreMax) +
    (run.loadout.drill === "precision" ? QUALITY_OF_PRECISION : 0);
  const oreQuality = Math.min(100, quality);
  const clueBps = CLUE_BPS + (run.loadout.scanner === "deep" ? CLUE_DEEP_BPS : 0);
  const isWhole = metrics.objectives.length === mission.objectives.length;
  const found = isWhole && run.elapsedSec >= mission.durationSecMin && chance(rolls.clue, clueBps);
  const anomaly = found ? (ANOMALIES[pick(rolls.anomaly, 0, ANOMALIES.length - 1)] ?? null) : null;
  return { oreQuality, oreGrade: gradeOf(oreQuality), anomaly };
}

function gradeOf(quality: number): OreGrade {
  return ORE_GRADES.findLast((grade) => quality >= GRADE_MIN[grade]) ?? "poor";
}

const ANOMALY_TEXTS: Readonly<Record<Anomaly, string>> = {
  magnetic_void: "the compass fell silent over a patch of empty rock",
  crystal_lattice: "a lattice in the core sample rang like a bell",
  old_signal: "something answered the scanner, slowly, from far below",
  cold_trace: "a trace colder than space ran through the shaft",
  hollow_body: "one of the bodies weighs far less than it should",
};

/** The line of the mission log. */
export function narrative(
  mission: Pick<Mission, "title">,
  oreUnits: number,
  { oreGrade, anomaly }: Findings,
): string {
  const ore = oreUnits === 0 ? "came home empty" : `brought home ${oreUnits} units of ${oreGrade} ore`;
  const found = anomaly === null ? "" : `; ${ANOMALY_TEXTS[anomaly]}`;
  return `${mission.title}: the crew ${ore}${found}.`;
}
