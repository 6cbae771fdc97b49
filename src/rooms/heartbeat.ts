import type { Clock } from "../clock.ts";
import { TICK_MS } from "../commands/sector.ts";
import type { PatchRate } from "./patch-rate.ts";

/** Rooms' own clocks (Colyseus counts message rates on them) move once in this many beats. */
const CLOCK_BEATS = 5;
/** Parts of a tick, each with the beat of its own rooms: ten make it the 10 ms that timers are good for. */
const SLOTS = 10;
const SLOT_MS = TICK_MS / SLOTS;

/** A room as the heartbeat sees it. */
export interface Beating {
  /** The first tick at which something is due in this room. */
  nextDueTick(): number;
  /** Whether something that clients see has changed since the last patch. */
  hasChanged(): boolean;
  /**
   * Runs what is due at `tick`.
   * @param sendsPatch whether what has changed goes out with this beat; if not, it stays changed
   */
  beat(tick: number, sendsPatch: boolean): void;
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
 * The one timer of all rooms of a process. Each room has a beat ten times a second, in which it is touched if something
 * is due or changed; while the process is busy, what has changed waits for its second or fourth beat (`patch-rate.ts`).
 * Where nothing goes on it has none, until `wake` says that somebody does something or the room's time
 * has come: thousands of quiet sectors cost next to nothing. Rooms are spread evenly over the tick: all at once would keep
 * every answer waiting for the whole process' patches.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #patchRate: PatchRate;
  readonly #slots = Array.from({ length: SLOTS }, (_, index) => new Slot(index));
  readonly #slotOf = new Map<Beating, Slot>();
  readonly #onDurationMs: (ms: number) => void;
  #timer: NodeJS.Timeout | null = null;
  /** Between two looks; 0 while it stands still. */
  #lookMs = 0;
  #startedMs = 0;
  /** How many slots have had their beat since the start. */
  #beaten = 0;

  /** @param onDurationMs told how long each beat took that had rooms to touch */
  constructor(clock: Clock, patchRate: PatchRate, onDurationMs: (ms: number) => void) {
    this.#clock = clock;
    this.#patchRate = patchRate;
    this.#startMs = clock.monotonicMs();
    this.#onDurationMs = onDurationMs;
  }

  /** Ticks since this process started; one is `TICK_MS` long. */
  get tick(): number {
    return Math.floor((this.#clock.monotonicMs() - this.#startMs) / TICK_MS);
  }

  get rooms(): number {
    return this.#slotOf.size;
  }

  /** Rooms in which nothing goes on. */
  get roomsResting(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.resting.size, 0);
  }

  add(room: Beating): void {
    const emptiest = this.#slots.reduce((best, slot) => (slot.size < best.size ? slot : best));
    emptiest.awake.add(room);
    this.#slotOf.set(room, emptiest);
  }

  remove(room: Beating): void {
    const slot = this.#slotOf.get(room);
    slot?.awake.delete(room);
    slot?.resting.delete(room);
    this.#slotOf.delete(room);
  }

  /** To be called before anything happens in a room; costs next to nothing if it is awake. */
  wake(room: Beating): void {
    this.#slotOf.get(room)?.wake(room);
  }

  start(): void {
    // Timers come late; what they have missed is counted by the machine's time, which they run on.
    this.#startedMs = performance.now();
    this.#lookEvery(SLOT_MS);
  }

  stop(): void {
    this.#lookEvery(0);
  }

  /** One beat of all rooms at the clock's tick. Ticks that were missed are made up for: what was due then is due now. */
  step(): void {
    for (const slot of this.#slots) this.#beat(slot);
  }

  #lookEvery(ms: number): void {
    if (ms === this.#lookMs) return;
    this.#lookMs = ms;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = ms === 0 ? null : setInterval(() => this.#look(), ms);
  }

  #look(): void {
    this.#stepTo(Math.floor((performance.now() - this.#startedMs) / SLOT_MS));
    // Nobody notices when rooms that rest wake up; waking the process a hundred times a second for it is what costs.
    const isAwake = this.#slots.some(({ awake }) => awake.size > 0);
    this.#lookEvery(isAwake ? SLOT_MS : TICK_MS);
  }

  /** Beats the slots whose time has come since the last look; after a standstill each of them once. */
  #stepTo(passed: number): void {
    const first = Math.max(this.#beaten, passed - SLOTS);
    this.#beaten = passed;
    for (let beat = first; beat < passed; beat++) {
      const slot = this.#slots[beat % SLOTS];
      if (slot !== undefined) this.#beat(slot);
    }
  }

  #beat(slot: Slot): void {
    const startedMs = performance.now();
    this.#patchRate.look(this.#clock.monotonicMs());
    if (slot.beat(this.tick, this.#clock, this.#patchRate.everyBeats))
      this.#onDurationMs(performance.now() - startedMs);
  }
}

/** Rooms that have their beat together. */
class Slot {
  readonly awake = new Set<Beating>();
  /** With the moment at which they wake by themselves. */
  readonly resting = new Map<Beating, number>();
  /** How many it has had. Each slot begins with another number: those that send patches in one tick are spread over it. */
  #beats: number;

  constructor(index: number) {
    this.#beats = index;
  }

  get size(): number {
    return this.awake.size + this.resting.size;
  }

  wake(room: Beating): void {
    if (!this.resting.delete(room)) return;
    this.awake.add(room);
    room.woken();
  }

  /**
   * @param patchEveryBeats what has changed goes out with every so many beats
   * @returns whether a room had something to do
   */
  beat(tick: number, clock: Pick<Clock, "nowMs">, patchEveryBeats: number): boolean {
    const movesClocks = ++this.#beats % CLOCK_BEATS === 0;
    const sendsPatches = this.#beats % patchEveryBeats === 0;
    if (movesClocks) this.#wakeDue(clock.nowMs());
    let touched = false;
    for (const room of this.awake) {
      try {
        if (movesClocks) room.moveClock();
        if ((sendsPatches && room.hasChanged()) || room.nextDueTick() <= tick) {
          touched = true;
          room.beat(tick, sendsPatches);
        }
        if (movesClocks) this.#letRest(room);
      } catch (error) {
        // One room's fault must not stop the others' time.
        room.failed(error);
      }
    }
    return touched;
  }

  #wakeDue(nowMs: number): void {
    for (const [room, untilMs] of this.resting) if (untilMs <= nowMs) this.wake(room);
  }

  #letRest(room: Beating): void {
    const untilMs = room.restsUntilMs();
    // It may have ended in this very beat.
    if (untilMs !== null && this.awake.delete(room)) this.resting.set(room, untilMs);
  }
}
