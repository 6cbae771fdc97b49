/** What a server's process says of itself through the probe. */
import { z } from "zod";

export const reportRequest = "report";

export const probeReport = z.object({
  /** Heap and external memory in use after a garbage collection. */
  heapBytes: z.number(),
  rssBytes: z.number(),
  /** What keeps the event loop alive, by kind: sockets, timers. */
  resources: z.record(z.string(), z.int()),
  roomCount: z.int(),
  clients: z.int(),
});
export type ProbeReport = z.output<typeof probeReport>;
