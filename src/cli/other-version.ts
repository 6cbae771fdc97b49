/** What is told of a database whose schema is not this program's. */
import { z } from "zod";
import type { SchemaState } from "../persistence/migrate.ts";
import { CommandError } from "./usage.ts";

type OtherVersion = Exclude<SchemaState, "none" | "same">;

/** Of Postgres: what is not there, or may not be used (42), and what a row must or must not be (23). */
const MISFIT_CLASSES = ["42", "23"];

/** For what only this version's own schema can tell. */
export function otherVersion(state: OtherVersion): CommandError {
  return new CommandError(`${schemaOf(state)}. ${remedy(state)}`);
}

/** @returns what to throw for an error that comes of the other version's schema; any other error as it is */
export function explainMisfit(error: unknown, state: OtherVersion): unknown {
  if (!isMisfit(error)) return error;
  const reason = error instanceof z.ZodError ? "it holds a row that cannot be read" : error.message;
  return new CommandError(`${schemaOf(state)}, and this cannot be done on it: ${reason}. ${remedy(state)}`, {
    cause: error,
  });
}

function schemaOf(state: OtherVersion): string {
  return `The database has the schema of ${state === "older" ? "an older" : "a newer"} version`;
}

function remedy(state: OtherVersion): string {
  const migrating =
    state === "older" ? ", or start a server of this one first (npm start), which brings it up to date" : "";
  return `Nothing was changed. Do it with the version that its servers have${migrating}.`;
}

function isMisfit(error: unknown): error is Error {
  if (error instanceof z.ZodError) return true;
  if (!(error instanceof Error) || !("code" in error)) return false;
  const { code } = error;
  return typeof code === "string" && code.length === 5 && MISFIT_CLASSES.some((one) => code.startsWith(one));
}
