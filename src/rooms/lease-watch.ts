import type pg from "pg";
import { readLostLeases } from "../persistence/leases.ts";
import { readSnapshot } from "../persistence/snapshot.ts";
import type { Log } from "../telemetry/log.ts";
import type { SectorRoom } from "./sector-room.ts";
import { type StopWatch, startWatch } from "./watch.ts";

/** A pilot in a room that has lost its sector finds out within this time, even if they do nothing. */
const WATCH_MS = 1_000;

/**
 * Once a second all rooms of the process ask, in one statement, whether they still hold their sectors; unless nothing at
 * all was written since they were told that they do.
 */
export function startLeaseWatch(pool: pg.Pool, sectors: ReadonlySet<SectorRoom>, log: Log): StopWatch {
  let seenSnapshot = "";
  return startWatch(WATCH_MS, async () => {
    try {
      const snapshot = await readSnapshot(pool);
      if (snapshot === seenSnapshot) return;
      const held = [...sectors].flatMap((room) =>
        room.live === null ? [] : [{ room, lease: room.live.lease }],
      );
      const leases = held.map(({ lease }) => lease);
      const lost = await readLostLeases(pool, leases);
      for (const { room, lease } of held) if (lost.has(lease.sectorId)) room.lost();
      seenSnapshot = snapshot;
    } catch (error) {
      log.warn({ err: error }, "The leases could not be compared; they are compared again in a second.");
    }
  });
}
