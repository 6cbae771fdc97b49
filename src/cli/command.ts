import { explain } from "./explain.ts";
import { endOnSignals, unlessEnding } from "./signals.ts";
import { UsageError } from "./usage.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Command {
  /** How it is called, what it can be told, and what its exit codes mean. */
  readonly usage: string;
  /** Where 1 is a verdict (what was looked at is wrong), this says that nothing could be looked at. */
  readonly exitFailed?: number;
  /** @returns the exit code */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/**
 * Does what was asked for at a terminal and ends the process: with the usage for `--help`, with a sentence where something
 * expected went wrong. Ctrl-C, SIGTERM and a closed terminal end it, too, unless the program has its own way with them.
 */
export async function runCommand(command: Command): Promise<never> {
  endOnSignals();
  // Rooms, connections and timers may still be there, and wait for nothing any more.
  process.exit(await exitCodeOf(command, process.argv.slice(2)));
}

async function exitCodeOf({ usage, run, exitFailed = EXIT_FAILED }: Command, args: readonly string[]) {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    return await unlessEnding(run(args));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${explain(error)}\n\n${usage.trimEnd()}` : explain(error));
    return isUsage ? EXIT_USAGE : exitFailed;
  }
}
