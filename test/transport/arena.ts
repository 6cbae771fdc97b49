import { type Client, Room } from "@colyseus/core";
import { type SchemaType, schema, t } from "@colyseus/schema";
import { watchJoinAck } from "../../src/rooms/join-ack.ts";

const ArenaState = schema({ clients: t.uint32().default(0) }, "ArenaState");

/** 1 MB in all, in messages of 16 KB. */
const FLOOD_PIECES = 64;
const FLOOD_PIECE = "x".repeat(16 * 1024);

/** Shorter than a real room's: tests wait for its end. */
export const ARENA_JOIN_ACK_SECONDS = 1;

/** The smallest room that a hostile client can be hostile to. */
export class Arena extends Room<{ state: SchemaType<typeof ArenaState> }> {
  override state = new ArenaState();
  override maxMessagesPerSecond = 1_000;

  override messages = {
    ping: (client: Client) => client.send("pong", {}),
    /** Tells everybody a lot. */
    flood: () => {
      for (let count = 0; count < FLOOD_PIECES; count++) this.broadcast("piece", FLOOD_PIECE);
    },
  };

  override onJoin(client: Client): void {
    this.state.clients += 1;
    watchJoinAck(client, this.clock, ARENA_JOIN_ACK_SECONDS);
  }

  override onLeave(): void {
    this.state.clients -= 1;
  }
}
