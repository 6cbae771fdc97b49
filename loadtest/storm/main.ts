/** `npm run storm`: faults on purpose, and whether the server stands them. */

import { runCommand } from "../../src/cli/command.ts";
import { parseFlags, UsageError, wholeNumber } from "../../src/cli/usage.ts";
import { SEED_MAX } from "../../src/rules/galaxy/generate.ts";
import { discardOn, firstInterrupt, unlessDiscarded } from "../discards.ts";
import { Cluster } from "./cluster.ts";
import { runFuzz } from "./fuzz.ts";
import { runIdempotency } from "./idempotency.ts";
import { runQueueRaces } from "./queue-races.ts";
import { printFuzz, printIdempotency, printQueueRaces, printSoak, printStorm } from "./report.ts";
import { fingerprintOf, scheduleOf } from "./schedule.ts";
import { runSoak } from "./soak.ts";
import { faultsFound, runStorm } from "./storm.ts";

const EXIT_FAILED = 2;
const USAGE = `Throws faults at the server on purpose and says whether it stood them. See docs/faults.md.

npm run storm -- --kills 100 [--seed N] [--bots N] [--sectors N]
  Bots play while the server, Postgres and the lines between them are killed, cut, stalled and stopped.
npm run storm -- --fuzz 1000000 [--seed N]
  Random and mutated frames and HTTP requests, over both transports.
npm run storm -- --idempotency 10000 [--processes 2] [--seed N]
  So many requests to real servers, each of them 2 to 50 times: at once on a pilot's line, after a cut, from another room;
  over HTTP from many connections, to every server. Replies to COMMITs are lost meanwhile.
npm run storm -- --queues 10000 [--seed N]
  What no client can bring about: the same request at the same time in the commit queues of two processes that both hold
  its sector.
npm run storm -- --hours 8 [--seed N] [--bots N] [--sectors N]
  One server, a fault that it must live through every minute; what it holds must stay the same.

Exit codes: 0 the server stood it, 1 it did not, 2 wrong flags or it could not be tried.
`;

/** Enough samples to compare: 12, of which the first comes after everybody has joined. */
const HOURS_MIN = 0.06;
/** A week: of what it holds every quarter of a minute, no more has to be kept to tell a leak. */
const HOURS_MAX = 168;
/**
 * Everything that the bots were told is kept until the end, to be held against the database, and a run is to end: ten
 * thousand kills take ten hours and tell three million things. So do so many requests, sent 25 times each on average.
 */
const LIMITS = {
  seed: { min: 1, max: SEED_MAX },
  kills: { min: 1, max: 10_000 },
  fuzz: { min: 1, max: 100_000_000 },
  idempotency: { min: 1, max: 100_000 },
  queues: { min: 1, max: 1_000_000 },
  processes: { min: 1, max: 16 },
  bots: { min: 1, max: 20_000 },
  sectors: { min: 1, max: 5_000 },
} as const;

const tell = (line: string) => console.log(line);

function numberIn(name: keyof typeof LIMITS, text: string): number {
  return wholeNumber(name, text, LIMITS[name]);
}

function hoursIn(text: string): number {
  const hours = Number(text);
  if (text.trim() !== "" && hours >= HOURS_MIN && hours <= HOURS_MAX) return hours;
  throw new UsageError(
    `--hours takes a number from ${HOURS_MIN} to ${HOURS_MAX}, and 0.25 is a quarter of an hour; ${JSON.stringify(text)} is none.`,
  );
}

/** What each kind of storm can be told beside `--seed`. */
const OF_USE = {
  fuzz: [],
  idempotency: ["processes"],
  queues: [],
  hours: ["bots", "sectors"],
  kills: ["bots", "sectors"],
} as const;

