/** The database a benchmark runs on: durable, empty, and gone afterwards. */
import { mkdtempSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { connect, type Database } from "../../src/persistence/database.ts";
import { discardEmbedded, startEmbedded } from "../../src/persistence/embedded.ts";
import { migrate } from "../../src/persistence/migrate.ts";
import { discardLater } from "../discards.ts";

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
  const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-bench-"));
  const starting = serverUrl === undefined ? startOwn(folder) : makeDatabase(serverUrl);
  const discard = discardLater(async () => {
    await (await starting.catch(() => null))?.end();
    if (serverUrl === undefined) await discardEmbedded(folder);
    await rm(folder, { recursive: true, force: true });
  });
  try {
    const { url } = await starting;
    await migrate(url);
    const database = connect(url, {
      max: POOL_MAX,
      applicationName: "sectorkeep bench",
      onIdleError: () => {},
    });
    return {
      url,
      database,
      folder,
      async end() {
        await database.pool.end();
        await discard();
      },
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

interface Server {
  readonly url: string;
  end(): Promise<void>;
}

async function startOwn(folder: string): Promise<Server> {
  // Postgres' own account must get in when we are root.
  await chmod(folder, 0o711);
  const server = await startEmbedded({ dataDir: folder });
  return { url: server.url, end: () => server.stop() };
}

async function makeDatabase(serverUrl: string): Promise<Server> {
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
