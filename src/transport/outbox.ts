/** A client that is sent frames. */
interface Receiver {
  /** Writes them to its socket with one call of the system. */
  sendTogether(frames: readonly Uint8Array[]): void;
}

/**
 * Gathers what one turn of the event loop tells each client, so that it leaves together: a write to a socket costs more
 * than all else of a frame, and a patch seldom comes alone.
 */
export class Outbox {
  readonly #waiting = new Map<Receiver, Uint8Array[]>();
  #last: Uint8Array | null = null;
  #lastCopy: Uint8Array = new Uint8Array();

  /** The frame leaves when this turn ends, behind those of the same receiver that wait already. */
  put(receiver: Receiver, frame: Uint8Array): void {
    if (this.#waiting.size === 0) process.nextTick(() => this.#flushAll());
    const frames = this.#waiting.get(receiver);
    if (frames === undefined) this.#waiting.set(receiver, [this.#copyOf(frame)]);
    else frames.push(this.#copyOf(frame));
  }

  /** What waits for the receiver leaves now. */
  flush(receiver: Receiver): void {
    const frames = this.#waiting.get(receiver);
    this.#waiting.delete(receiver);
    if (frames !== undefined) receiver.sendTogether(frames);
  }

  #flushAll(): void {
    this.#last = null;
    for (const receiver of this.#waiting.keys()) this.flush(receiver);
  }

  /** Rooms encode the next frame into the same memory. All clients that are sent one frame in a row share its copy. */
  #copyOf(frame: Uint8Array): Uint8Array {
    if (frame !== this.#last) {
      this.#last = frame;
      this.#lastCopy = Uint8Array.from(frame);
    }
    return this.#lastCopy;
  }
}
