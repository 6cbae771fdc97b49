import { z } from "zod";
import { COMMANDS } from "../commands/catalogue.ts";
import { type Audience, EVENTS } from "../commands/events.ts";
import { describeConfig, loadConfig } from "../config.ts";
import { ERRORS, Refusal } from "../errors.ts";
import { createRoutes } from "../http/routes.ts";
import { createIdentity } from "../identity.ts";
import { connect } from "../persistence/database.ts";
import { INVARIANT_TEXTS } from "../persistence/invariants.ts";
import { describeProtocol } from "../rooms/protocol.ts";

const NOTE = "<!-- Written by `npm run docs` from the code; do not edit by hand. -->";

interface Field {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

const jsonSchemaNode = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  format: z.string().optional(),
});

function typeOf(schema: unknown): string {
  const node = jsonSchemaNode.parse(schema);
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(" or ");
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(" or ");
  if (node.type === "array") return `array of ${typeOf(node.items ?? {})}`;
  if (node.format === "uuid") return "uuid";
  return Array.isArray(node.type) ? node.type.join(" or ") : (node.type ?? "any");
}

function fieldsOf(schema: unknown): Field[] {
  const node = jsonSchemaNode.parse(schema);
  return Object.entries(node.properties ?? {}).map(([name, property]) => ({
    name: node.required?.includes(name) === true ? name : `${name}?`,
    type: typeOf(property),
    meaning: jsonSchemaNode.parse(property).description ?? "",
  }));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function fieldTable(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { unrepresentable: "any" });
  const variants = jsonSchemaNode.parse(json).oneOf;
  if (variants !== undefined) return variants.map((variant) => rowsOf(fieldsOf(variant))).join("\n\n");
  return rowsOf(fieldsOf(json));
}

function rowsOf(fields: readonly Field[]): string {
  if (fields.length === 0) return "Nothing but the `requestId`.";
  return table(
    ["field", "type", "meaning"],
    fields.map(({ name, type, meaning }) => [`\`${name}\``, type, meaning]),
  );
}

const AUDIENCES: Readonly<Record<Audience, string>> = {
  feed: "Kept in the pilot's feed: each carries `eventId`, and comes again after an absence.",
  pilot: "To the pilot alone, while connected.",
  sector: "To everybody in the sector, spectators too.",
};

function eventSections(): string {
  return Object.entries(AUDIENCES)
    .map(([audience, meaning]) => {
      const events = EVENTS.filter((event) => event.audience === audience);
      const sections = events.map(
        ({ name, summary, payload }) => `#### \`${name}\`\n\n${summary}\n\n${fieldTable(payload)}`,
      );
      return `### ${meaning}\n\n${sections.join("\n\n")}`;
    })
    .join("\n\n");
}

/** The routes, made with parts that are never used: only what they say of themselves is read. */
function routeTable(): string {
  const config = loadConfig({ AUTH_JWT_SECRET: "for the documents only: nobody signs in with it" });
  const clock = { nowMs: () => 0, monotonicMs: () => 0, isSkewed: () => false };
  const routes = createRoutes({
    config,
    clock,
    identity: createIdentity(config, clock),
    site: null,
    database: connect("postgres://nobody@localhost/none", { max: 1, applicationName: "documents" }),
    matchmake: async () => {
      throw new Refusal("draining");
    },
  });
  return table(
    ["route", "who", "what", "refusals of its own"],
    routes.map(({ method, path, access, summary, refusals }) => [
      `\`${method} ${path}\``,
      access,
      summary,
      refusals.map((code) => `\`${code}\``).join(" "),
    ]),
  );
}

function protocolPage(): string {
  const { state, closeCodes, join, galaxy } = describeProtocol();
  const requests = COMMANDS.map(
    ({ name, summary, body, answer, costs }) =>
      `### \`${name}\`\n\n${summary}${costs ? "" : " Costs nothing."}\n\n${fieldTable(body)}\n\n` +
      `\`accepted\` carries:\n\n${fieldTable(answer)}`,
  );
  const typeTables = (types: typeof state) =>
    types
      .map(
        ({ name, fields }) =>
          `### ${name}\n\n${table(
            ["field", "type"],
            fields.map((field) => [`\`${field.name}\``, field.type]),
          )}`,
      )
      .join("\n\n");
  return `${NOTE}

