import type { Clock } from "../../src/clock.ts";
import { type BareRun, runBareBatches } from "./commit-bare.ts";
import { runDrizzle } from "./commit-drizzle.ts";
import { findPgbench, runPgbench } from "./commit-pgbench.ts";
import { type Arrival, type QueueRun, runQueue } from "./commit-queue-run.ts";
import { type Crowd, countHarvests, makeCommitWorld } from "./commit-world.ts";
import { describeDatabase } from "./machine.ts";
import { PostgresCpu } from "./process-cpu.ts";
import { type Figure, type Finding, median } from "./report.ts";
import type { Settings } from "./settings.ts";
import { openStage, type Stage } from "./stage.ts";

const SECTORS = 1_000;
const PILOTS = 10_000;
/** Yardsticks and queue take turns, so that whatever else the machine does meets them all; the median counts. */
const ROUNDS = 3;
const IN_FLIGHT = [50, 100, 200, 400];
/** Enough for two full batches and what waits for them. */
const RATIO_IN_FLIGHT = 400;
/** A batch at a time on one connection, and larger ones on two. */
const BARE_BATCHES = [
  { items: 50, lanes: 1 },
  { items: 100, lanes: 2 },
];
/** Streams by the clock, with the p99 that they are held to. */
const STREAMS = [
  { perSecond: 10_000, p99MsMax: 10 },
  { perSecond: 18_000, p99MsMax: 20 },
];

/** This machine's own: nothing here compares its times with anybody else's. */
const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  isSkewed: () => false,
};

interface Rates {
  readonly queue: number[];
  readonly pgbench: number[];
  readonly drizzle: number[];
}

/** Harvests through the commit queue, against pgbench, drizzle and bare batches in the same minutes. */
export async function commit(settings: Settings): Promise<Finding> {
  const program = await findPgbench();
  const stage = await openStage(settings.database);
  try {
    return await onStage(stage, program, settings);
  } finally {
    await stage.end();
  }
}

async function onStage(
  stage: Stage,
  program: string,
  { isQuick, seconds, progress }: Settings,
): Promise<Finding> {
  const { pool } = stage.database;
  const facts = await describeDatabase(pool, stage.folder);
  const world = await makeCommitWorld(pool, isQuick ? 100 : SECTORS, isQuick ? 1_000 : PILOTS);
  const postgres = await PostgresCpu.of(pool);
  const { url, folder } = stage;
  let written = 0;
  const queue = async (crowd: Crowd, arrival: Arrival): Promise<QueueRun> => {
    const run = await runQueue({ url, clock, postgres, world, crowd, arrival, seconds });
    written += run.acknowledged;
    progress(
      `queue, ${crowd}, ${JSON.stringify(arrival)}: ${run.perSecond.toFixed(0)}/s, p99 ${run.p99Ms.toFixed(1)} ms`,
    );
    return run;
  };
  const rates: Record<Crowd, Rates> = {
    spread: { queue: [], pgbench: [], drizzle: [] },
    crowded: { queue: [], pgbench: [], drizzle: [] },
  };
  const costs: QueueRun[] = [];
  for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
    for (const crowd of ["spread", "crowded"] as const) {
      const { queue: own, pgbench, drizzle } = rates[crowd];
      pgbench.push(await runPgbench({ program, url, folder, world, crowd, seconds }));
      const before = await countHarvests(pool);
      written = 0;
      const run = await queue(crowd, { inFlight: RATIO_IN_FLIGHT });
      const there = (await countHarvests(pool)) - before;
      if (there !== written) throw new Error(`${written} harvests were acknowledged, ${there} are there`);
      own.push(run.perSecond);
      if (crowd === "spread") costs.push(run);
      drizzle.push(await runDrizzle({ url, world, crowd, seconds }));
      progress(`${crowd}: pgbench ${pgbench.at(-1)?.toFixed(0)}/s, drizzle ${drizzle.at(-1)?.toFixed(0)}/s`);
    }
  }
  const bare = await runBareBatches(url, world, BARE_BATCHES, seconds);
  const figures = [...ratioFigures(rates), ...bareFigures(rates.spread.queue, bare), ...costFigures(costs)];
  for (const inFlight of isQuick ? [50] : IN_FLIGHT) {
    const run = await queue("spread", { inFlight });
    figures.push(...runFigures(`${inFlight} at once`, run));
  }
  for (const { perSecond, p99MsMax } of isQuick ? [] : STREAMS) {
    const run = await queue("spread", { perSecond });
    const [rate, p50, p99] = runFigures(`${perSecond}/s by the clock`, run);
    figures.push({ ...rate, goal: { min: perSecond * 0.99 } }, p50, { ...p99, goal: { max: p99MsMax } });
    const refused = `${perSecond}/s by the clock: refused, the queue was full`;
    figures.push({ what: refused, value: run.refusedShare * 100, unit: "%" });
  }
  return {
    bench: "commit",
    figures,
    notes: [
      `Postgres ${facts.version}, ${facts.syncsPerSecond.toFixed(0)} fdatasyncs of 8 KB a second; ` +
        Object.entries(facts.settings)
          .map(([name, value]) => `${name}=${value}`)
          .join(" "),
      "A bare batch settles harvests without rules, checks or references, in nine narrow tables: what this machine gives.",
      `${world.sectors} fields, ${world.pilots} pilots spread over them and as many of whom 80 % are in 1 % of them.`,
    ],
  };
}

