/** Presses this near each other are one: a double click, a tap that bounces. */
const SAME_PRESS_MS = 500;

/** Each act once at a time: what is asked for again before it is answered, or with the same press, is not. */
export class OnceAtATime {
  /** From when on an act may be asked for again, by `now`. */
  readonly #freeAtMs = new Map<string, number>();
  readonly #now: () => number;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** @returns what the work gives, or null where the same act is under way. @throws what the work throws */
  async run<Answer>(act: string, work: () => Promise<Answer>): Promise<Answer | null> {
    const pressedAtMs = this.#now();
    if (pressedAtMs < (this.#freeAtMs.get(act) ?? 0)) return null;
    this.#freeAtMs.set(act, Number.POSITIVE_INFINITY);
    try {
      return await work();
    } finally {
      this.#freeAtMs.set(act, pressedAtMs + SAME_PRESS_MS);
    }
  }
}

/** What cannot be taken back is asked for twice: the second time with a press of its own. */
export class Confirmation {
  #about: string | null = null;
  #askedAtMs = 0;

  /** What has been asked for once; null when nothing has. */
  get about(): string | null {
    return this.#about;
  }

  /** @returns whether this press confirms what an earlier one has asked for */
  press(about: string, nowMs = performance.now()): boolean {
    if (this.#about !== about) {
      this.#about = about;
      this.#askedAtMs = nowMs;
      return false;
    }
    if (nowMs - this.#askedAtMs < SAME_PRESS_MS) return false;
    this.#about = null;
    return true;
  }

  drop(): void {
    this.#about = null;
  }
}
