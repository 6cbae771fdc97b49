/** The database a benchmark runs on: durable, empty, and gone afterwards. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { connect, type Database } from "../../src/persistence/database.ts";
import { discardEmbedded, startEmbedded } from "../../src/persistence/embedded.ts";
import { migrate } from "../../src/persistence/migrate.ts";

const POOL_MAX = 16;

export interface Stage {
  readonly url: string;
  readonly database: Database;
  /** On the disk of the embedded database; a folder of ours when the database is somebody else's. */
  readonly folder: string;
  end(): Promise<void>;
}

/**
 * Starts an embedded Postgres with the settings of the real one, or makes a database of its own on the server of
 * `serverUrl`, whose user must be allowed to.
 */
export async function openStage(serverUrl: string | undefined): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), "sectorkeep-bench-"));
  // Postgres' own account must get in when we are root.
  await chmod(folder, 0o711);
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const server = serverUrl === undefined ? await startOwn(folder) : await makeDatabase(serverUrl);
  try {
    await migrate(server.url);
  } catch (error) {
    await server.end();
    await removeFolder();
    throw error;
  }
  const database = connect(server.url, { max: POOL_MAX, applicationName: "sectorkeep bench" });
  return {
    url: server.url,
    database,
    folder,
    async end() {
      await database.pool.end();
      await server.end();
      await removeFolder();
    },
  };
}

async function startOwn(folder: string): Promise<{ url: string; end(): Promise<void> }> {
  const server = await startEmbedded({ dataDir: folder });
  return {
    url: server.url,
    async end() {
      await server.stop();
      await discardEmbedded(folder);
    },
  };
}

async function makeDatabase(serverUrl: string): Promise<{ url: string; end(): Promise<void> }> {
  const name = `sectorkeep_bench_${process.pid}`;
  const administer = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await administer(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, end: () => administer(`drop database ${name} with (force)`) };
}
