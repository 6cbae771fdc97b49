import type { Pilot } from "../commands/pilot.ts";
import type { PilotEvent } from "../persistence/books.ts";
import type { Database } from "../persistence/database.ts";
import { FEED_PAGE_MAX, readFeed } from "../persistence/feed.ts";
import type { PilotReader } from "../persistence/pilots.ts";
import { readSnapshot } from "../persistence/snapshot.ts";
import type { Log } from "../telemetry/log.ts";
import type { Meter } from "../telemetry/meter.ts";
import { type StopWatch, startWatch } from "./watch.ts";

/** How often all pilots' feeds are looked at for what somebody else wrote, or what a lost reply kept from us. */
const POLL_MS = 1_000;

/** Events of what may have moved a pilot's standing, which is all of what rooms know of a pilot that not they alone change. */
const MOVE_STANDING: ReadonlySet<string> = new Set(["expedition_completed", "reputation_changed"]);

export interface FeedReaderOptions {
  readonly database: Pick<Database, "pool">;
  /** Those in the live sectors. */
  readonly present: () => Iterable<Pilot>;
  readonly pilots: Pick<PilotReader, "read">;
  /** Sends a pilot what only they may see. */
  readonly show: (pilot: Pilot) => void;
  readonly meter: Meter;
  readonly log: Log;
}

/** Brings pilots the events that their room did not write itself, and those they missed while they were away. */
export class FeedReader {
  readonly #options: FeedReaderOptions;
  #stopWatch: StopWatch = async () => {};
  /** Under which everybody was told all there was, but for what is owed. */
  #seenSnapshot = "";
  /** Somebody may lack an event that was there already: the next look is made even if nothing has been written. */
  #owes = false;

  constructor(options: FeedReaderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopWatch = startWatch(POLL_MS, () => this.poll());
  }

  async stop(): Promise<void> {
    await this.#stopWatch();
  }

  /**
   * One look at the feeds of all pilots who have a client, in one query; none while nothing at all is written. A pilot
   * whose outcome is on its way is left out: its event may be readable already, and is told when the room shows what came
   * of it. Never throws: the next look makes up for it.
   */
  async poll(): Promise<void> {
    const isQuiet = (pilot: Pilot) => pilot.settling === 0;
    try {
      const snapshot = await readSnapshot(this.#options.database.pool);
      if (snapshot === this.#seenSnapshot && !this.#owes) return;
      const pilots = [...this.#options.present()].filter((pilot) => pilot.client !== null);
      const quiet = pilots.filter(isQuiet);
      this.#owes = quiet.length < pilots.length;
      await this.#look(quiet, isQuiet);
      this.#seenSnapshot = snapshot;
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * Sends a pilot everything after the newest event that their client has, before live events go on. A backlog longer
   * than a page is cut. Nothing is asked for a client that has all there is. Never throws: the next look makes up for it.
   * @param isFresh the pilot has just been read; one who was here all along may have been written to by others since
   */
  async catchUp(pilot: Pilot, isFresh: boolean): Promise<void> {
    if (isFresh && pilot.sentSeq >= pilot.newestSeq) {
      // What was written since the pilot was read comes with the next look.
      this.#owes = true;
      return;
    }
    truncate(pilot, pilot.newestSeq - FEED_PAGE_MAX);
    try {
      await this.#look([pilot], () => true);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#owes = true;
    this.#options.log.warn({ err: error }, "The event feed could not be read; it is read again in a second.");
  }

  /** @throws what the database threw */
  async #look(pilots: readonly Pilot[], mayTell: (pilot: Pilot) => boolean): Promise<void> {
    const asked = pilots.map((pilot) => ({ pilot, seq: pilot.sentSeq, newest: pilot.newestSeq }));
    const cursors = asked.map(({ pilot, seq }) => ({ playerId: pilot.id, seq }));
    const startedMs = performance.now();
    const { database, meter } = this.#options;
    const found = await readFeed(database.pool, cursors);
    meter.feedRead(found.length, performance.now() - startedMs);
    const byPlayer = Map.groupBy(found, (event) => event.playerId);
    for (const look of asked) {
      const { pilot } = look;
      const events = byPlayer.get(pilot.id) ?? [];
      if (mayTell(pilot)) tell(look, events);
      if (!hasAllOf(pilot, events)) this.#owes = true;
    }
    await Promise.all(pilots.filter((pilot) => pilot.hasOldStandings).map((pilot) => this.#renew(pilot)));
  }

  /** Shows a pilot their standing as it is now. @throws what the database threw */
  async #renew(pilot: Pilot): Promise<void> {
    const { player: asOf, ship, userId } = pilot;
    const record = await this.#options.pilots.read(userId, ship.sectorId);
    // An outcome that is on its way, or was shown meanwhile, may be newer than what was read or older: it is read again.
    if (record === null || pilot.settling > 0 || pilot.player !== asOf) {
      this.#owes = true;
      return;
    }
    pilot.renew(record);
    this.#options.show(pilot);
  }
}

/** A full page may have another behind it. */
function hasAllOf(pilot: Pilot, found: readonly PilotEvent[]): boolean {
  return found.length < FEED_PAGE_MAX && (found.at(-1)?.seq ?? 0) <= pilot.sentSeq;
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
  for (const { type, seq: told } of events) if (MOVE_STANDING.has(type)) outdate(pilot, told);
}

/** Goes on after `seq`, and says so if that leaves something out. */
function truncate(pilot: Pilot, seq: number): void {
  if (seq <= pilot.sentSeq) return;
  pilot.client?.send("events_truncated", { afterEventId: pilot.sentSeq, beforeEventId: seq + 1 });
  pilot.sentSeq = seq;
  outdate(pilot, seq);
}

/** What came before the pilot did was read with them. */
function outdate(pilot: Pilot, seq: number): void {
  if (seq > pilot.record.player.eventSeq) pilot.hasOldStandings = true;
}
