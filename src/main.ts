import { explain } from "./cli/explain.ts";
import { describeConfig, loadConfig } from "./config.ts";
import { startGame } from "./game.ts";

/** `npm start`: everything, until Ctrl-C. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  if (process.argv.includes("--print-config")) {
    for (const line of describeConfig(config)) console.log(line);
    return;
  }
  const game = await startGame(config, (line) => console.log(line));
  const base = `http://localhost:${game.port}`;
  console.log(`Sectorkeep listens on ${base}`);
  console.log(`  rooms     ws://localhost:${game.port}  (join "sector" with {sectorId})`);
  console.log(`  look      ${base}/galaxy   ${base}/sectors/1   ${base}/readyz`);
  if (config.guests) console.log(`  sign in   curl -X POST ${base}/auth/guest`);
  console.log(`  database  ${game.databaseUrl.replace(/:[^:@/]*@/, ":***@")}`);
  console.log("Ctrl-C stops it: running commands end first.");

  let asked = 0;
  const stop = () => {
    asked++;
    if (asked > 1) process.exit(1);
    console.log(
      `Stopping: waiting up to ${config.drainSeconds} s for running commands. Ctrl-C again to stop now.`,
    );
    game.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
