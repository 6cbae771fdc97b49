import { type Client, ClientState, CloseCode } from "@colyseus/core";

/** The SDKs acknowledge within a round trip; the slowest line we serve takes 2 s for that. */
export const JOIN_ACK_SECONDS = 5;

/**
 * Closes a client that does not acknowledge its JOIN_ROOM in time: until it does, everything sent to it is kept for it.
 * Call it at the end of `onJoin` and `onReconnect` with the room's `clock`, whose timers end with the room.
 */
export function watchJoinAck(
  client: Client,
  clock: { setTimeout(handler: () => void, timeMs: number): unknown },
  seconds: number,
): void {
  clock.setTimeout(() => {
    const { state } = client;
    if (state === ClientState.JOINING || state === ClientState.RECONNECTING)
      client.leave(CloseCode.WITH_ERROR, "JOIN_ROOM was not acknowledged");
  }, seconds * 1000);
}
