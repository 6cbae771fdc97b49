/**
 * How often rooms send what has changed: at every beat while the process has time, and less often while its event loop is
 * busy, so that answers stay quick. In a crowded sector something changes in nearly every tick, and a patch costs a write
 * for each client, however little it tells; changes that leave together cost one.
 */
import { type EventLoopUtilization, performance } from "node:perf_hooks";
import { TICK_MS } from "../commands/sector.ts";

/** Patches a second at most: one a beat. */
const PATCH_HZ_MAX = 1000 / TICK_MS;
/** From this share of its time on, the event loop is busy: at 60 % one answer in a hundred took some 50 ms, with 1,000 pilots. */
const BUSY = 0.6;
/**
 * Below this share it has time again. Far enough below `BUSY` that a steady load does not go to and fro between two rates:
 * ten patches instead of 2.5 cost a fifth more. No lower, or one crowded moment would slow a process down that has time.
 */
const CALM = 0.5;
/** So many looks in a row must find it calm: one quiet second between two crowds is none. */
const CALM_LOOKS = 3;
/** Between two looks: long enough that one full garbage collection is not a busy process. */
export const LOOK_MS = 1_000;

/** The rate in force. */
export interface Pace {
  /** A room's patch goes out with every so many beats of its. */
  readonly everyBeats: number;
  /** How many looks in a row have found the process calm. */
  readonly calmLooks: number;
}

/**
 * The pace after another look at the process.
 * @param utilization share of the time since the last look in which the event loop was at work, 0 to 1
 * @param everyBeatsMax the slowest pace
 */
export function nextPace({ everyBeats, calmLooks }: Pace, utilization: number, everyBeatsMax: number): Pace {
  if (utilization >= BUSY) return { everyBeats: Math.min(everyBeats * 2, everyBeatsMax), calmLooks: 0 };
  if (utilization >= CALM || everyBeats === 1) return { everyBeats, calmLooks: 0 };
  if (calmLooks + 1 < CALM_LOOKS) return { everyBeats, calmLooks: calmLooks + 1 };
  return { everyBeats: everyBeats / 2, calmLooks: 0 };
}

/** @returns a reading of the event loop's utilization since it was read last, 0 to 1 */
export function eventLoopReading(): () => number {
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}

/** The patch rate of a process, which looks at its event loop once a second. */
export class PatchRate {
  readonly #everyBeatsMax: number;
  readonly #readUtilization: () => number;
  #pace: Pace = { everyBeats: 1, calmLooks: 0 };
  #lookedAtMs: number | null = null;

  /**
   * @param hzMin patches a second that a busy process still sends: 10, 5 or 2.5
   * @param readUtilization of the event loop, 0 to 1, since it was called last
   */
  constructor(hzMin: number, readUtilization: () => number) {
    this.#everyBeatsMax = PATCH_HZ_MAX / hzMin;
    this.#readUtilization = readUtilization;
  }

  /** A room's patch goes out with every so many beats of its. */
  get everyBeats(): number {
    return this.#pace.everyBeats;
  }

  /** Patches a second that a room sends at most. */
  get hz(): number {
    return PATCH_HZ_MAX / this.#pace.everyBeats;
  }

  /** To be called at each beat; looks at the process when a second has gone by. @param nowMs monotonic */
  look(nowMs: number): void {
    if (this.#lookedAtMs !== null && nowMs - this.#lookedAtMs < LOOK_MS) return;
    const utilization = this.#readUtilization();
    // The first look only begins to measure: a start is busy by itself.
    if (this.#lookedAtMs !== null) this.#pace = nextPace(this.#pace, utilization, this.#everyBeatsMax);
    this.#lookedAtMs = nowMs;
  }
}
