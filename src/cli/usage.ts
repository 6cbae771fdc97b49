import { type ParseArgsConfig, parseArgs } from "node:util";

/** What a command expects to go wrong: its message says what to do, and no stack is shown. */
export class CommandError extends Error {
  override name = "CommandError";
}

/** What was typed makes no sense: the message says which of it and why. The usage is shown below it. */
export class UsageError extends CommandError {
  override name = "UsageError";
}

/**
 * Node's parseArgs for a person at a terminal. A negative number is a value: what is wrong with it the program can say.
 * @throws UsageError
 */
export function parseFlags<const Flags extends ParseArgsConfig>(
  flags: Flags,
): ReturnType<typeof parseArgs<Flags>> {
  try {
    return parseArgs<Flags>({ ...flags, args: joinNegative(flags) });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `--sectors -5` as `--sectors=-5`: the form in which parseArgs takes it for a value. */
function joinNegative({ args = [], options = {} }: ParseArgsConfig): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-\d/.test(arg) && before !== undefined && options[before.replace(/^--/, "")]?.type === "string")
      joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/** What a flag's number may be. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** What this range is for, where the flag has others: "for a central_nexus region". */
  readonly of?: string;
}

/** @throws UsageError that says what is allowed */
export function wholeNumber(flag: string, text: string, { min, max, of }: NumberRange): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = `a whole number from ${min} to ${max}${of === undefined ? "" : ` ${of}`}`;
  throw new UsageError(`--${flag} takes ${range}; ${JSON.stringify(text)} is none.`);
}
