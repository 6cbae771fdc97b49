import { z } from "zod";
import type { Identity } from "../identity.ts";
import { nothing, OPTIONAL, PUBLIC, type Route, route } from "./route.ts";

/** Everything below it is a join. */
export const MATCHMAKE_PREFIX = "/matchmake/";

/** Room names and ids are short words; the sockets of a room accept no others. */
const word = z
  .string()
  .max(64)
  .regex(/^[\w-]+$/);

/** A reserved place in a room, in the form the SDKs consume: what `matchMaker` hands out. */
const seat = z.object({
  name: z.string(),
  sessionId: z.string(),
  roomId: z.string(),
  processId: z.string().optional(),
  publicAddress: z.string().optional(),
  reconnectionToken: z.string().optional(),
  devMode: z.boolean().optional(),
});
export type Seat = z.output<typeof seat>;

/**
 * Finds the client a seat. `method` and `roomName` are as the SDKs send them (`joinOrCreate`, `join`, `joinById`,
 * `reconnect` …; the last two put a room's id where the name is); `options` is what the game passed, unchecked.
 * @returns the seat, in the form the SDKs consume
 * @throws Refusal when there is none for this client; whatever else is thrown is answered as `internal`
 */
export type Matchmake = (
  method: string,
  roomName: string,
  options: unknown,
  identity: Identity | null,
) => Promise<Seat>;

const common = { method: "POST", query: nothing, body: z.unknown(), response: seat } as const;

/** Under the addresses and in the form that every Colyseus SDK has built in. The first one that fits is taken. */
export const matchmakeRoutes = (matchmake: Matchmake): Route[] => [
  route({
    ...common,
    path: `${MATCHMAKE_PREFIX}reconnect/:roomName`,
    // The seat's own reconnection token is what counts: a user's token may have expired during the session.
    access: PUBLIC,
    params: z.object({ roomName: word }),
    refusals: ["seat_expired", "superseded"],
    summary:
      "Finds the seat that is kept for a client that dropped out of a room, by its reconnection token.",
    handle: ({ params, body }) => matchmake("reconnect", params.roomName, body, null),
  }),
  route({
    ...common,
    path: `${MATCHMAKE_PREFIX}:method/:roomName`,
    access: OPTIONAL,
    params: z.object({ method: word, roomName: word }),
    refusals: [
      "room_not_offered",
      "client_too_old",
      "unknown_surface",
      "not_in_sector",
      "sector_asleep",
      "spectators_off",
      "draining",
    ],
    summary: "Reserves a seat in a room. The SDKs call it when a game joins; the seat is theirs to consume.",
    handle: ({ params, body, identity }) => matchmake(params.method, params.roomName, body, identity),
  }),
];
