import type { HttpHandler } from "../http/types.ts";
import type { Log } from "../telemetry/log.ts";
import type { Admission } from "./admission.ts";
import type { TransportLimits } from "./limits.ts";

/** What a transport is made of, whichever it is. */
export interface TransportParts {
  readonly http: HttpHandler;
  readonly limits: TransportLimits;
  readonly admission: Admission;
  readonly log: Log;
}
