import { z } from "zod";
import { appContextFields } from "../identity/app-context.ts";

/** What comes with a reserved seat: who it is for. Made by this server alone, and never with a key `sessionId`. */
export const seatAuthSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pilot"), userId: z.uuid() }),
  /** With the user of a token that was sent; an operator may end their session too. */
  z.object({ kind: z.literal("spectator"), userId: z.uuid().nullable() }),
]);

export type SeatAuth = z.output<typeof seatAuthSchema>;

/** The version of the wire contract that this server speaks. */
export const PROTOCOL = 1;

/** What a client passes when it joins; checked when the seat is reserved. */
export const joinOptionsSchema = z.object({
  sectorId: z.int().positive().describe("The sector your ship is in; see GET /me."),
  protocol: z.literal(PROTOCOL).optional().describe("The version of this protocol that the client speaks."),
  sdk: z
    .string()
    .max(16)
    .optional()
    .describe("The version of your Colyseus SDK; say `0.17` for one of those, whose first frame is another."),
  spectate: z.boolean().optional().describe("Watch without a ship."),
  cursor: z
    .int()
    .nonnegative()
    .optional()
    .describe("The newest eventId you have: later events come before anything live."),
  ...appContextFields,
});

/** What a client passes when it joins the galaxy's room. */
export const galaxyJoinSchema = joinOptionsSchema.pick({ protocol: true, sdk: true });

export type JoinOptions = z.output<typeof joinOptionsSchema>;
