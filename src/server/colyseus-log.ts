import type { Logger } from "pino";

/** What Colyseus has to say. Most of what it calls an error is a client's broken message; ours we log ourselves. */
export function colyseusLog(log: Logger) {
  const own = log.child({ part: "colyseus" });
  const text = (parts: readonly unknown[]) => parts.map(String).join(" ");
  return {
    debug: (...parts: unknown[]) => own.debug(text(parts)),
    info: (...parts: unknown[]) => own.debug(text(parts)),
    warn: (...parts: unknown[]) => own.warn(text(parts)),
    error: (...parts: unknown[]) => own.warn(text(parts)),
  };
}
