import type pg from "pg";
import type { Clock } from "../clock.ts";
import { showConditions } from "../commands/harvest.ts";
import { readConditions } from "../persistence/conditions.ts";
import { readOpenIncidents } from "../persistence/incidents.ts";
import { readSnapshot } from "../persistence/snapshot.ts";
import type { Log } from "../telemetry/log.ts";
import type { SectorRoom } from "./sector-room.ts";
import { type StopWatch, startWatch } from "./watch.ts";

/** An evacuation is told within this time; what comes due before that is settled by it all the same. */
const WATCH_MS = 1_000;

/**
 * Brings live sectors what incidents do to them, whichever process resolved them: two queries a second for all rooms, and
 * none while nothing at all is written.
 */
export class IncidentWatch {
  readonly #pool: pg.Pool;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #sectors: ReadonlySet<SectorRoom>;
  readonly #log: Log;
  #stopWatch: StopWatch = async () => {};
  #seenSnapshot = "";

  constructor(pool: pg.Pool, clock: Pick<Clock, "nowMs">, sectors: ReadonlySet<SectorRoom>, log: Log) {
    this.#pool = pool;
    this.#clock = clock;
    this.#sectors = sectors;
    this.#log = log;
  }

  start(): void {
    this.#stopWatch = startWatch(WATCH_MS, () => this.look());
  }

  async stop(): Promise<void> {
    await this.#stopWatch();
  }

  /** One look. Never throws: the next makes up for it. */
  async look(): Promise<void> {
    try {
      const snapshot = await readSnapshot(this.#pool);
      if (snapshot !== this.#seenSnapshot) await this.#read();
      this.#seenSnapshot = snapshot;
    } catch (error) {
      this.#log.warn({ err: error }, "Incidents could not be read; they are read again in a second.");
    }
    // States begin and end by the clock alone, too.
    for (const { live } of this.#sectors) {
      if (live?.conditions.hasAny === true) live.reliably(() => showConditions(live));
    }
  }

  async #read(): Promise<void> {
    const rooms = [...this.#sectors].filter((room) => room.live !== null);
    if (rooms.length === 0) return;
    const sectorIds = rooms.map((room) => room.sector.record.sectorId);
    const nowMs = this.#clock.nowMs();
    const conditions = await readConditions(this.#pool, sectorIds, nowMs);
    const bySector = Map.groupBy(conditions, ({ sectorId }) => sectorId);
    // A galaxy has few at a time: not worth naming thousands of sectors.
    const open = await readOpenIncidents(this.#pool, null, nowMs);
    const openBySector = new Map(open.map((incident) => [incident.sectorId, incident]));
    for (const { live } of rooms) {
      if (live === null) continue;
      const { sectorId } = live.record;
      const [states, incident] = [bySector.get(sectorId) ?? [], openBySector.get(sectorId) ?? null];
      // Nothing before and nothing now: so it is in most sectors, most of the time.
      if (!live.conditions.hasAny && states.length === 0 && incident === null) continue;
      live.conditions.replace(states, incident);
      live.reliably(() => showConditions(live));
    }
  }
}
