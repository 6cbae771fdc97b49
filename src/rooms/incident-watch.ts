import type pg from "pg";
import type { Clock } from "../clock.ts";
import { takeConditions } from "../commands/harvest.ts";
import { readConditions } from "../persistence/conditions.ts";
import { readOpenIncidents } from "../persistence/incidents.ts";
import type { Log } from "../telemetry/log.ts";
import type { SectorRoom } from "./sector-room.ts";

/** An evacuation is told within this time; what comes due before that is settled by it all the same. */
const WATCH_MS = 1_000;

/** Brings live sectors what incidents do to them, whichever process resolved them: two queries a second for all rooms. */
export class IncidentWatch {
  readonly #pool: pg.Pool;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #sectors: ReadonlySet<SectorRoom>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;

  constructor(pool: pg.Pool, clock: Pick<Clock, "nowMs">, sectors: ReadonlySet<SectorRoom>, log: Log) {
    this.#pool = pool;
    this.#clock = clock;
    this.#sectors = sectors;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = null;
      });
    }, WATCH_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#looking;
  }

  /** One look. Never throws: the next makes up for it. */
  async look(): Promise<void> {
    const rooms = [...this.#sectors].filter((room) => room.live !== null);
    if (rooms.length === 0) return;
    const sectorIds = rooms.map((room) => room.sector.record.sectorId);
    const nowMs = this.#clock.nowMs();
    try {
      const conditions = await readConditions(this.#pool, sectorIds, nowMs);
      const bySector = Map.groupBy(conditions, ({ sectorId }) => sectorId);
      const open = await readOpenIncidents(this.#pool, sectorIds, nowMs);
      for (const room of rooms) {
        const sector = room.live;
        if (sector === null) continue;
        const { sectorId } = sector.record;
        const here = bySector.get(sectorId) ?? [];
        const incident = open.find((one) => one.sectorId === sectorId) ?? null;
        sector.reliably(() => takeConditions(sector, here, incident));
      }
    } catch (error) {
      this.#log.warn({ err: error }, "Incidents could not be read; they are read again in a second.");
    }
  }
}
