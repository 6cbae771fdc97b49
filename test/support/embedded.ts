/** What tests of the embedded database have in common. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { z } from "zod";
import { discardEmbedded, type EmbeddedPostgres, startEmbedded } from "../../src/persistence/embedded.ts";

const CHILD = fileURLToPath(new URL("./embedded-child.ts", import.meta.url));
/** A first start takes seconds on a busy machine. */
export const EMBEDDED_TIMEOUT_MS = 60_000;

/** A folder that Postgres' own account may pass through. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "sectorkeep-embedded-"));
  await chmod(folder, 0o711);
  return folder;
}

/** Call inside a `describe`: a folder for its tests, removed at the end with the database in it. @returns its path, from the first test on */
export function useFolder(): () => string {
  let dataDir = "";
  before("make a data folder", async () => {
    dataDir = await makeFolder();
  });
  after("remove the data folder", async () => {
    await discardEmbedded(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });
  return () => dataDir;
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A database in another process. */
export interface Child {
  process: ChildProcess;
  answer: { url?: string | undefined; error?: string | undefined };
}

/** Starts a database in another process, as another user if asked, and waits for its answer. */
export async function startInChild(dataDir: string, uid?: number): Promise<Child> {
  const child = spawn(process.execPath, [CHILD, dataDir], {
    stdio: ["pipe", "pipe", "inherit"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const answer = z
      .object({ url: z.string().optional(), error: z.string().optional() })
      .parse(JSON.parse(line));
    if (answer.error !== undefined) await stopChild(child);
    return { process: child, answer };
  }
  return assert.fail("the process ended without an answer");
}

/** Lets it stop in order. */
export async function stopChild(child: ChildProcess): Promise<void> {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
  child.stdin?.end();
  await gone;
}

/** Ends it without giving it a chance. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** The process id of the server in a data folder. */
export async function postmasterOf(dataDir: string): Promise<number> {
  const text = await readFile(path.join(dataDir, "postgres", "postmaster.pid"), "utf8");
  return Number.parseInt(text, 10);
}

/** In this very process; keeps silent about trouble. */
export function startHere(dataDir: string): Promise<EmbeddedPostgres> {
  return startEmbedded({ dataDir, durable: false, onTrouble: () => {} });
}
