import { addAbortListener } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type pg from "pg";
import type { PostHog } from "posthog-node";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { markExported, type OutgoingEvent, putOff, takeDueEvents } from "../persistence/product-events.ts";

/** As many as a request of some tens of kilobytes carries. */
const BATCH_EVENTS_MAX = 100;
/** Measures are read by the day; a few seconds cost nothing, and let a batch gather. */
const PERIOD_MS = 5_000;
/** PostHog answers in well under a second; whoever waits longer is better off trying again. */
const REQUEST_MS_MAX = 5_000;
/** Longer than a batch can take, so that only those of a process that died come due by this. */
const HOLD_MS = 60_000;
const RETRY_FIRST_MS = 1_000;
/** An outage of hours is over for us at most this long after its end. */
const RETRY_LAST_MS = 300_000;
/** Whom PostHog thinks of when nobody did it: see `$process_person_profile` below. */
const NOBODY = "sectorkeep";

interface ExportLog {
  warn(fields: object, message: string): void;
}

export interface ExportDeps {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, "nowMs">;
  readonly config: Pick<Config, "posthogKey" | "posthogHost">;
  readonly log: ExportLog;
  /** How long there is between two looks at the outbox. */
  readonly periodMs?: number;
  readonly requestMsMax?: number;
}

/** How long after its n-th failure a batch is sent again: twice as long each time. */
function retryMs(attempts: number): number {
  return Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts - 1, 20));
}

function capture(client: PostHog, { id, name, userId, properties, occurredAt }: OutgoingEvent): void {
  client.capture({
    uuid: id,
    event: name,
    distinctId: userId ?? NOBODY,
    // PostHog tells duplicates by event, time, person and uuid: each try must send the same of all four.
    timestamp: occurredAt,
    properties: {
      ...properties,
      ...(userId === null ? { $process_person_profile: false } : { $set: { supabase_uuid: userId } }),
    },
  });
}

/** Sends a batch. @throws unless PostHog has said that it has all of it */
async function send(deps: ExportDeps, key: string, batch: readonly OutgoingEvent[], ending: AbortSignal) {
  // Most servers have no key: they need not load it.
  const { PostHog } = await import("posthog-node");
  // Of this batch alone: what is joined to a signal that lives as long as the process is never let go of.
  const cut = new AbortController();
  const listener = addAbortListener(ending, () => cut.abort());
  // The outbox is the only queue: a client that is thrown away after its batch keeps none of its own.
  const client = new PostHog(key, {
    host: deps.config.posthogHost,
    flushAt: BATCH_EVENTS_MAX + 1,
    flushInterval: 0,
    maxBatchSize: BATCH_EVENTS_MAX,
    fetchRetryCount: 0,
    requestTimeout: deps.requestMsMax ?? REQUEST_MS_MAX,
    // The address it would look up is this server's, not the player's.
    disableGeoip: true,
    fetch: (url, { signal, ...options }) =>
      fetch(url, {
        ...options,
        signal: AbortSignal.any(signal == null ? [cut.signal] : [signal, cut.signal]),
      }),
  });
  try {
    for (const event of batch) capture(client, event);
    await client.flush();
  } finally {
    listener[Symbol.dispose]();
  }
}

/**
 * Sends what is due, batch by batch, until nothing is or one fails: that one is put off, and the rest with it.
 * @returns how many events have arrived
 */
async function exportDue(deps: ExportDeps, key: string, ending: AbortSignal): Promise<number> {
  const { pool, clock, log } = deps;
  let exported = 0;
  while (!ending.aborted) {
    const batch = await takeDueEvents(pool, {
      nowMs: clock.nowMs(),
      holdMs: HOLD_MS,
      max: BATCH_EVENTS_MAX,
    });
    if (batch.length === 0) break;
    const ids = batch.map(({ id }) => id);
    try {
      await send(deps, key, batch, ending);
    } catch (error) {
      const attempts = Math.min(...batch.map((event) => event.attempts));
      const againMs = ending.aborted ? 0 : retryMs(attempts);
      await putOff(pool, ids, clock.nowMs() + againMs);
      if (!ending.aborted)
        log.warn(
          { err: error, events: batch.length, attempts },
          `PostHog did not take product events; they are sent again in ${againMs} ms.`,
        );
      break;
    }
    await markExported(pool, ids, clock.nowMs());
    exported += batch.length;
  }
  return exported;
}

/**
 * Sends product events to PostHog while the game runs, each at least once and always under its own uuid, by which
 * PostHog keeps one. Any number of processes may do it at once. Without POSTHOG_KEY nothing is sent. Whatever goes wrong
 * is logged and tried again later; nobody waits for it.
 * @returns a function that ends it: a request under way is cut off, and its events are sent by the next process
 */
export function startProductExport(deps: ExportDeps): () => Promise<void> {
  const { config, log, periodMs = PERIOD_MS } = deps;
  const key = config.posthogKey;
  if (key === null) return async () => {};
  const ending = new AbortController();
  async function work(of: string): Promise<void> {
    while (!ending.signal.aborted) {
      await exportDue(deps, of, ending.signal).catch((error: unknown) =>
        log.warn({ err: error }, "Product events could not be read; next try soon."),
      );
      await wait(periodMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  }
  const working = work(key);
  return async () => {
    ending.abort();
    await working;
  };
}
