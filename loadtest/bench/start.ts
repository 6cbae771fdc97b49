import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { discardEmbedded } from "../../src/persistence/embedded.ts";
import { discardLater, endChild } from "../discards.ts";
import { freePort } from "../servers.ts";
import { enter, signIn, untilIn } from "./newcomer.ts";
import { type Finding, median } from "./report.ts";
import type { Settings } from "./settings.ts";

const PROGRAM = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const REPEATS = 5;
const START_MS_MAX = 120_000;

/** Starts the server as `npm start` does, with a pilot at its door. @returns ms from the process to the first state */
async function startOnce(folder: string): Promise<number> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATA_DIR: folder,
    PORT: String(port),
    LOG_LEVEL: "warn",
    GUESTS: "on",
    REDIS_URL: "",
  };
  delete env.DATABASE_URL;
  // In a group of its own: told twice, by Ctrl-C and from here, it would end before its Postgres has.
  const child = spawn(process.execPath, [PROGRAM], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  const end = discardLater(() => endChild(child, "SIGTERM"));
  try {
    return await untilIn(async () => enter(url, await signIn(url)), START_MS_MAX);
  } finally {
    await end();
  }
}

/** From `npm start` on a database that is there to a pilot who sees the sector; the embedded Postgres starts with it. */
export async function start({ isQuick }: Settings): Promise<Finding> {
  const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-bench-"));
  const discard = discardLater(async () => {
    await discardEmbedded(folder);
    await rm(folder, { recursive: true, force: true });
  });
  await chmod(folder, 0o711);
  try {
    const firstMs = await startOnce(folder);
    const times: number[] = [];
    for (let repeat = 0; repeat < (isQuick ? 1 : REPEATS); repeat++) times.push(await startOnce(folder));
    return {
      bench: "start",
      figures: [
        { what: "the very first: database and galaxy are made", value: firstMs / 1000, unit: "s" },
        { what: "process to first state, median", value: median(times) / 1000, unit: "s", goal: { max: 3 } },
        { what: "slowest", value: Math.max(...times) / 1000, unit: "s" },
      ],
      notes: [`${times.length} starts on an existing embedded database, Postgres' own start included.`],
    };
  } finally {
    await discard();
  }
}
