import type pg from "pg";
import type { Clock } from "../clock.ts";
import type { ErrorCode } from "../errors.ts";
import { type BatchOutcome, settleBatch } from "./batch.ts";
import { type Entry, Pending } from "./pending.ts";
import { Reachability } from "./reachability.ts";
import { classify, closeIt, onClient } from "./sqlstate.ts";
import type { Settlement, Work } from "./work.ts";

/** While one batch waits for the disk another can decide; a third only adds contention on two cores. */
const LANES = 2;
/** How long an item whose row somebody else holds waits: about the time of a short transaction. */
const LOCKED_WAIT_MS = 10;
/** How long one waits that has waited in vain at the database (a quarter of a second): its sector's others go meanwhile. */
const LOCKED_ALONE_WAIT_MS = 500;
/** Deadlocks and the like are run again this often before the batch is taken apart, and each item waits by itself. */
const RETRIES_MAX = 3;
const RETRY_WAIT_MS_MAX = 20;

export interface QueueCounts {
  commits: number;
  items: number;
  fenced: number;
  failed: number;
  lockedWaits: number;
  halvings: number;
  awayPeriods: number;
}

export interface CommitQueueOptions {
  /** Of at least `LANES` connections. */
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly turnsPerDay: number;
  readonly itemsMax: number;
  /** @param fields which request it was about, when it was about one */
  readonly onFailure: (message: string, error: unknown, fields?: Readonly<Record<string, unknown>>) => void;
  /** Told of each commit: how many items it had, and how long it took from BEGIN to the answer to COMMIT. */
  readonly onCommit?: (items: number, ms: number) => void;
  /** Told what became of each item. */
  readonly onSettled?: (work: Work, settlement: Settlement) => void;
}

/**
 * Group commit: while one batch is at the database the next one gathers, so batches are small when it is quiet (low
 * latency) and large when it is busy (throughput). What comes due waits a moment for company, and goes along at once with
 * anything that a pilot waits for. Every outcome of the process that must be durable passes here.
 *
 * An item never leaves while an earlier one of the same player or sector is at the database, so what happened
 * first is settled first. While the database is away everything waits; nothing is lost and nothing is done twice.
 */
