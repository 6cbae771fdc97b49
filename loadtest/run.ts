/** One load test from the first join to the verdict. */
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { connect } from "../src/persistence/database.ts";
import { type Arena, startArena } from "./arena.ts";
import { faultsOf } from "./faults.ts";
import { Drivers } from "./fleet/driver.ts";
import type { FleetProgress } from "./fleet/fleet.ts";
import type { Ledger } from "./fleet/ledger.ts";
import { Measure } from "./fleet/measure.ts";
import { OUTCOME_EARLY } from "./fleet/own-ship.ts";
import { NOT_BEGUN } from "./fleet/pilot.ts";
import { noTraffic } from "./fleet/wire-line.ts";
import { measureMachine } from "./machine-load.ts";
import type { LoadOptions } from "./options.ts";
import type { LoadReport, ServerReport } from "./report.ts";
import type { LoadServer, ServerFigures } from "./servers.ts";
import { databaseOf } from "./somebodys-server.ts";
import { holdAgainstDatabase, type TruthReport } from "./truth.ts";

const PROGRESS_EVERY_MS = 2_000;
const JOINED_LOOK_MS = 50;
/** What the joining has piled up is over before the play is measured. */
const CALM_MS = 2_000;
/** Whoever has not joined so long after their time will not. */
const JOIN_MS_MAX = 60_000;
/** The longest fight, and a good deal more for whatever is slow. */
const SETTLE_MS_MAX = 45_000;
/** A server that has just started is still compiling itself. */
const WARM_UP_MS = 1_000;

export interface RunHooks {
  /** A line for people, replaced by the next one where that is possible. */
  readonly progress: (line: string) => void;
  readonly tell: (line: string) => void;
  /** Called when everything is written and nothing has been checked yet. */
  readonly beforeCheck?: (pool: pg.Pool, ledgers: readonly Ledger[]) => Promise<void>;
}

/** Makes everything that the run needs, plays it, checks it, and leaves nothing behind. */
export async function runLoad(options: LoadOptions, hooks: RunHooks): Promise<LoadReport> {
  if (options.url !== null) return runAgainst(options, hooks, { urls: [options.url], arena: null });
  hooks.tell(`Making a database, ${options.sectors} asteroid fields and ${options.processes} server(s) …`);
  const arena = await startArena({
    ...options,
    hasFrailShips: true,
    hasIncidents: options.mix.incident > 0,
    onTrouble: hooks.tell,
  });
  try {
    return await runAgainst(options, hooks, { urls: arena.urls, arena });
  } finally {
    await arena.stop();
  }
}

async function runAgainst(
  options: LoadOptions,
  hooks: RunHooks,
  { urls, arena }: { urls: readonly string[]; arena: Arena | null },
): Promise<LoadReport> {
  const servers = arena?.servers ?? [];
  // Before anybody has played for nothing.
  const serverDatabase = arena === null ? await databaseOf(options, urls) : null;
  await pause(WARM_UP_MS);
  const emptyKb = await Promise.all(servers.map((server) => server.usedKb()));
  const drivers = await Drivers.launch(
    { ...options, urls, pilots: options.bots, homeSectorIds: arena?.homeSectorIds ?? [] },
    options.drivers,
  );
  try {
    // Answered once the threads have loaded what they need.
    await drivers.progress();
    const startMs = performance.now();
    drivers.start();
    const entered = await allJoined(drivers, options, hooks);
    const joinSeconds = (performance.now() - startMs) / 1000;
    await pause(CALM_MS);
    const { measure: joined, traffic: before } = await measureOf(drivers);
    const atStart = await figuresOf(servers);
    const machine = measureMachine();
    await playFor(options.seconds, drivers, hooks);
    // At once: a server that stands still is not waited for first, and then found to have answered.
    const [{ measure, traffic }, atEnd] = await Promise.all([measureOf(drivers), figuresOf(servers)]);
    const machineLoad = machine();

    const fullKb = await Promise.all(servers.map((server) => server.usedKb()));
    hooks.tell("Everybody stops, ends what runs, and joins once more to hear the rest …");
    const { ledgers, stuck } = await drivers.drain(SETTLE_MS_MAX);
    const { measure: rest } = await measureOf(drivers);
    const settled = await figuresOf(servers);
    await arena?.stopServers();
    const truth = await check(serverDatabase, arena, hooks, ledgers);
    const actions = measure.counted("actions");
    const faults = faultsOf({
      ...{ bots: options.bots, entered },
      refusals: [joined.refusals, measure.refusals, rest.refusals],
      early: [joined, measure, rest].reduce((sum, part) => sum + part.counted(OUTCOME_EARLY), 0),
      servers: servers.map(({ errors, hasDied }, index) => ({
        ...{ errors, hasDied },
        queue: settled[index]?.queue ?? null,
      })),
    });
    const bytesIn = traffic.bytes - before.bytes;
    const patchesIn = traffic.patches - before.patches;
    const wireBots = options.bots - (options.sdkOneIn > 0 ? Math.ceil(options.bots / options.sdkOneIn) : 0);
    return {
      options: { ...options },
      machine: machineLoad,
      joins: {
        count: entered,
        seconds: joinSeconds,
        perSecond: entered / joinSeconds,
        latencies: Object.fromEntries(joined.latencies()),
        refusals: joined.refusals,
      },
      play: {
        seconds: options.seconds,
        actions,
        actionsPerSecond: actions / options.seconds,
        ...turnsOf(joined, measure),
        outcomes: measure.counted("outcomes"),
        framesIn: traffic.frames - before.frames,
        bytesIn,
        bytesPerClientSecond: bytesIn / Math.max(1, wireBots) / options.seconds,
        patchesPerClientSecond: patchesIn / Math.max(1, wireBots) / options.seconds,
      },
      refusals: measure.refusals,
      counts: measure.counts,
      runs: runsOf(ledgers),
      shipsLost: shipsLostOf(ledgers),
      latencies: Object.fromEntries(measure.latencies()),
      servers: serverReports(atStart, atEnd, grownKb(emptyKb, fullKb), options.bots),
      truth,
      stuck,
      faults,
      passed: stuck.length === 0 && faults.length === 0 && truth?.holds !== false,
    };
  } finally {
    await drivers.stop();
  }
}

