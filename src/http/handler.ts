import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { Refusal } from "../errors.ts";
import { bearerToken, type IdentityService } from "../identity.ts";
import { clientKey } from "./address.ts";
import { corsHeaders, json, refused } from "./answers.ts";
import { findRoute } from "./find-route.ts";
import { MATCHMAKE_PREFIX } from "./matchmake.ts";
import { asRefusal } from "./refusals.ts";
import { type Route, WholeAnswer } from "./route.ts";
import { ratePerAddress, TokenBuckets } from "./token-bucket.ts";
import type { HttpHandler, HttpRequest, Log } from "./types.ts";

export interface HttpDeps {
  readonly config: Pick<Config, "trustProxy" | "socketsPerAddressMax">;
  readonly identity: Pick<IdentityService, "verify">;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly log: Log;
}

/** Answers whatever is no room's socket: one table of routes, the same on every transport. */
export function createHttpHandler(routes: readonly Route[], deps: HttpDeps): HttpHandler {
  const { trustProxy, socketsPerAddressMax } = deps.config;
  const buckets = new TokenBuckets(ratePerAddress(socketsPerAddressMax));
  const find = findRoute(routes);

  /** @throws Refusal, or whatever went wrong */
  async function answer(request: HttpRequest, requestId: string): Promise<unknown> {
    const client = clientKey(request.remoteAddress, request.headers, trustProxy);
    const retryAfterMs = buckets.take(client, deps.clock.monotonicMs());
    if (retryAfterMs > 0) throw new Refusal("too_many_requests", { retryAfterMs });

    const [path, query] = splitUrl(request.url);
    const { route, params } = find(request.method, path);
    // Who may not ask is told so before the server reads what they sent.
    const token = route.access === "public" ? null : bearerToken(request.headers.authorization);
    const identity = token === null ? null : await deps.identity.verify(token);
    if (route.access === "pilot" && identity === null) throw new Refusal("token_missing");

    const body = route.method === "POST" ? parseJson(await request.readBody()) : {};
    const { headers } = request;
    return route.run({ params, query, body, identity, headers, remoteAddress: client, requestId });
  }

  return async (request) => {
    const requestId = randomUUID();
    const common = { ...corsHeaders(request.headers.origin), "x-request-id": requestId };
    if (request.method === "OPTIONS") return { status: 204, headers: common, body: "" };
    const response = await answer(request, requestId).then(
      (result) => (result instanceof WholeAnswer ? result.response : json(200, result)),
      (error: unknown) => {
        const { method, url } = request;
        const refusal = asRefusal(error, deps.log, { requestId, method, url });
        return refused(refusal, url.startsWith(MATCHMAKE_PREFIX));
      },
    );
    return { ...response, headers: { ...common, ...response.headers } };
  };
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
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return value;
  } catch {
    throw new Refusal("malformed_json");
  }
}
