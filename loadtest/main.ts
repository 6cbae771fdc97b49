/** `npm run loadtest`: bots against a server, figures, and the truth of what they were told. */
import { writeFile } from "node:fs/promises";
import { runCommand } from "../src/cli/command.ts";
import { refuseUnwritable } from "../src/cli/writable-file.ts";
import { discardOn, unlessDiscarded } from "./discards.ts";
import { readOptions, USAGE } from "./options.ts";
import { describeReport } from "./report.ts";
import { runLoad } from "./run.ts";
import { describeTruth } from "./truth.ts";

const EXIT_UNTRUE = 1;
const EXIT_FAILED = 2;
const FINDINGS_SHOWN_MAX = 20;

function progress(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
  else console.log(line);
}

function tell(line: string): void {
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  console.log(line);
}

async function loadTest(args: readonly string[]): Promise<number> {
  const options = readOptions(args, process.env);
  if (options.jsonFile !== null) await refuseUnwritable("--json", options.jsonFile);
  discardOn("SIGHUP", "SIGINT", "SIGTERM");
  const report = await runLoad(options, { progress, tell });
  tell("");
  for (const line of describeReport(report)) console.log(line);
  console.log("");
  if (report.truth === null) {
    console.log("Not held against the database: with --url, say --database URL or --data-dir DIR as well.");
  } else {
    for (const line of describeTruth(report.truth, FINDINGS_SHOWN_MAX)) console.log(line);
  }
  if (report.stuck.length > 0) console.log(`  stuck                ${report.stuck.length}`);
  for (const who of report.stuck.slice(0, FINDINGS_SHOWN_MAX)) console.log(`    ${who}`);
  for (const fault of report.faults) console.log(`  not passed: ${fault}`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  return report.passed ? 0 : EXIT_UNTRUE;
}

await runCommand({ usage: USAGE, exitFailed: EXIT_FAILED, run: (args) => unlessDiscarded(loadTest(args)) });
