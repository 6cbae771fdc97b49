/** A pilot's connection to a room, however it is made. */
import { z } from "zod";
import type { Shown } from "./shown.ts";

/** A reserved place in a room, as the server hands it out. */
export const seatSchema = z.object({
  name: z.string(),
  sessionId: z.string(),
  roomId: z.string(),
  processId: z.string(),
  publicAddress: z.string().exactOptional(),
});
export type Seat = z.output<typeof seatSchema>;

export interface LineEvents {
  /** A message to this pilot alone; what goes to the whole sector is not passed on. */
  onMessage(type: string, payload: Readonly<Record<string, unknown>>): void;
  /** Once, after which nothing is heard any more. */
  onClosed(code: number): void;
}

/** A pilot's seat in a room. */
export interface Line {
  /** Comes back to this seat after a cut: `<roomId>:<token>`, as the SDKs have it. */
  readonly reconnectionToken: string;
  /** What the sector shows now; null where its state is not decoded. */
  readonly shown: Shown | null;
  send(type: string, body: Readonly<Record<string, unknown>>): void;
  /** Ends without a goodbye, as a lost network does. */
  cut(): void;
  /** Gives the seat up. */
  leave(): void;
}

/** How a pilot gets a line. Each resolves once the room's first state is there. */
export interface Connector {
  /** Its lines show what the sector shows. */
  readonly decodesState: boolean;
  /** @throws HttpRefusal, or what the connection died of */
  join(token: string, options: { sectorId: number; cursor: number }, events: LineEvents): Promise<Line>;
  consume(seat: Seat, events: LineEvents): Promise<Line>;
  reconnect(reconnectionToken: string, events: LineEvents): Promise<Line>;
}

/** What the server broadcasts to a whole sector: counted, not read, since it is most of what arrives. */
export const BROADCASTS: ReadonlySet<string> = new Set([
  "mining_harvest_started",
  "mining_harvest_stopped",
  "combat_update",
  "ship_destroyed",
]);
