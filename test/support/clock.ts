import type { Clock } from "../../src/clock.ts";

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  /** What `isSkewed` answers. */
  skewed = false;

  /** @param nowMs where it begins; the default is an ordinary Tuesday. */
  constructor(nowMs: number = Date.UTC(2030, 0, 1, 12)) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  isSkewed(): boolean {
    return this.skewed;
  }

  /** Time goes by. */
  advance(ms: number): void {
    if (ms < 0) throw new RangeError("Time does not go back by itself: use setNow.");
    this.#nowMs += ms;
    this.#monotonicMs += ms;
  }

  /** Somebody sets the time of day; no time goes by. */
  setNow(nowMs: number): void {
    this.#nowMs = nowMs;
  }
}
