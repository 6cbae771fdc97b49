import type { Clock } from "../clock.ts";
import { addressKey, clientKey } from "../http/address.ts";
import { ratePerAddress, TokenBuckets } from "../http/token-bucket.ts";
import type { TransportLimits } from "./limits.ts";

/** Who may open how many connections. Counts alone: closing is up to the transport. */
export class Admission {
  readonly #limits: TransportLimits;
  readonly #trustProxy: boolean;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #newConnections: TokenBuckets;
  readonly #socketsByKey = new Map<string, number>();
  #connections = 0;

  constructor(limits: TransportLimits, trustProxy: boolean, clock: Pick<Clock, "monotonicMs">) {
    this.#limits = limits;
    this.#trustProxy = trustProxy;
    this.#clock = clock;
    this.#newConnections = new TokenBuckets(ratePerAddress(limits.socketsPerAddressMax));
  }

  /** A connection was opened; `closed` is to be called for it in either case. @returns whether it may stay */
  connected(remoteAddress: string): boolean {
    this.#connections += 1;
    if (this.#connections > this.#limits.connectionsMax) return false;
    // Behind a proxy everybody comes from one address, and says who they are only later.
    if (this.#trustProxy) return true;
    return this.#newConnections.take(addressKey(remoteAddress), this.#clock.monotonicMs()) === 0;
  }

  closed(): void {
    this.#connections -= 1;
  }

  /** Under which name this client is counted. */
  keyOf(remoteAddress: string, headers: Readonly<Record<string, string>>): string {
    return clientKey(remoteAddress, headers, this.#trustProxy);
  }

  /** A client asks for a room's socket. @returns whether it may have it; then `socketClosed` has to follow */
  socketOpened(key: string): boolean {
    const open = this.#socketsByKey.get(key) ?? 0;
    if (open >= this.#limits.socketsPerAddressMax) return false;
    this.#socketsByKey.set(key, open + 1);
    return true;
  }

  socketClosed(key: string): void {
    const open = this.#socketsByKey.get(key) ?? 0;
    if (open <= 1) this.#socketsByKey.delete(key);
    else this.#socketsByKey.set(key, open - 1);
  }
}
