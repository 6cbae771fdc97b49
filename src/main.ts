import { explain } from "./cli/explain.ts";
import { readProcessCount, runProcesses } from "./cli/processes.ts";
import { type Config, describeConfig, loadConfig } from "./config.ts";
import { startGame } from "./game.ts";
import { PROCESS_ID } from "./persistence/processes.ts";

/** `npm start`: everything, until Ctrl-C or until an operator drains it. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const config = loadConfig(process.env);
  if (args.includes("--print-config")) {
    for (const line of describeConfig(config)) console.log(line);
    return;
  }
  const processes = readProcessCount(args);
  if (processes > 1) await runProcesses(config, processes);
  else await runOne(config);
}

async function runOne(config: Config): Promise<void> {
  const game = await startGame(config, (line) => console.log(line));
  const base = `http://localhost:${game.port}`;
  console.log(`Sectorkeep listens on ${base}`);
  console.log(`  rooms     ws://localhost:${game.port}  (join "sector" with {sectorId})`);
  console.log(`  look      ${base}/   ${base}/sector/2   in a browser`);
  if (config.guests) console.log(`  sign in   curl -X POST ${base}/auth/guest`);
  console.log(`  database  ${game.databaseUrl.replace(/:[^:@/]*@/, ":***@")}`);
  console.log(`  operate   npm run admin   (this process is ${PROCESS_ID})`);
  console.log("Ctrl-C stops it: running commands end first.");

  let asked = 0;
  const stop = (deadlineSeconds: number) => {
    console.log(`Stopping: waiting up to ${deadlineSeconds} s for running commands. Ctrl-C to stop now.`);
    game.stop(deadlineSeconds).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  const onSignal = () => {
    asked++;
    if (asked > 1) process.exit(1);
    stop(config.drainSeconds);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  // One of several: without the process that started it, nobody would stop it or start it again.
  process.on("disconnect", onSignal);
  void game.drainAsked.then((deadlineSeconds) => {
    asked++;
    stop(deadlineSeconds);
  });
}

main().catch((error: unknown) => {
  console.error(explain(error));
  // Colyseus and its connections to Redis know no end before their beginning.
  process.exit(1);
});
