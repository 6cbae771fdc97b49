import { z } from "zod";
import { ERRORS, type ErrorCode } from "../errors.ts";
import { idempotencyKey } from "../http/idempotency.ts";
import { APP_HEADERS, appContextFields } from "../identity/app-context.ts";
import { describeRoutes } from "./docs-protocol.ts";

type RouteData = ReturnType<typeof describeRoutes>[number];

/** What any route may answer beside its own refusals. */
const COMMON: readonly ErrorCode[] = [
  "invalid_message",
  "too_many_requests",
  "store_unavailable",
  "internal",
];
const OF_TOKENS: readonly ErrorCode[] = [
  "unknown_surface",
  "unknown_mission",
  "token_missing",
  "token_invalid",
  "token_expired",
  "issuer_unavailable",
  "banned",
];

const OF_KEYS: readonly ErrorCode[] = ["request_id_reused", "too_many_keys"];

const JSON_TYPE = "application/json";

/** A route that takes an Idempotency-Key: every one by which a user does something. */
function isKeyed({ access, method }: Pick<RouteData, "access" | "method">): boolean {
  return access === "pilot" && method === "POST";
}

function refusalsByStatus({ access, method, refusals }: RouteData): Record<string, object> {
  const codes = [
    ...COMMON,
    ...(access === "public" ? [] : OF_TOKENS),
    ...(isKeyed({ access, method }) ? OF_KEYS : []),
    ...refusals,
  ];
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.map((code) => `\`${code}\`: ${ERRORS[code][1]}`).join("\n\n"),
        content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Refusal" } } },
      },
    ]),
  );
}

function parametersOf({ params, query }: RouteData): object[] {
  return [
    ["path", params],
    ["query", query],
  ].flatMap(([place, schema]) => {
    if (typeof schema === "string" || schema === undefined) return [];
    const required = Array.isArray(schema.required) ? schema.required : [];
    return Object.entries(schema.properties ?? {}).map(([name, of]) => ({
      name,
      in: place,
      required: place === "path" || required.includes(name),
      schema: of,
    }));
  });
}

/** Of every route that asks who is calling: through what they play. */
const APP_PARAMETERS = Object.fromEntries(
  Object.entries(z.toJSONSchema(z.object(appContextFields)).properties ?? {}).map(([field, schema]) => {
    const name = Object.entries(APP_HEADERS).find(([of]) => of === field)?.[1] ?? field;
    return [field, { name, in: "header", required: false, schema }];
  }),
);
const KEY_PARAMETER = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Your name for the request: sent again with it, it is the same one; with anything else, it is refused.",
  schema: (({ $schema: _, ...schema }) => schema)(z.toJSONSchema(idempotencyKey)),
};
const APP_REFERENCES = Object.keys(APP_PARAMETERS).map((field) => ({
  $ref: `#/components/parameters/${field}`,
}));

function operationOf(route: RouteData): object {
  const { method, access, summary, body, response, mediaType } = route;
  const isForUsers = access === "optional" || access === "pilot";
  const parameters = [
    ...parametersOf(route),
    ...(isForUsers ? APP_REFERENCES : []),
    ...(isKeyed(route) ? [{ $ref: "#/components/parameters/idempotencyKey" }] : []),
  ];
  return {
    summary,
    ...(access !== "public" && { security: access === "optional" ? [{}, { bearer: [] }] : [{ bearer: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(method === "POST" && { requestBody: { content: { [JSON_TYPE]: { schema: withoutDialect(body) } } } }),
    responses: {
      200: { description: "Done.", content: { [mediaType]: { schema: withoutDialect(response) } } },
      ...refusalsByStatus(route),
    },
  };
}

/** OpenAPI 3.1 says once for the whole document which JSON Schema it speaks. */
function withoutDialect({ $schema: _, ...schema }: Readonly<Record<string, unknown>>): object {
  return schema;
}

/** The HTTP routes as an OpenAPI 3.1 document: what `docs/openapi.json` holds. */
export function openApi() {
  const byPath = Map.groupBy(describeRoutes(), ({ path }) => path.replaceAll(/:(\w+)/g, "{$1}"));
  return {
    openapi: "3.1.0",
    info: {
      title: "Sectorkeep",
      version: "1",
      description: "What needs no live ship; rooms are in protocol.md.",
    },
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      parameters: { ...APP_PARAMETERS, idempotencyKey: KEY_PARAMETER },
      schemas: {
        Refusal: {
          type: "object",
          properties: {
            code: { type: "string", enum: Object.keys(ERRORS) },
            error: { type: "string" },
            detail: { type: "object" },
          },
          required: ["code", "error", "detail"],
        },
      },
    },
    paths: Object.fromEntries(
      [...byPath].map(([path, routes]) => [
        path,
        Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), operationOf(route)])),
      ]),
    ),
  };
}
