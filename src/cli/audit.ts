import { loadConfig } from "../config.ts";
import type { Database } from "../persistence/database.ts";
import { findBreaches, INVARIANT_TEXTS } from "../persistence/invariants.ts";
import { REPLAY_TEXTS, replayAll } from "../persistence/replay.ts";
import { runCommand } from "./command.ts";
import { withInstallation } from "./open-database.ts";
import { CommandError, parseFlags } from "./usage.ts";

const EXIT_BROKEN = 1;
const EXIT_FAILED = 2;
const USAGE = `Holds a game's database to its invariants, and computes every yield, fight and run again from its dice.

  npm run audit

  --help             this text

The database is that of the server: DATABASE_URL, or the embedded one in DATA_DIR.
Exit codes: 0 everything holds, 1 something is broken, 2 it could not be looked at, 129, 130 and 143 stopped by SIGHUP
(a closed terminal), Ctrl-C and SIGTERM.
`;

/**
 * Holds what must be true against the database and prints it.
 * @returns the exit code
 * @throws CommandError when there is no galaxy: nothing would be proven by what is not there
 */
async function audit({ pool }: Database): Promise<number> {
  const { rows } = await pool.query("select from galaxies");
  if (rows.length === 0)
    throw new CommandError(
      "The database holds no galaxy. Set DATA_DIR or DATABASE_URL as the server has it.",
    );
  const replay = await replayAll(pool);
  const breaches = [...(await findBreaches(pool)), ...replay.breaches];
  const broken = new Set(breaches.map((breach) => breach.invariant));
  for (const { name, says } of [...INVARIANT_TEXTS, ...REPLAY_TEXTS]) {
    console.log(`${broken.has(name) ? "BROKEN" : "holds "}  ${name.padEnd(26)} ${says}`);
  }
  console.log(
    `Computed again: ${replay.harvests} harvests, ${replay.fights} fights and ${replay.runs} runs.`,
  );
  for (const { invariant, what } of breaches) console.error(`${invariant}: ${what}`);
  return breaches.length > 0 ? EXIT_BROKEN : 0;
}

await runCommand({
  usage: USAGE,
  exitFailed: EXIT_FAILED,
  run: async (args) => {
    parseFlags({ args: [...args], options: {} });
    return await withInstallation(loadConfig(process.env), "sectorkeep audit", { othersToo: false }, audit);
  },
});