/** What is of no use beside something else is a mistake, and not passed over. @throws UsageError */
function checkTogether(values: ReturnType<typeof flagsIn>): void {
  const kinds = (["fuzz", "idempotency", "queues", "hours", "kills"] as const).filter(
    (name) => values[name] !== undefined,
  );
  const [kind = "kills", other] = kinds;
  if (other !== undefined) throw new UsageError(`--${kind} and --${other} are two storms. Use one of them.`);
  const ofUse: readonly string[] = OF_USE[kind];
  const useless = (["processes", "bots", "sectors"] as const).find(
    (name) => values[name] !== undefined && !ofUse.includes(name),
  );
  if (useless !== undefined) throw new UsageError(`--${useless} is of no use with --${kind}.`);
}

function flagsIn(args: readonly string[]) {
  return parseFlags({
    args: [...args],
    options: {
      kills: { type: "string" },
      fuzz: { type: "string" },
      idempotency: { type: "string" },
      processes: { type: "string" },
      queues: { type: "string" },
      hours: { type: "string" },
      seed: { type: "string", default: "1" },
      bots: { type: "string" },
      sectors: { type: "string" },
    },
  }).values;
}

/** On a Postgres of its own. */
async function withCluster<Report>(run: (databaseUrl: string) => Promise<Report>): Promise<Report> {
  const cluster = await Cluster.start();
  try {
    return await run(cluster.url);
  } finally {
    await cluster.discard();
  }
}

/** @returns whether the server has stood it */
async function storm(args: readonly string[]): Promise<boolean> {
  const values = flagsIn(args);
  checkTogether(values);
  const seed = numberIn("seed", values.seed);
  discardOn("SIGHUP", "SIGTERM");
  // The others can end early and still say what they have found.
  if ([values.fuzz, values.idempotency, values.queues].some((value) => value !== undefined))
    discardOn("SIGINT");
  if (values.fuzz !== undefined) {
    const report = await runFuzz({ seed, frames: numberIn("fuzz", values.fuzz), tell });
    printFuzz(report, tell);
    return report.findings.length === 0;
  }
  if (values.idempotency !== undefined) {
    const requests = numberIn("idempotency", values.idempotency);
    const processes = numberIn("processes", values.processes ?? "1");
    const report = await withCluster((databaseUrl) =>
      runIdempotency({ databaseUrl, seed, requests, processes, tell }),
    );
    printIdempotency(report, tell);
    return report.findings.length === 0;
  }
  if (values.queues !== undefined) {
    const requests = numberIn("queues", values.queues);
    const report = await withCluster((databaseUrl) => runQueueRaces({ databaseUrl, seed, requests }));
    printQueueRaces(report, tell);
    return report.findings.length === 0;
  }
  const interrupted = new AbortController();
  firstInterrupt(() => {
    tell("Stopping: the fault under way ends first, then what the bots were told is checked.");
    interrupted.abort();
  });
  const crowd = {
    seed,
    bots: numberIn("bots", values.bots ?? "40"),
    sectors: numberIn("sectors", values.sectors ?? "8"),
    tell,
    signal: interrupted.signal,
  };
  if (values.hours !== undefined) {
    const soak = await runSoak({ ...crowd, hours: hoursIn(values.hours) });
    printSoak(soak, tell);
    const { drifts, samples } = soak;
    // Too short to be compared is not flat: it was not tried.
    if (drifts === null) throw new Error(`${samples.length} samples say nothing: let it run longer.`);
    return faultsFound(soak.storm).length === 0 && drifts.every(({ isFlat }) => isFlat);
  }
  const faults = scheduleOf(seed, numberIn("kills", values.kills ?? "100"));
  tell(`${faults.length} faults, schedule ${fingerprintOf(faults)}.`);
  const report = await runStorm({ ...crowd, faults });
  printStorm(report, tell);
  return faultsFound(report).length === 0;
}

await runCommand({
  usage: USAGE,
  exitFailed: EXIT_FAILED,
  run: async (args) => ((await unlessDiscarded(storm(args))) ? 0 : 1),
});
