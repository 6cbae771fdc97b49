/** Harvests through the server's own commit queue. */
import { randomUUID } from "node:crypto";
import { createHistogram } from "node:perf_hooks";
import type { Clock } from "../../src/clock.ts";
import { loadConfig } from "../../src/config.ts";
import { type Dice, secureDice } from "../../src/dice.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { ANSWER_MS_MAX, connect } from "../../src/persistence/database.ts";
import { harvestWork } from "../../src/persistence/mining.ts";
import type { Work } from "../../src/persistence/work.ts";
import { uuidOf } from "../../src/uuid.ts";
import { type CommitWorld, type Crowd, firstPilot, type NumberedPilot, pilotOf } from "./commit-world.ts";
import type { PostgresCpu } from "./process-cpu.ts";

/** As the server has them: src/game.ts. */
const QUEUE_CONNECTIONS = 3;
const TURNS_PER_DAY = 1000;
const NS_PER_MS = 1_000_000;
/** How finely a steady stream is cut: what is due in this time is submitted together. */
const PACE_MS = 1;
const WARM_UP_MS = 1_500;
/** As the server has it unless told otherwise: what comes beyond it is refused. */
const QUEUE_ITEMS_MAX = loadConfig({}).commitQueueItemsMax;

export interface QueueRun {
  /** Harvests that were durable and acknowledged, a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly itemsPerCommit: number;
  /** Of this process: making the items, deciding, and driving Postgres. */
  readonly cpuMicrosPerItem: number;
  /** Of Postgres, all its processes. */
  readonly postgresMicrosPerItem: number;
  /** All that were acknowledged, with those of the warm-up. */
  readonly acknowledged: number;
  /** Of those that came by the clock: how many the queue did not take, since it was full. From 0 to 1. */
  readonly refusedShare: number;
}

/** How items come: always so many at once in the queue, or so many a second whatever the queue does. */
export type Arrival = { readonly inFlight: number } | { readonly perSecond: number };

export interface QueueRunOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly postgres: PostgresCpu;
  readonly world: CommitWorld;
  readonly crowd: Crowd;
  readonly arrival: Arrival;
  readonly seconds: number;
}

/** Runs the queue by itself for some seconds, after a warm-up. @throws when an item is not applied */
export async function runQueue(options: QueueRunOptions): Promise<QueueRun> {
  const { pool } = connect(options.url, {
    max: QUEUE_CONNECTIONS,
    applicationName: "sectorkeep bench queue",
    answerMsMax: ANSWER_MS_MAX,
    byKey: true,
  });
  const queue = new CommitQueue({
    pool,
    clock: options.clock,
    turnsPerDay: TURNS_PER_DAY,
    itemsMax: QUEUE_ITEMS_MAX,
    onFailure: (message, error) => console.error(message, error),
  });
  try {
    return await new Run(queue, options).run();
  } finally {
    queue.stop();
    await pool.end();
  }
}

class Run {
  readonly #queue: CommitQueue;
  readonly #options: QueueRunOptions;
  readonly #dice: Dice = secureDice();
  readonly #latency = createHistogram();
  /** Pilots who mine nothing now, in the order in which they stopped. */
  readonly #free: NumberedPilot[];
  #nextFree = 0;
  #acknowledged = 0;
  #refused = 0;
  #isOver = false;
  #failure: Error | null = null;

  constructor(queue: CommitQueue, options: QueueRunOptions) {
    this.#queue = queue;
    this.#options = options;
    const first = firstPilot(options.world, options.crowd);
    this.#free = shuffled(options.world.pilots, (index) => pilotOf(options.world, first + index));
  }

