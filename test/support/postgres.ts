/** The Postgres of a test run: one embedded server in a folder of its own, or the one of TEST_DATABASE_URL. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { z } from "zod";
import { startEmbedded } from "../../src/persistence/embedded.ts";
import { migrate } from "../../src/persistence/migrate.ts";

const JANITOR = fileURLToPath(new URL("./janitor.ts", import.meta.url));

/** Tells the workers of a parallel run where the one server is. */
const WHEREABOUTS = "SECTORKEEP_TEST_POSTGRES";

const whereaboutsSchema = z.object({
  url: z.string(),
  /** A migrated database that nobody connects to: every test file's database is a copy of it. */
  template: z.string(),
});
type Whereabouts = z.output<typeof whereaboutsSchema>;

interface TestPostgres extends Whereabouts {
  urlOf(database: string): string;
}

let needed = false;
let running: Whereabouts | null = null;
let stopServer = async () => {};

/** Called while test files are loaded: a run without such a file starts no server and is over sooner. */
export function needPostgres(): void {
  needed = true;
}

/** Starts the server and makes the template. Called once a run, by the process that loads no tests if it is parallel. */
export async function startTestPostgres(): Promise<void> {
  if (!needed && !process.argv.includes("--parallel")) return;
  const given = process.env.TEST_DATABASE_URL;
  const server = given === undefined ? await startThrowaway() : { url: given, stop: async () => {} };
  stopServer = server.stop;
  running = { url: server.url, template: `sectorkeep_template_${process.pid}` };
  process.env[WHEREABOUTS] = JSON.stringify(running);
  const { template, urlOf } = testPostgres();
  await administer(`create database ${template}`);
  await migrate(urlOf(template));
}

export async function stopTestPostgres(): Promise<void> {
  if (running === null) return;
  await administer(`drop database if exists ${running.template} with (force)`);
  await stopServer();
  running = null;
}

/** @throws when the run has no Postgres. */
export function testPostgres(): TestPostgres {
  const told = process.env[WHEREABOUTS];
  if (running === null && told !== undefined) running = whereaboutsSchema.parse(JSON.parse(told));
  if (running === null)
    throw new Error(
      "No Postgres for this run: call useDatabase() in a describe, and start mocha in the project's root.",
    );
  const server = running.url;
  return {
    ...running,
    urlOf(database) {
      const url = new URL(server);
      url.pathname = `/${database}`;
      return url.href;
    },
  };
}

/** Runs one statement outside every test database. */
export async function administer(statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: testPostgres().urlOf("postgres"),
    application_name: "test harness",
  });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function startThrowaway(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "sectorkeep-test-"));
  // Postgres' own account must get in when we are root.
  await chmod(folder, 0o711);
  const janitor = hireJanitor(folder);
  const server = await startEmbedded({ dataDir: folder, durable: false });
  const stop = async () => {
    await server.stop();
    await dismiss(janitor);
  };
  return { url: server.url, stop };
}

/**
 * The janitor waits until we are gone (its stdin ends, whatever ended us: the last test, Ctrl-C, a kill), stops the
 * server should it still run, and removes the folder.
 */
function hireJanitor(folder: string): ChildProcess {
  const janitor = spawn(process.execPath, [JANITOR, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  // Neither the process nor the pipe to it shall keep the run alive.
  janitor.unref();
  if (janitor.stdin instanceof Socket) janitor.stdin.unref();
  return janitor;
}

async function dismiss(janitor: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => janitor.once("exit", resolve));
  janitor.ref();
  janitor.stdin?.end();
  await gone;
}
