import { ERRORS, type ErrorCode, Refusal, type RefusalDetail } from "../errors.ts";
import { classify } from "../persistence/sqlstate.ts";
import type { Log } from "../telemetry/log.ts";

/** What every refusal says, over HTTP as in a room. */
export interface RefusalBody {
  readonly code: ErrorCode;
  readonly error: string;
  readonly detail: RefusalDetail;
}

/** A refusal as JSON says it: the code, what it means, and its detail. */
export function refusalBody({ code, detail }: Refusal): RefusalBody {
  return { code, error: ERRORS[code][1], detail };
}

/**
 * A refusal as one line of JSON, for where an SDK shows a game nothing but a number and a text: a refused join. In
 * JavaScript that text is `error.message`, in Godot the second argument of `error`.
 */
export function refusalText(refusal: Refusal): string {
  return JSON.stringify(refusalBody(refusal));
}

/**
 * What a client is told of an error: the refusal that it is, or no more than that something went wrong; the log gets
 * the rest, with `fields` to find it by.
 */
export function asRefusal(error: unknown, log: Log, fields: Readonly<Record<string, unknown>>): Refusal {
  if (error instanceof Refusal) return error;
  if (classify(error) !== "fatal") {
    log.warn({ ...fields, err: error }, "The database could not answer.");
    return new Refusal("store_unavailable");
  }
  log.error({ ...fields, err: error }, "Something unforeseen went wrong.");
  return new Refusal("internal", fields.requestId === undefined ? {} : { requestId: fields.requestId });
}