# Protocol 1

Clients speak Colyseus 0.18: the official SDKs for JavaScript, Godot, Unity and others do all of this page's framing.
The same contract as data, for other languages, is \`docs/protocol.json\` (JSON Schema). It only ever grows.

## Joining

\`POST /auth/guest\` (or your own issuer) gives a token, \`GET /me\` the sector that your ship is in. Then join the room
\`sector\` with the token as \`Authorization: Bearer …\` and these options:

${rowsOf(fieldsOf(join))}

There is one room for each sector, and a ship obeys one client: joining again takes it over. A refused join's message is
JSON: \`{code, error, detail}\`. The seat itself can still be refused when it is taken, in the same form: \`sector_full\`,
\`too_many_spectators\`, \`not_in_sector\` (the ship has moved meanwhile), \`draining\`. After a drop, reconnect with the SDK's reconnection token: the ship stays in place, and
what you missed comes first. Send \`ack {eventId}\` now and then, so that a reconnection repeats no more than needed.

| close code | meaning |
| --- | --- |
| ${closeCodes.superseded} | the same pilot joined from elsewhere; that client has the ship now |
| ${closeCodes.joinAgain} | this room is over for you: ask \`GET /me\` and join again |

## Requests

Each carries a \`requestId\` of your choice and is answered by \`accepted {requestId, …}\` or
\`refused {requestId, code, message, detail}\`. The same \`requestId\` again is answered with the first answer and
\`repeated: true\`, whatever happened in between: the ship was lost, the client was another, the server a new one. Answers
are kept for 24 hours; a \`seat\` is given out once only. With another body a \`requestId\` is refused with
\`request_id_reused\`; a request that was refused has had no effect and may be sent again. Codes are in [errors.md](errors.md).
An invalid message is refused, not a reason to disconnect.

${requests.join("\n\n")}

## Events

A client drops feed events whose \`eventId\` it has seen.

${eventSections()}

## State

Progress is not streamed: draw it from \`startTick\`, \`endTick\` and \`clockRef\`
(\`time of a tick = serverMs + (tick − clockRef.tick) × tickMs\`).

${typeTables(state)}

## The galaxy from afar

The room \`galaxy\` needs no ship: its state holds a summary of each sector that is awake, and of sleeping ones whose field
is not full; each changes at most once a second. What stays as it is (names, places, warps) is in \`GET /galaxy/map\`. Watch
a sector that is \`awake\` by joining its room with \`{sectorId, spectate: true}\`; read one that sleeps with
\`GET /sectors/{sectorId}\`. \`find {requestId, name}\` looks for pilots who are in live sectors; each process that has
some answers \`found {requestId, pilots: [{name, sectorId}]}\`.

${typeTables(galaxy.state)}

## HTTP

JSON in and out. A refusal is \`{code, error, detail}\` with the code's status.

${routeTable()}
`;
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, [status, message]]) => [
    `\`${code}\``,
    String(status),
    message,
  ]);
  return `${NOTE}

# Codes

One code has one meaning, in a room as over HTTP (where it comes with the status).

${table(["code", "status", "meaning, and what to do"], rows)}
`;
}

function settingsPage(): string {
  const lines = describeConfig(loadConfig({})).join("\n");
  return `${NOTE}

# Settings

Environment variables, as \`npm start -- --print-config\` lists them: name, value, meaning.

\`\`\`text
${lines}
\`\`\`

## Invariants

What \`npm run audit\` holds against the database:

${table(
  ["name", "what holds"],
  INVARIANT_TEXTS.map(({ name, says }) => [`\`${name}\``, says]),
)}
`;
}

/** Every document that is written from the code. */
export const DOCUMENTS: readonly { path: string; content: () => string }[] = [
  { path: "docs/protocol.md", content: protocolPage },
  { path: "docs/protocol.json", content: () => `${JSON.stringify(describeProtocol(), null, 2)}\n` },
  { path: "docs/errors.md", content: errorsPage },
  { path: "docs/settings.md", content: settingsPage },
];
