/** `npm run world`: makes the galaxy, adds to it, imports and exports it. docs/world.md is its manual. */
import { readFile, writeFile } from "node:fs/promises";
import { loadConfig } from "../config.ts";
import type { Database } from "../persistence/database.ts";
import { readGalaxyFile } from "../persistence/galaxy-export.ts";
import { formatGalaxyFile } from "../persistence/galaxy-file.ts";
import { parseGalaxyFile } from "../persistence/galaxy-import.ts";
import { insertGalaxy, insertRegion } from "../persistence/world.ts";
import { WorldError } from "../persistence/world-error.ts";
import { readGalaxySummary } from "../persistence/world-summary.ts";
import { defaultGalaxy } from "../rules/galaxy/defaults.ts";
import type { Galaxy } from "../rules/galaxy/galaxy.ts";
import { generateGalaxy } from "../rules/galaxy/generate.ts";
import { runCommand } from "./command.ts";
import { withDatabase } from "./open-database.ts";
import { readFlags, type Task, USAGE } from "./world-flags.ts";
import { describeGalaxy, progressOn } from "./world-report.ts";
import { refuseUnwritable } from "./writable-file.ts";

await runCommand({ usage: USAGE, run });

async function run(args: readonly string[]): Promise<number> {
  const { task, exportFile } = readFlags(args);
  const config = loadConfig(process.env);
  // A file that cannot be used should not start a database first.
  if (exportFile !== null) await refuseUnwritable("--export", exportFile);
  const imported = task.kind === "import" ? parseGalaxyFile(await readText(task.file)) : null;
  await withDatabase(config, "sectorkeep world", async (database) => {
    await carryOut(database, task, imported, config.worldSeed);
    await report(database, exportFile);
  });
  return 0;
}

async function carryOut(
  database: Database,
  task: Task,
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
  const bytes = await readFile(file).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError(
      `The galaxy file cannot be read (${reason}). Give the path of a file after --import.`,
    );
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new WorldError(`The galaxy file ${file} is not UTF-8 text. Save it as UTF-8 and import it again.`);
  }
}
