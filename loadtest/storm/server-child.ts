/** The whole server in a process of its own, as an operator starts it, for whoever kills it, stops it, or looks into it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { discardLater, endChild } from "../discards.ts";
import { type ProbeReport, probeReport, reportRequest } from "./probe-report.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const PROBE = new URL("./probe.ts", import.meta.url).href;
const LISTENS = /listens on http:\/\/localhost:(\d+)/;
/** pino's number for "error". */
const ERROR_LEVEL = 50;
/** As much of what a server has written as explains why it has ended. */
const STDERR_LINES_MAX = 200;

const logLine = z.object({ level: z.int(), msg: z.string() });
const answer = z.object({ report: probeReport });

export class ServerChild {
  readonly port: number;
  /** Resolves when the process is gone, however it went. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #written: Written;
  #killed = false;

  private constructor(child: ChildProcess, ended: Promise<void>, port: number, written: Written) {
    this.#child = child;
    this.ended = ended;
    this.port = port;
    this.#written = written;
  }

  /**
   * @param env settings of the server; its port is a free one
   * @throws with what the process wrote, when it ends instead of listening
   */
  static async start(env: Readonly<Record<string, string>>): Promise<ServerChild> {
    const child = spawn(process.execPath, ["--expose-gc", "--import", PROBE, MAIN], {
      env: { PATH: process.env.PATH, PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // In a group of its own: Ctrl-C in a terminal is for who started it, with whom it ends (`probe.ts`).
      detached: true,
    });
    const discard = discardLater(() => endChild(child, "SIGKILL"));
    const written = new Written();
    onLine(child.stderr, (line) => written.add(line));
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    void ended.then(discard);
    const listening = new Promise<number>((resolve) => {
      onLine(child.stdout, (line) => {
        const port = LISTENS.exec(line)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    });
    const port = await Promise.race([listening, ended]);
    if (typeof port === "number") return new ServerChild(child, ended, port, written);
    throw new Error(`The server ended instead of listening:\n${written.tail()}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** How it ended by itself; null while it runs, or when it was killed from here. */
  get death(): string | null {
    const { exitCode, signalCode } = this.#child;
    if (this.#killed || (exitCode === null && signalCode === null)) return null;
    return `ended by itself (${signalCode ?? exitCode}):\n${this.#written.tail()}`;
  }

  /** What it has logged as errors, by message. */
  get errors(): ReadonlyMap<string, number> {
    return this.#written.errors;
  }

  /** What it has written last. */
  tail(): string {
    return this.#written.tail();
  }

  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  wake(): void {
    this.#child.kill("SIGCONT");
  }

  /** SIGKILL, now. `ended` says when it is gone. */
  kill(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#killed = true;
    this.#child.kill("SIGKILL");
  }

  report(): Promise<ProbeReport> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        // Colyseus tells whoever has started it that it is ready.
        const { data } = answer.safeParse(message);
        if (data === undefined) return;
        this.#child.off("message", onMessage);
        resolve(data.report);
      };
      this.#child.on("message", onMessage);
      void this.ended.then(() => reject(new Error("the server is gone")));
      this.#child.send(reportRequest);
    });
  }
}

/** What a server writes to stderr: log lines, and what Node says of its end. */
class Written {
  readonly errors = new Map<string, number>();
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > STDERR_LINES_MAX) this.#lines.shift();
    const entry = logLine.safeParse(parsed(line)).data;
    if (entry === undefined || entry.level < ERROR_LEVEL) return;
    this.errors.set(entry.msg, (this.errors.get(entry.msg) ?? 0) + 1);
  }

  tail(): string {
    return this.#lines.join("\n");
  }
}

function onLine(stream: Readable | null, hear: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on("line", hear);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
