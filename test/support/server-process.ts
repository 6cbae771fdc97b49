/** The whole server in a process of its own, as an operator starts it: for tests that kill it, stop it, or starve it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { SignJWT } from "jose";
import { type JoinOptions, PilotClient } from "./pilot-client.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const SECRET = "what the tests of a server process share with it";
const LISTENS = /listens on http:\/\/localhost:(\d+)/;
const TOKEN_SECONDS = 3600;

/** Loaded beside a server: a promise that nobody waits for is rejected when somebody says so. */
const MISTAKE = `process.on("SIGUSR2", () => void Promise.reject(new Error("a mistake")));`;
/** Of a server that makes that mistake at a SIGUSR2. */
export const MAKES_MISTAKES = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(MISTAKE)}`,
};

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServerProcess {
  readonly port: number;
  /** Resolves when the process is gone, however it went. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #log: string[];

  private constructor(child: ChildProcess, ended: Promise<Ending>, port: number, log: string[]) {
    this.#child = child;
    this.ended = ended;
    this.port = port;
    this.#log = log;
  }

  /**
   * @param env on top of a harvest of one second and a free port
   * @throws with what the process wrote, when it ends instead of listening
   */
  static async start(databaseUrl: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-server-"));
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: databaseUrl,
        DATA_DIR: dataDir,
        PORT: "0",
        TRANSPORT: "ws",
        AUTH_JWT_SECRET: SECRET,
        HARVEST_SECONDS: "1",
        DRAIN_SECONDS: "3",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log: string[] = [];
    child.stderr.on("data", (bytes: Buffer) => log.push(bytes.toString()));
    const ended = new Promise<Ending>((resolve) => {
      child.once("close", (code: number | null, signal: NodeJS.Signals | null) => {
        rmSync(dataDir, { recursive: true, force: true });
        resolve({ code, signal });
      });
    });
    const port = await Promise.race([listeningPort(child.stdout), ended]);
    if (typeof port === "number") return new ServerProcess(child, ended, port, log);
    throw new Error(`The server ended instead of listening:\n${log.join("")}`);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything it has written to stderr, for a failing test to show. */
  stderr(): string {
    return this.#log.join("");
  }

  /** Sends a real signal. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.isRunning) this.signal("SIGKILL");
    await this.ended;
  }

  /** Joins with a token of the user's own. */
  async join(userId: string, sectorId: number, options: JoinOptions = {}): Promise<PilotClient> {
    return PilotClient.join(this.port, await this.token(userId), { sectorId, protocol: 1, ...options });
  }

  /** What a user proves with who they are. */
  token(userId: string): Promise<string> {
    return new SignJWT({ sub: userId })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime(Math.floor(Date.now() / 1000) + TOKEN_SECONDS)
      .sign(new TextEncoder().encode(SECRET));
  }
}

/** The port that the server says it listens on. What else it says is for people. */
function listeningPort(stdout: Readable): Promise<number> {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on("line", (line) => {
      const port = LISTENS.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

/** Call inside a `describe`: servers of its tests, none of which is left at the end. */
export function useServers() {
  const started = new Set<ServerProcess>();
  after("end the servers", async () => {
    await Promise.all([...started].map((server) => server.kill()));
  });
  return {
    async start(databaseUrl: string, env?: Record<string, string>): Promise<ServerProcess> {
      const server = await ServerProcess.start(databaseUrl, env);
      started.add(server);
      void server.ended.then(() => started.delete(server));
      return server;
    },
  };
}
