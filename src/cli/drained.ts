import { setTimeout as wait } from "node:timers/promises";
import type pg from "pg";
import type { Config } from "../config.ts";
import { findEmbedded } from "../persistence/embedded.ts";
import { readProcesses } from "../persistence/processes.ts";
import { classify } from "../persistence/sqlstate.ts";

const EXIT_REFUSED = 1;
/** Processes close their sockets and pools after their rooms have ended. */
const BEYOND_DEADLINE_SECONDS = 10;
const LOOK_AGAIN_MS = 200;

type Installation = Pick<Config, "databaseUrl" | "dataDir">;

/** @returns the processes that run: none once an embedded database has ended with its server; null when it cannot tell */
async function readProcessesLeft(
  pool: pg.Pool,
  { databaseUrl, dataDir }: Installation,
): Promise<string[] | null> {
  try {
    return await readProcesses(pool);
  } catch (error) {
    if (databaseUrl !== null || classify(error) !== "away") throw error;
    return (await findEmbedded(dataDir)) === null ? [] : null;
  }
}

/** Waits until the processes are gone, longer than the `seconds` that they have. @returns the exit code */
export async function awaitDrained(
  pool: pg.Pool,
  processIds: readonly string[],
  seconds: number,
  config: Installation,
): Promise<number> {
  const deadlineMs = performance.now() + (seconds + BEYOND_DEADLINE_SECONDS) * 1000;
  const left = new Set(processIds);
  while (left.size > 0 && performance.now() < deadlineMs) {
    await wait(LOOK_AGAIN_MS);
    const running = new Set((await readProcessesLeft(pool, config)) ?? left);
    for (const processId of left) {
      if (running.has(processId)) continue;
      left.delete(processId);
      console.log(`${processId} has ended.`);
    }
  }
  for (const processId of left) console.error(`${processId} still runs. See its log, and end it by hand.`);
  return left.size === 0 ? 0 : EXIT_REFUSED;
}
