/**
 * What there is to classify: measurements made from their own names, a new set each week for each theme. They stand in
 * for a survey's archive, which an installation would have to be given; some are plain enough that the truth is known.
 */
import type { ContractTheme } from "./contracts.ts";
import { Prng } from "./galaxy/prng.ts";

/** More than one user may contribute in a day, so that nobody runs out on the first. */
export const SUBJECTS_PER_WEEK = 90;
/** One in so many is gold standard, here and there among the others. */
const GOLD_ONE_IN = 4;
const READINGS = 40;
const LEVEL = 1_000;

/** What can be said of a subject: that it shows what the theme looks for, or that it does not. */
export const SUBJECT_ANSWERS = {
  "planet-hunting": ["transit", "no_transit"],
  "cloud-tracking": ["storm_front", "calm"],
  solar: ["flare", "quiet"],
} as const satisfies Record<ContractTheme, readonly [shows: string, shows_not: string]>;
export type SubjectAnswer = (typeof SUBJECT_ANSWERS)[ContractTheme][number];

export const ALL_ANSWERS = ["transit", "no_transit", "storm_front", "calm", "flare", "quiet"] as const;

export interface Subject {
  readonly subjectId: string;
  /** 40 in a row, around 1000: brightness, cloud height, X-ray flux. */
  readonly readings: readonly number[];
  /** What it is known to show; null where nobody knows. Never told before it was classified. */
  readonly truth: SubjectAnswer | null;
}

export function subjectId(theme: ContractTheme, week: string, index: number): string {
  return `${theme}.${week}.${index}`;
}

/** A subject of a contract; null when the contract has none of that name. The same name always gives the same one. */
export function subjectOf(theme: ContractTheme, week: string, id: string): Subject | null {
  const index = Number(id.slice(id.lastIndexOf(".") + 1));
  const isOne = Number.isInteger(index) && index >= 0 && index < SUBJECTS_PER_WEEK;
  if (!isOne || id !== subjectId(theme, week, index)) return null;
  const prng = new Prng(`subject/${id}`);
  const isGold = prng.int(1, GOLD_ONE_IN) === 1;
  const shows = prng.int(0, 1) === 1;
  const [yes, no] = SUBJECT_ANSWERS[theme];
  // What is plain to see stands far out of the noise; of the others nobody could swear to anything.
  const height = shows ? (isGold ? 300 : prng.int(40, 120)) : 0;
  const noise = isGold ? 25 : 60;
  const readings = feature(theme, prng).map(
    (part) => LEVEL + Math.round(part * height) + prng.int(-noise, noise),
  );
  return { subjectId: id, readings, truth: isGold ? (shows ? yes : no) : null };
}

/** How what is looked for looks, as parts of its height: dips that come back, a ridge, a jump that decays. */
function feature(theme: ContractTheme, prng: Prng): number[] {
  const at = prng.int(4, READINGS - 16);
  const period = prng.int(9, 13);
  return Array.from({ length: READINGS }, (_, index) => {
    const after = index - at;
    if (theme === "planet-hunting") return after >= 0 && after % period < 2 ? -1 : 0;
    if (theme === "cloud-tracking") return Math.max(0, 1 - Math.abs(after - 5) / 6);
    return after < 0 ? 0 : 0.85 ** after;
  });
}
