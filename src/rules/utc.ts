export const DAY_MS = 86_400_000;

/** The UTC day of a moment, as `2030-01-31`: what "a day" is for claims, caps and retention. Ecosystem seed. */
export function utcDay(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
