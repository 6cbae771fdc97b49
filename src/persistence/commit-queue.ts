import type pg from "pg";
import type { Clock } from "../clock.ts";
import type { ErrorCode } from "../errors.ts";
import { type BatchOutcome, settleBatch } from "./batch.ts";
import { Reachability } from "./reachability.ts";
import { classify } from "./sqlstate.ts";
import type { Settlement, Work } from "./work.ts";

/** Past this a batch's own work takes longer than the round trips that a larger one would save. */
const BATCH_ITEMS_MAX = 100;
/** While one batch waits for the disk another can decide; a third only adds contention on two cores. */
const LANES = 2;
/** How long an item whose row somebody else holds waits: about the time of a short transaction. */
const LOCKED_WAIT_MS = 10;
/** Deadlocks and the like are run again this often before the batch is taken apart, and each item waits by itself. */
const RETRIES_MAX = 3;
const RETRY_WAIT_MS_MAX = 20;

interface Entry {
  readonly sequence: number;
  readonly work: Work;
  /** Of its players and its sector: no two items with one of them in common are at the database in two batches. */
  readonly keys: readonly string[];
  readonly done: (settlement: Settlement) => void;
  /** A moment of `performance.now()`. */
  readonly submittedMs: number;
  /** Not to be tried before this moment of `performance.now()`: one of its rows was locked. */
  notBeforeMs: number;
}

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
  /** Of pipelined connections, at least `LANES` of them. */
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
 * latency) and large when it is busy (throughput). Every outcome of the process that must be durable passes here.
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
  /** In order of submission. */
  #pending: Entry[] = [];
  readonly #out = new Set<Entry>();
  #sequence = 0;
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
    return this.#pending.length + this.#out.size;
  }

  /** Items at the database. */
  get inFlight(): number {
    return this.#out.size;
  }

  /** How long the oldest item has been here; 0 when there is none. */
  get oldestMs(): number {
    const [first] = this.#pending;
    let oldestMs = first?.submittedMs ?? Number.POSITIVE_INFINITY;
    for (const { submittedMs } of this.#out) oldestMs = Math.min(oldestMs, submittedMs);
    return oldestMs === Number.POSITIVE_INFINITY ? 0 : performance.now() - oldestMs;
  }

  /** Why no new command may start now; null when one may. What already runs is always taken. */
  refusal(): ErrorCode | null {
    if (this.#reach.isAway) return "store_unavailable";
    return this.size >= this.#options.itemsMax ? "busy" : null;
  }

  /** Settles an item. Never rejects: what went wrong is in the settlement. */
  submit(work: Work): Promise<Settlement> {
    return new Promise((resolve) => {
      this.#pending.push({
        sequence: this.#sequence++,
        work,
        keys: keysOf(work),
        done: resolve,
        submittedMs: performance.now(),
        notBeforeMs: 0,
      });
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
      const batch = this.#takeFor(lane);
      if (batch.length === 0) break;
      this.#freeLanes.shift();
      for (const entry of batch) this.#out.add(entry);
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

  /**
   * The next items, in order, that meet nothing of their own at the database. When there is more than a batch of them,
   * every sector has its lane: else one batch with an item from each crowded sector would keep the other lane waiting.
   */
  #takeFor(lane: number): Entry[] {
    const isBusy = this.#pending.length > BATCH_ITEMS_MAX;
    const own = isBusy ? this.#take((work) => work.lease.sectorId % LANES === lane) : [];
    return own.length > 0 ? own : this.#take(() => true);
  }

  #take(isOurs: (work: Work) => boolean): Entry[] {
    const nowMs = performance.now();
    const held = new Set<string>();
    for (const { keys } of this.#out) for (const key of keys) held.add(key);
    const batch: Entry[] = [];
    const rest: Entry[] = [];
    let nextTryMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#pending) {
      const { keys } = entry;
      const blocked = keys.some((key) => held.has(key));
      const waiting = entry.notBeforeMs > nowMs;
      if (batch.length < BATCH_ITEMS_MAX && !blocked && !waiting && isOurs(entry.work)) {
        batch.push(entry);
        continue;
      }
      rest.push(entry);
      if (waiting) nextTryMs = Math.min(nextTryMs, entry.notBeforeMs);
      // Later items of its pilots stay behind it; its sector's other pilots need not wait for somebody's lock.
      for (const key of waiting && !blocked ? entry.work.playerIds.map(playerKey) : keys) held.add(key);
    }
    this.#pending = rest;
    if (batch.length === 0 && nextTryMs !== Number.POSITIVE_INFINITY) this.#wakeIn(nextTryMs - nowMs);
    return batch;
  }

  #wakeIn(waitMs: number): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#pump();
      },
      Math.max(1, waitMs),
    );
  }

  async #settle(batch: readonly Entry[], retries: number): Promise<void> {
    const client = await this.#connect();
    if (client === null) {
      this.#putBack(batch, 0);
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
      if (outcome.kind === "locked") this.#putBack([entry], LOCKED_WAIT_MS);
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

  async #transact(client: pg.PoolClient, items: readonly Work[]): Promise<BatchOutcome[]> {
    const { turnsPerDay, clock } = this.#options;
    let broken: Error | null = null;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    try {
      return await settleBatch(client, items, turnsPerDay, clock.nowMs());
    } catch (error) {
      // The transaction's state is unknown; closing its session ends it for certain.
      broken ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken ?? false);
    }
  }

  async #recover(batch: readonly Entry[], retries: number, error: unknown): Promise<void> {
    const failure = classify(error);
    if (failure === "away") {
      this.#putBack(batch, 0);
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
      const later = this.#holdBack(batch.slice(middle));
      if (this.#reach.isAway) this.#putBack(later, 0);
      else if (later.length > 0) await this.#settle(later, 0);
    } else if (only !== undefined && failure !== "fatal") {
      this.#putBack([only], LOCKED_WAIT_MS);
    } else if (only !== undefined) {
      this.#finish(only, { kind: "failed", error });
    }
  }

  /** The second half of a batch, less the items whose pilots wait since the first: what happened first is settled first. */
  #holdBack(later: readonly Entry[]): Entry[] {
    const since = later[0]?.sequence ?? 0;
    const before = this.#pending.filter(({ sequence }) => sequence < since);
    const waiting = new Set(before.flatMap(({ work }) => work.playerIds));
    return later.filter((entry) => {
      const { playerIds } = entry.work;
      if (!playerIds.some((id) => waiting.has(id))) return true;
      for (const id of playerIds) waiting.add(id);
      this.#putBack([entry], 0);
      return false;
    });
  }

  #finish(entry: Entry, settlement: Settlement): void {
    this.#out.delete(entry);
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

  #putBack(entries: readonly Entry[], waitMs: number): void {
    for (const entry of entries) {
      this.#out.delete(entry);
      if (waitMs > 0) this.counts.lockedWaits++;
      entry.notBeforeMs = waitMs > 0 ? performance.now() + waitMs : 0;
    }
    this.#pending = [...entries, ...this.#pending].sort((a, b) => a.sequence - b.sequence);
  }

  #goAway(error: unknown): void {
    if (!this.#reach.isAway) this.counts.awayPeriods++;
    if (!this.#reach.lost()) return;
    this.#options.onFailure("the database is away; outcomes wait for it", error);
  }
}

function playerKey(playerId: string): string {
  return `player/${playerId}`;
}

function keysOf(work: Work): string[] {
  return [...work.playerIds.map(playerKey), `sector/${work.lease.sectorId}`];
}
