const HOUR_MS = 3_600_000;
/** So many extractions without a licence within the window bring the Consortium's enforcement (C-26). */
export const EXTRACTIONS_FOR_ENFORCEMENT = 3;
const WINDOW_MS = 24 * HOUR_MS;
const FLAG_MS = 24 * HOUR_MS;

/**
 * Whether one more extraction without a licence is one too many; `earlierMs` are the times of those before it, the
 * newest at least. Mining seed, "License effects"; C-26.
 * @returns until when the pilot is flagged; null when they are not yet
 */
export function enforcementUntilMs(earlierMs: readonly number[], nowMs: number): number | null {
  const recent = earlierMs.filter((atMs) => atMs > nowMs - WINDOW_MS).length + 1;
  return recent >= EXTRACTIONS_FOR_ENFORCEMENT ? nowMs + FLAG_MS : null;
}
