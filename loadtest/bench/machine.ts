import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import path from "node:path";
import type pg from "pg";
import { z } from "zod";

/** What decides how fast commits are; the rest of the settings is as `embedded-settings.ts` says. */
const SETTINGS_SHOWN = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_sync_method",
  "shared_buffers",
  "max_wal_size",
  "io_method",
  "jit",
];
/** A page of the write-ahead log: what a small commit writes. */
const SYNC_BYTES = 8192;
const SYNC_MS = 1_000;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Over the last minute, before anything ran. */
  readonly loadBefore: number;
  readonly node: string;
}

export interface DatabaseFacts {
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Writes of a page made durable one after the other, in a second. */
  readonly syncsPerSecond: number;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? Number.NaN,
    node: process.version,
  };
}

/** How often a second the disk of `folder` makes a written page durable (fdatasync, one page after the other). */
export async function measureSyncs(folder: string): Promise<number> {
  const file = path.join(folder, "sync-rate.tmp");
  const page = Buffer.alloc(SYNC_BYTES, 1);
  const handle = openSync(file, "w");
  // The file's length is settled first, as it is for a recycled segment of the log.
  for (let written = 0; written < 64; written++) writeSync(handle, page);
  fdatasyncSync(handle);
  let syncs = 0;
  const startedMs = performance.now();
  while (performance.now() - startedMs < SYNC_MS) {
    writeSync(handle, page, 0, SYNC_BYTES, (syncs % 64) * SYNC_BYTES);
    fdatasyncSync(handle);
    syncs++;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  closeSync(handle);
  await rm(file);
  return syncs / seconds;
}

const settingsSchema = z.array(z.object({ name: z.string(), setting: z.string() }));

/** @param folder on the same disk as the database's files, when those are on this machine */
export async function describeDatabase(pool: pg.Pool, folder: string): Promise<DatabaseFacts> {
  const [version, settings] = await Promise.all([
    pool.query("show server_version"),
    pool.query("select name, current_setting(name) as setting from pg_settings where name = any($1)", [
      SETTINGS_SHOWN,
    ]),
  ]);
  return {
    version: z.array(z.object({ server_version: z.string() })).parse(version.rows)[0]?.server_version ?? "",
    settings: Object.fromEntries(
      settingsSchema.parse(settings.rows).map(({ name, setting }) => [name, setting]),
    ),
    syncsPerSecond: await measureSyncs(folder),
  };
}
