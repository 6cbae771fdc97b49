import { CloseCode } from "@colyseus/core";
import { z } from "zod";
import type { Audience } from "../commands/events.ts";
import { loadConfig } from "../config.ts";
import { ERRORS, Refusal } from "../errors.ts";
import { createRoutes } from "../http/routes.ts";
import { createIdentity } from "../identity.ts";
import { connect } from "../persistence/database.ts";
import { describeProtocol } from "../rooms/protocol.ts";
import { FOLLOW_MS } from "../rooms/sector-room.ts";
import { PHASES } from "../rules/phases.ts";
import { LIMITS } from "./docs-limits.ts";
import { fieldTable, table } from "./docs-tables.ts";

/** The routes, made with parts that are never used: only what they say of themselves is read. */
export function describeRoutes() {
  const config = loadConfig({ AUTH_JWT_SECRET: "for the documents only: nobody signs in with it" });
  const clock = { nowMs: () => 0, monotonicMs: () => 0, isSkewed: () => false };
  const routes = createRoutes({
    config,
    clock,
    identity: createIdentity(config, clock),
    database: connect("postgres://nobody@localhost/none", { max: 1, applicationName: "documents" }),
    dice: { u32: () => 0 },
    matchmake: async () => {
      throw new Refusal("draining");
    },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    site: null,
    findReasons: async () => [],
    metricsText: async () => "",
  });
  // What goes in is described as it is sent, what comes out as it arrives.
  const jsonSchema = (schema: z.ZodType, io: "input" | "output") =>
    z.toJSONSchema(schema, { unrepresentable: "any", io });
  return routes.map(({ method, path, access, phase, summary, refusals, mediaType, schemas }) => ({
    method,
    path,
    access,
    phase,
    summary,
    mediaType,
    params: jsonSchema(schemas.params, "input"),
    query: jsonSchema(schemas.query, "input"),
    body: jsonSchema(schemas.body, "input"),
    response: jsonSchema(schemas.response, "output"),
    refusals: phase === PHASES[0] ? refusals : [...refusals, "feature_disabled" as const],
  }));
}

type RouteData = ReturnType<typeof describeRoutes>[number];

/** Everything that `docs/protocol.json` holds. */
export function protocolData() {
  const errors = Object.entries(ERRORS).map(([code, [status, message]]) => ({ code, status, message }));
  return { ...describeProtocol(), limits: LIMITS, http: describeRoutes(), errors };
}

const AUDIENCES: Readonly<Record<Audience, string>> = {
  feed: "Kept in the pilot's feed: each carries `eventId`, and comes again after an absence.",
  pilot: "To the pilot alone, while connected.",
  sector: "To everybody in the sector, spectators too.",
};

function eventSections({ events }: ReturnType<typeof describeProtocol>): string {
  return Object.entries(AUDIENCES)
    .map(([audience, meaning]) => {
      const sections = events
        .filter((event) => event.audience === audience)
        .map(({ name, summary, payload }) => `#### \`${name}\`\n\n${summary}\n\n${fieldTable(payload)}`);
      return `### ${meaning}\n\n${sections.join("\n\n")}`;
    })
    .join("\n\n");
}

const isAnything = (schema: Readonly<Record<string, unknown>>) => schema.type === undefined;

function routeSection(route: RouteData) {
  const { method, path, access, phase, summary, params, query, body, response, refusals } = route;
  const opens = phase === PHASES[0] ? "" : ` Open from phase \`${phase}\` on (ECOSYSTEM_PHASE).`;
  const sent = [
    ["In the path", params],
    ["In the query", query],
    ["In the body", body],
  ] as const;
  const parts = sent.flatMap(([where, schema]) => {
    const fields = fieldTable(schema, "");
    if (fields !== "") return [`${where}:\n\n${fields}`];
    return isAnything(schema)
      ? [`${where}: what the SDK sends, such as the options under [Joining](#joining).`]
      : [];
  });
  const codes = refusals.map((code) => `\`${code}\``).join(", ");
  return [
    `### \`${method} ${path}\``,
    `${summary} For: ${ACCESS[access]}.${opens}`,
    ...parts,
    `The answer:\n\n${fieldTable(response)}`,
    ...(codes === "" ? [] : [`Refusals of its own: ${codes}.`]),
  ].join("\n\n");
}

const ACCESS: Readonly<Record<RouteData["access"], string>> = {
  public: "everybody; a token is not looked at",
  optional: "everybody; a token that is sent must be valid",
  pilot: "who sends a valid token",
  operator: "operators: a private address past no proxy, or METRICS_TOKEN as bearer token where it is set",
};

const limitTable = () =>
  table(
    ["limit", "at most", "setting", "beyond it"],
    LIMITS.map((limit) => [
      limit.what,
      String(limit.max),
      "setting" in limit ? `\`${limit.setting}\`` : "",
      limit.beyond,
    ]),
  );

