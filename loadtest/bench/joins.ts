import { type Arena, startArena } from "../arena.ts";
import { bareJoins } from "./bare-joins.ts";
import { byTheClock } from "./by-the-clock.ts";
import { Costs, type CpuMicros } from "./costs.ts";
import { Joiner, NEWCOMER_STAY_MS, type Newcomer, placeIn, WARM_UP_SHARE } from "./joiner.ts";
import type { Figure, Finding } from "./report.ts";
import type { Settings } from "./settings.ts";

const PER_SECOND = 200;
const QUICK_PER_SECOND = 20;
const SECTORS = 50;
const WARM_UP_SECONDS = 3;
/** V8 compiles once more what has run so often: the steps of a join all at once, which their pilots wait for. */
const JOINS_UNTIL_COMPILED = 3_000;
const GOAL_MS = 100;

const STAGES = ["guest", "me", "seat", "socket"] as const;
type Stage = (typeof STAGES)[number];

interface Crowd {
  readonly perSecond: number;
  readonly pilots: number;
  readonly sectors: number;
}

/** One newcomer after the other, by the clock, each: a token, who am I, a seat, the sector's first state. */
export async function joins(settings: Settings): Promise<Finding> {
  const perSecond = settings.isQuick ? QUICK_PER_SECOND : PER_SECOND;
  const pilots = perSecond * settings.seconds;
  const sectors = settings.isQuick ? 2 : SECTORS;
  const figures = await sectorFigures(settings, { perSecond, pilots, sectors });
  const bare = await bareJoins(pilots, perSecond, sectors);
  return {
    bench: "joins",
    figures: [
      { what: "joins a second, as asked for", value: perSecond, unit: "/s" },
      ...figures,
      ...waitFigures(`bare rooms: seat, first state in ${sectors}, open already`, bare.spread),
      ...waitFigures("… as newcomers, all in one", bare.together),
    ],
    notes: [
      "From the moment a pilot was due. Who returns has a ship already and stays; its token is asked for as a newcomer's.",
      "Each stage by itself, at the same rate, in the same sectors. CPU: server, Postgres, this client.",
      "A bare room asks for no token, and has neither a database nor ships that are somewhere.",
    ],
  };
}

async function sectorFigures(
  { database, isQuick, progress }: Settings,
  { perSecond, pilots, sectors }: Crowd,
): Promise<Figure[]> {
  const arena = await startArena({
    ...{ bots: pilots * 4, sectors, processes: 1, harvestSeconds: 10, seed: 1 },
    ...{ databaseUrl: database ?? null, onTrouble: progress },
  });
  try {
    const bench = new JoinBench(arena, perSecond);
    const young = await bench.warmUp();
    const { pilots: known } = await bench.newcomers(pilots);
    await placeIn(arena, known, arena.homeSectorIds);
    const early = isQuick ? [] : await bench.untilCompiled(known);
    progress(`returning pilots in ${sectors} sectors, while V8 compiles: measured`);
    const cold = await bench.returning(known);
    progress("the same when it has: measured");
    // One of each sector is there before the others come.
    const warm = await bench.returning(known, sectors);
    progress("the same in rooms that are open: measured");
    const newcomers = await bench.newcomers(pilots);
    progress("newcomers in one sector: measured");
    const stages = await bench.stages(known);
    return [
      ...wholeFigures(`token, me, seat, first state in ${sectors} sectors, open already`, warm),
      ...wholeFigures("… asleep until the first comes", cold),
      ...waitFigures("… of these, who opens a sector", cold.msEach.slice(0, sectors)),
      ...waitFigures("… who comes after that", cold.msEach.slice(sectors)),
      ...(isQuick ? [] : waitFigures(`… the first ${early.length} of these in a process`, early)),
      ...wholeFigures("… as newcomers, all in one sector", newcomers),
      ...waitFigures(
        `… the first ${young.msEach.length} of a process, at a quarter of the rate`,
        young.msEach,
      ),
      ...STAGES.flatMap((stage) => stageFigures(stage, stages[stage])),
    ];
  } finally {
    await arena.stop();
  }
}

