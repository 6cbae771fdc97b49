import { loadConfig } from "../config.ts";
import type { Database } from "../persistence/database.ts";
import { findBreaches, INVARIANT_TEXTS } from "../persistence/invariants.ts";
import { REPLAY_TEXTS, replayAll } from "../persistence/replay.ts";
import { explain } from "./explain.ts";
import { withDatabase } from "./open-database.ts";

const EXIT_BROKEN = 1;
const EXIT_FAILED = 2;

/** Holds what must be true against the database and prints it. @returns the exit code */
async function audit({ pool }: Database): Promise<number> {
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

try {
  process.exitCode = await withDatabase(loadConfig(process.env), "sectorkeep audit", audit);
} catch (error) {
  console.error(explain(error));
  process.exitCode = EXIT_FAILED;
}
