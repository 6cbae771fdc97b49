import type { z } from "zod";
import { refusalText } from "../model/refusals.ts";
import { APP_HEADERS } from "./app.ts";
import { refusalSchema } from "./wire.ts";

/** What the server says instead of an answer, in a player's words, or `offline` when it says nothing. */
export class ApiError extends Error {
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, detail: Readonly<Record<string, unknown>> = {}) {
    super(refusalText(code, detail) ?? message);
    this.name = "ApiError";
    this.code = code;
    this.detail = detail;
  }
}

const OFFLINE = "The server does not answer. It may be restarting.";

interface Asked {
  readonly token?: string | null;
  /** Sent with POST; without one it is GET. */
  readonly body?: unknown;
  /** Under the same key the server does it once, however often it is asked. */
  readonly key?: string;
}

/** Asks the server. @throws ApiError */
export async function ask<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { token = null, body, key }: Asked = {},
): Promise<z.output<Schema>> {
  const response = await fetch(path, {
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    headers: {
      accept: "application/json",
      ...APP_HEADERS,
      ...(key !== undefined && { "idempotency-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
  }).catch(() => {
    throw new ApiError("offline", OFFLINE);
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return schema.parse(answer);
  const refusal = refusalSchema.safeParse(answer);
  if (refusal.success) throw new ApiError(refusal.data.code, refusal.data.error, refusal.data.detail);
  throw new ApiError("offline", OFFLINE);
}

/** What an error of a refused join, or of anything else, tells a person. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const text = error instanceof Error ? error.message : String(error);
  try {
    const refusal = refusalSchema.safeParse(JSON.parse(text));
    if (refusal.success) return new ApiError(refusal.data.code, refusal.data.error, refusal.data.detail);
  } catch {
    // It is no refusal of ours: the line is down, or the server is.
  }
  return new ApiError("offline", OFFLINE);
}
