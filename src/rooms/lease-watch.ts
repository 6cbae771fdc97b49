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
export class LeaseWatch {
  readonly #pool: pg.Pool;
  readonly #sectors: ReadonlySet<SectorRoom>;
  readonly #log: Log;
  #seenSnapshot = "";
  #isAnswered = true;
  #stopWatch: StopWatch = async () => {};

  constructor(pool: pg.Pool, sectors: ReadonlySet<SectorRoom>, log: Log) {
    this.#pool = pool;
    this.#sectors = sectors;
    this.#log = log;
  }

  /** Whether the database answered when it was last looked at, which it is each second whether anybody plays or not. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  start(): void {
    this.#stopWatch = startWatch(WATCH_MS, () => this.#look());
  }

  async stop(): Promise<void> {
    await this.#stopWatch();
  }

  async #look(): Promise<void> {
    try {
      const snapshot = await readSnapshot(this.#pool);
      if (snapshot !== this.#seenSnapshot) await this.#compare();
      this.#seenSnapshot = snapshot;
      this.#isAnswered = true;
    } catch (error) {
      this.#isAnswered = false;
      this.#log.warn(
        { err: error },
        "The leases could not be compared; they are compared again in a second.",
      );
    }
  }

  async #compare(): Promise<void> {
    const held = [...this.#sectors].flatMap((room) =>
      room.live === null ? [] : [{ room, lease: room.live.lease }],
    );
    const leases = held.map(({ lease }) => lease);
    const lost = await readLostLeases(this.#pool, leases);
    for (const { room, lease } of held) if (lost.has(lease.sectorId)) room.lost();
  }
}