/** `docs/protocol.md`, less its first line. */
export function protocolPage(): string {
  const data = describeProtocol();
  const { state, closeCodes, join, envelopes, unanswered, galaxy } = data;
  const requests = data.requests.map(
    ({ name, summary, body, answer, costs }) =>
      `### \`${name}\`\n\n${summary}${costs ? "" : " Costs nothing."}\n\n${fieldTable(body)}\n\n` +
      `\`accepted\` carries, beside its envelope:\n\n${fieldTable(answer, "Nothing more.")}`,
  );
  const others = unanswered.map(
    ({ name, summary, body }) => `### \`${name}\`\n\n${summary}\n\n${fieldTable(body)}`,
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
  return `# Protocol 1

Clients speak Colyseus 0.18: the official SDKs for JavaScript, Godot, Unity and others do all of this page's framing.
The same contract as data, for other languages, is \`docs/protocol.json\` (JSON Schema). It only ever grows.

Fields of an object are written \`field.inner\`, of the objects in a list \`field[].inner\`, of those under each key of a map
\`field.*.inner\`; a field with \`?\` may be missing.

## Joining

\`POST /auth/guest\` (or your own issuer) gives a token, \`GET /me\` the sector that your ship is in. Then join the room
\`sector\` with the token as \`Authorization: Bearer …\` and these options:

${fieldTable(join)}

There is one room for each sector, and a ship obeys one client: joining again takes it over. A refused join's message is
JSON: \`{code, error, detail}\`. The seat itself can still be refused when it is taken, in the same form:
\`too_many_spectators\`, \`not_in_sector\` (the ship has moved meanwhile), \`draining\`. After a drop, reconnect with the
SDK's reconnection token: the ship stays in place, and what you missed comes first.

| close code | meaning |
| --- | --- |
| ${CloseCode.WITH_ERROR} | this client went past a limit (see [Limits](#limits)), or the seat it came for could not be had |
| ${CloseCode.FAILED_TO_RECONNECT} | nothing is kept for this reconnection token: join again |
| ${closeCodes.superseded} | the same pilot joined from elsewhere; that client has the ship now |
| ${closeCodes.kicked} | an operator ended your session; the \`server_notice\` before it says why |
| ${closeCodes.joinAgain} | this room is over for you: ask \`GET /me\` and join again |

## Requests

Each carries a \`requestId\` of your choice and is answered by a message \`accepted\`, with the fields of the request's own
answer beside these:

${fieldTable(envelopes.accepted)}

or by a message \`refused\`:

${fieldTable(envelopes.refused)}

The same \`requestId\` again is answered with the first answer and \`repeated: true\`, whatever happened in between: the ship
was lost, the client was another, the server a new one. Answers are kept for 24 hours (what costs nothing is remembered by
its room alone); a \`seat\` is given out once only. With another body a \`requestId\` is refused with \`request_id_reused\`;
a request that was refused has had no effect and may be sent again. Codes are in [errors.md](errors.md). An invalid message
is refused, not a reason to disconnect.

After a \`warp\` was accepted the old connection speaks for no ship: whatever it asks, a repeat included, is refused with
\`not_in_sector\`, and after ${FOLLOW_MS / 1000} s it is closed with ${closeCodes.joinAgain}. Repeat a request, and ask new ones, in the sector your ship is in now.
A \`seat\` has the form of the answer to \`POST /matchmake/:method/:roomName\`.

${requests.join("\n\n")}

## Messages without an answer

${others.join("\n\n")}

## Events

A client drops feed events whose \`eventId\` it has seen.

${eventSections(data)}

## State

What has changed goes out with a sector's next patch: up to ten a second, and fewer (5, then 2.5) while the server is busy, so count on
no rate. Messages to everybody in the sector follow the patch that shows what came of what they tell; what begins and ends
between two patches is in no state. Answers and what is for one pilot
alone wait for no patch, so they may come before it.

Progress is not streamed: draw it from \`startTick\`, \`endTick\` and \`clockRef\`
(\`time of a tick = serverMs + (tick − clockRef.tick) × tickMs\`).

${typeTables(state)}

## The galaxy from afar

The room \`galaxy\` needs no ship: its state holds a summary of each sector that is awake, and of sleeping ones whose field
is not full; each changes at most once a second. What stays as it is (names, places, warps) is in \`GET /galaxy/map\`. Watch
a sector that is \`awake\` by joining its room with \`{sectorId, spectate: true}\`; read one that sleeps with
\`GET /sectors/{sectorId}\`. \`find {requestId, name}\` looks for pilots who are in live sectors; each process that has
some answers \`found {requestId, pilots: [{name, sectorId}]}\`. What cannot be answered is \`refused\`, as in a sector.
Operators speak here too, by \`server_notice\`: to everybody, and to who came with a token before they are sent away with 4102, kicked
or banned.

${typeTables(galaxy.state)}

## Limits

What one client may cost. Where a setting is named the number is its default ([settings.md](settings.md)). A pilot whose client was
closed for a limit may come back: what ran goes on by its own rules.

${limitTable()}

## HTTP

JSON in and out. A refusal is \`{code, error, detail}\` with the code's status; that of a join also carries the same as text, in
\`message\`. Every route may answer \`invalid_message\`, \`too_many_requests\` (with \`Retry-After\`), \`store_unavailable\` and
\`internal\`, and one that looks at a token the codes about tokens. Who may call is told for the default settings.

A POST with a token takes an \`Idempotency-Key\`, your name for the request: sent again with it, it is the same request, and has
no second effect; with anything else (path, surface, body) it is refused with \`request_id_reused\`, for 24 hours. What belongs to
a day or a week (claims, contracts, surveys) goes by when it was first asked. A setting is set as asked each time: repeating
\`POST /me/bookmarks\` after you have changed that bookmark changes it back. A request that was refused has left its key free.
One user has a thousand keys in that time, then \`too_many_keys\`.

${describeRoutes().map(routeSection).join("\n\n")}
`;
}