export class CommitQueue {
  readonly counts: QueueCounts = {
    commits: 0,
    items: 0,
    fenced: 0,
    failed: 0,
    lockedWaits: 0,
    halvings: 0,
    awayPeriods: 0,
  };
  readonly #options: CommitQueueOptions;
  readonly #pending = new Pending(LANES);
  readonly #freeLanes = Array.from({ length: LANES }, (_, lane) => lane);
  #scheduled = false;
  #timer: NodeJS.Timeout | null = null;
  #idle: (() => void)[] = [];
  readonly #reach: Reachability;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#reach = new Reachability(
      () => options.pool.query("select 1"),
      () => this.#pump(),
    );
  }

  /** Items that wait or are at the database. */
  get size(): number {
    return this.#pending.size;
  }

  /** Items at the database. */
  get inFlight(): number {
    return this.#pending.inFlight;
  }

  /** How long the oldest item has been here; 0 when there is none. */
  get oldestMs(): number {
    return this.#pending.oldestMs;
  }

  /** Why no new command may start now; null when one may. What already runs is always taken. */
  refusal(): ErrorCode | null {
    if (this.#reach.isAway) return "store_unavailable";
    return this.size >= this.#options.itemsMax ? "busy" : null;
  }

  /** Settles an item. Never rejects: what went wrong is in the settlement. */
  submit(work: Work): Promise<Settlement> {
    return new Promise((resolve) => {
      this.#pending.add(work, resolve);
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is at the database. */
  drained(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Stops asking a database that is away. Items that wait are left unsettled, as a crash would leave them. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#reach.stop();
  }

  /** In the next turn of the event loop: everything that becomes due in this one shares a batch. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#reach.isAway) {
      const lane = this.#freeLanes[0];
      if (lane === undefined) break;
      const { batch, againInMs } = this.#pending.takeFor(lane);
      if (againInMs !== null) this.#wakeIn(againInMs);
      if (batch.length === 0) break;
      this.#freeLanes.shift();
      void this.#settle(batch, 0).finally(() => {
        this.#freeLanes.push(lane);
        // Not at once: what the answers set off shares the next batch.
        this.#schedule();
      });
    }
    if (this.size === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** Whoever waits for longer is asked for anew then. */
  #wakeIn(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, waitMs);
  }

  async #settle(batch: readonly Entry[], retries: number): Promise<void> {
    const client = await this.#connect();
    if (client === null) {
      this.#pending.putBack(batch, 0);
      return;
    }
    let outcomes: BatchOutcome[];
    const startedMs = performance.now();
    try {
      outcomes = await this.#transact(
        client,
        batch.map((entry) => entry.work),
      );
    } catch (error) {
      await this.#recover(batch, retries, error);
      return;
    }
    this.#reach.worked();
    this.counts.commits++;
    this.#options.onCommit?.(batch.length, performance.now() - startedMs);
    for (const [index, entry] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error("a batch lost an outcome");
      if (outcome.kind === "locked") this.#waitForLock(entry);
      else this.#finish(entry, outcome);
    }
  }

  /** @returns null when there is no connection to be had, for whatever reason: nothing has been asked of anybody then */
  async #connect(): Promise<pg.PoolClient | null> {
    try {
      return await this.#options.pool.connect();
    } catch (error) {
      this.#goAway(error);
      return null;
    }
  }

  #transact(client: pg.PoolClient, items: readonly Work[]): Promise<BatchOutcome[]> {
    const { turnsPerDay, clock } = this.#options;
    return onClient(client, () => settleBatch(client, items, turnsPerDay, clock.nowMs()), closeIt);
  }

  async #recover(batch: readonly Entry[], retries: number, error: unknown): Promise<void> {
    const failure = classify(error);
    if (failure === "away") {
      this.#pending.putBack(batch, 0);
      this.#goAway(error);
      return;
    }
    if (failure === "retry" && retries < RETRIES_MAX) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * RETRY_WAIT_MS_MAX));
      await this.#settle(batch, retries + 1);
      return;
    }
    const [only] = batch;
    if (batch.length > 1) {
      // Somewhere in here is one item that the database refuses: halve until it is alone.
      this.counts.halvings++;
      const middle = Math.ceil(batch.length / 2);
      await this.#settle(batch.slice(0, middle), 0);
      const later = this.#pending.holdBack(batch.slice(middle));
      if (this.#reach.isAway) this.#pending.putBack(later, 0);
      else if (later.length > 0) await this.#settle(later, 0);
    } else if (only !== undefined && failure !== "fatal") {
      only.goesAlone = true;
      this.#waitForLock(only);
    } else if (only !== undefined) {
      this.#finish(only, { kind: "failed", error });
    }
  }

  #finish(entry: Entry, settlement: Settlement): void {
    this.#pending.remove(entry);
    this.counts.items++;
    if (settlement.kind === "fenced") this.counts.fenced++;
    if (settlement.kind === "failed") {
      this.counts.failed++;
      const { kind, key, lease } = entry.work;
      const { playerId, requestId } = key;
      const fields = { kind, playerId, requestId, sectorId: lease.sectorId };
      this.#options.onFailure(`the database refused a ${kind}`, settlement.error, fields);
    }
    this.#options.onSettled?.(entry.work, settlement);
    entry.done(settlement);
  }

  /** Somebody outside holds a row of it. */
  #waitForLock(entry: Entry): void {
    this.counts.lockedWaits++;
    this.#pending.putBack([entry], entry.goesAlone ? LOCKED_ALONE_WAIT_MS : LOCKED_WAIT_MS);
  }

  #goAway(error: unknown): void {
    if (!this.#reach.isAway) this.counts.awayPeriods++;
    if (!this.#reach.lost()) return;
    this.#options.onFailure("the database is away; outcomes wait for it", error);
  }
}
