/** A PostHog of one's own that can be as unreliable as the way to it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { z } from "zod";

const eventSchema = z.object({
  uuid: z.uuid(),
  event: z.string(),
  distinct_id: z.string(),
  timestamp: z.iso.datetime(),
  properties: z.record(z.string(), z.unknown()),
});
const batchSchema = z.object({ api_key: z.string(), batch: z.array(eventSchema) });

/** What becomes of a request. "lost": taken, and the line goes dead before the answer. */
export type Fate = "taken" | "error" | "dropped" | "slow" | "lost";

export class PostHogStandIn {
  /** As PostHog keeps them: its table sorts by day, event, person and uuid, and rows of the same are merged into one. */
  readonly kept = new Map<string, z.output<typeof eventSchema>>();
  readonly keys = new Set<string>();
  readonly batchSizes: number[] = [];
  requests = 0;
  /** Events that came when they were kept already. */
  repeats = 0;
  #fateOf: (request: number) => Fate;
  readonly #server = createServer((request, response) => {
    const fate = this.#fateOf(this.requests++);
    if (fate === "dropped") return void request.socket.destroy();
    if (fate === "slow") return;
    if (fate === "error") return void response.writeHead(503).end("not now");
    const unpacked = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
    void json(unpacked).then((body) => {
      this.#take(batchSchema.parse(body));
      if (fate === "lost") request.socket.destroy();
      else response.writeHead(200, { "content-type": "application/json" }).end('{"status":1}');
    });
  });

  constructor(fateOf: (request: number) => Fate) {
    this.#fateOf = fateOf;
  }

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, "close");
  }

  #take({ api_key, batch }: z.output<typeof batchSchema>): void {
    this.keys.add(api_key);
    this.batchSizes.push(batch.length);
    for (const event of batch) {
      const key = [event.timestamp.slice(0, 10), event.event, event.distinct_id, event.uuid].join();
      if (this.kept.has(key)) this.repeats++;
      this.kept.set(key, event);
    }
  }
}
