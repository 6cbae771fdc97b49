import path from "node:path";
import type { Config } from "../config.ts";
import { connect, type Database } from "../persistence/database.ts";
import { hasEmbedded, startEmbedded } from "../persistence/embedded.ts";
import { migrate, readSchemaState } from "../persistence/migrate.ts";
import { classify } from "../persistence/sqlstate.ts";
import { isTimeout } from "./explain.ts";
import { explainMisfit, otherVersion } from "./other-version.ts";
import { CommandError } from "./usage.ts";

/** A command works through its statements one after another; a second connection is for a transaction beside them. */
const CONNECTIONS_MAX = 2;

type Installation = Pick<Config, "databaseUrl" | "dataDir">;
type Work<Result> = (database: Database) => Promise<Result>;

/**
 * Runs `work` on the database that the server would use: the operator's own, or the embedded one. That is started for it,
 * unless another process runs it: then it is used beside that process, and left to it. A database on which no server has
 * ever run gets the schema first; that of another version stays as it is, since its processes may be at work on it. All
 * is let go of afterwards, whatever happened.
 * @throws what `work` threw, or why the database cannot be used; CommandError when the schema is another version's, or the
 *   other process has stopped the database
 */
export async function withDatabase<Result>(
  config: Installation,
  applicationName: string,
  work: Work<Result>,
): Promise<Result> {
  return onPostgres(config, (url) =>
    onUrl(url, applicationName, async (database) => {
      const state = await readSchemaState(database.pool);
      if (state === "none") await migrate(url);
      else if (state !== "same") throw otherVersion(state);
      return work(database);
    }),
  );
}

/**
 * The same where a server has run before: an embedded database is not made where there is none, and the schema stays as
 * it is, since processes of another version may be at work on it.
 * @param othersToo whether `work` shall try on another version's schema: it does what can be done there
 * @throws what `work` threw, or why the database cannot be used; CommandError when no server has ever run here, or the
 *   schema is another version's and is not to be tried or lacks what `work` needs
 */
export async function withInstallation<Result>(
  config: Installation,
  applicationName: string,
  { othersToo }: { readonly othersToo: boolean },
  work: Work<Result>,
): Promise<Result> {
  await refuseMissing(config);
  return onPostgres(config, (url) =>
    onUrl(url, applicationName, async (database) => {
      const state = await readSchemaState(database.pool);
      if (state === "none") {
        throw new CommandError(
          `No server has ever run on ${nameOf(config)}, and nothing was done to it. Set DATABASE_URL or DATA_DIR as ` +
            "the server has it.",
        );
      }
      if (state === "same") return work(database);
      if (!othersToo) throw otherVersion(state);
      try {
        return await work(database);
      } catch (error) {
        throw explainMisfit(error, state);
      }
    }),
  );
}

/** The database that is used, as its operator knows it; without credentials. */
export function nameOf({ databaseUrl, dataDir }: Installation): string {
  if (databaseUrl === null) return `the embedded database in DATA_DIR (${path.resolve(dataDir)})`;
  const { host, pathname } = new URL(databaseUrl);
  return `the database of DATABASE_URL (${host}${pathname})`;
}

async function onPostgres<Result>(
  config: Installation,
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  if (config.databaseUrl !== null) return use(config.databaseUrl);
  const embedded = await startEmbedded({ dataDir: config.dataDir, joins: true });
  try {
    return await use(embedded.url);
  } catch (error) {
    const isGone = classify(error) === "away" && !isTimeout(error);
    if (embedded.holder !== null && isGone) throw stoppedBy(embedded.holder, config.dataDir, error);
    throw error;
  } finally {
    await embedded.stop();
  }
}

function stoppedBy(holder: string, dataDir: string, cause: unknown): CommandError {
  return new CommandError(
    `The Postgres in DATA_DIR (${path.resolve(dataDir)}) was that of another process (${holder}), and it has ended with it ` +
      "or is being started again. What was not finished has not happened: run this again.",
    { cause },
  );
}

/** @throws CommandError when no server has ever run here: a database made for the asking would tell nothing */
async function refuseMissing({ databaseUrl, dataDir }: Installation): Promise<void> {
  if (databaseUrl !== null || (await hasEmbedded(dataDir))) return;
  throw new CommandError(
    `There is no database in DATA_DIR (${path.resolve(dataDir)}). Set DATA_DIR to the folder of the server, or ` +
      "DATABASE_URL to its database.",
  );
}

async function onUrl<Result>(url: string, applicationName: string, work: Work<Result>): Promise<Result> {
  // A connection that dies unused harms nobody: the next statement takes another, or fails and says why.
  const onIdleError = () => {};
  const database = connect(url, { max: CONNECTIONS_MAX, applicationName, onIdleError });
  try {
    return await work(database);
  } finally {
    await database.pool.end();
  }
}
