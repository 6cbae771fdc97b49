/** Time, handed in everywhere: nothing else in the server asks the machine or the database what time it is. */

/** The fastest of some round trips says most: the longer one takes, the less is known about where its middle lies. */
const SAMPLES = 5;
/** Machines that keep their time by NTP stay far below this; beyond it one of the two clocks was set. */
const JUMP_MS_MAX = 1_000;
/** A clock that says something else every time cannot be confirmed; then it stays skewed until the next measurement. */
const CONFIRMATIONS_MAX = 5;

export interface Clock {
  /** Milliseconds since 1970, UTC, as the database has them; whole numbers. */
  nowMs(): number;
  /** Milliseconds since some moment: for durations. Never goes back, whatever happens to the time of day. */
  monotonicMs(): number;
  /** True while the time of day is in doubt: refuse whatever depends on it. */
  isSkewed(): boolean;
}

/** As much of a `pg` pool or client as is needed here. */
export interface TimeServer {
  query(statement: string): Promise<{ rows: unknown[] }>;
}

/**
 * This process' monotonic time plus its offset to the database's clock. So all processes share one time, it does not
 * depend on this machine's time of day, and asking it costs nothing.
 */
export class DatabaseClock implements Clock {
  readonly #server: TimeServer;
  readonly #onTrouble: (message: string) => void;
  #offsetMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #skewed = false;
  #timer: NodeJS.Timeout | null = null;
  #measuring: Promise<void> | null = null;

  private constructor(server: TimeServer, offsetMs: number, onTrouble: (message: string) => void) {
    this.#server = server;
    this.#offsetMs = offsetMs;
    this.#onTrouble = onTrouble;
  }

  /**
   * Measures for the first time, and from then on every `measureEveryMs` until `stop`.
   * @param onTrouble told about jumps, and about measurements that failed; the time then runs on as it was.
   * @throws what the query threw: without a first measurement there is no time.
   */
  static async start(
    server: TimeServer,
    measureEveryMs: number,
    onTrouble: (message: string) => void,
  ): Promise<DatabaseClock> {
    const clock = new DatabaseClock(server, await measureOffsetMs(server), onTrouble);
    clock.#timer = setInterval(() => {
      clock.#measuring ??= clock.measure().finally(() => {
        clock.#measuring = null;
      });
    }, measureEveryMs);
    return clock;
  }

  nowMs(): number {
    // A correction by less than a jump lets the time stand still for a moment rather than go back.
    this.#lastMs = Math.max(this.#lastMs, Math.floor(this.monotonicMs() + this.#offsetMs));
    return this.#lastMs;
  }

  monotonicMs(): number {
    return performance.now();
  }

  /** True from a jump of the offset until its confirmation: refuse whatever depends on the time. */
  isSkewed(): boolean {
    return this.#skewed;
  }

  /** Measures now. A jump counts once the next measurement, taken right after, says the same. Never throws. */
  async measure(): Promise<void> {
    try {
      const offsetMs = await measureOffsetMs(this.#server);
      if (Math.abs(offsetMs - this.#offsetMs) <= JUMP_MS_MAX) this.#adopt(offsetMs);
      else await this.#confirm(offsetMs);
    } catch (error) {
      this.#onTrouble(`Measuring the time failed: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Ends the measuring; the time can still be asked. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#measuring;
  }

  async #confirm(jumpedMs: number): Promise<void> {
    this.#skewed = true;
    const seconds = ((jumpedMs - this.#offsetMs) / 1000).toFixed(1);
    this.#onTrouble(`The database's clock has moved against ours by ${seconds} s; measuring again.`);
    let beforeMs = jumpedMs;
    for (let attempt = 0; attempt < CONFIRMATIONS_MAX; attempt++) {
      const offsetMs = await measureOffsetMs(this.#server);
      if (Math.abs(offsetMs - beforeMs) <= JUMP_MS_MAX) {
        // The time of day itself was set, and may have been set back.
        this.#lastMs = Number.NEGATIVE_INFINITY;
        this.#adopt(offsetMs);
        return;
      }
      beforeMs = offsetMs;
    }
  }

  #adopt(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#skewed = false;
  }
}

/** What to add to our monotonic time to get the database's. */
async function measureOffsetMs(server: TimeServer): Promise<number> {
  let best = { roundTripMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let sample = 0; sample < SAMPLES; sample++) {
    const sentMs = performance.now();
    const serverMs = await readServerMs(server);
    const roundTripMs = performance.now() - sentMs;
    if (roundTripMs < best.roundTripMs)
      best = { roundTripMs, offsetMs: serverMs - (sentMs + roundTripMs / 2) };
  }
  return best.offsetMs;
}

/** The one place where the database is asked for the time. */
async function readServerMs(server: TimeServer): Promise<number> {
  const { rows } = await server.query("select extract(epoch from clock_timestamp()) * 1000 as ms");
  const row = rows[0];
  const ms = typeof row === "object" && row !== null && "ms" in row ? Number(row.ms) : Number.NaN;
  if (!Number.isFinite(ms))
    throw new Error(`The database answered the question for the time with ${String(row)}.`);
  return ms;
}
