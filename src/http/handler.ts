import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { type ErrorCode, Refusal } from "../errors.ts";
import { appContextOfHeaders } from "../identity/app-context.ts";
import { bearerToken, type IdentityService } from "../identity.ts";
import type { IdempotencyKeys } from "../persistence/idempotency-keys.ts";
import type { SessionLog } from "../persistence/sessions.ts";
import { hasReached } from "../rules/phases.ts";
import type { Log } from "../telemetry/log.ts";
import type { Meter } from "../telemetry/meter.ts";
import { clientKey } from "./address.ts";
import { corsHeaders, json, refused, text } from "./answers.ts";
import { findRoute } from "./find-route.ts";
import { fingerprintOf, idempotencyKeyOf } from "./idempotency.ts";
import { MATCHMAKE_PREFIX } from "./matchmake.ts";
import { checkOperator } from "./operator.ts";
import { asRefusal } from "./refusals.ts";
import { JSON_TYPE, type Route, WholeAnswer } from "./route.ts";
import { ratePerAddress, TokenBuckets } from "./token-bucket.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./types.ts";

export interface HttpDeps {
  readonly config: Pick<Config, "trustProxy" | "socketsPerAddressMax" | "metricsToken" | "ecosystemPhase">;
  readonly identity: Pick<IdentityService, "verify">;
  readonly sessions: Pick<SessionLog, "note">;
  readonly idempotencyKeys: Pick<IdempotencyKeys, "hold">;
  readonly clock: Pick<Clock, "monotonicMs" | "nowMs">;
  readonly meter: Pick<Meter, "httpAnswered">;
  readonly log: Log;
}

/** What a proxy or a client calls a request, if it does: kept, so that its log and ours tell of the same one. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** No body of ours has more than a handful of levels; going through one of thousands would fill the stack. */
const BODY_DEPTH_MAX = 32;

/** What came of a request: for its answer, its log line and the metrics. */
interface Outcome {
  readonly response: HttpResponse;
  readonly code: ErrorCode | null;
}

/** Answers whatever is no room's socket: one table of routes, the same on every transport. */
export function createHttpHandler(routes: readonly Route[], deps: HttpDeps): HttpHandler {
  const { trustProxy, socketsPerAddressMax } = deps.config;
  const buckets = new TokenBuckets(ratePerAddress(socketsPerAddressMax));
  const find = findRoute(routes);

  /** @param found told which route it is, once that is known @throws Refusal, or whatever went wrong */
  async function answer(request: HttpRequest, found: (route: Route) => void): Promise<HttpResponse> {
    const client = clientKey(request.remoteAddress, request.headers, trustProxy);
    const retryAfterMs = buckets.take(client, deps.clock.monotonicMs());
    if (retryAfterMs > 0) throw new Refusal("too_many_requests", { retryAfterMs });

    const [path, query] = splitUrl(request.url);
    const { route, params } = find(request.method, path);
    found(route);
    const { ecosystemPhase } = deps.config;
    if (!hasReached(ecosystemPhase, route.phase))
      throw new Refusal("feature_disabled", { phase: ecosystemPhase, opensWith: route.phase });
    // Who may not ask is told so before the server reads what they sent.
    const { identity, context } = await admit(request, route, deps);
    const body = route.method === "POST" ? parseJson(await request.readBody()) : {};
    const { headers } = request;
    const call = { params, query, body, identity, context, headers, remoteAddress: client };
    const run = (askedAtMs: number) => route.run({ ...call, askedAtMs });
    const key = route.access === "pilot" && route.method === "POST" ? idempotencyKeyOf(headers) : null;
    const surface = context?.appSurface ?? null;
    const result =
      identity === null || key === null
        ? await run(deps.clock.nowMs())
        : await deps.idempotencyKeys.hold(
            identity,
            { key, fingerprint: fingerprintOf({ path, surface, body }) },
            run,
          );
    if (result instanceof WholeAnswer) return result.response;
    return route.mediaType === JSON_TYPE ? json(200, result) : text(result, route.mediaType);
  }

  async function handle(request: HttpRequest, requestId: string): Promise<HttpResponse> {
    const { method, url } = request;
    const startedMs = deps.clock.monotonicMs();
    let route: string | null = null;
    const { response, code }: Outcome = await answer(request, (found) => {
      route = `${found.method} ${found.path}`;
    }).then(
      (answered) => ({ response: answered, code: null }),
      (error: unknown) => {
        const refusal = asRefusal(error, deps.log, { requestId, method, url });
        return { response: refused(refusal, url.startsWith(MATCHMAKE_PREFIX)), code: refusal.code };
      },
    );
    const ms = deps.clock.monotonicMs() - startedMs;
    const { status } = response;
    deps.meter.httpAnswered(route, status, code, ms);
    deps.log.debug({ requestId, method, url, status, code, ms }, "An HTTP request was answered.");
    return response;
  }

  return async (request) => {
    const given = request.headers["x-request-id"];
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    const common = { ...corsHeaders(request.headers.origin), "x-request-id": requestId };
    if (request.method === "OPTIONS") return { status: 204, headers: common, body: "" };
    const response = await handle(request, requestId);
    return { ...response, headers: { ...common, ...response.headers } };
  };
}

/** Who asks, and through what, where the route looks at that. @throws Refusal when they may not ask */
async function admit({ headers, remoteAddress }: HttpRequest, { access }: Route, deps: HttpDeps) {
  if (access === "operator") checkOperator({ headers, remoteAddress }, deps.config);
  if (access === "operator" || access === "public") return { identity: null, context: null };
  const token = bearerToken(headers.authorization);
  const identity = token === null ? null : await deps.identity.verify(token);
  if (access === "pilot" && identity === null) throw new Refusal("token_missing");
  const context = appContextOfHeaders(headers);
  if (identity !== null) await deps.sessions.note(identity, context);
  return { identity, context };
}

function splitUrl(url: string): [path: string, query: Record<string, string>] {
  const at = url.indexOf("?");
  if (at < 0) return [url, {}];
  return [url.slice(0, at), Object.fromEntries(new URLSearchParams(url.slice(at + 1)))];
}

/** @throws Refusal malformed_json */
function parseJson(body: Buffer): unknown {
  // Clients without anything to say send nothing at all.
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Refusal("malformed_json");
  }
  if (isDeeper(value, BODY_DEPTH_MAX)) throw new Refusal("malformed_json", { depthMax: BODY_DEPTH_MAX });
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}
