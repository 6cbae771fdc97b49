import type pg from "pg";
import { readLostLeases } from "../persistence/leases.ts";
import type { Log } from "../telemetry/log.ts";
import type { SectorRoom } from "./sector-room.ts";

/** A pilot in a room that has lost its sector finds out within this time, even if they do nothing. */
const WATCH_MS = 1_000;

/** Once a second all rooms of the process ask, in one statement, whether they still hold their sectors. */
export function startLeaseWatch(
  pool: pg.Pool,
  sectors: ReadonlySet<SectorRoom>,
  log: Log,
): () => Promise<void> {
  let watching: Promise<void> | null = null;

  const watch = async () => {
    const held = [...sectors].flatMap((room) =>
      room.live === null ? [] : [{ room, lease: room.live.lease }],
    );
    try {
      const lost = await readLostLeases(
        pool,
        held.map(({ lease }) => lease),
      );
      for (const { room, lease } of held) if (lost.has(lease.sectorId)) room.lost();
    } catch (error) {
      log.warn({ err: error }, "The leases could not be compared; they are compared again in a second.");
    }
  };

  const timer = setInterval(() => {
    watching ??= watch().finally(() => {
      watching = null;
    });
  }, WATCH_MS);
  return async () => {
    clearInterval(timer);
    await watching;
  };
}
