/** A pilot's events as they are told, held against what the feed promises: each once, in order, on every line the same. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Ledger, Truncation } from "./ledger.ts";

/** What a feed is cut to is told with the cut; longer than any burst takes to be read here. */
const FOLLOWED_MS_MAX = 5_000;

const eventSchema = z.looseObject({ eventId: z.int() });
const truncatedSchema = z.object({ afterEventId: z.int(), beforeEventId: z.int() });

type Payload = Readonly<Record<string, unknown>>;

/** How far one line has come. */
export interface LineFeed {
  lastEventId: number;
  /** It is the line that there is. */
  holds?(): boolean;
}

export class Feed {
  readonly #ledger: Ledger;
  #cursor = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The newest event that was told on any line. */
  get cursor(): number {
    return this.#cursor;
  }

  /** What came before has been left out. @throws ZodError */
  truncated(line: LineFeed, payload: Payload): void {
    const truncation: Truncation = truncatedSchema.parse(payload);
    const { afterEventId, beforeEventId } = truncation;
    if (afterEventId !== line.lastEventId) {
      this.#ledger.outOfOrder.push(
        `events from ${afterEventId} to ${beforeEventId} were left out after ${line.lastEventId}`,
      );
    }
    line.lastEventId = beforeEventId - 1;
    this.#cursor = Math.max(this.#cursor, beforeEventId - 1);
    this.#ledger.truncations.push(truncation);
    // Not at the end: an early cut would have its page behind it by then.
    const count = () => {
      if (line.holds?.() === true) truncation.followers = line.lastEventId - beforeEventId + 1;
    };
    setTimeout(() => setImmediate(count), FOLLOWED_MS_MAX).unref();
  }

  /** Writes down an event, and what is wrong with it. @returns it, and whether it is new. @throws ZodError */
  told(line: LineFeed, type: string, message: Payload) {
    const { eventId, ...payload } = eventSchema.parse(message);
    const ledger = this.#ledger;
    if (eventId <= line.lastEventId) {
      ledger.toldTwice.push(`event ${eventId} (${type}) came twice on one line`);
    } else if (eventId !== line.lastEventId + 1) {
      ledger.outOfOrder.push(`event ${eventId} (${type}) came after ${line.lastEventId}`);
    }
    line.lastEventId = Math.max(line.lastEventId, eventId);
    const isNew = eventId > this.#cursor;
    if (isNew) {
      this.#cursor = eventId;
      ledger.events.push({ eventId, type, payload });
    } else {
      const first = ledger.events.find((event) => event.eventId === eventId);
      if (first !== undefined && !isDeepStrictEqual(first, { eventId, type, payload })) {
        ledger.toldTwice.push(`event ${eventId} was told as ${first.type}, then as another ${type}`);
      }
    }
    return { eventId, payload, isNew };
  }
}
