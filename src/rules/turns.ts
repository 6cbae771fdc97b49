import { accrue } from "./accrual.ts";

const DAY_MS = 86_400_000;
const MULTIPLIER_MIN_BPS = 10_000;
/** The hard cap of ×1.5: at most 62.5 turns an hour (domain §1.3). */
export const MULTIPLIER_MAX_BPS = 15_000;

/** A pilot's turns and what makes them grow. */
export interface TurnPool {
  turns: number;
  /** The time up to which turns have been credited; null for an account that never was. */
  anchorMs: number | null;
  /** 1000 + rank bonus. */
  maxTurns: number;
  /** Raises the rate, never the cap: 10 000 = ×1.0, held within ×1.0..×1.5. */
  multiplierBps: number;
  /** The galaxy's default_turns_per_day at ×1.0. */
  turnsPerDay: number;
}

/** The time one turn takes, in whole ms so that crediting in two steps equals crediting in one. */
export function msPerTurn({
  multiplierBps,
  turnsPerDay,
}: Pick<TurnPool, "multiplierBps" | "turnsPerDay">): number {
  const heldBps = Math.min(Math.max(multiplierBps, MULTIPLIER_MIN_BPS), MULTIPLIER_MAX_BPS);
  return Math.max(1, Math.floor((DAY_MS * 10_000) / (turnsPerDay * heldBps)));
}

/**
 * The pool as it stands at `nowMs`; at ×1.0 and 1000 turns a day one turn takes 86 400 ms. Turns above the
 * cap are left alone. Gameplay seed, "the turn system" (turns, default_turns_per_day); domain §1.3; C-46.
 */
export function regenerateTurns(
  pool: TurnPool,
  nowMs: number,
): { turns: number; anchorMs: number; added: number } {
  const { turns, maxTurns, anchorMs } = pool;
  const { amount, ...credit } = accrue(
    { amount: turns, max: maxTurns, anchorMs, msPerUnit: msPerTurn(pool) },
    nowMs,
  );
  return { turns: amount, ...credit };
}

/** When the next turn is credited, in ms; null when the pool is full. */
export function nextTurnAtMs(pool: TurnPool, nowMs: number): number | null {
  const { turns, anchorMs } = regenerateTurns(pool, nowMs);
  return turns >= pool.maxTurns ? null : anchorMs + msPerTurn(pool);
}

/** When the pool is full (`turn_reset_at`), in ms; null when it is. Gameplay seed; domain §23.12. */
export function fullAtMs(pool: TurnPool, nowMs: number): number | null {
  const { turns, anchorMs } = regenerateTurns(pool, nowMs);
  return turns >= pool.maxTurns ? null : anchorMs + (pool.maxTurns - turns) * msPerTurn(pool);
}
