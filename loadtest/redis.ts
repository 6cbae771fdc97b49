/** A Redis of our own, where several servers have to find each other. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { CommandError } from "../src/cli/usage.ts";
import { endChild } from "./discards.ts";
import { freePort } from "./servers.ts";

const NO_REDIS =
  "Several processes find each other through Redis, and there is no redis-server on this machine: " +
  "apt-get install redis-server, or set REDIS_URL.";

/** @throws CommandError that says what to do when several servers could not find each other here */
export async function refuseWithoutRedis(env: NodeJS.ProcessEnv): Promise<void> {
  if (env.REDIS_URL !== undefined && env.REDIS_URL !== "") return;
  await promisify(execFile)("redis-server", ["--version"]).catch(() => {
    throw new CommandError(NO_REDIS);
  });
}

export interface OwnRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws CommandError that says what to do when there is no redis-server on this machine */
export async function startRedis(folder: string): Promise<OwnRedis> {
  const port = await freePort();
  const settings = { port: String(port), bind: "127.0.0.1", save: "", appendonly: "no", dir: folder };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  // In a group of its own: Ctrl-C would take it from servers that are still to end in order.
  const child = spawn("redis-server", flags, { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  await ready(child);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => endChild(child, "SIGKILL"),
  };
}

function ready(child: ChildProcess & { stdout: NodeJS.ReadableStream }): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", () => reject(new CommandError(NO_REDIS)));
    child.once("exit", () => reject(new Error("redis-server ended instead of listening.")));
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes("Ready to accept connections")) resolve();
    });
  });
}
