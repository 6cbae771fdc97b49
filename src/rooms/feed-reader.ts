import type { Pilot } from "../commands/pilot.ts";
import type { Log } from "../commands/services.ts";
import type { PilotEvent } from "../persistence/books.ts";
import type { Database } from "../persistence/database.ts";
import { FEED_PAGE_MAX, readFeed } from "../persistence/feed.ts";

/** How often all pilots' feeds are looked at for what somebody else wrote, or what a lost reply kept from us. */
const POLL_MS = 1_000;

/** Brings pilots the events that their room did not write itself, and those they missed while they were away. */
export class FeedReader {
  readonly #database: Database;
  readonly #pilots: () => Iterable<Pilot>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  #polling: Promise<void> | null = null;

  constructor(database: Database, pilots: () => Iterable<Pilot>, log: Log) {
    this.#database = database;
    this.#pilots = pilots;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#polling ??= this.poll().finally(() => {
        this.#polling = null;
      });
    }, POLL_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#polling;
  }

  /** One look at the feeds of all pilots who have a client, in one query. Never throws: the next look makes up for it. */
  async poll(): Promise<void> {
    const listening = [...this.#pilots()].filter((pilot) => pilot.client !== null);
    try {
      await this.#bring(listening);
    } catch (error) {
      this.#log.warn({ err: error }, "The event feed could not be read; it is read again in a second.");
    }
  }

  /**
   * Sends a pilot everything after the newest event that their client has, page by page, before live events go on.
   * @throws what the database threw
   */
  async catchUp(pilot: Pilot): Promise<void> {
    let before: number;
    do {
      before = pilot.sentSeq;
      await this.#bring([pilot]);
    } while (pilot.sentSeq - before >= FEED_PAGE_MAX);
  }

  async #bring(pilots: readonly Pilot[]): Promise<void> {
    const cursors = pilots.map((pilot) => ({ playerId: pilot.id, seq: pilot.sentSeq }));
    const byPlayer = Map.groupBy(await readFeed(this.#database.pool, cursors), (event) => event.playerId);
    for (const pilot of pilots) tell(pilot, byPlayer.get(pilot.id) ?? []);
  }
}

function tell(pilot: Pilot, events: readonly PilotEvent[]): void {
  const [first] = events;
  if (first === undefined || pilot.client === null) return;
  if (first.seq > pilot.sentSeq + 1) {
    // What lies between is older than the feed is kept.
    pilot.client.send("events_truncated", { afterEventId: pilot.sentSeq, beforeEventId: first.seq });
    pilot.sentSeq = first.seq - 1;
  }
  pilot.tell(events);
}
