import { loadConfig } from "../config.ts";
import { connect } from "../persistence/database.ts";
import { startEmbedded } from "../persistence/embedded.ts";
import { findBreaches, INVARIANT_TEXTS } from "../persistence/invariants.ts";
import { migrate } from "../persistence/migrate.ts";
import { replayAll } from "../persistence/replay.ts";

/** `npm run audit`: holds what must be true against the database. Exit code 1 when something is not. */
async function audit(): Promise<void> {
  const config = loadConfig(process.env);
  const embedded = config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir }) : null;
  const url = config.databaseUrl ?? embedded?.url ?? "";
  await migrate(url);
  const database = connect(url, { max: 2, applicationName: "sectorkeep audit" });
  try {
    const breaches = await findBreaches(database.pool);
    const replay = await replayAll(database.pool);
    const broken = new Set(breaches.map((breach) => breach.invariant));
    for (const { name, says } of INVARIANT_TEXTS) {
      console.log(`${broken.has(name) ? "BROKEN" : "holds "}  ${name.padEnd(26)} ${says}`);
    }
    const replayed = `${replay.harvests} harvests and ${replay.fights} fights give the same again from their dice.`;
    console.log(`${replay.breaches.length > 0 ? "BROKEN" : "holds "}  ${"replayed".padEnd(26)} ${replayed}`);
    const all = [...breaches, ...replay.breaches];
    for (const { invariant, what } of all) console.error(`${invariant}: ${what}`);
    if (all.length > 0) process.exitCode = 1;
  } finally {
    await database.pool.end();
    await embedded?.stop();
  }
}

audit().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
