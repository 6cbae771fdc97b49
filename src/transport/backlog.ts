import { type ClientPrivate, ClientState } from "@colyseus/core";

/** What is kept for a client that has not acknowledged JOIN_ROOM: Colyseus itself would keep everything. */
export class Backlog {
  readonly bytesMax: number;
  #queuedBytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** Counts `bytes` when they would be queued. @returns false when that is more than may wait for one client */
  admits(client: ClientPrivate & { readonly state: ClientState }, bytes: number): boolean {
    const isQueued = client.state !== ClientState.JOINED && client._enqueuedMessages !== undefined;
    if (!isQueued) return true;
    this.#queuedBytes += bytes;
    return this.#queuedBytes <= this.bytesMax;
  }
}
