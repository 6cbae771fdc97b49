/** What a client may name a request, so that it can be sent again: the header Idempotency-Key, as a room's requestId. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../canonical-json.ts";
import { invalidMessage } from "../errors.ts";

const IDEMPOTENCY_HEADER = "idempotency-key";
export const idempotencyKey = z.string().regex(/^[\w.:-]{1,64}$/);

/** @throws Refusal invalid_message */
export function idempotencyKeyOf(headers: Readonly<Record<string, string>>): string | null {
  const { data, error } = idempotencyKey.optional().safeParse(headers[IDEMPOTENCY_HEADER]);
  if (error !== undefined) throw invalidMessage(error, { part: "Idempotency-Key" });
  return data ?? null;
}

/** The same for the same request, however its body is written down. */
export function fingerprintOf(request: {
  readonly path: string;
  readonly surface: string | null;
  readonly body: unknown;
}): string {
  return createHash("sha256").update(canonicalJson(request)).digest("base64");
}
