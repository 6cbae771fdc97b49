/** The Postgres of a test run: one embedded server in a folder of its own, or the one of TEST_DATABASE_URL. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startEmbedded } from "../../src/persistence/embedded.ts";
import { migrate } from "../../src/persistence/migrate.ts";

const JANITOR = fileURLToPath(new URL("./janitor.ts", import.meta.url));

interface TestPostgres {
  /** A migrated database that nobody connects to: every test file's database is a copy of it. */
  template: string;
  urlOf(database: string): string;
  stop(): Promise<void>;
}

let needed = false;
let running: TestPostgres | null = null;

/** Called while test files are loaded: a run without such a file starts no server and is over sooner. */
export function needPostgres(): void {
  needed = true;
}

/** Starts the server and makes the template. Called once a run. */
export async function startTestPostgres(): Promise<void> {
  if (!needed) return;
  const given = process.env.TEST_DATABASE_URL;
  const server = given === undefined ? await startThrowaway() : { url: given, stop: async () => {} };
  const urlOf = (database: string) => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const template = `sectorkeep_template_${process.pid}`;
  running = { template, urlOf, stop: server.stop };
  await administer(`create database ${template}`);
  await migrate(urlOf(template));
}

export async function stopTestPostgres(): Promise<void> {
  if (running === null) return;
  await administer(`drop database if exists ${running.template} with (force)`);
  await running.stop();
  running = null;
}

/** @throws when the run has no Postgres. */
export function testPostgres(): TestPostgres {
  if (running === null)
    throw new Error(
      "No Postgres for this run: call useDatabase() in a describe, and start mocha in the project's root.",
    );
  return running;
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
