import { runCommand } from "./cli/command.ts";
import { readStartFlags, runProcesses, USAGE } from "./cli/processes.ts";
import { listenForStop } from "./cli/signals.ts";
import { type Config, describeConfig, loadConfig, withoutCredentials } from "./config.ts";
import { startGame } from "./game.ts";
import { PROCESS_ID } from "./persistence/processes.ts";
import { createLog } from "./telemetry/log.ts";

/** `npm start`: everything, until Ctrl-C or until an operator drains it. */
async function start(args: readonly string[]): Promise<number> {
  const { processes, printConfig } = readStartFlags(args);
  const config = loadConfig(process.env);
  if (printConfig) for (const line of describeConfig(config)) console.log(line);
  else if (processes > 1) await runProcesses(config, processes);
  else await runOne(config);
  return 0;
}

/**
 * Ends the process when a promise is rejected that nobody waits for, as Node does by itself: a package that Colyseus loads
 * would print it and go on, with something half done in memory. What is durable is whole, whenever a process ends.
 */
function endOnRejection({ logLevel }: Config): void {
  const log = createLog(logLevel);
  process.on("unhandledRejection", (reason) => {
    log.fatal(
      { err: reason },
      "A rejection that nobody handles: the process ends. Start it again, and report this.",
    );
    process.exit(1);
  });
}

/** @returns once it has been stopped @throws why it could not be started */
async function runOne(config: Config): Promise<void> {
  endOnRejection(config);
  const game = await startGame(config, (line) => console.log(line));
  const base = `http://localhost:${game.port}`;
  console.log(`Sectorkeep listens on ${base}`);
  console.log(`  rooms     ws://localhost:${game.port}  (join "sector" with {sectorId})`);
  console.log(`  look      ${base}/   ${base}/sector/2   in a browser`);
  if (config.guests) console.log(`  sign in   curl -X POST ${base}/auth/guest`);
  console.log(`  database  ${withoutCredentials(game.databaseUrl)}`);
  console.log(`  operate   npm run admin   (this process is ${PROCESS_ID})`);
  console.log("Ctrl-C stops it: running commands end first.");

  const stop = listenForStop();
  // One of several: without the process that started it, nobody would stop it or start it again.
  process.on("disconnect", stop.press);
  let deadlineSeconds = config.drainSeconds;
  void game.drainAsked.then((seconds) => {
    deadlineSeconds = seconds;
    stop.ask();
  });
  await stop.asked;
  console.log(`Stopping: waiting up to ${deadlineSeconds} s for running commands. Ctrl-C to stop now.`);
  await game.stop(deadlineSeconds);
}

await runCommand({ usage: USAGE, run: start });
