import { setFlagsFromString } from "node:v8";
import { DatabaseClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { secureDice } from "./dice.ts";
import { ensurePage } from "./http/site-build.ts";
import { createIdentity } from "./identity.ts";
import { startProductExport } from "./jobs/product-export.ts";
import { startJobs } from "./jobs/worker.ts";
import { ANSWER_MS_MAX, connect } from "./persistence/database.ts";
import { startEmbedded } from "./persistence/embedded.ts";
import { ensureWorld } from "./persistence/ensure-world.ts";
import { migrate } from "./persistence/migrate.ts";
import { PROCESS_ID, sessionName } from "./persistence/processes.ts";
import { Endings, endOf, STOP_MS_MAX } from "./server/ending.ts";
import { type RunningServer, startServer } from "./server.ts";
import { LoadMeter } from "./telemetry/load.ts";
import { createLog, type Log } from "./telemetry/log.ts";
import { Metrics } from "./telemetry/metrics.ts";

/**
 * V8 compiles once more what has run three thousand times, and all steps of a join or a command get there together: dozens of
 * functions on as many threads as there are cores, while the one thread that plays waits for one. On two cores, a third of a
 * second. So it compiles one function after the other.
 */
const ONE_COMPILER = "--concurrent-turbofan-max-threads=1";

/** Two batches can be at the database at once; one more connection asks whether an absent database is back. */
const QUEUE_CONNECTIONS = 3;

export interface Game {
  readonly port: number;
  readonly databaseUrl: string;
  readonly server: RunningServer;
  readonly load: LoadMeter;
  /** Resolves when an operator wants this process to end: to the seconds that running commands are given. */
  readonly drainAsked: Promise<number>;
  /**
   * Ends everything, in order; what cannot be ended is logged. May be called twice.
   * @param deadlineSeconds how long running commands may take; DRAIN_SECONDS unless told
   */
  stop(deadlineSeconds?: number): Promise<void>;
}

/** Told what start-up is doing, for a person to read. */
export type Progress = (line: string) => void;

/** The operator's Postgres, or one of our own. @throws EmbeddedPostgresError */
async function postgresFor(
  { databaseUrl, dataDir }: Config,
  log: Log,
  tell: Progress,
): Promise<{ url: string; stop(): Promise<void> }> {
  if (databaseUrl !== null) return { url: databaseUrl, stop: async () => {} };
  tell(`Starting Postgres in ${dataDir} …`);
  return startEmbedded({ dataDir, onTrouble: (message) => log.warn({}, message) });
}

function connectAll(url: string, { databasePoolMax }: Config, log: Log) {
  const onIdleError = (error: Error) => log.warn({ err: error }, "A database connection was lost.");
  const common = { onIdleError, answerMsMax: ANSWER_MS_MAX };
  return {
    database: connect(url, { ...common, max: databasePoolMax, applicationName: sessionName(PROCESS_ID) }),
    queueDatabase: connect(url, {
      ...common,
      max: QUEUE_CONNECTIONS,
      applicationName: "sectorkeep queue",
      byKey: true,
    }),
  };
}

/** Nobody comes in from now on, whatever a job is at: it is ended beside the rooms, and given the time that they have. */
async function stopGame(
  server: RunningServer,
  stopJobs: () => Promise<void>,
  deadlineSeconds: number,
  log: Log,
): Promise<void> {
  await Promise.all([
    endOf("The server", () => server.stop(deadlineSeconds), null, log),
    endOf("The jobs", stopJobs, deadlineSeconds * 1000 + STOP_MS_MAX, log),
  ]);
}

/**
 * Starts everything: database, schema, world, clock, server.
 * @throws with a message that says what to do; whatever had been started is stopped again
 */
export async function startGame(config: Config, tell: Progress): Promise<Game> {
  setFlagsFromString(ONE_COMPILER);
  const log = createLog(config.logLevel);
  const endings = new Endings(log);
  let stopping: Promise<void> | null = null;
  const drainAsked = Promise.withResolvers<number>();
  let deadlineSeconds = config.drainSeconds;
  const stop = (seconds = config.drainSeconds) => {
    if (stopping === null) deadlineSeconds = seconds;
    stopping ??= endings.run();
    return stopping;
  };
  // Beside everything else: usually it is there already. Without it the game runs all the same.
  const page = ensurePage(tell).catch((error: unknown) => {
    log.warn({ err: error }, "There is no page to look at.");
    return null;
  });
  try {
    const postgres = await postgresFor(config, log, tell);
    endings.add("Postgres", () => postgres.stop(), null);
    const { url } = postgres;
    await migrate(url);
    const { database, queueDatabase } = connectAll(url, config, log);
    endings.add("The database's connections", () => database.pool.end());
    endings.add("The queue's connections", () => queueDatabase.pool.end());
    const clock = await DatabaseClock.start(database.pool, config.clockCheckSeconds * 1000, (message) =>
      log.warn({}, message),
    );
    endings.add("The clock", () => clock.stop());
    const dice = secureDice();
    const world = await ensureWorld(database, config.worldSeed, clock.nowMs(), tell);
    endings.add("The product export", startProductExport({ pool: database.pool, clock, config, log }));
    const load = new LoadMeter();
    endings.add("The load meter", () => load.stop());
    const site = await page;
    const metrics = new Metrics(load);
    metrics.watchProcess();
    const server = await startServer({
      ...(site !== null && { site }),
      config,
      database,
      queueDatabase,
      clock,
      dice,
      identity: createIdentity(config, clock),
      log,
      turnsPerDay: world.turnsPerDay,
      metrics,
      onDrain: (deadlineSeconds) => drainAsked.resolve(deadlineSeconds ?? config.drainSeconds),
    });
    const stopJobs = startJobs({ pool: database.pool, clock, dice, config }, log);
    endings.add("The game", () => stopGame(server, stopJobs, deadlineSeconds, log), null);
    tell(`${world.sectors} sectors are ready.`);
    return { port: server.port, databaseUrl: url, server, load, drainAsked: drainAsked.promise, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
