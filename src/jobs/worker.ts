import { setTimeout as wait } from "node:timers/promises";
import type { Runner } from "graphile-worker";
import { eachAlone } from "../persistence/sqlstate.ts";
import { makeContracts, settleContracts } from "./contracts.ts";
import { generateIncident, type IncidentJob, settleIncidents } from "./incidents.ts";
import { giveNotices } from "./notices.ts";
import { sweepOld } from "./retention.ts";

/** Each minute, ten minutes and hour, once for all processes: whichever is free first does it. */
const CRONTAB = `* * * * * give_notices ?max=3
  * * * * * settle_incidents ?max=3
  * * * * * settle_contracts ?max=3
  */10 * * * * generate_incident ?max=3
  17 * * * * sweep_old ?max=3&fill=1h`;
/** A worker gives up when the database stays away; so long later it is started anew. */
const RESTART_MS = 10_000;

interface JobsLog {
  warn(fields: object, message: string): void;
}

/**
 * Runs the jobs of the game: one worker a process, all on the same queue in Postgres, so that each job is done once.
 * @returns a function that ends it, after what the job under way is just at
 */
export function startJobs(parts: IncidentJob, log: JobsLog): () => Promise<void> {
  const ending = new AbortController();
  const game = { ...parts, ending: ending.signal };
  const { pool, clock } = game;
  let runner: Runner | null = null;
  async function work(): Promise<void> {
    // Those who are here before the first full minute find them, too.
    await makeContracts(game).catch((error: unknown) => {
      log.warn({ err: error }, "The week's contracts could not be made; the minute's job makes them.");
    });
    // Loading it takes a quarter of a second, which nobody at the door should have to wait for.
    const { Logger, makeWorkerUtils, run } = await import("graphile-worker");
    const logger = new Logger(() => (level, message, meta) => {
      if (level === "error" || level === "warning") log.warn({ ...meta }, message);
    });
    /** What a job failed of is in the log; a row for each run that failed would stay for ever. */
    async function forgetFailed(): Promise<void> {
      const utils = await makeWorkerUtils({ pgPool: pool, logger });
      await utils.cleanup({ tasks: ["DELETE_PERMAFAILED_JOBS"] });
      await utils.release();
    }
    while (!ending.signal.aborted) {
      try {
        runner = await run({
          pgPool: pool,
          concurrency: 1,
          noHandleSignals: true,
          // What a job came to is written in batches, even of one: alone, graphile-worker lets a failed write end the process.
          preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
          crontab: CRONTAB,
          taskList: {
            give_notices: () => giveNotices(pool, clock, ending.signal),
            settle_incidents: () => settleIncidents(game),
            settle_contracts: () => settleContracts(game),
            generate_incident: async () => {
              await generateIncident(game);
            },
            sweep_old: () =>
              eachAlone(
                [() => sweepOld(pool, clock, ending.signal), forgetFailed],
                (step) => step(),
                ending.signal,
              ),
          },
          logger,
        });
        if (ending.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        log.warn({ err: error }, `The jobs' worker has ended; it is started again in ${RESTART_MS} ms.`);
      }
      runner = null;
      await wait(RESTART_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  }
  const working = work();
  return async () => {
    ending.abort();
    // It refuses when it is ending by itself; either way it has ended when `working` has.
    await runner?.stop().catch(() => {});
    await working;
  };
}
