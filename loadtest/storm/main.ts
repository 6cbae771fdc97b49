/** `npm run storm`: faults on purpose, and whether the server stands them. */
import { parseArgs } from "node:util";
import { explain } from "../../src/cli/explain.ts";
import { Cluster } from "./cluster.ts";
import { runFuzz } from "./fuzz.ts";
import { type IdempotencyReport, runIdempotency } from "./idempotency.ts";
import { printFuzz, printIdempotency, printStorm } from "./report.ts";
import { scheduleOf } from "./schedule.ts";
import { faultsFound, runStorm } from "./storm.ts";

const USAGE = `npm run storm -- --kills 100 [--seed N] [--bots N] [--sectors N]
  Bots play while the server, Postgres and the lines between them are killed, cut, stalled and stopped.
npm run storm -- --fuzz 1000000 [--seed N]
  Random and mutated frames and HTTP requests, over both transports.
npm run storm -- --idempotency 10000 [--seed N]
  So many requests, each of them 2 to 50 times at once.`;

const tell = (line: string) => console.log(line);

class UsageError extends Error {}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name} takes a whole number from 1.`);
  return value;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: "string", default: "100" },
        fuzz: { type: "string" },
        idempotency: { type: "string" },
        seed: { type: "string", default: "1" },
        bots: { type: "string", default: "40" },
        sectors: { type: "string", default: "8" },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** On a database of its own. */
async function sendAgain(seed: number, requests: number): Promise<IdempotencyReport> {
  const cluster = await Cluster.start();
  try {
    return await runIdempotency({ databaseUrl: cluster.url, seed, requests });
  } finally {
    await cluster.discard();
  }
}

/** @returns whether the server has stood it */
async function main(): Promise<boolean> {
  const values = readArguments();
  const seed = wholeNumber("seed", values.seed);
  if (values.fuzz !== undefined) {
    const report = await runFuzz({ seed, frames: wholeNumber("fuzz", values.fuzz), tell });
    printFuzz(report, tell);
    return report.findings.length === 0;
  }
  if (values.idempotency !== undefined) {
    const report = await sendAgain(seed, wholeNumber("idempotency", values.idempotency));
    printIdempotency(report, tell);
    return report.findings.length === 0;
  }
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    tell("Stopping: the fault under way ends first, then what the bots were told is checked.");
    interrupted.abort();
  });
  const report = await runStorm({
    seed,
    bots: wholeNumber("bots", values.bots),
    sectors: wholeNumber("sectors", values.sectors),
    faults: scheduleOf(seed, wholeNumber("kills", values.kills)),
    tell,
    signal: interrupted.signal,
  });
  printStorm(report, tell);
  return faultsFound(report).length === 0;
}

main().then(
  (stood) => process.exit(stood ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : explain(error));
    process.exit(2);
  },
);
