/** A Redis of a suite's own, where the machine has one. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { skip } from "./skip.ts";

export interface TestRedis {
  readonly url: string;
  /** Ends it; what it holds is kept for `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Call inside a `describe`: Redis for its tests. Without a redis-server on this machine they are skipped. */
export function useRedis(): TestRedis {
  const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-redis-"));
  let server: ChildProcess | null = null;
  let port = 0;

  before("start Redis", async function () {
    port = await freePort();
    server = await launch(port, folder);
    if (server === null) {
      skip(
        this,
        "there is no redis-server on this machine: apt-get install redis-server, or put one on the PATH",
      );
    }
  });
  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    server = null;
    if (ending === null) return;
    const gone = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await gone;
  }
  after("stop Redis", async () => {
    await end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get url() {
      return `redis://127.0.0.1:${port}`;
    },
    goAway: () => end("SIGTERM"),
    async comeBack() {
      server = await launch(port, folder);
    },
  };
}

/** A port that nobody listens on; whoever wants it takes it soon. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port"));
      });
    });
  });
}

/** @returns null when there is no such program */
function launch(port: number, folder: string): Promise<ChildProcess | null> {
  const settings = [
    "--port",
    `${port}`,
    "--bind",
    "127.0.0.1",
    // Only when it is told to end: nothing runs for an hour.
    "--save",
    "3600 1",
    "--appendonly",
    "no",
    "--dir",
    folder,
  ];
  const child = spawn("redis-server", settings, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  return new Promise((resolve, reject) => {
    child.once("error", () => resolve(null));
    child.once("exit", () => reject(new Error(`redis-server ended instead of listening:\n${said}`)));
    child.stdout.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes("Ready to accept connections")) resolve(child);
    });
  });
}
