/** Brings a database's schema to what this version of the program needs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { z } from "zod";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any fixed number: processes that start at once migrate one after another, and the second finds nothing to do. */
const MIGRATION_LOCK_KEY = 7_306_531_401;

/** When each migration of this version was written: drizzle notes that in the database for those that are applied. */
const writtenMs = z
  .object({ entries: z.array(z.object({ when: z.int() })) })
  .parse(JSON.parse(readFileSync(`${MIGRATIONS_FOLDER}/meta/_journal.json`, "utf8")))
  .entries.map(({ when }) => when);
const newestMs = Math.max(...writtenMs);

/** How far a database is; of one that has never been migrated, not even the table is there. */
async function readNewestMs(client: pg.ClientBase | pg.Pool): Promise<number> {
  const { rows } = await client.query(
    "select max(created_at)::text as newest from drizzle.__drizzle_migrations",
  );
  const [row] = z.array(z.object({ newest: z.coerce.number() })).parse(rows);
  return row?.newest ?? 0;
}

/**
 * Whether the database has all migrations of this version; a newer version may have added its own.
 * @throws what the database threw
 */
export async function isMigrated(pool: pg.Pool): Promise<boolean> {
  return (await readNewestMs(pool)) >= newestMs;
}

/** How a database's schema stands to this version's; `none` where no server has ever made one. */
export type SchemaState = "none" | "older" | "same" | "newer";

/** Changes nothing. @throws what the database threw */
export async function readSchemaState(pool: pg.Pool): Promise<SchemaState> {
  const found = await pool.query("select to_regclass('drizzle.__drizzle_migrations') as journal");
  if (found.rows[0]?.journal === null) return "none";
  const { rows } = await pool.query("select created_at::text as at from drizzle.__drizzle_migrations");
  const appliedMs = z
    .array(z.object({ at: z.coerce.number() }))
    .parse(rows)
    .map(({ at }) => at);
  // Other programs keep their migrations in a table of that name, too.
  if (!appliedMs.includes(Math.min(...writtenMs))) return "none";
  const theirsMs = Math.max(...appliedMs);
  if (theirsMs === newestMs) return "same";
  return theirsMs < newestMs ? "older" : "newer";
}

/**
 * Applies the migrations that the database lacks, all of them or none. Uses a connection of its own without the time
 * limits of `connect`, since changing a large table may take its time.
 * @throws when the database cannot be reached, or a migration fails (nothing of it is kept).
 */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "sectorkeep migrate" });
  // A cut connection also fails the statement that runs on it; unheard, it would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    // Held by the session: gone with it, however this ends.
    await client.query(`select pg_advisory_lock(${MIGRATION_LOCK_KEY})`);
    const { rows } = await client.query("select to_regclass('drizzle.__drizzle_migrations') as journal");
    const isNew = rows[0]?.journal === null;
    if (!isNew && (await readNewestMs(client)) >= newestMs) return;
    // Loading drizzle takes longer than all else that a start does; mostly there is nothing to migrate.
    const [{ drizzle }, { migrate: apply }] = await Promise.all([
      import("drizzle-orm/node-postgres"),
      import("drizzle-orm/node-postgres/migrator"),
    ]);
    await apply(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    await client.end();
  }
}
