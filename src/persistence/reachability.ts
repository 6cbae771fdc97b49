/** The first question comes soon: mostly one connection was cut, and the next one stands. */
const ASK_MS_MIN = 20;
/** A database that restarts is back within seconds: asked often enough that nobody notices the asking. */
const ASK_MS_MAX = 1_000;

/**
 * Knows whether the database is there, and asks for it while it is not. One that answers the question but fails the
 * work that follows (a full disk, a standby) is asked less and less often, until work gets through again.
 */
export class Reachability {
  readonly #ask: () => Promise<unknown>;
  readonly #onBack: () => void;
  #away = false;
  #stopped = false;
  #waitMs = ASK_MS_MIN;
  #timer: NodeJS.Timeout | null = null;

  constructor(ask: () => Promise<unknown>, onBack: () => void) {
    this.#ask = ask;
    this.#onBack = onBack;
  }

  get isAway(): boolean {
    return this.#away;
  }

  /** Work got through. */
  worked(): void {
    this.#waitMs = ASK_MS_MIN;
  }

  /** Work did not get through. @returns whether that is news */
  lost(): boolean {
    if (this.#away) return false;
    this.#away = true;
    const isNews = this.#waitMs === ASK_MS_MIN;
    this.#askLater();
    return isNews;
  }

  /** Away from now on, and nobody asks any more. */
  stop(): void {
    this.#stopped = true;
    this.#away = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #askLater(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#ask().then(
        () => this.#back(),
        () => this.#askLater(),
      );
    }, this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, ASK_MS_MAX);
  }

  #back(): void {
    if (this.#stopped) return;
    this.#away = false;
    this.#onBack();
  }
}
