/** Addresses remembered at once, about 200 bytes each. Past it the one unheard of for longest starts afresh. */
const KEYS_MAX = 20_000;

export interface BucketRate {
  /** Tokens that come back each second. */
  readonly perSecond: number;
  /** Tokens at most: what may be taken at once after a pause. */
  readonly burst: number;
}

/**
 * How often one address may connect, and how often it may ask. A game joins with three requests, and after a restart all
 * of an address' clients are back at once; then a page that shows a sleeping sector asks every second or two.
 */
export function ratePerAddress(socketsPerAddressMax: number): BucketRate {
  return { perSecond: Math.max(1, socketsPerAddressMax / 2), burst: Math.max(10, socketsPerAddressMax * 3) };
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A bucket of tokens for each key: so many at once, then so many a second. */
export class TokenBuckets {
  readonly #rate: BucketRate;
  /** In order of use: a key that takes moves to the end. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: BucketRate) {
    this.#rate = rate;
  }

  /** Takes a token of `key`'s. @returns 0, or in how many ms there will be one */
  take(key: string, nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    const found = this.#buckets.get(key) ?? { tokens: burst, atMs: nowMs };
    const elapsedMs = Math.max(0, nowMs - found.atMs);
    const tokens = Math.min(burst, found.tokens + (elapsedMs * perSecond) / 1000);
    const taken = tokens >= 1;
    this.#remember(key, { tokens: taken ? tokens - 1 : tokens, atMs: nowMs });
    return taken ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond);
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  #remember(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= KEYS_MAX) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
