import type { Settlement, Work } from "./work.ts";

/** Past this a batch's own work takes longer than the round trips that a larger one would save. */
const BATCH_ITEMS_MAX = 200;
/** How long outcomes that nobody waits for gather: a quarter of a tick, which is how exact their moment is anyway. */
const GATHER_MS = 25;
/** With so many a batch is worth its statements; more time would save little. */
const GATHERED_ITEMS = 16;
/** Outcomes that come due. All else is the answer to a request, and a pilot waits for it. */
const UNASKED: ReadonlySet<Work["kind"]> = new Set(["harvest", "fight"]);

/** An item on its way through the commit queue. */
export interface Entry {
  readonly sequence: number;
  readonly work: Work;
  /** Of its players and its sector: no two items with one of them in common are at the database in two batches. */
  readonly keys: readonly string[];
  readonly done: (settlement: Settlement) => void;
  /** A moment of `performance.now()`. */
  readonly submittedMs: number;
  /** Not to be tried before this moment of `performance.now()`: one of its rows was locked. */
  notBeforeMs: number;
  /** It has waited by itself for a locked row, in vain: in a batch, it would hold up everybody else's. */
  goesAlone: boolean;
}

/** What may go now; when nothing may, how long until something that waits for a lock, or for company, is to be tried again. */
export interface Taken {
  readonly batch: readonly Entry[];
  readonly againInMs: number | null;
}

function playerKey(playerId: string): string {
  return `player/${playerId}`;
}

/**
 * The items that wait or are at the database, and which of them may go next. An item never leaves while an earlier one of
 * the same player or sector is out, so what happened first is settled first.
 */
export class Pending {
  /** In order of submission. */
  #waiting: Entry[] = [];
  readonly #out = new Set<Entry>();
  readonly #lanes: number;
  #sequence = 0;

  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  get size(): number {
    return this.#waiting.length + this.#out.size;
  }

  get inFlight(): number {
    return this.#out.size;
  }

  /** How long the oldest item has been here; 0 when there is none. */
  get oldestMs(): number {
    const [first] = this.#waiting;
    let oldestMs = first?.submittedMs ?? Number.POSITIVE_INFINITY;
    for (const { submittedMs } of this.#out) oldestMs = Math.min(oldestMs, submittedMs);
    return oldestMs === Number.POSITIVE_INFINITY ? 0 : performance.now() - oldestMs;
  }

  add(work: Work, done: (settlement: Settlement) => void): void {
    this.#waiting.push({
      sequence: this.#sequence++,
      work,
      keys: [...work.playerIds.map(playerKey), `sector/${work.lease.sectorId}`],
      done,
      submittedMs: performance.now(),
      notBeforeMs: 0,
      goesAlone: false,
    });
  }

  /**
   * The next items, in order, that meet nothing of their own at the database; they are out from now on. When there is more
   * than a batch of them, every sector has its lane: else one batch with an item from each crowded sector would keep the
   * other lane waiting. None, as long as few wait and no pilot does: most of what a small batch costs is the batch.
   */
  takeFor(lane: number): Taken {
    const againInMs = this.#gatherForMs();
    if (againInMs > 0) return { batch: [], againInMs };
    const isBusy = this.#waiting.length > BATCH_ITEMS_MAX;
    const own = isBusy ? this.#take((work) => work.lease.sectorId % this.#lanes === lane) : null;
    return own !== null && own.batch.length > 0 ? own : this.#take(() => true);
  }

  /** How much longer what waits may gather. */
  #gatherForMs(): number {
    const [first] = this.#waiting;
    if (first === undefined || this.#waiting.length >= GATHERED_ITEMS) return 0;
    if (!this.#waiting.every(({ work }) => UNASKED.has(work.kind))) return 0;
    return Math.max(0, first.submittedMs + GATHER_MS - performance.now());
  }

  #take(isOurs: (work: Work) => boolean): Taken {
    const nowMs = performance.now();
    const held = new Set<string>();
    // One lane at least is left to those who wait for nobody's lock.
    let mayGoAlone = true;
    for (const { keys, goesAlone } of this.#out) {
      for (const key of keys) held.add(key);
      if (goesAlone) mayGoAlone = false;
    }
    const batch: Entry[] = [];
    const passed: Entry[] = [];
    let seen = 0;
    let nextTryMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#waiting) {
      // Looking at all that wait for each batch would make a long queue slow, and so longer.
      if (batch.length === BATCH_ITEMS_MAX) break;
      seen++;
      const { keys } = entry;
      const blocked = keys.some((key) => held.has(key));
      const early = entry.notBeforeMs > nowMs;
      const waiting = early || (entry.goesAlone && (!mayGoAlone || batch.length > 0));
      if (!blocked && !waiting && isOurs(entry.work)) {
        batch.push(entry);
        if (entry.goesAlone) break;
        continue;
      }
      passed.push(entry);
      if (early) nextTryMs = Math.min(nextTryMs, entry.notBeforeMs);
      // Later items of its pilots stay behind it; its sector's other pilots need not wait for somebody's lock.
      for (const key of waiting && !blocked ? entry.work.playerIds.map(playerKey) : keys) held.add(key);
    }
    this.#waiting = passed.concat(this.#waiting.slice(seen));
    for (const entry of batch) this.#out.add(entry);
    const againInMs =
      batch.length > 0 || nextTryMs === Number.POSITIVE_INFINITY ? null : Math.max(1, nextTryMs - nowMs);
    return { batch, againInMs };
  }

  /** The item is settled. */
  remove(entry: Entry): void {
    this.#out.delete(entry);
  }

  /** The items wait again, in their old places, and are not tried for `waitMs`. */
  putBack(entries: readonly Entry[], waitMs: number): void {
    for (const entry of entries) {
      this.#out.delete(entry);
      entry.notBeforeMs = waitMs > 0 ? performance.now() + waitMs : 0;
    }
    this.#waiting = [...entries, ...this.#waiting].sort((a, b) => a.sequence - b.sequence);
  }

  /**
   * Of the second half of a batch: what may follow the first. Items whose pilots wait since the first are put back, since
   * what happened first is settled first.
   */
  holdBack(later: readonly Entry[]): Entry[] {
    const since = later[0]?.sequence ?? 0;
    const before = this.#waiting.filter(({ sequence }) => sequence < since);
    const waiting = new Set(before.flatMap(({ work }) => work.playerIds));
    return later.filter((entry) => {
      const { playerIds } = entry.work;
      if (!playerIds.some((id) => waiting.has(id))) return true;
      for (const id of playerIds) waiting.add(id);
      this.putBack([entry], 0);
      return false;
    });
  }
}
