/** A database for each test suite. */
import { basename } from "node:path";
import pg from "pg";
import { connect, type Database } from "../../src/persistence/database.ts";
import { type Drizzle, drizzleOn } from "../../src/persistence/drizzle.ts";
import { administer, needPostgres, testPostgres } from "./postgres.ts";

/** What Postgres allows an identifier to be. */
const IDENTIFIER_BYTES_MAX = 63;
/** Sessions that were told to end are given this long to be gone from the server's list. */
const SESSIONS_GONE_MS_MAX = 2_000;
const LOOK_AGAIN_MS = 20;
const POOL_MAX = 10;

let databasesMade = 0;

export interface TestDatabase {
  /** Connection string, for code under test that connects by itself. */
  readonly url: string;
  readonly database: Database;
  readonly pool: pg.Pool;
  readonly drizzle: Drizzle;
}

/**
 * Call inside a `describe`: before its first test a fresh, migrated, empty database is made; after its last one the
 * database is dropped, and the suite fails if something is still connected to it.
 */
export function useDatabase(): TestDatabase {
  needPostgres();
  let url: string | null = null;
  let database: Database | null = null;

  before("make a database", async function () {
    if (this.test?.parent?.root === true) throw new Error("Call useDatabase() inside a describe.");
    const name = databaseName(this.test?.file ?? "");
    await administer(`create database ${name} template ${testPostgres().template}`);
    url = testPostgres().urlOf(name);
    database = connect(url, { max: POOL_MAX, applicationName: "test" });
  });

  after("drop the database", async () => {
    if (url === null || database === null) return;
    await database.pool.end();
    const name = new URL(url).pathname.slice(1);
    const left = await sessionsLeft(name);
    await administer(`drop database ${name} with (force)`);
    if (left.length > 0) throw new Error(`Connections left open to the test database:\n${left.join("\n")}`);
  });

  const made = <Value>(value: Value | null): Value => {
    if (value === null) throw new Error("The database exists from the suite's first hook to its last.");
    return value;
  };
  return {
    get url() {
      return made(url);
    },
    get database() {
      return made(database);
    },
    get pool() {
      return made(database).pool;
    },
    get drizzle() {
      return drizzleOn(made(database).pool);
    },
  };
}

function databaseName(file: string): string {
  databasesMade += 1;
  const subject = basename(file).replace(".test.ts", "").toLowerCase().replaceAll(/\W/g, "_");
  return `test_${process.pid}_${databasesMade}_${subject}`.slice(0, IDENTIFIER_BYTES_MAX);
}

/** Who is still connected: a line for each session. */
async function sessionsLeft(database: string): Promise<string[]> {
  const client = new pg.Client({
    connectionString: testPostgres().urlOf("postgres"),
    application_name: "test harness",
  });
  await client.connect();
  try {
    const deadline = performance.now() + SESSIONS_GONE_MS_MAX;
    for (;;) {
      const found = await client.query<{ line: string }>(
        `select format('%s (%s): %s', coalesce(nullif(application_name, ''), 'unnamed'), state, left(query, 200)) as line
          from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
        [database],
      );
      if (found.rows.length === 0 || performance.now() > deadline) return found.rows.map((row) => row.line);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  } finally {
    await client.end();
  }
}
