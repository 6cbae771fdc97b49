export const DAY_MS = 86_400_000;

/** The UTC day of a moment, as `2030-01-31`: what "a day" is for claims, caps and retention. Ecosystem seed. */
export function utcDay(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}

export const WEEK_MS = 7 * DAY_MS;
/** Monday 1970-01-05: weeks are counted from here, Monday 00:00 UTC to Sunday 24:00. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const THURSDAY_MS = 3 * DAY_MS;

/** The Monday 00:00 UTC with which a moment's week began. */
export function mondayMs(nowMs: number): number {
  return FIRST_MONDAY_MS + Math.floor((nowMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS;
}

/** A moment's week after ISO 8601, as `2030-W05`: it belongs to the year that its Thursday is in. */
export function isoWeek(nowMs: number): string {
  const thursdayMs = mondayMs(nowMs) + THURSDAY_MS;
  const year = new Date(thursdayMs).getUTCFullYear();
  const week = Math.floor((thursdayMs - Date.UTC(year, 0, 1)) / WEEK_MS) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
