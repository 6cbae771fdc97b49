/** `npm run bench`: how fast, against a yardstick in the same run. */
import { writeFile } from "node:fs/promises";
import { runCommand } from "../../src/cli/command.ts";
import { parseFlags, UsageError } from "../../src/cli/usage.ts";
import { refuseUnwritable } from "../../src/cli/writable-file.ts";
import { discardOn, unlessDiscarded } from "../discards.ts";
import { refuseWithoutRedis } from "../redis.ts";
import { commit } from "./commit.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { joins } from "./joins.ts";
import { describeMachine } from "./machine.ts";
import { type Finding, tableOf } from "./report.ts";
import { rooms } from "./rooms.ts";
import type { Settings } from "./settings.ts";
import { start } from "./start.ts";
import { takeover } from "./takeover.ts";

const BENCHES: Readonly<Record<string, (settings: Settings) => Promise<Finding>>> = {
  commit,
  rooms,
  joins,
  start,
  takeover,
  growth,
  idle,
};
const SECONDS = 6;
const QUICK_SECONDS = 2;
const USAGE = `Measures how fast the server is, against a yardstick in the same run. See docs/performance.md.

  npm run bench -- [NAME …] [options]

  NAME            of ${Object.keys(BENCHES).join(", ")}; all of them without one
  --seconds N     how long each measurement lasts (${SECONDS})
  --quick         sizes that only show that it runs
  --database URL  a Postgres in which databases are made and dropped (default: DATABASE_URL, or an embedded one)
  --json FILE     writes the figures there, too
  --help          this text

Exit codes: 0 measured, 1 it could not be, 2 wrong flags.
`;

/** @throws UsageError */
function readArguments(args: readonly string[]): {
  names: string[];
  settings: Settings;
  jsonFile: string | undefined;
} {
  const string = { type: "string" } as const;
  const { values, positionals } = parseFlags({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: string,
      database: string,
      json: string,
      quick: { type: "boolean" },
    },
  });
  const isQuick = values.quick ?? false;
  const seconds = Number(values.seconds ?? (isQuick ? QUICK_SECONDS : SECONDS));
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0)
    throw new UsageError(
      `There is no benchmark "${unknown[0]}". There are: ${Object.keys(BENCHES).join(", ")}.`,
    );
  if (!(Number.isSafeInteger(seconds) && seconds >= 1))
    throw new UsageError("--seconds takes a whole number from 1.");
  return {
    names: positionals.length > 0 ? positionals : Object.keys(BENCHES),
    settings: { database: values.database ?? process.env.DATABASE_URL, isQuick, seconds, progress },
    jsonFile: values.json,
  };
}

/** Not among the results, which may go into a file. */
function progress(line: string): void {
  console.error(`  … ${line}`);
}

async function bench(args: readonly string[]): Promise<number> {
  const { names, settings, jsonFile } = readArguments(args);
  if (jsonFile !== undefined) await refuseUnwritable("--json", jsonFile);
  // Before anything is measured for nothing.
  if (names.includes("takeover")) await refuseWithoutRedis(process.env);
  discardOn("SIGHUP", "SIGINT", "SIGTERM");
  const machine = describeMachine();
  console.log(
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, load ${machine.loadBefore.toFixed(2)} before`,
  );
  const findings: Finding[] = [];
  for (const name of names) {
    const finding = await BENCHES[name]?.(settings);
    if (finding === undefined) continue;
    findings.push(finding);
    console.log(`\n${tableOf(finding)}`);
    // After each: what the next one dies of must not take these with it.
    if (jsonFile !== undefined)
      await writeFile(jsonFile, `${JSON.stringify({ machine, findings }, null, 2)}\n`);
  }
  return 0;
}

// Node ends when nothing is left to wait for, even if a benchmark still waits: not with success then.
process.once("beforeExit", () => {
  console.error("A benchmark ended without a result.");
  process.exit(1);
});
await runCommand({ usage: USAGE, run: (args) => unlessDiscarded(bench(args)) });
