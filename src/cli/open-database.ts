import path from "node:path";
import type { Config } from "../config.ts";
import { connect, type Database } from "../persistence/database.ts";
import { findEmbedded, hasEmbedded, startEmbedded } from "../persistence/embedded.ts";
import { migrate } from "../persistence/migrate.ts";
import { CommandError } from "./usage.ts";

/** A command works through its statements one after another; a second connection is for a transaction beside them. */
const CONNECTIONS_MAX = 2;

/**
 * Runs `work` on the database that the server would use: the operator's own, or the embedded one, which is started for
 * it. The schema is brought up to date first; everything is let go of afterwards, whatever happened.
 * @throws what `work` threw, or why the database cannot be used
 */
export async function withDatabase<Result>(
  config: Pick<Config, "databaseUrl" | "dataDir">,
  applicationName: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  if (config.databaseUrl !== null) return onUrl(config.databaseUrl, applicationName, work);
  const embedded = await startEmbedded({ dataDir: config.dataDir });
  try {
    return await onUrl(embedded.url, applicationName, work);
  } finally {
    await embedded.stop();
  }
}

/**
 * The same, beside a server that may be running: the embedded database is used where it runs already, and is not made
 * where there is none, since no server has ever run there.
 * @throws what `work` threw, or why the database cannot be used; CommandError when the data folder has none
 */
export async function withInstallation<Result>(
  config: Pick<Config, "databaseUrl" | "dataDir">,
  applicationName: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  await refuseMissing(config);
  const url = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  return withDatabase({ ...config, databaseUrl: url }, applicationName, work);
}

/** @throws CommandError when no server has ever run here: a database made for the asking would tell nothing */
export async function refuseMissing({
  databaseUrl,
  dataDir,
}: Pick<Config, "databaseUrl" | "dataDir">): Promise<void> {
  if (databaseUrl !== null || (await hasEmbedded(dataDir))) return;
  throw new CommandError(
    `There is no database in DATA_DIR (${path.resolve(dataDir)}). Set DATA_DIR to the folder of the server, or ` +
      "DATABASE_URL to its database.",
  );
}

async function onUrl<Result>(
  url: string,
  applicationName: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  await migrate(url);
  // A connection that dies unused harms nobody: the next statement takes another, or fails and says why.
  const onIdleError = () => {};
  const database = connect(url, { max: CONNECTIONS_MAX, applicationName, onIdleError });
  try {
    return await work(database);
  } finally {
    await database.pool.end();
  }
}
