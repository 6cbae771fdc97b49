import { Metadata } from "@colyseus/schema";
import { z } from "zod";
import { COMMANDS } from "../commands/catalogue.ts";
import { EVENTS } from "../commands/events.ts";
import { GALAXY_STATE_TYPES } from "../schema/galaxy.ts";
import { STATE_TYPES } from "../schema/sector.ts";
import { CLOSE } from "./close-codes.ts";
import { acceptedEnvelope, ackBody, refusedEnvelope } from "./envelopes.ts";
import { findBody, foundMessage } from "./galaxy-room.ts";
import { galaxyJoinSchema, joinOptionsSchema, PROTOCOL } from "./seat-auth.ts";

/** A primitive's name, a type's name, or `map of` one. */
function typeName(type: unknown): string {
  if (typeof type === "string") return type;
  if (typeof type === "function") return type.name;
  if (typeof type === "object" && type !== null) {
    const [[kind, of] = ["?", "?"]] = Object.entries(type);
    return `${kind} of ${typeName(of)}`;
  }
  return "?";
}

function stateTypes(types: Readonly<Record<string, new () => object>>) {
  return Object.entries(types).map(([name, type]) => ({
    name,
    fields: Object.entries(Metadata.getFields(type)).map(([field, of]) => ({
      name: field,
      type: typeName(of),
    })),
  }));
}

const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { unrepresentable: "any" });

/** The wire contract of the rooms as data: what `docs/protocol.json` holds and `docs/protocol.md` tells. */
export function describeProtocol() {
  return {
    protocol: PROTOCOL,
    room: "sector",
    join: jsonSchema(joinOptionsSchema),
    closeCodes: CLOSE,
    requests: COMMANDS.map(({ name, summary, body, answer, costs }) => ({
      name,
      summary,
      costs,
      body: jsonSchema(body),
      answer: jsonSchema(answer),
    })),
    envelopes: { accepted: jsonSchema(acceptedEnvelope), refused: jsonSchema(refusedEnvelope) },
    unanswered: [
      {
        name: "ack",
        summary: "What you have seen of your feed: a reconnection repeats only what comes after it.",
        body: jsonSchema(ackBody),
      },
    ],
    events: EVENTS.map(({ name, audience, summary, payload }) => ({
      name,
      audience,
      summary,
      payload: jsonSchema(payload),
    })),
    state: stateTypes(STATE_TYPES),
    galaxy: {
      room: "galaxy",
      join: jsonSchema(galaxyJoinSchema),
      request: { name: "find", body: jsonSchema(findBody) },
      answer: { name: "found", payload: jsonSchema(foundMessage) },
      state: stateTypes(GALAXY_STATE_TYPES),
    },
  };
}
