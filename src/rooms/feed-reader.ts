import type { Pilot } from "../commands/pilot.ts";
import type { PilotEvent } from "../persistence/books.ts";
import type { Database } from "../persistence/database.ts";
import { FEED_PAGE_MAX, readFeed } from "../persistence/feed.ts";
import type { Log } from "../telemetry/log.ts";
import type { Meter } from "../telemetry/meter.ts";

/** How often all pilots' feeds are looked at for what somebody else wrote, or what a lost reply kept from us. */
const POLL_MS = 1_000;

/** Brings pilots the events that their room did not write itself, and those they missed while they were away. */
export class FeedReader {
  readonly #database: Database;
  readonly #pilots: () => Iterable<Pilot>;
  readonly #meter: Meter;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  #polling: Promise<void> | null = null;

  constructor(database: Database, pilots: () => Iterable<Pilot>, meter: Meter, log: Log) {
    this.#database = database;
    this.#pilots = pilots;
    this.#meter = meter;
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

  /**
   * One look at the feeds of all pilots who have a client, in one query. A pilot whose outcome is on its way is left out:
   * its event may be readable already, and is told when the room shows what came of it. Never throws: the next look makes
   * up for it.
   */
  async poll(): Promise<void> {
    const isQuiet = (pilot: Pilot) => pilot.settling === 0;
    const pilots = [...this.#pilots()].filter((pilot) => pilot.client !== null && isQuiet(pilot));
    await this.#look(pilots, isQuiet);
  }

  /**
   * Sends a pilot everything after the newest event that their client has, before live events go on. A backlog longer
   * than a page is cut. Never throws: the next look makes up for it.
   */
  async catchUp(pilot: Pilot): Promise<void> {
    truncate(pilot, pilot.newestSeq - FEED_PAGE_MAX);
    await this.#look([pilot], () => true);
  }

  async #look(pilots: readonly Pilot[], mayTell: (pilot: Pilot) => boolean): Promise<void> {
    const asked = pilots.map((pilot) => ({ pilot, seq: pilot.sentSeq, newest: pilot.newestSeq }));
    const cursors = asked.map(({ pilot, seq }) => ({ playerId: pilot.id, seq }));
    try {
      const startedMs = performance.now();
      const found = await readFeed(this.#database.pool, cursors);
      this.#meter.feedRead(found.length, performance.now() - startedMs);
      const byPlayer = Map.groupBy(found, (event) => event.playerId);
      for (const look of asked) {
        if (mayTell(look.pilot)) tell(look, byPlayer.get(look.pilot.id) ?? []);
      }
    } catch (error) {
      this.#log.warn({ err: error }, "The event feed could not be read; it is read again in a second.");
    }
  }
}

/** One pilot's part of a look at the feeds: after which event, and which was the newest known when it began. */
interface Look {
  readonly pilot: Pilot;
  readonly seq: number;
  readonly newest: number;
}

function tell({ pilot, seq, newest }: Look, events: readonly PilotEvent[]): void {
  // Meanwhile a client has joined that has less: what it lacks comes with a look of its own.
  if (pilot.sentSeq < seq) return;
  const next = events.find((event) => event.seq > pilot.sentSeq);
  // What is known to be there and is not found is older than the feed is kept.
  if (next !== undefined) truncate(pilot, next.seq - 1);
  else if (events.length < FEED_PAGE_MAX) truncate(pilot, newest);
  pilot.tell(events);
}

/** Goes on after `seq`, and says so if that leaves something out. */
function truncate(pilot: Pilot, seq: number): void {
  if (seq <= pilot.sentSeq) return;
  pilot.client?.send("events_truncated", { afterEventId: pilot.sentSeq, beforeEventId: seq + 1 });
  pilot.sentSeq = seq;
}
