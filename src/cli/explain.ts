import { ConfigError } from "../config.ts";
import { Refusal } from "../errors.ts";
import { EmbeddedPostgresError } from "../persistence/embedded.ts";
import { GalaxyFileError } from "../persistence/galaxy-import.ts";
import { classify } from "../persistence/sqlstate.ts";
import { WorldError } from "../persistence/world.ts";
import { RedisError } from "../server/directory.ts";
import { CommandError } from "./usage.ts";

const TOLD = [
  CommandError,
  ConfigError,
  EmbeddedPostgresError,
  GalaxyFileError,
  RedisError,
  Refusal,
  WorldError,
];

/** What is expected to go wrong is told in a sentence that says what to do; a fault of ours keeps its stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (TOLD.some((known) => error instanceof known)) return error.message;
  if (isTakenPort(error)) return `${error.message}\nStop what listens there, or set PORT to another one.`;
  if (classify(error) === "away") {
    return `The database cannot be used: ${error.message || "no answer"}. See that it runs and that DATABASE_URL is right.`;
  }
  return error.stack ?? error.message;
}

function isTakenPort(error: Error): boolean {
  return ("code" in error && error.code === "EADDRINUSE") || /^Port \d+ is taken/.test(error.message);
}
