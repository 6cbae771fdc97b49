import { type ParseArgsConfig, parseArgs } from "node:util";

/** What a command expects to go wrong: its message says what to do, and no stack is shown. */
export class CommandError extends Error {
  override name = "CommandError";
}

/** What was typed makes no sense: the message says which of it and why. The usage is shown below it. */
export class UsageError extends CommandError {
  override name = "UsageError";
}

/** Node's parseArgs for a person at a terminal. @throws UsageError */
export function parseFlags<const Flags extends ParseArgsConfig>(
  flags: Flags,
): ReturnType<typeof parseArgs<Flags>> {
  try {
    return parseArgs(flags);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
