import type { Clock } from "../clock.ts";
import type { Identity } from "../identity.ts";

/** Some 3 MB; more clients than one process has. */
const KNOWN_MAX = 10_000;

/**
 * Remembers whom checked tokens speak for: a client sends the same one with each request, and checking its signature
 * costs more than most of what is asked for. Only for keys that never change while the process lives.
 */
export class KnownTokens {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #toleranceMs: number;
  /** In the order in which they were checked. */
  readonly #known = new Map<string, Identity>();

  /** @param toleranceMs how long a token is taken after its end */
  constructor(clock: Pick<Clock, "nowMs">, toleranceMs: number) {
    this.#clock = clock;
    this.#toleranceMs = toleranceMs;
  }

  /** @returns null when the token has to be checked */
  find(token: string): Identity | null {
    const identity = this.#known.get(token);
    if (identity === undefined) return null;
    if (this.#clock.nowMs() < identity.expiresAtMs + this.#toleranceMs) return identity;
    this.#known.delete(token);
    return null;
  }

  remember(token: string, identity: Identity): void {
    this.#known.set(token, identity);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest);
  }
}
