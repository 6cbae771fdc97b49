/** Presses this near each other are one: a double click, a tap that bounces. */
const SAME_PRESS_MS = 500;

/** Each act once at a time: what is asked for again before it is answered, or with the same press, is not. */
export class OnceAtATime {
  readonly #held = new Set<string>();

  /** @returns what the work gives, or null where the same act is under way. @throws what the work throws */
  async run<Answer>(act: string, work: () => Promise<Answer>): Promise<Answer | null> {
    if (this.#held.has(act)) return null;
    this.#held.add(act);
    const pressed = new Promise<void>((resolve) => setTimeout(resolve, SAME_PRESS_MS));
    try {
      return await work();
    } finally {
      void pressed.then(() => this.#held.delete(act));
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
