/** `npm run world`: makes the galaxy, adds to it, imports and exports it. docs/world.md is its manual. */
import { readFile, writeFile } from "node:fs/promises";
import { loadConfig } from "../config.ts";
import type { Database } from "../persistence/database.ts";
import { readGalaxyFile } from "../persistence/galaxy-export.ts";
import { formatGalaxyFile } from "../persistence/galaxy-file.ts";
import { parseGalaxyFile } from "../persistence/galaxy-import.ts";
import { insertGalaxy, insertRegion, WorldError } from "../persistence/world.ts";
import { readGalaxySummary } from "../persistence/world-summary.ts";
import { defaultGalaxy } from "../rules/galaxy/defaults.ts";
import type { Galaxy } from "../rules/galaxy/galaxy.ts";
import { generateGalaxy } from "../rules/galaxy/generate.ts";
import { explain } from "./explain.ts";
import { withDatabase } from "./open-database.ts";
import { readFlags, type Task, USAGE, UsageError } from "./world-flags.ts";
import { describeGalaxy, progressOn } from "./world-report.ts";

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { task, exportFile } = readFlags(process.argv.slice(2));
    if (task.kind === "help") process.stdout.write(USAGE);
    else await run(task, exportFile);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${explain(error)}\n\n${USAGE}` : explain(error));
    return isUsage ? EXIT_USAGE : EXIT_REFUSED;
  }
}

type Work = Exclude<Task, { kind: "help" }>;

async function run(task: Work, exportFile: string | null): Promise<void> {
  const config = loadConfig(process.env);
  // A file that cannot be used should not start a database first.
  const imported = task.kind === "import" ? parseGalaxyFile(await readText(task.file)) : null;
  await withDatabase(config, "sectorkeep world", async (database) => {
    await carryOut(database, task, imported, config.worldSeed);
    await report(database, exportFile);
  });
}

async function carryOut(
  database: Database,
  task: Work,
  imported: Galaxy | null,
  worldSeed: number,
): Promise<void> {
  const onProgress = progressOn(process.stderr);
  const write = (galaxy: Galaxy) => insertGalaxy(database, galaxy, { now: new Date(), onProgress });
  switch (task.kind) {
    case "import":
      if (imported) await write(imported);
      return;
    case "generate":
      await write(generateGalaxy({ seed: task.seed ?? worldSeed, regions: task.regions, ...shareOf(task) }));
      return;
    case "region":
      await insertRegion(database, { region: task.region, seed: task.seed, onProgress, ...shareOf(task) });
      return;
    case "show":
      if ((await readGalaxySummary(database)) === null) await write(generateGalaxy(defaultGalaxy(worldSeed)));
  }
}

async function report(database: Database, exportFile: string | null): Promise<void> {
  const summary = await readGalaxySummary(database);
  if (summary) process.stdout.write(describeGalaxy(summary));
  if (exportFile === null) return;
  const file = await readGalaxyFile(database);
  if (!file) return;
  await writeFile(exportFile, formatGalaxyFile(file));
  process.stdout.write(`Written to ${exportFile}.\n`);
}

function shareOf({ amClaimShareBps }: { amClaimShareBps: number | null }): { amClaimShareBps?: number } {
  return amClaimShareBps === null ? {} : { amClaimShareBps };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError(
      `The galaxy file cannot be read (${reason}). Give the path of a file after --import.`,
    );
  }
}
