/**
 * The reaction to an incident: cues come in four lanes, each to be answered in its lane at its time. The server draws
 * them, keeps the time of the start, and counts the score itself; a client says only what was pressed when.
 */
import { Prng } from "./galaxy/prng.ts";
import { RESPONSE_SCORE_MAX } from "./incidents.ts";

export const LANES = 4;
export const CUES = 10;
/** An answer so much off is a hit: people's reaction time, and what a frame and a finger add. */
const HIT_MS = 400;
/** The first cue gives time to look up. */
const FIRST_CUE_MS = 1_500;
/**
 * Between two cues: never so short that two hits overlap. The same for each severity, since judging that is the other
 * answer, and the cues would give it away.
 */
const GAP_MS = [850, 1_250] as const;
/** Loading a scene after the start takes a while; a run as old as this was left. */
export const REACTION_MS_MAX = 120_000;

export interface Cue {
  /** After the start. */
  readonly atMs: number;
  /** 0 … 3. */
  readonly lane: number;
}

export interface Press {
  /** Of the cue that it answers, counted from 0. */
  readonly cue: number;
  readonly lane: number;
  /** After the start, by the client's clock. */
  readonly atMs: number;
}

/** The cues of a run. @param seed one u32 */
export function drawCues(seed: number): Cue[] {
  const prng = new Prng(`reaction/${seed}`);
  let atMs = FIRST_CUE_MS;
  return Array.from({ length: CUES }, () => {
    const cue = { atMs, lane: prng.int(0, LANES - 1) };
    atMs += prng.int(...GAP_MS);
    return cue;
  });
}

/** How long the cues take: nobody can have answered them all sooner. */
export function reactionMs(cues: readonly Cue[]): number {
  return Math.max(0, ...cues.map(({ atMs }) => atMs)) - HIT_MS;
}

/** The share of cues that were hit; of several answers to one, the first counts. */
export function reactionScore(cues: readonly Cue[], presses: readonly Press[]): number {
  const hits = cues.filter((cue, index) => {
    const press = presses.find((one) => one.cue === index);
    return press !== undefined && press.lane === cue.lane && Math.abs(press.atMs - cue.atMs) <= HIT_MS;
  });
  return Math.floor((hits.length * RESPONSE_SCORE_MAX) / cues.length);
}
