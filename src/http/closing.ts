import { Refusal } from "../errors.ts";
import { corsHeaders, refused } from "./answers.ts";
import { MATCHMAKE_PREFIX } from "./matchmake.ts";
import type { HttpHandler } from "./types.ts";

/** The process lives, also while it stops: who is told otherwise restarts it. */
const STILL_ANSWERED = "/healthz";

export interface ClosableHttp {
  readonly handle: HttpHandler;
  /** From now on requests are refused as `draining`, also on connections that are open. @returns when all before are answered */
  readonly close: () => Promise<void>;
}

/** Lets a stopping server answer what it was asked before what its routes need is gone. */
export function closable(handler: HttpHandler): ClosableHttp {
  let underWay = 0;
  let closing = false;
  const answered = Promise.withResolvers<void>();
  return {
    async handle(request) {
      if (closing && request.url !== STILL_ANSWERED) {
        const { headers, ...refusal } = refused(
          new Refusal("draining"),
          request.url.startsWith(MATCHMAKE_PREFIX),
        );
        return {
          ...refusal,
          headers: { ...corsHeaders(request.headers.origin), ...headers, connection: "close" },
        };
      }
      underWay++;
      try {
        return await handler(request);
      } finally {
        underWay--;
        if (closing && underWay === 0) answered.resolve();
      }
    },
    close() {
      closing = true;
      if (underWay === 0) answered.resolve();
      return answered.promise;
    },
  };
}
