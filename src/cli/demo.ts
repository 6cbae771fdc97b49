import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../config.ts";
import { type Game, startGame } from "../game.ts";
import type { LoadFigures } from "../telemetry/load.ts";
import { runCommand } from "./command.ts";
import { listenForStop } from "./signals.ts";
import { parseFlags, wholeNumber } from "./usage.ts";

/** Enough to see mining and raiding side by side without hiding either. */
const BOTS = 8;
/**
 * Half of what the server takes from one address, and into the sector where all begin, unless it is told otherwise: who
 * looks on gets in beside them. `npm run loadtest` is for more.
 */
const BOTS_MAX = 100;
/** A day; timers take no more than 24 of them. */
const SECONDS_MAX = 86_400;
const STATUS_EVERY_MS = 10_000;
/** Bots leave by themselves when asked; this is for those that do not. */
const BOTS_LEAVE_MS_MAX = 5_000;

const BOTS_PROGRAM = fileURLToPath(new URL("../../loadtest/bots.ts", import.meta.url));

const USAGE = `Runs the server with a small galaxy and bots that mine and raid in it, until Ctrl-C.

  npm run demo -- [--bots N] [--seconds N]

  --bots N       how many, 1 to ${BOTS_MAX}; ${BOTS} by default
  --seconds N    ends by itself after so long, 1 to ${SECONDS_MAX}, and says what it cost
  --help         this text

Settings are those of the server: docs/settings.md.
Exit codes: 0 stopped in order, 1 could not start or was stopped at once, 2 wrong flags, 129, 130 and 143 stopped by SIGHUP
(a closed terminal), Ctrl-C and SIGTERM before it had started.
`;

/** @returns seconds: null to go on until it is stopped @throws UsageError */
function readArguments(args: readonly string[]): { bots: number; seconds: number | null } {
  const { values } = parseFlags({
    args: [...args],
    options: { bots: { type: "string", default: String(BOTS) }, seconds: { type: "string" } },
  });
  return {
    bots: wholeNumber("bots", values.bots, { min: 1, max: BOTS_MAX }),
    seconds:
      values.seconds === undefined
        ? null
        : wholeNumber("seconds", values.seconds, { min: 1, max: SECONDS_MAX }),
  };
}

function startBots(port: number, bots: number): ChildProcess {
  return spawn(process.execPath, [BOTS_PROGRAM, "--url", `ws://localhost:${port}`, "--bots", String(bots)], {
    stdio: "inherit",
    detached: true,
  });
}

async function stopBots(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), BOTS_LEAVE_MS_MAX);
  await gone;
  clearTimeout(timer);
}

function statusOf(game: Game, figures: LoadFigures): string {
  const { sectors, queue } = game.server;
  let pilots = 0;
  for (const room of sectors) pilots += room.live?.pilotCount ?? 0;
  return [
    `${pilots} pilots in ${sectors.size} live sectors`,
    `${queue.counts.items} outcomes in ${queue.counts.commits} commits`,
    `CPU ${figures.cpuPercent.toFixed(1)} % of a core`,
    `memory ${figures.memoryMb.toFixed(0)} MB`,
    `tick p99 ${figures.tickP99Ms.toFixed(2)} ms`,
    `event loop p99 ${figures.eventLoopDelayP99Ms.toFixed(1)} ms`,
  ].join(" · ");
}

/** `npm run demo`: database, world, server, and a handful of bots that mine and raid. */
async function demo(args: readonly string[]): Promise<number> {
  const { bots, seconds } = readArguments(args);
  const config = loadConfig({ LOG_LEVEL: "warn", GUESTS: "on", ...process.env });
  const game = await startGame(config, (line) => console.log(line));
  const base = `http://localhost:${game.port}`;
  console.log(`Sectorkeep listens on ${base}; ${bots} bots fly in it. Look at:`);
  console.log(`  ${base}/                 the galaxy, live, in a browser`);
  console.log(`  ${base}/sector/2         the field that most of them mine`);
  console.log("  npm run audit            (in another terminal) holds the database to its invariants");
  console.log("What the bots report:");
  const child = startBots(game.port, bots);
  game.load.take();
  const startedMs = performance.now();

  const stop = listenForStop();
  const status = setInterval(() => {
    if (seconds === null) console.log(`-- ${statusOf(game, game.load.take())}`);
  }, STATUS_EVERY_MS);
  const deadline = seconds === null ? undefined : setTimeout(stop.ask, seconds * 1000);
  child.once("exit", stop.ask);
  await stop.asked;
  clearInterval(status);
  clearTimeout(deadline);

  const ranSeconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  if (seconds !== null) console.log(`${bots} bots, ${ranSeconds} s: ${statusOf(game, game.load.take())}`);
  console.log("Stopping: the bots leave, running commands end, what is due is written.");
  await stopBots(child);
  await game.stop();
  return 0;
}

await runCommand({ usage: USAGE, run: demo });
