/** A way from one sector to the next. */
export interface Warp {
  /** Turns at normal speed; natural tunnels have 1–3. */
  turnCost: number;
  /** Gates built by players are free. */
  isPlayerGate: boolean;
  /** What the state of the sector it leaves adds: a storm does (domain §18). Gates are sheltered. */
  extraTurns?: number;
}

/**
 * Turns a warp costs, the same for every hull, at least 1 through a natural tunnel. `speedModifierBps` is
 * what a ship's maintenance adds to (or, negative, takes from) its speed. Domain §1.7.
 */
export function warpTurns({ turnCost, isPlayerGate, extraTurns = 0 }: Warp, speedModifierBps = 0): number {
  if (isPlayerGate) return 0;
  return Math.max(1, Math.floor((turnCost * 10_000) / (10_000 + speedModifierBps))) + extraTurns;
}
