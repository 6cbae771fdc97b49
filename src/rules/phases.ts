/** Rollout of the ecosystem: its seed, Rollout Sequence. Each phase keeps what the ones before it opened. */
export const PHASES = [
  /** Prospecting expeditions: few reward types, strict payout caps. */
  "pilot",
  /** And guild contracts, leaderboards by surface. */
  "expand",
  /** And sector incidents, weekly survey prompts. */
  "live",
] as const;

export type Phase = (typeof PHASES)[number];

/** Whether an installation in `current` offers what begins with `needed`. */
export function hasReached(current: Phase, needed: Phase): boolean {
  return PHASES.indexOf(current) >= PHASES.indexOf(needed);
}
