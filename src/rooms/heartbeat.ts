import type { Clock } from "../clock.ts";
import { TICK_MS } from "../commands/sector.ts";

/** Rooms' own clocks (Colyseus counts message rates on them) move once in this many beats. */
const CLOCK_BEATS = 5;

/** A room as the heartbeat sees it. */
export interface Beating {
  /** The first tick at which something is due in this room. */
  nextDueTick(): number;
  /** Whether something that clients see has changed since the last patch. */
  hasChanged(): boolean;
  /** Runs what is due at `tick` and sends what has changed. */
  beat(tick: number): void;
  /** Moves the room's own clock. */
  moveClock(): void;
  /** Until when (`Clock.nowMs`) nothing will happen here by itself; null when something may. */
  restsUntilMs(): number | null;
  /** It has rested, and its own clock with it. */
  woken(): void;
  /** Something in this room went wrong that nobody foresaw. */
  failed(error: unknown): void;
}

/**
 * The one timer of all rooms of a process: ten times a second it touches the rooms where something is due or changed.
 * Where nothing goes on it touches nothing at all until `wake` says that somebody does something, or the room's time has
 * come: thousands of quiet sectors cost next to nothing.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #awake = new Set<Beating>();
  /** With the moment at which they wake by themselves. */
  readonly #resting = new Map<Beating, number>();
  readonly #onDurationMs: (ms: number) => void;
  #timer: NodeJS.Timeout | null = null;
  #beats = 0;

  constructor(clock: Clock, onDurationMs: (ms: number) => void) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#onDurationMs = onDurationMs;
  }

  /** Ticks since this process started; one is `TICK_MS` long. */
  get tick(): number {
    return Math.floor((this.#clock.monotonicMs() - this.#startMs) / TICK_MS);
  }

  get rooms(): number {
    return this.#awake.size + this.#resting.size;
  }

  /** Rooms in which nothing goes on. */
  get roomsResting(): number {
    return this.#resting.size;
  }

  add(room: Beating): void {
    this.#awake.add(room);
  }

  remove(room: Beating): void {
    this.#awake.delete(room);
    this.#resting.delete(room);
  }

  /** To be called before anything happens in a room; costs nothing if it is awake. */
  wake(room: Beating): void {
    if (!this.#resting.delete(room)) return;
    this.#awake.add(room);
    room.woken();
  }

  start(): void {
    this.#timer = setInterval(() => this.step(), TICK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** One beat at the clock's tick. Ticks that a busy process missed are made up for: what was due then is due now. */
  step(): void {
    const startedMs = performance.now();
    const tick = this.tick;
    // Not by the tick: a timer that drifts leaves some out.
    const movesClocks = ++this.#beats % CLOCK_BEATS === 0;
    if (movesClocks) this.#wakeDue();
    for (const room of this.#awake) {
      try {
        if (movesClocks) room.moveClock();
        if (room.hasChanged() || room.nextDueTick() <= tick) room.beat(tick);
        if (movesClocks) this.#letRest(room);
      } catch (error) {
        // One room's fault must not stop the others' time.
        room.failed(error);
      }
    }
    this.#onDurationMs(performance.now() - startedMs);
  }

  #wakeDue(): void {
    const nowMs = this.#clock.nowMs();
    for (const [room, untilMs] of this.#resting) if (untilMs <= nowMs) this.wake(room);
  }

  #letRest(room: Beating): void {
    const untilMs = room.restsUntilMs();
    // It may have ended in this very beat.
    if (untilMs !== null && this.#awake.delete(room)) this.#resting.set(room, untilMs);
  }
}
