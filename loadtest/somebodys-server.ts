/** A server that runs already: whether bots can play on it, and where its database is. */
import { z } from "zod";
import { CommandError } from "../src/cli/usage.ts";
import { connect } from "../src/persistence/database.ts";
import { findEmbedded } from "../src/persistence/embedded.ts";
import { HttpClient, HttpRefusal } from "./fleet/http.ts";
import { noTraffic, WireConnector } from "./fleet/wire-line.ts";
import type { LoadOptions } from "./options.ts";

const guestSchema = z.object({ token: z.string(), userId: z.uuid() });
const meSchema = z.object({ sectorId: z.int() });

/**
 * Looks before anybody plays.
 * @returns the connection string of the server's database; null when nobody has said which it is
 * @throws CommandError that says what to do
 */
export async function databaseOf(
  { databaseUrl, dataDir }: Pick<LoadOptions, "databaseUrl" | "dataDir">,
  urls: readonly string[],
): Promise<string | null> {
  const guests: string[] = [];
  for (const url of urls) guests.push(await joinAsGuest(url));
  const found = databaseUrl ?? (dataDir === null ? null : await findEmbedded(dataDir));
  if (found === null && dataDir !== null) {
    throw new CommandError(
      `No embedded database runs in ${dataDir}: --data-dir is the DATA_DIR of a server that runs now.`,
    );
  }
  if (found !== null) await checkDatabase(found, guests);
  return found;
}

/** @returns the userId of a guest whom the server knows from now on */
async function joinAsGuest(url: string): Promise<string> {
  try {
    const http = new HttpClient([url]);
    const { token, userId } = guestSchema.parse(await http.post("/auth/guest", {}));
    const { sectorId } = meSchema.parse(await http.get("/me", token));
    // The first join writes a newcomer down.
    const line = await new WireConnector(http, noTraffic()).join(
      token,
      { sectorId, cursor: 0 },
      { onMessage: () => {}, onClosed: () => {} },
    );
    line.leave();
    return userId;
  } catch (error) {
    if (error instanceof HttpRefusal && error.code === "guests_off") {
      throw new CommandError(`The server at ${url} lets no guests in; start it with GUESTS=on.`);
    }
    throw new CommandError(`Nobody can play at ${url}: ${error instanceof Error ? error.message : error}`);
  }
}

/** @throws CommandError when it is not the database of the server that let these guests in */
export async function checkDatabase(databaseUrl: string, guests: readonly string[]): Promise<void> {
  if ((await guestsIn(databaseUrl, guests)) === guests.length) return;
  throw new CommandError(
    "The database that was named is another server's: a guest who has just been let in is not in it. " +
      "Say the --database or --data-dir of the server that --url names.",
  );
}

/** @returns how many of them the database knows @throws CommandError when it is none of a Sectorkeep server */
async function guestsIn(databaseUrl: string, guests: readonly string[]): Promise<number> {
  const { pool } = connect(databaseUrl, { max: 1, applicationName: "sectorkeep load test" });
  try {
    const { rowCount } = await pool.query("select from players where user_id = any($1::uuid[])", [guests]);
    return rowCount ?? 0;
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new CommandError(`The database that was named is not one of a Sectorkeep server: ${why}`);
  } finally {
    await pool.end();
  }
}
