import { Refusal } from "../errors.ts";
import type { TransportLimits } from "./limits.ts";

/**
 * The body of one request as it arrives, from either transport. It holds no more than the limit and waits no longer; what
 * comes after that is thrown away.
 */
export class Body {
  readonly #bytesMax: number;
  readonly #timer: NodeJS.Timeout;
  readonly #whole: Promise<Buffer>;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #state: "open" | "complete" | "given_up" = "open";
  #resolve: (body: Buffer) => void = () => {};
  #reject: (refusal: Refusal) => void = () => {};

  constructor(limits: TransportLimits) {
    this.#bytesMax = limits.httpBodyBytesMax;
    this.#whole = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A request that is refused for another reason never asks for its body.
    this.#whole.catch(() => {});
    const secondsMax = limits.httpBodySecondsMax;
    this.#timer = setTimeout(
      () => this.#giveUp(new Refusal("body_too_slow", { secondsMax })),
      secondsMax * 1000,
    );
  }

  /** `length` bytes are announced: too many are refused before the first one is there. */
  announce(length: number): void {
    if (length > this.#bytesMax) this.#giveUp(this.#tooLarge());
  }

  /** Takes the next bytes. They may be kept: what a transport is going to reuse is to be copied first. */
  push(chunk: Buffer): void {
    if (this.#state !== "open") return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bytesMax) {
      this.#giveUp(this.#tooLarge());
      return;
    }
    this.#chunks.push(chunk);
  }

  end(): void {
    if (this.#state !== "open") return;
    this.#state = "complete";
    clearTimeout(this.#timer);
    this.#resolve(Buffer.concat(this.#chunks));
  }

  /** The client is gone; whatever is answered reaches nobody. */
  abort(): void {
    this.#giveUp(new Refusal("body_too_slow"));
  }

  get open(): boolean {
    return this.#state === "open";
  }

  /** All of it was received: the connection can carry another request. */
  get complete(): boolean {
    return this.#state === "complete";
  }

  /** @throws Refusal body_too_large, body_too_slow */
  read(): Promise<Buffer> {
    return this.#whole;
  }

  #tooLarge(): Refusal {
    return new Refusal("body_too_large", { bytesMax: this.#bytesMax });
  }

  #giveUp(refusal: Refusal): void {
    if (this.#state !== "open") return;
    this.#state = "given_up";
    this.#chunks = [];
    clearTimeout(this.#timer);
    this.#reject(refusal);
  }
}
