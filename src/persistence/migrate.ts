/** Brings a database's schema to what this version of the program needs. */
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as applyMigrations } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { z } from "zod";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any fixed number: processes that start at once migrate one after another, and the second finds nothing to do. */
const MIGRATION_LOCK_KEY = 7_306_531_401;

const newestMigration = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).at(-1);

/**
 * Whether the database has all migrations of this version; a newer version may have added its own.
 * @throws what the database threw
 */
export async function isMigrated(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query("select max(created_at) as newest from drizzle.__drizzle_migrations");
  const [row] = z.array(z.object({ newest: z.int().nullable() })).parse(rows);
  return (row?.newest ?? 0) >= (newestMigration?.folderMillis ?? 0);
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
    await applyMigrations(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    await client.end();
  }
}
