import { ConfigError } from "../config.ts";
import { Refusal } from "../errors.ts";
import { EmbeddedPostgresError } from "../persistence/embedded.ts";
import { GalaxyFileError } from "../persistence/galaxy-import.ts";
import { classify } from "../persistence/sqlstate.ts";
import { WorldError } from "../persistence/world-error.ts";
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

/** query_canceled: by statement_timeout. */
const TIMED_OUT = ["57014"];
/** invalid_password, invalid_authorization_specification (a user that is not there), invalid_catalog_name (a database). */
const NOT_LET_IN = ["28P01", "28000", "3D000"];
const NOT_WRITABLE = ["EACCES", "EPERM", "EROFS"];

/** What is expected to go wrong is told in a sentence that says what to do; a fault of ours keeps its stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (TOLD.some((known) => error instanceof known)) return error.message;
  if (isTakenPort(error)) return `${error.message}\nStop what listens there, or set PORT to another one.`;
  if (isTimeout(error))
    return `The database took too long for a statement (${error.message}). Try again when less is asked of it.`;
  if (is(error, NOT_LET_IN)) {
    return `The database cannot be used: ${error.message}. See that user, password and database in DATABASE_URL are right.`;
  }
  if (is(error, NOT_WRITABLE) && "path" in error)
    return `${error.message}\nSee that you may read and write there, or set DATA_DIR to a folder of your own.`;
  if (classify(error) === "away") {
    return `The database cannot be used: ${error.message || "no answer"}. See that it runs and that DATABASE_URL is right.`;
  }
  return error.stack ?? error.message;
}

/** Whether the database took too long for a statement: it is still there. */
export function isTimeout(error: unknown): boolean {
  return is(error, TIMED_OUT);
}

/** Whether it, or what it was thrown for, has one of these codes. */
function is(error: unknown, codes: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && codes.some((code) => code === error.code)) || is(error.cause, codes);
}

function isTakenPort(error: Error): boolean {
  return is(error, ["EADDRINUSE"]) || /^Port \d+ is taken/.test(error.message);
}
