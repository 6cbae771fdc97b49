/** What a seat in a room was taken for. */
export type JoinKind = "pilot" | "takeover" | "reconnect" | "spectator";

/**
 * Whom the server tells what it does, where it does it. Durations are milliseconds. Nothing here may throw, and none of it
 * is known to the rules or the rooms beyond these calls.
 */
export interface Meter {
  /** One beat of the heartbeat that had rooms to touch. */
  tickTook(ms: number): void;
  /** From a request's arrival in the room to its answer's departure. @param code of the refusal; null when accepted */
  answered(command: string, code: string | null, ms: number): void;
  /** @param route such as "GET /me"; null where there is none @param code of the refusal; null when it was answered */
  httpAnswered(route: string | null, status: number, code: string | null, ms: number): void;
  /** A batch was committed. */
  committed(items: number, ms: number): void;
  /** One outcome was settled: applied, repeated, refused, fenced or failed. */
  settled(kind: string, settlement: string): void;
  /** The feeds of pilots were looked at in one query, which found so many events. */
  feedRead(events: number, ms: number): void;
  joined(kind: JoinKind): void;
  /** A room gave its sector up: another room has it, or it can no longer be trusted. */
  sectorLost(cause: "fenced" | "failed"): void;
}

const ignore = () => {};

/** Where nobody measures. */
export const NO_METER: Meter = {
  tickTook: ignore,
  answered: ignore,
  httpAnswered: ignore,
  committed: ignore,
  settled: ignore,
  feedRead: ignore,
  joined: ignore,
  sectorLost: ignore,
};