function ratioFigures({ spread, crowded }: Record<Crowd, Rates>): Figure[] {
  const of = (rates: readonly number[]) => median(rates);
  const ratios = (over: readonly number[], under: readonly number[]) =>
    median(over.map((rate, round) => rate / (under[round] ?? Number.NaN)));
  return [
    { what: "commit queue, spread", value: of(spread.queue), unit: "/s" },
    { what: "pgbench, 16 clients, spread", value: of(spread.pgbench), unit: "/s" },
    { what: "drizzle, pool of 16, spread", value: of(spread.drizzle), unit: "/s" },
    { what: "queue : pgbench", value: ratios(spread.queue, spread.pgbench), unit: "×", goal: { min: 5 } },
    { what: "queue : drizzle", value: ratios(spread.queue, spread.drizzle), unit: "×", goal: { min: 12 } },
    { what: "commit queue, crowded", value: of(crowded.queue), unit: "/s" },
    { what: "pgbench, crowded", value: of(crowded.pgbench), unit: "/s" },
    { what: "drizzle, crowded", value: of(crowded.drizzle), unit: "/s" },
    {
      ...{ what: "crowded : spread", value: ratios(crowded.queue, spread.queue) * 100, unit: "%" },
      goal: { min: 70 },
    },
  ];
}

function bareFigures(queue: readonly number[], bare: readonly BareRun[]): Figure[] {
  const best = Math.max(...bare.map(({ perSecond }) => perSecond));
  return [
    ...BARE_BATCHES.flatMap(({ items, lanes }, index) => [
      {
        what: `bare batches of ${items}, ${lanes} at once`,
        value: bare[index]?.perSecond ?? Number.NaN,
        unit: "/s",
      },
      { what: "… p99", value: bare[index]?.p99Ms ?? Number.NaN, unit: "ms" },
    ]),
    { what: "queue : the faster of them", value: median(queue) / best, unit: "×" },
  ];
}

function costFigures(runs: readonly QueueRun[]): Figure[] {
  return [
    {
      what: "CPU of this process a harvest",
      value: median(runs.map((run) => run.cpuMicrosPerItem)),
      unit: "µs",
    },
    {
      what: "CPU of Postgres a harvest",
      value: median(runs.map((run) => run.postgresMicrosPerItem)),
      unit: "µs",
    },
    { what: "harvests a commit", value: median(runs.map((run) => run.itemsPerCommit)), unit: "" },
  ];
}

function runFigures(what: string, run: QueueRun): [Figure, Figure, Figure] {
  return [
    { what: `${what}: acknowledged`, value: run.perSecond, unit: "/s" },
    { what: `${what}: p50`, value: run.p50Ms, unit: "ms" },
    { what: `${what}: p99`, value: run.p99Ms, unit: "ms" },
  ];
}
