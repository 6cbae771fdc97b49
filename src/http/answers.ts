import type { Refusal } from "../errors.ts";
import { refusalBody, refusalText } from "./refusals.ts";
import type { HttpResponse } from "./types.ts";

/** How long browsers may remember what is allowed: 30 days, as Colyseus has it. */
const CORS_SECONDS_MAX = 2_592_000;

/**
 * Any page may call, as with Colyseus: its SDK sends `credentials: "include"`, which needs the page's own origin in the
 * answer. It gives nothing away, because who calls is told by a bearer token and never by a cookie.
 */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  return {
    "access-control-allow-origin": origin ?? "*",
    "access-control-allow-credentials": "true",
    "access-control-allow-headers":
      "Origin, X-Requested-With, Content-Type, Accept, Authorization, Idempotency-Key, X-App-Surface, X-App-Version, X-Mission-Id",
    "access-control-allow-methods": "GET,HEAD,POST,OPTIONS",
    "access-control-expose-headers": "X-Request-Id, Retry-After",
    "access-control-max-age": `${CORS_SECONDS_MAX}`,
    vary: "Origin",
  };
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}

/** An answer of another kind than JSON: what the route gave, as it is. */
export function text(value: unknown, mediaType: string): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": mediaType, "cache-control": "no-store" },
    body: String(value),
  };
}

/**
 * The answer that tells a refusal. A refused join carries it twice: of an answer's fields the JavaScript SDK shows a
 * game nothing but `message`, and Godot's shows the whole body; so both find the same JSON in their error's text.
 */
export function refused(refusal: Refusal, isJoin: boolean): HttpResponse {
  const body = refusalBody(refusal);
  return json(refusal.status, isJoin ? { ...body, message: refusalText(refusal) } : body, headersOf(refusal));
}

function headersOf({ status, detail }: Refusal): Record<string, string> {
  const { allow, retryAfterMs } = detail;
  return {
    ...(status === 401 && { "www-authenticate": "Bearer" }),
    ...(status === 405 && Array.isArray(allow) && { allow: allow.join(", ") }),
    ...(typeof retryAfterMs === "number" && { "retry-after": `${Math.ceil(retryAfterMs / 1000)}` }),
  };
}
