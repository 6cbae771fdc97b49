import type { Clock } from "../clock.ts";
import type { BanList } from "../persistence/bans.ts";
import type { CommitQueue } from "../persistence/commit-queue.ts";
import type { Database } from "../persistence/database.ts";
import type { GalaxyRoom } from "../rooms/galaxy-room.ts";
import type { LeaseWatch } from "../rooms/lease-watch.ts";
import type { PatchRate } from "../rooms/patch-rate.ts";
import type { SectorRoom } from "../rooms/sector-room.ts";
import type { Reading, Sample } from "../telemetry/metrics.ts";
import type { GUARDRAILS } from "../telemetry/metrics-catalogue.ts";

const MS_PER_SECOND = 1000;

/** What metrics are read from. */
export interface Readable {
  readonly queue: CommitQueue;
  readonly patchRate: PatchRate;
  readonly sectors: ReadonlySet<SectorRoom>;
  readonly galaxies: ReadonlySet<GalaxyRoom>;
  readonly database: Database;
  readonly queueDatabase: Database;
  readonly leases: Pick<LeaseWatch, "isAnswered">;
  readonly clock: Pick<Clock, "isSkewed">;
  readonly bans: BanList;
  readonly isDraining: () => boolean;
}

/** What the running server says of this moment. */
export function readServer(server: Readable): Omit<Reading, keyof typeof GUARDRAILS> {
  const { queue, sectors } = server;
  const clients = { pilots: 0, spectators: 0, galaxy: 0 };
  let ships = 0;
  for (const room of sectors) {
    const { pilots, spectators } = room.clientCounts;
    clients.pilots += pilots;
    clients.spectators += spectators;
    ships += room.live?.pilotCount ?? 0;
  }
  for (const room of server.galaxies) clients.galaxy += room.clients.length;
  const pools = { queries: server.database.pool, queue: server.queueDatabase.pool };
  return {
    sectorkeep_fenced_writes_total: queue.counts.fenced,
    sectorkeep_failed_outcomes_total: queue.counts.failed,
    sectorkeep_locked_waits_total: queue.counts.lockedWaits,
    sectorkeep_batches_halved_total: queue.counts.halvings,
    sectorkeep_database_losses_total: queue.counts.awayPeriods,
    sectorkeep_queue_items: [
      sample("state", "waiting", queue.size - queue.inFlight),
      sample("state", "in_flight", queue.inFlight),
    ],
    sectorkeep_queue_oldest_seconds: queue.oldestMs / MS_PER_SECOND,
    sectorkeep_queue_away: flag(queue.refusal() === "store_unavailable"),
    sectorkeep_database_up: flag(server.leases.isAnswered),
    sectorkeep_patch_hz: server.patchRate.hz,
    sectorkeep_rooms: sectors.size,
    sectorkeep_ships: ships,
    sectorkeep_clients: [
      sample("kind", "pilot", clients.pilots),
      sample("kind", "spectator", clients.spectators),
      sample("kind", "galaxy", clients.galaxy),
    ],
    sectorkeep_database_connections: Object.entries(pools).flatMap(([pool, { totalCount, idleCount }]) => [
      { labels: { pool, state: "idle" }, value: idleCount },
      { labels: { pool, state: "busy" }, value: totalCount - idleCount },
    ]),
    sectorkeep_database_waiting: Object.entries(pools).map(([pool, { waitingCount }]) =>
      sample("pool", pool, waitingCount),
    ),
    sectorkeep_clock_skewed: flag(server.clock.isSkewed()),
    sectorkeep_draining: flag(server.isDraining()),
    sectorkeep_bans: server.bans.size,
  };
}

function sample(label: string, name: string, value: number): Sample {
  return { labels: { [label]: name }, value };
}

function flag(holds: boolean): number {
  return holds ? 1 : 0;
}
