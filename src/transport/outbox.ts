/** Who has something to send at the end of this turn of the event loop. */
export class Outbox {
  #clients: { flush(): void }[] = [];
  #last: Uint8Array | null = null;
  #lastCopy: Uint8Array = new Uint8Array();

  /** @param client flushed when this turn ends */
  add(client: { flush(): void }): void {
    if (this.#clients.push(client) === 1) process.nextTick(() => this.#flush());
  }

  /** Rooms encode the next frame into the same memory. All clients that are sent one frame in a row share its copy. */
  copyOf(frame: Uint8Array): Uint8Array {
    if (frame !== this.#last) {
      this.#last = frame;
      this.#lastCopy = Uint8Array.from(frame);
    }
    return this.#lastCopy;
  }

  #flush(): void {
    const clients = this.#clients;
    this.#clients = [];
    this.#last = null;
    for (const client of clients) client.flush();
  }
}
