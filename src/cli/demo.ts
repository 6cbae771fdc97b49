import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadConfig } from "../config.ts";
import { type Game, startGame } from "../game.ts";
import type { LoadFigures } from "../telemetry/load.ts";
import { explain } from "./explain.ts";

/** Enough to see mining and raiding side by side without hiding either. */
const BOTS = 8;
const STATUS_EVERY_MS = 10_000;
/** Bots leave by themselves when asked; this is for those that do not. */
const BOTS_LEAVE_MS_MAX = 5_000;

const BOTS_PROGRAM = fileURLToPath(new URL("../../loadtest/bots.ts", import.meta.url));

function readArguments(): { bots: number; seconds: number } {
  const { values } = parseArgs({
    options: {
      bots: { type: "string", default: String(BOTS) },
      seconds: { type: "string", default: "0" },
    },
  });
  const [bots, seconds] = [Number(values.bots), Number(values.seconds)];
  if (!Number.isInteger(bots) || bots < 1 || !(seconds >= 0)) {
    throw new RangeError("Usage: npm run demo -- [--bots N] [--seconds N]   (0 seconds: until Ctrl-C)");
  }
  return { bots, seconds };
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
async function demo(): Promise<void> {
  const { bots, seconds } = readArguments();
  const config = loadConfig({ LOG_LEVEL: "warn", GUESTS: "on", ...process.env });
  const game = await startGame(config, (line) => console.log(line));
  const base = `http://localhost:${game.port}`;
  console.log(`Sectorkeep listens on ${base}; ${bots} bots fly in it. Look at:`);
  console.log(`  ${base}/                 the galaxy, live, in a browser`);
  console.log(`  ${base}/sector/2         the field that most of them mine`);
  console.log("  npm run audit            (after Ctrl-C) holds the database to its invariants");
  console.log("What the bots report:");
  const child = startBots(game.port, bots);
  game.load.take();
  const startedMs = performance.now();

  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const status = setInterval(() => {
    if (seconds === 0) console.log(`-- ${statusOf(game, game.load.take())}`);
  }, STATUS_EVERY_MS);
  const deadline = seconds > 0 ? setTimeout(end, seconds * 1000) : undefined;
  child.once("exit", () => end());
  process.once("SIGINT", () => end());
  process.once("SIGTERM", () => end());
  await ended;
  clearInterval(status);
  clearTimeout(deadline);

  const ranSeconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  if (seconds > 0) console.log(`${bots} bots, ${ranSeconds} s: ${statusOf(game, game.load.take())}`);
  console.log("Stopping: the bots leave, running commands end, what is due is written.");
  await stopBots(child);
  await game.stop();
}

demo().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(explain(error));
    process.exit(1);
  },
);
