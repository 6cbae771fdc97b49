import {
  type Client,
  type ClientPrivate,
  CloseCode,
  connectClientToRoom,
  matchMaker,
  Room,
  ServerError,
} from "@colyseus/core";
import { Refusal } from "../errors.ts";
import { asRefusal, refusalText } from "../http/refusals.ts";
import type { Log } from "../telemetry/log.ts";

/** What the address of a room's socket asks for. */
export interface SeatRequest {
  readonly roomId: string;
  readonly sessionId: string;
  readonly reconnectionToken: string | undefined;
  /** The client has the room's schema already. */
  readonly skipHandshake: boolean;
}

/**
 * Reads a socket's address: `/<processId>/<roomId>?sessionId=…` for a seat, `/` for the SDKs' latency measurement.
 * @returns null for any other address
 */
export function readSocketUrl(url: string): SeatRequest | "latency" | null {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  if (path === "/") return "latency";
  const roomId = /^\/[\w-]+\/([\w-]+)$/.exec(path)?.[1];
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  const sessionId = query.get("sessionId");
  if (roomId === undefined || sessionId === null || sessionId === "") return null;
  const reconnectionToken = query.get("reconnectionToken") ?? undefined;
  return { roomId, sessionId, reconnectionToken, skipHandshake: query.has("skipHandshake") };
}

/** The SDKs measure with a few bytes there and back. */
export const LATENCY_PINGS_MAX = 20;
export const LATENCY_SOCKET_MS_MAX = 1_000;

/**
 * Brings a client whose socket has opened into its room, or tells it why not and closes it. Like Colyseus' own, but a
 * socket without a seat costs no stack trace in the log, and what went wrong inside is not told outside.
 */
export async function takeSeat(
  client: Client & ClientPrivate,
  request: SeatRequest,
  from: { readonly key: string; readonly headers: Readonly<Record<string, string>> },
  log: Log,
): Promise<void> {
  const { roomId, sessionId, reconnectionToken, skipHandshake } = request;
  try {
    // A plain object's own words, such as "constructor", are in the list of rooms too.
    const room: unknown = matchMaker.getLocalRoomById(roomId);
    if (!(room instanceof Room) || !room.hasReservedSeat(sessionId, reconnectionToken))
      throw new Refusal("seat_expired");
    const context = { ip: from.key, headers: new Headers({ ...from.headers }) };
    await connectClientToRoom(room, client, context, {
      skipHandshake,
      ...(reconnectionToken !== undefined && { reconnectionToken }),
    });
  } catch (error) {
    // Colyseus' own errors tell of a seat that was taken twice, or of a client that has left meanwhile.
    const refusal =
      error instanceof ServerError
        ? new Refusal("seat_expired")
        : asRefusal(error, log, { roomId, sessionId });
    client.error(refusal.status, refusalText(refusal));
    // The SDKs try no further after either.
    client.leave(reconnectionToken === undefined ? CloseCode.WITH_ERROR : CloseCode.FAILED_TO_RECONNECT);
  }
}
