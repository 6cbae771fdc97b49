/** A server that runs already: whether bots can play on it, and where its database is. */
import { CommandError } from "../src/cli/usage.ts";
import { connect } from "../src/persistence/database.ts";
import { findEmbedded } from "../src/persistence/embedded.ts";
import { HttpClient, HttpRefusal } from "./fleet/http.ts";
import type { LoadOptions } from "./options.ts";

/**
 * Looks before anybody plays.
 * @returns the connection string of the server's database; null when nobody has said which it is
 * @throws CommandError that says what to do
 */
export async function databaseOf(
  { databaseUrl, dataDir }: Pick<LoadOptions, "databaseUrl" | "dataDir">,
  urls: readonly string[],
): Promise<string | null> {
  for (const url of urls) await checkServer(url);
  const found = databaseUrl ?? (dataDir === null ? null : await findEmbedded(dataDir));
  if (found === null && dataDir !== null) {
    throw new CommandError(
      `No embedded database runs in ${dataDir}: --data-dir is the DATA_DIR of a server that runs now.`,
    );
  }
  if (found !== null) await checkDatabase(found);
  return found;
}

async function checkServer(url: string): Promise<void> {
  try {
    await new HttpClient([url]).post("/auth/guest", {});
  } catch (error) {
    if (error instanceof HttpRefusal && error.code === "guests_off") {
      throw new CommandError(`The server at ${url} lets no guests in; start it with GUESTS=on.`);
    }
    throw new CommandError(`Nobody can play at ${url}: ${error instanceof Error ? error.message : error}`);
  }
}

async function checkDatabase(databaseUrl: string): Promise<void> {
  const { pool } = connect(databaseUrl, { max: 1, applicationName: "sectorkeep load test" });
  try {
    await pool.query("select from players limit 1");
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new CommandError(`The database that was named is not one of a Sectorkeep server: ${why}`);
  } finally {
    await pool.end();
  }
}
