/** `npm start -- --processes N`: several servers on this machine, side by side, started again when they end. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Config } from "../config.ts";
import { startEmbedded } from "../persistence/embedded.ts";
import { checkRedis } from "../server/directory.ts";
import { listenForStop } from "./signals.ts";
import { parseFlags, UsageError } from "./usage.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
/** More than any machine has cores to spare. */
const PROCESSES_MAX = 64;
/** One that cannot start at all would otherwise fill the log. */
const START_AGAIN_MS = 1_000;
/** Sockets and pools are closed after the rooms have ended. */
const BEYOND_DRAIN_SECONDS = 10;

export const USAGE = `Runs the server until Ctrl-C; with a Postgres of its own unless DATABASE_URL names one.

  npm start                       one process
  npm start -- --processes N      several on this machine, 1 to ${PROCESSES_MAX}; they need REDIS_URL
  npm start -- --print-config     every setting and its value

  --help                          this text

Settings are variables of the environment: docs/settings.md.
Exit codes: 0 stopped in order, 1 could not start or was stopped at once, 2 wrong flags, 129, 130 and 143 stopped by SIGHUP
(a closed terminal), Ctrl-C and SIGTERM before it had started.
`;

/** What `npm start` is to do. @throws UsageError */
export function readStartFlags(args: readonly string[]): { processes: number; printConfig: boolean } {
  const { values } = parseFlags({
    args: [...args],
    options: { processes: { type: "string" }, "print-config": { type: "boolean" } },
  });
  const text = values.processes ?? "1";
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > PROCESSES_MAX)
    throw new UsageError(`--processes is a whole number from 1 to ${PROCESSES_MAX}, not "${text}".`);
  return { processes: count, printConfig: values["print-config"] ?? false };
}

/** What one of the processes is started with, beside the environment. */
export interface ProcessSettings {
  readonly PORT: string;
  readonly PUBLIC_ADDRESS: string;
  readonly DATABASE_URL: string;
}

/**
 * The settings of each process: ports from PORT on, one after the other. Without a PUBLIC_ADDRESS they are reached at
 * localhost; with one, a proxy is there, which sends what comes under /<port> to that port (deploy/nginx.conf).
 * @throws UsageError when that cannot be done
 */
export function processSettings(
  { port, publicAddress, redisUrl }: Pick<Config, "port" | "publicAddress" | "redisUrl">,
  databaseUrl: string,
  count: number,
): ProcessSettings[] {
  if (redisUrl === null) {
    throw new UsageError(
      "Several processes find each other's rooms through Redis: set REDIS_URL, such as redis://localhost:6379 " +
        "(on Debian: apt-get install redis-server).",
    );
  }
  if (port === 0 || port + count - 1 > 65_535)
    throw new UsageError(`${count} processes need ${count} ports from PORT on; PORT=${port} leaves too few.`);
  return Array.from({ length: count }, (_, index) => {
    const own = port + index;
    const address = publicAddress === null ? `localhost:${own}` : `${publicAddress}/${own}`;
    return { PORT: String(own), PUBLIC_ADDRESS: address, DATABASE_URL: databaseUrl };
  });
}

/**
 * Runs until it is told to stop. A process that ends is started again, drained ones too: draining one after the other is a
 * rolling restart.
 * @throws UsageError, RedisError, or why the database cannot be used
 */
export async function runProcesses(config: Config, count: number): Promise<void> {
  // Wrong flags are told before anything is started for them.
  processSettings(config, "", count);
  await checkRedis(config.redisUrl ?? "");
  const embedded = config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir }) : null;
  const settings = processSettings(config, config.databaseUrl ?? embedded?.url ?? "", count);
  const stopping = new AbortController();
  void listenForStop().asked.then(() => {
    console.log("Stopping all processes: running commands end first. Ctrl-C again to stop now.");
    stopping.abort();
  });
  const stopMsMax = (config.drainSeconds + BEYOND_DRAIN_SECONDS) * 1000;
  await Promise.all(settings.map((own) => keepRunning(own, stopping.signal, stopMsMax)));
  await embedded?.stop();
}

/** Runs one process, again and again. @returns once it has been stopped */
async function keepRunning(
  settings: ProcessSettings,
  stopping: AbortSignal,
  stopMsMax: number,
): Promise<void> {
  while (!stopping.aborted) {
    // In a group of its own: Ctrl-C in a terminal reaches this process alone, which then tells the others once.
    const child = fork(MAIN, { env: { ...process.env, ...settings }, detached: true });
    const stop = () => {
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), stopMsMax).unref();
    };
    stopping.addEventListener("abort", stop, { once: true });
    const ended = await endOf(child);
    stopping.removeEventListener("abort", stop);
    if (stopping.aborted) return;
    console.error(`The process on port ${settings.PORT} has ended (${ended}); it is started again.`);
    await pause(START_AGAIN_MS, stopping);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stopping.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
