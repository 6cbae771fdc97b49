import { Command, type Dispatcher } from "@colyseus/command";
import type { Room } from "@colyseus/core";
import { z } from "zod";
import type { RequestKey } from "../persistence/work.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

/** The room as its commands see it. */
export interface SectorRoomLike extends Room {
  readonly sector: Sector;
}

/** What a pilot asks for, checked and known to be new. */
export interface Order<Body> {
  readonly pilot: Pilot;
  readonly key: RequestKey;
  readonly body: Body;
  /** Answers the pilot. Called once, unless the command throws a Refusal instead. */
  readonly accept: (answer: Readonly<Record<string, unknown>>) => void;
}

/**
 * A command of a pilot. `execute` either starts or carries out what was asked and calls `accept`, or throws a Refusal
 * and has changed nothing.
 */
export abstract class PilotCommand<Body> extends Command<SectorRoomLike, Order<Body>> {
  get sector(): Sector {
    return this.room.sector;
  }
}

/**
 * Every message's own id: a repeat gets the first one's answer. Printable ASCII alone, which every client and the
 * database spell the same way; one NUL would fail the query that looks up everybody's requests together.
 */
export const requestId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x20-\x7e]*$/, "only printable ASCII characters")
  .describe("Chosen by the client, new for each new request. Sending it again returns the first answer.");

interface Spec<Body extends { requestId: string }> {
  readonly name: string;
  readonly summary: string;
  readonly body: z.ZodType<Body>;
  readonly answer: z.ZodType;
  /** Whether its answer is kept in the database; what costs nothing is simply done again. */
  readonly costs: boolean;
  readonly create: () => PilotCommand<Body>;
}

/** A request whose shape has been checked, ready to be carried out. */
export interface ParsedCommand {
  readonly requestId: string;
  /** Everything but the requestId: what makes it the same request again. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Carries it out in a room. @throws Refusal */
  readonly run: (
    dispatcher: Dispatcher<SectorRoomLike>,
    order: Omit<Order<unknown>, "body">,
  ) => Promise<void>;
}

/** One kind of request: its name on the wire, its shape, and what carries it out. */
export interface CommandSpec extends Omit<Spec<{ requestId: string }>, "create"> {
  /** @throws ZodError when the payload does not have the command's shape */
  readonly parse: (payload: unknown) => ParsedCommand;
}

/** Ties a command to the shape of its messages, so that nothing unchecked reaches it. */
export function spec<Body extends { requestId: string }>({ create, ...rest }: Spec<Body>): CommandSpec {
  return {
    ...rest,
    parse(payload) {
      const body = rest.body.parse(payload);
      const { requestId: id, ...content } = body;
      return {
        requestId: id,
        body: content,
        async run(dispatcher, order) {
          dispatcher.room.sector.readyFor(order.pilot);
          await dispatcher.dispatch(create(), { ...order, body });
        },
      };
    },
  };
}
