import type pg from "pg";
import type { Clock } from "../clock.ts";
import { tellDepletionChanges } from "../persistence/bookmarks.ts";
import { expireRuns } from "../persistence/expeditions.ts";
import { tellLicenseExpiry } from "../persistence/license-notices.ts";
import { eachAlone } from "../persistence/sqlstate.ts";

/**
 * Tells pilots, there or not, of licences that end and of bookmarked fields that changed, and ends expeditions whose time
 * is up. Safe to repeat.
 * @throws what kept one of them from being done; all others have been
 */
export async function giveNotices(
  pool: pg.Pool,
  clock: Pick<Clock, "nowMs">,
  ending?: AbortSignal,
): Promise<void> {
  const nowMs = clock.nowMs();
  const steps = [
    () => tellLicenseExpiry(pool, nowMs, ending),
    () => tellDepletionChanges(pool, nowMs, ending),
    () => expireRuns(pool, nowMs),
  ];
  await eachAlone<() => Promise<unknown>>(steps, (step) => step(), ending);
}
