/** A pilot's calls of routes that change something: each is made, as the same call, until it is answered. */
import { setTimeout as pause } from "node:timers/promises";
import { type HttpClient, HttpRefusal } from "./http.ts";
import type { Measure } from "./measure.ts";

const RETRY_MS = 400;
/** Refusals that say nothing of the request itself: one that may have been carried out before is made again. */
export const PUT_OFF: ReadonlySet<string> = new Set([
  ...["store_unavailable", "busy", "draining", "clock_skew", "too_many_requests"],
]);

/** Of these nobody knows whether it was carried out: the database may have gone away with the answer to its COMMIT. */
const IN_DOUBT = "store_unavailable";

/** How a call was answered; null: not at all, and nobody asks any more. */
export type Called =
  | { readonly answer: unknown; readonly attempts: number }
  | { readonly refused: string }
  | null;

export interface Call {
  /** What it is measured as. */
  readonly kind: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of `performance.now()`: the answer is timed from then. */
  readonly intendedMs: number;
  /** For routes whose body alone does not say that it is the same call again. */
  readonly idempotencyKey?: string;
}

export class Calls {
  readonly #http: HttpClient;
  readonly #measure: Measure;
  readonly #token: string;
  /** Those that have no answer yet, and how often each was made. */
  readonly #open = new Map<Call, number>();
  #givenUp = false;

  constructor(http: HttpClient, measure: Measure, token: string) {
    this.#http = http;
    this.#measure = measure;
    this.#token = token;
  }

  get unanswered(): number {
    return this.#open.size;
  }

  /** Writes into the measure how long each answer has been waited for by now. */
  measureWaiting(nowMs: number): void {
    for (const [{ kind, intendedMs }, attempts] of this.#open) {
      if (attempts === 1) this.#measure.waits(kind, nowMs - intendedMs);
    }
  }

  giveUp(): void {
    this.#givenUp = true;
  }

  /** @throws HttpRefusal, or what the connection died of */
  get(path: string): Promise<unknown> {
    return this.#http.get(path, this.#token);
  }

  async post(call: Call): Promise<Called> {
    this.#measure.count("actions");
    try {
      for (let attempts = 1; !this.#givenUp; attempts++) {
        this.#open.set(call, attempts);
        const called = await this.#try(call, attempts);
        if (called !== null) return called;
        await pause(RETRY_MS);
      }
      return null;
    } finally {
      this.#open.delete(call);
    }
  }

  /** @returns null when it has to be made again */
  async #try({ kind, path, body, intendedMs, idempotencyKey }: Call, attempts: number): Promise<Called> {
    const headers = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
    try {
      const answer = await this.#http.post(path, body, this.#token, headers);
      // What a lost connection has delayed says nothing of the server.
      if (attempts === 1) this.#measure.took(kind, performance.now() - intendedMs);
      else this.#measure.count("calls answered after another try");
      return { answer, attempts };
    } catch (error) {
      if (!(error instanceof HttpRefusal)) return null;
      this.#measure.refused(error.code);
      const isToComeAgain = error.code === IN_DOUBT || (attempts > 1 && PUT_OFF.has(error.code));
      return isToComeAgain ? null : { refused: error.code };
    }
  }
}
