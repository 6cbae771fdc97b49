/** The server's time here. Each stamp arrives late by the way it took: the one that was quickest is believed. */
export class ServerTime {
  #offsetMs = Number.POSITIVE_INFINITY;
  readonly #nowMs: () => number;

  /** @param nowMs a clock of this machine that does not jump */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** The server has just said that its time is `serverMs`. */
  heard(serverMs: number): void {
    if (serverMs > 0) this.#offsetMs = Math.min(this.#offsetMs, this.#nowMs() - serverMs);
  }

  /** In ms since 1970; the machine's own time until the server has said its own. */
  now(): number {
    return Number.isFinite(this.#offsetMs) ? this.#nowMs() - this.#offsetMs : Date.now();
  }
}

/** A tick of the room and the server's time at it. */
export interface ClockRef {
  readonly tick: number;
  readonly serverMs: number;
  readonly tickMs: number;
}

/** The server's time of a tick, in ms since 1970. */
function timeOfTick(ref: ClockRef, tick: number): number {
  return ref.serverMs + (tick - ref.tick) * ref.tickMs;
}

/** How far something has come that lasts from one tick to another: 0 to 1, however long nobody has said anything. */
export function progressOf(
  ref: ClockRef,
  { startTick, endTick }: { startTick: number; endTick: number },
  serverNowMs: number,
): number {
  const startMs = timeOfTick(ref, startTick);
  const lengthMs = (endTick - startTick) * ref.tickMs;
  if (lengthMs <= 0) return 0;
  return Math.min(1, Math.max(0, (serverNowMs - startMs) / lengthMs));
}