  async run(): Promise<QueueRun> {
    const { arrival, seconds, postgres } = this.#options;
    const submitting = "inFlight" in arrival ? this.#keep(arrival.inFlight) : this.#pace(arrival.perSecond);
    await wait(WARM_UP_MS);
    this.#latency.reset();
    const before = { ...this.#queue.counts, acknowledged: this.#acknowledged, refused: this.#refused };
    const postgresBefore = await postgres.micros();
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    await wait(seconds * 1000);
    const ranSeconds = (performance.now() - startedMs) / 1000;
    const used = process.cpuUsage(cpu);
    const postgresUsed = (await postgres.micros()) - postgresBefore;
    const items = this.#acknowledged - before.acknowledged;
    const refused = this.#refused - before.refused;
    const result = {
      perSecond: items / ranSeconds,
      p50Ms: this.#latency.percentile(50) / NS_PER_MS,
      p99Ms: this.#latency.percentile(99) / NS_PER_MS,
      itemsPerCommit: items / (this.#queue.counts.commits - before.commits),
      cpuMicrosPerItem: (used.user + used.system) / items,
      postgresMicrosPerItem: postgresUsed / items,
      refusedShare: refused === 0 ? 0 : refused / (refused + items),
    };
    this.#isOver = true;
    await submitting;
    await this.#queue.drained();
    if (this.#failure !== null) throw this.#failure;
    return { ...result, acknowledged: this.#acknowledged };
  }

  /** So many pilots mine without a pause. */
  async #keep(inFlight: number): Promise<void> {
    const one = async () => {
      while (!this.#isOver) await this.#harvest(performance.now());
    };
    await Promise.all(Array.from({ length: inFlight }, one));
  }

  /**
   * Items by the clock; each counts from the moment it was due, whether or not we were late to submit it. What the queue
   * does not take is refused with `busy`, as a room would have it.
   */
  async #pace(perSecond: number): Promise<void> {
    const startedMs = performance.now();
    let submitted = 0;
    while (!this.#isOver) {
      const due = ((performance.now() - startedMs) / 1000) * perSecond;
      for (; submitted < due; submitted++) {
        if (this.#queue.refusal() !== null) this.#refused++;
        else void this.#harvest(startedMs + (submitted / perSecond) * 1000);
      }
      await wait(PACE_MS);
    }
  }

  async #harvest(dueMs: number): Promise<void> {
    const pilot = this.#free[this.#nextFree++ % this.#free.length];
    if (pilot === undefined) throw new Error("a world without pilots");
    const settlement = await this.#queue.submit(this.#workOf(pilot));
    // Repeated: the reply to a COMMIT was lost, and the batch found itself done.
    if (settlement.kind !== "applied" && settlement.kind !== "repeated") {
      this.#failure ??= new Error(`a harvest was ${settlement.kind}`);
      this.#isOver = true;
    }
    this.#acknowledged++;
    this.#latency.record(Math.max(1, Math.round((performance.now() - dueMs) * NS_PER_MS)));
  }

  #workOf({ playerId, shipId, sectorId }: NumberedPilot): Work {
    const requestId = randomUUID();
    const harvestId = uuidOf("harvest", playerId, requestId);
    const nowMs = this.#options.clock.nowMs();
    const roll = () => this.#dice.u32();
    return harvestWork(
      {
        harvestId,
        key: { playerId, requestId, fingerprint: "harvest" },
        lease: { sectorId, epoch: 1 },
        playerId,
        shipId,
        regionId: this.#options.world.regionId,
        amClaimed: false,
        isFrontier: false,
        sectorNumber: 1,
        yieldBonusBps: 10_000,
        startedAtMs: nowMs - 10_000,
        resolvesAtMs: nowMs,
        answer: { harvestId, startTick: 0, endTick: 100 },
      },
      {
        kind: "due",
        rolls: { ore: roll(), preciousChance: roll(), preciousQuantity: roll(), shardChance: roll() },
      },
      TURNS_PER_DAY,
    );
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The same order every time: a benchmark that is run again does the same. */
function shuffled<Item>(length: number, make: (index: number) => Item): Item[] {
  const items = Array.from({ length }, (_, index) => make(index));
  let state = 1;
  for (let last = length - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    const [a, b] = [items[last], items[other]];
    if (a === undefined || b === undefined) continue;
    items[last] = b;
    items[other] = a;
  }
  return items;
}
