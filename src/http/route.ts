import { z } from "zod";
import { type ErrorCode, invalidMessage, Refusal } from "../errors.ts";
import type { AppContext } from "../identity/app-context.ts";
import type { Identity } from "../identity.ts";
import type { Phase } from "../rules/phases.ts";
import type { HttpResponse } from "./types.ts";

/** Who may call a route, and what its `handle` then knows of them. */
export interface Access<Known extends Identity | null> {
  readonly name: "public" | "optional" | "pilot" | "operator";
  /** @throws Refusal token_missing */
  admit(identity: Identity | null): Known;
}

/** Anybody; a token is not even looked at, so an expired one does no harm. */
export const PUBLIC: Access<null> = { name: "public", admit: () => null };

/** Anybody; who sends a token must send a valid one. */
export const OPTIONAL: Access<Identity | null> = { name: "optional", admit: (identity) => identity };

/** Only who sends a valid token. */
export const PILOT: Access<Identity> = {
  name: "pilot",
  admit(identity) {
    if (identity === null) throw new Refusal("token_missing");
    return identity;
  },
};

/** Only who runs the installation: see `checkOperator`. A bearer token here is the operator's, not a user's. */
export const OPERATOR: Access<null> = { name: "operator", admit: () => null };

export type Method = "GET" | "POST";

/** What a route's `handle` is given: everything parsed by the schemas that the route declares. */
export interface Call<Known, Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly identity: Known;
  /** Through what they play; null where nobody says, and on public routes. */
  readonly context: AppContext | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The client's own address: a proxy's word is taken only when the settings trust it. */
  readonly remoteAddress: string;
  /** When it was asked; sent again with its Idempotency-Key, when it was first. What belongs to a day or a week goes by it. */
  readonly askedAtMs: number;
}

interface RouteSpec<
  Known extends Identity | null,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Response extends z.ZodType,
> {
  method: Method;
  /** Segments that begin with ':' are params. */
  path: `/${string}`;
  access: Access<Known>;
  /** Below this phase of the rollout the route is not there: `feature_disabled`. Always there unless told. */
  phase?: Phase;
  params: Params;
  query: Query;
  body: Body;
  response: Response;
  /** Of the answer; JSON unless told, and then `handle` gives the text itself. */
  mediaType?: string;
  /** Codes this route may answer beside those every route may. */
  refusals: readonly ErrorCode[];
  /** One line for the reference. */
  summary: string;
  handle(
    call: Call<Known, z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<z.input<Response> | WholeAnswer> | z.input<Response> | WholeAnswer;
}

/** A request to one route, before its schemas have seen it. */
export type RawCall = Call<Identity | null, unknown, unknown, unknown>;

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly access: Access<Identity | null>["name"];
  /** From which phase of the rollout on it is there. */
  readonly phase: Phase;
  readonly refusals: readonly ErrorCode[];
  readonly summary: string;
  readonly mediaType: string;
  readonly schemas: {
    readonly params: z.ZodType;
    readonly query: z.ZodType;
    readonly body: z.ZodType;
    readonly response: z.ZodType;
  };
  /**
   * Parses, handles, and holds the answer to its own schema, so that the reference cannot say anything else. What it
   * resolves to is sent as JSON, unless it is a WholeAnswer.
   * @throws Refusal invalid_message, token_missing, and the route's own
   */
  run(call: RawCall): Promise<unknown>;
}

export const JSON_TYPE = "application/json";

/** An answer that a route makes whole by itself: a page, a picture, what browsers may keep. All others are JSON. */
export class WholeAnswer {
  readonly response: HttpResponse;

  constructor(response: HttpResponse) {
    this.response = response;
  }
}

/** For the parts of a request that a route has no use for. */
export const nothing = z.object({});

/** Declares one route. What it says about itself is also its documentation. */
export function route<
  Known extends Identity | null,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Response extends z.ZodType,
>(spec: RouteSpec<Known, Params, Query, Body, Response>): Route {
  const { method, path, refusals, summary, params, query, body, response } = spec;
  return {
    method,
    path,
    access: spec.access.name,
    phase: spec.phase ?? "pilot",
    refusals,
    summary,
    mediaType: spec.mediaType ?? JSON_TYPE,
    schemas: { params, query, body, response },
    async run(call) {
      const result = await spec.handle({
        ...call,
        identity: spec.access.admit(call.identity),
        params: parsePart(params, "path", call.params),
        query: parsePart(query, "query", call.query),
        body: parsePart(body, "body", call.body),
      });
      return result instanceof WholeAnswer ? result : response.parse(result);
    },
  };
}

function parsePart<Schema extends z.ZodType>(
  schema: Schema,
  part: "path" | "query" | "body",
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidMessage(parsed.error, { part });
}