/** What one run of arrivals took. */
interface Run {
  readonly msEach: readonly number[];
  readonly cpu: CpuMicros;
}

class JoinBench {
  readonly #perSecond: number;
  readonly #joiner: Joiner;
  readonly #costs: Costs;

  constructor(arena: Arena, perSecond: number) {
    this.#perSecond = perSecond;
    this.#joiner = new Joiner(arena.urls);
    this.#costs = new Costs(arena);
  }

  async warmUp(): Promise<Pick<Run, "msEach">> {
    const rate = this.#perSecond * WARM_UP_SHARE;
    const msEach = await byTheClock(rate * WARM_UP_SECONDS, rate, async () => {
      const newcomer = await this.#joiner.guest();
      await this.#joiner.enter(newcomer, NEWCOMER_STAY_MS);
    });
    return { msEach };
  }

  async newcomers(count: number): Promise<Run & { pilots: Newcomer[] }> {
    const pilots: Newcomer[] = [];
    const run = await this.#measure(count, async () => {
      const newcomer = await this.#joiner.guest();
      await this.#joiner.enter(newcomer, NEWCOMER_STAY_MS);
      pilots.push(newcomer);
    });
    await this.#joiner.leaveAll();
    return { ...run, pilots };
  }

  /** The same crowd comes again and again. @returns ms each */
  async untilCompiled(pilots: readonly Newcomer[]): Promise<number[]> {
    const msEach: number[] = [];
    while (msEach.length < JOINS_UNTIL_COMPILED) msEach.push(...(await this.returning(pilots)).msEach);
    return msEach;
  }

  /** @param before so many are there already, and are not counted */
  async returning(pilots: readonly Newcomer[], before = 0): Promise<Run> {
    for (const pilot of pilots.slice(0, before)) await this.#joiner.enter(pilot, null);
    const run = await this.#measure(pilots.length - before, async (index) => {
      // A token is what a guest is: the new one is not used, but has to be given.
      await this.#joiner.guest();
      const pilot = pilots[before + index];
      if (pilot !== undefined) await this.#joiner.enter(pilot, null);
    });
    await this.#joiner.leaveAll();
    return run;
  }

  async stages(pilots: readonly Newcomer[]): Promise<Readonly<Record<Stage, Run>>> {
    const joiner = this.#joiner;
    const each = (work: (pilot: Newcomer) => Promise<void>) =>
      this.#measure(pilots.length, async (index) => {
        const pilot = pilots[index];
        if (pilot !== undefined) await work(pilot);
      });
    const stages = {
      guest: await each(async () => void (await joiner.guest())),
      me: await each((pilot) => joiner.me(pilot)),
      seat: await each((pilot) => joiner.seat(pilot)),
      socket: await each((pilot) => joiner.socket(pilot)),
    };
    await joiner.leaveAll();
    return stages;
  }

  async #measure(count: number, arrive: (index: number) => Promise<void>): Promise<Run> {
    const cpu = await this.#costs.start();
    const msEach = await byTheClock(count, this.#perSecond, arrive);
    return { msEach, cpu: await cpu() };
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function wholeFigures(what: string, run: Run): Figure[] {
  return [
    { what: `${what}: p50`, value: percentile(run.msEach, 0.5), unit: "ms" },
    { what: "p99", value: percentile(run.msEach, 0.99), unit: "ms", goal: { max: GOAL_MS } },
    ...cpuFigures(run),
  ];
}

function stageFigures(stage: Stage, run: Run): Figure[] {
  return [...waitFigures(stage, run.msEach), ...cpuFigures(run)];
}

function waitFigures(what: string, msEach: readonly number[]): Figure[] {
  return [
    { what: `${what}: p50`, value: percentile(msEach, 0.5), unit: "ms" },
    { what: "p99", value: percentile(msEach, 0.99), unit: "ms" },
  ];
}

function cpuFigures({ cpu, msEach }: Run): Figure[] {
  return Object.entries(cpu).map(([whose, micros]) => ({
    what: `CPU: ${whose}`,
    value: micros / msEach.length,
    unit: "µs",
  }));
}