/** @returns how many have */
async function allJoined(
  drivers: Drivers,
  { bots, joinsPerSecond }: LoadOptions,
  hooks: RunHooks,
): Promise<number> {
  const deadlineMs = performance.now() + (bots / joinsPerSecond) * 1000 + JOIN_MS_MAX;
  let toldMs = performance.now();
  for (;;) {
    const { playing } = sum(await drivers.progress());
    if (performance.now() - toldMs > PROGRESS_EVERY_MS) {
      hooks.progress(`joining: ${playing} of ${bots}`);
      toldMs = performance.now();
    }
    if (playing >= bots) return playing;
    if (performance.now() > deadlineMs) {
      hooks.tell(`Only ${playing} of ${bots} bots got in; going on with those.`);
      return playing;
    }
    await pause(JOINED_LOOK_MS);
  }
}

async function playFor(seconds: number, drivers: Drivers, hooks: RunHooks): Promise<void> {
  const endMs = performance.now() + seconds * 1000;
  let before = sum(await drivers.progress());
  let beforeMs = performance.now();
  while (performance.now() < endMs) {
    await pause(Math.min(PROGRESS_EVERY_MS, Math.max(0, endMs - performance.now())));
    const now = sum(await drivers.progress());
    const nowMs = performance.now();
    const perSecond = ((now.actions - before.actions) * 1000) / (nowMs - beforeMs);
    const left = Math.max(0, (endMs - nowMs) / 1000).toFixed(0);
    hooks.progress(
      `${left} s left · ${now.connected} connected · ${perSecond.toFixed(0)} actions/s · ${now.outcomes} outcomes told`,
    );
    before = now;
    beforeMs = nowMs;
  }
}

function sum(all: readonly FleetProgress[]): FleetProgress {
  const total = (of: keyof FleetProgress) => all.reduce((added, one) => added + one[of], 0);
  return {
    playing: total("playing"),
    connected: total("connected"),
    actions: total("actions"),
    outcomes: total("outcomes"),
  };
}

async function measureOf(drivers: Drivers) {
  const measure = new Measure();
  const traffic = noTraffic();
  for (const one of await drivers.measure()) {
    measure.add(one.parts);
    traffic.frames += one.traffic.frames;
    traffic.bytes += one.traffic.bytes;
    traffic.patches += one.traffic.patches;
  }
  return { measure, traffic };
}

/** Turns that were due in the time that was measured, and how many of those could be begun. */
function turnsOf(before: Measure, measure: Measure): { turnsMeant: number; turnsBegun: number } {
  const waiting = (of: Measure) => of.latencies().get(NOT_BEGUN)?.unanswered ?? 0;
  const turnsBegun = measure.counted("turns begun");
  return { turnsMeant: turnsBegun + waiting(measure) - waiting(before), turnsBegun };
}

function runsOf(ledgers: readonly Ledger[]): { begun: number; paid: number } {
  const runs = ledgers.flatMap(({ economy }) => economy.runs);
  return { begun: runs.length, paid: runs.filter(({ rewards }) => rewards.length > 0).length };
}

/** Of a loss both sides of the fight are told. */
function shipsLostOf(ledgers: readonly Ledger[]): number {
  const lost = ledgers.flatMap(({ events }) => events.map(({ payload }) => payload.destroyedShipId));
  return new Set(lost.filter((shipId) => typeof shipId === "string")).size;
}

function figuresOf(servers: readonly LoadServer[]): Promise<(ServerFigures | null)[]> {
  return Promise.all(servers.map((server) => server.figures()));
}

function grownKb(before: readonly (number | null)[], after: readonly (number | null)[]): (number | null)[] {
  return after.map((kb, index) => {
    const kbBefore = before[index] ?? null;
    return kb === null || kbBefore === null ? null : kb - kbBefore;
  });
}

function serverReports(
  atStart: readonly (ServerFigures | null)[],
  atEnd: readonly (ServerFigures | null)[],
  grown: readonly (number | null)[],
  bots: number,
): ServerReport[] {
  return atEnd.flatMap((end, index) => {
    const start = atStart[index];
    if (end === null || start == null) return [];
    const queue = {
      commits: end.queue.commits - start.queue.commits,
      items: end.queue.items - start.queue.items,
      fenced: end.queue.fenced,
      failed: end.queue.failed,
    };
    const kb = grown[index] ?? null;
    const clients = bots / atEnd.length;
    return [{ ...end, queue, memoryKbPerClient: kb === null ? null : kb / clients }];
  });
}

async function check(
  serverDatabase: string | null,
  arena: Arena | null,
  hooks: RunHooks,
  ledgers: readonly Ledger[],
): Promise<TruthReport | null> {
  const hold = async (pool: pg.Pool) => {
    await hooks.beforeCheck?.(pool, ledgers);
    return holdAgainstDatabase(pool, ledgers, { mayVanish: () => false });
  };
  if (arena !== null) return hold(arena.database.pool);
  if (serverDatabase === null) return null;
  const { pool } = connect(serverDatabase, { max: 2, applicationName: "sectorkeep load test" });
  try {
    return await hold(pool);
  } finally {
    await pool.end();
  }
}
