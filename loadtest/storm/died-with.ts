/** Which harvests and fights may have died with their server: those alone that ran when it was killed. */
import { TICK_MS } from "../../src/commands/sector.ts";
import type { Promised } from "../truth-promises.ts";

/**
 * From the last tick of something to its outcome in the database, with two processors for bots, proxy and servers. Every
 * harvest takes a second here, so a kill has to come within two of its beginning to excuse its loss.
 */
const WRITTEN_MS_MAX = 1_000;

/** A fault, from its blow until it was made good, by `performance.now()`. */
export interface Outage {
  readonly atMs: number;
  readonly curedMs: number;
  /** Killed, or stopped and replaced: what the server had only in its memory is gone. Otherwise it comes later. */
  readonly killsServer: boolean;
}

/** @param outages in the order in which they came @returns whether one of them may have taken it */
export function diedWith({ acceptedMs, ticks }: Promised, outages: readonly Outage[]): boolean {
  let writtenMs = acceptedMs + ticks * TICK_MS + WRITTEN_MS_MAX;
  for (const { atMs, curedMs, killsServer } of outages) {
    if (curedMs < acceptedMs || atMs > writtenMs) continue;
    if (killsServer) return true;
    // Outcomes wait for the database.
    writtenMs = Math.max(writtenMs, curedMs + WRITTEN_MS_MAX);
  }
  return false;
}
