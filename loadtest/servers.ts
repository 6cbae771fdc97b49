/** Servers as child processes: one, or several that find each other through Redis. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { LoadFigures } from "../src/telemetry/load.ts";

const PROGRAM = fileURLToPath(new URL("server-child.ts", import.meta.url));
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;

/** As pino numbers them. */
const ERROR_LEVEL = 50;
const logLine = z.object({ level: z.int(), msg: z.string() });

export type ToServer = "figures" | "memory";

/** What a server's commit queue has done since it started. */
export interface QueueFigures {
  readonly commits: number;
  readonly items: number;
  readonly fenced: number;
  readonly failed: number;
}

export interface ServerFigures {
  /** Since they were asked for last. */
  readonly figures: LoadFigures;
  readonly queue: QueueFigures;
  readonly rooms: number;
  /** Patches a second that a room sends at most, at this moment. */
  readonly patchHz: number;
}

export type FromServer =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "memory"; readonly usedKb: number }
  | ({ readonly kind: "figures" } & ServerFigures);

export class LoadServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #answers: Interface;
  #stopping = false;
  #hasDied = false;
  readonly #errors = new Map<string, number>();

  private constructor(
    child: ChildProcess,
    answers: Interface,
    port: number,
    onTrouble: (line: string) => void,
  ) {
    this.#child = child;
    this.#answers = answers;
    this.port = port;
    child.once("exit", (code, signal) => {
      if (this.#stopping) return;
      this.#hasDied = true;
      onTrouble(`A server ended by itself (${signal ?? code}).`);
    });
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on("line", (line) => this.#written(line));
    }
  }

  /** @throws when it ends instead of listening */
  static async start(env: NodeJS.ProcessEnv, onTrouble: (line: string) => void): Promise<LoadServer> {
    const child = spawn(process.execPath, ["--expose-gc", PROGRAM], {
      env,
      stdio: ["pipe", "inherit", "pipe", "pipe"],
    });
    const output = child.stdio[3];
    if (!(output instanceof Readable)) throw new Error("a server without a line to its parent");
    // It writes to a server that has just been killed, and is told so twice.
    child.stdin?.on("error", () => {});
    const answers = createInterface({ input: output });
    const late = setTimeout(() => child.kill("SIGKILL"), START_MS_MAX);
    try {
      // Passed on even of one that never listens.
      child.stderr?.on("data", (bytes: Buffer) => process.stderr.write(bytes));
      const first = await nextAnswer(child, answers);
      if (first?.kind !== "listening") throw new Error("A server ended instead of listening.");
      return new LoadServer(child, answers, first.port, onTrouble);
    } finally {
      clearTimeout(late);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** It ended although nobody had asked it to. */
  get hasDied(): boolean {
    return this.#hasDied;
  }

  /** What it has logged as errors, by message. */
  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  #written(line: string): void {
    const { data: entry } = logLine.safeParse(parsed(line));
    if (entry === undefined || entry.level < ERROR_LEVEL) return;
    this.#errors.set(entry.msg, (this.#errors.get(entry.msg) ?? 0) + 1);
  }

  /** @returns null when the server is gone */
  async figures(): Promise<ServerFigures | null> {
    const answer = await this.#ask("figures");
    return answer?.kind === "figures" ? answer : null;
  }

  /** Heap and buffers in use after a full collection, which stops the server for a moment. @returns null when it is gone */
  async usedKb(): Promise<number | null> {
    const answer = await this.#ask("memory");
    return answer?.kind === "memory" ? answer.usedKb : null;
  }

  #ask(question: ToServer): Promise<FromServer | null> {
    if (!this.isRunning) return Promise.resolve(null);
    const answer = nextAnswer(this.#child, this.#answers);
    this.#child.stdin?.write(`${question}\n`);
    return answer;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.isRunning) return;
    const gone = once(this.#child, "exit");
    this.#child.stdin?.end();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS_MAX);
    await gone;
    clearTimeout(late);
  }
}

/** @returns null for a line that is no JSON */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** @returns null when the server is gone before it says anything */
function nextAnswer(child: ChildProcess, answers: Interface): Promise<FromServer | null> {
  return new Promise((resolve) => {
    const gone = () => resolve(null);
    child.once("exit", gone);
    answers.once("line", (line) => {
      child.off("exit", gone);
      // Our own child, from the same source: nothing to check.
      const message: FromServer = JSON.parse(line);
      resolve(message);
    });
  });
}

/** A port that nobody listens on; whoever wants it takes it soon. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}
