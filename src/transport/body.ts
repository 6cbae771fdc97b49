import { Refusal } from "../errors.ts";
import type { TransportLimits } from "./limits.ts";

/** How many bytes of body a request announces; null when only its end will tell. */
export function announcedBytes(headers: Readonly<Record<string, string>>): number | null {
  if (headers["transfer-encoding"] !== undefined) return null;
  return Number(headers["content-length"] ?? 0);
}

/**
 * The body of one request as it arrives, from either transport. It holds no more than the limit and waits no longer; what
 * comes after that is thrown away.
 */
export class Body {
  readonly #bytesMax: number;
  readonly #announced: number | null;
  readonly #timer: NodeJS.Timeout;
  readonly #whole = Promise.withResolvers<Buffer>();
  #chunks: Buffer[] = [];
  #bytes = 0;
  #state: "open" | "complete" | "given_up" = "open";

  constructor(limits: TransportLimits, announced: number | null) {
    this.#bytesMax = limits.httpBodyBytesMax;
    this.#announced = announced;
    // A request that is refused for another reason never asks for its body.
    this.#whole.promise.catch(() => {});
    const secondsMax = limits.httpBodySecondsMax;
    this.#timer = setTimeout(
      () => this.#giveUp(new Refusal("body_too_slow", { secondsMax })),
      secondsMax * 1000,
    ).unref();
    // Refused before its first byte is there.
    if (announced !== null && announced > this.#bytesMax) this.#giveUp(this.#tooLarge());
  }

  /** Takes the next bytes. They may be kept: what a transport is going to reuse is to be copied first. */
  push(chunk: Buffer): void {
    if (this.#state !== "open") return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bytesMax) this.#giveUp(this.#tooLarge());
    else this.#chunks.push(chunk);
  }

  end(): void {
    if (this.#state !== "open") return;
    this.#state = "complete";
    clearTimeout(this.#timer);
    this.#whole.resolve(Buffer.concat(this.#chunks));
  }

  /** The client is gone; whatever is answered reaches nobody. */
  abort(): void {
    this.#giveUp(new Refusal("body_too_slow"));
  }

  get open(): boolean {
    return this.#state === "open";
  }

  /** More of it may come than is worth waiting for, only to throw it away: close the connection after the answer. */
  get endless(): boolean {
    return this.#state === "given_up" || (this.#state === "open" && this.#announced === null);
  }

  /** @throws Refusal body_too_large, body_too_slow */
  read(): Promise<Buffer> {
    return this.#whole.promise;
  }

  #tooLarge(): Refusal {
    return new Refusal("body_too_large", { bytesMax: this.#bytesMax });
  }

  #giveUp(refusal: Refusal): void {
    if (this.#state !== "open") return;
    this.#state = "given_up";
    this.#chunks = [];
    clearTimeout(this.#timer);
    this.#whole.reject(refusal);
  }
}
