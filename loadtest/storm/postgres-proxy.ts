/**
 * A way to Postgres that somebody holds in their hand: it can be cut, stalled, left half open, and it can lose the answer
 * to a COMMIT that has been carried out. Whoever watches it sees each step of each transaction at the moment it passes.
 */
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";
import { applicationNameIn, commandOf, isDataRow, laterRow, Messages, statementOf } from "./postgres-wire.ts";

/** What lies between us and Postgres. */
type Weather =
  /** Everything passes. */
  | "clear"
  /** Every line is cut, and new ones are cut at once. */
  | "cut"
  /** Nothing passes and nobody is told; what was sent arrives when it clears up. */
  | "stalled"
  /** Postgres' end is gone; ours stays open and never hears of it. */
  | "half_open";

/** What passes on a line: a statement on its way to Postgres, COMMIT among them, or the answer to a COMMIT on its way back. */
export interface Step {
  readonly kind: "statement" | "commit" | "committed";
  /** What the client calls itself. */
  readonly applicationName: string;
  /** Which of the connections it is, counted from 1. */
  readonly connection: number;
  /** A prepared statement's name, or the text of one that has none. */
  readonly statement: string;
}

/**
 * What becomes of a step: it passes; the line is cut in its place; it is held up, with all that the client sends after it;
 * the replies on the line are kept back from here on; Postgres' end is closed and the client's stays open in silence.
 */
export type Verdict = "pass" | "cut" | "hold" | "keep" | "silence";

/** Sees each step before it passes. With several watchers the first that does not say "pass" decides. */
export type Watcher = (step: Step) => Verdict;

/** One connection of a client, and the one to Postgres that serves it. */
class Line {
  readonly client: Socket;
  readonly #postgres: Socket;
  readonly #hooks: LineHooks;
  readonly #fromClient = new Messages(true);
  readonly #fromPostgres = new Messages(false);
  /** Known from the client's first message on. */
  #applicationName: string | null = null;
  #silent = false;
  /** What the client sends goes nowhere any more. */
  #isHeld = false;
  readonly #connection: number;
  /** Replies that are kept back; null while they pass. */
  #kept: Buffer[] | null = null;
  /** The next row is what Postgres says the time is. */
  #asksTime = false;

  constructor(connection: number, client: Socket, postgres: Socket, hooks: LineHooks) {
    this.#connection = connection;
    this.client = client;
    this.#postgres = postgres;
    this.#hooks = hooks;
    client.on("data", (bytes: Buffer) => this.#sent(bytes));
    postgres.on("data", (bytes: Buffer) => this.#answered(bytes));
    for (const [socket, other] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      // A broken connection also closes, and that is all there is to say here.
      socket.on("error", () => {});
      socket.on("close", () => {
        // The end of the connection arrives after what Postgres said last.
        if (!this.#silent && (socket === client || this.#kept === null)) other.destroy();
        if (client.destroyed) hooks.ended();
      });
    }
  }

  #sent(bytes: Buffer): void {
    if (this.#silent || this.#isHeld) return;
    const passing: Buffer[] = [];
    let verdict: Verdict = "pass";
    for (const message of this.#fromClient.push(bytes)) {
      const statement = this.#applicationName === null ? null : statementOf(message);
      if (this.#applicationName === null) this.#applicationName = applicationNameIn(message);
      if (statement?.includes("clock_timestamp()") === true) this.#asksTime = true;
      if (statement !== null) {
        const kind = statement.toLowerCase() === "commit" ? "commit" : "statement";
        verdict = this.#judge(kind, statement);
      }
      this.#isHeld = verdict === "hold";
      if (verdict === "cut" || verdict === "hold") break;
      passing.push(message);
      if (verdict === "keep") this.keepReplies();
      if (verdict === "silence") break;
    }
    this.#postgres.write(Buffer.concat(passing));
    this.#end(verdict);
  }

  #answered(bytes: Buffer): void {
    if (this.#silent) return;
    const passing: Buffer[] = [];
    let verdict: Verdict = "pass";
    for (const message of this.#fromPostgres.push(bytes)) {
      if (commandOf(message) === "COMMIT") {
        verdict = this.#judge("committed", "COMMIT");
      }
      if (verdict === "cut" || verdict === "silence") break;
      if (verdict === "keep") this.keepReplies();
      (this.#kept ?? passing).push(this.#shifted(message));
    }
    if (passing.length > 0) this.client.write(Buffer.concat(passing));
    this.#end(verdict);
  }

  #judge(kind: Step["kind"], statement: string): Verdict {
    const applicationName = this.#applicationName ?? "";
    return this.#hooks.watch({ kind, statement, applicationName, connection: this.#connection });
  }

  #end(verdict: Verdict): void {
    if (verdict === "cut") this.cut();
    if (verdict === "silence") this.silence();
  }

  #shifted(message: Buffer): Buffer {
    if (!this.#asksTime || !isDataRow(message)) return message;
    this.#asksTime = false;
    return laterRow(message, this.#hooks.clockShiftMs());
  }

  cut(): void {
    this.client.destroy();
    this.#postgres.destroy();
  }

  pause(): void {
    this.client.pause();
    this.#postgres.pause();
  }

  resume(): void {
    this.client.resume();
    this.#postgres.resume();
  }

  /** Postgres sees the end of the connection, the client nothing at all. */
  silence(): void {
    this.#silent = true;
    this.#postgres.destroy();
  }

  keepReplies(): void {
    this.#kept ??= [];
  }

  kept(): string {
    return Buffer.concat(this.#kept ?? []).toString("latin1");
  }

  passReplies(): void {
    for (const message of this.#kept ?? []) this.client.write(message);
    this.#kept = null;
    if (this.#postgres.destroyed) this.client.end();
  }
}

interface LineHooks {
  readonly watch: Watcher;
  readonly clockShiftMs: () => number;
  ended(): void;
}

export class PostgresProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #weather: Weather = "clear";
  #connections = 0;
  readonly #watchers = new Set<Watcher>();
  #losesCommit: (applicationName: string) => boolean = () => false;
  /** What is added to the time that Postgres says it is: whoever asks through here lives with a clock that was set. */
  clockShiftMs = 0;
  /** Answers to COMMIT that were lost: each of those transactions is in the database. */
  commitsLost = 0;

  private constructor(target: URL, server: Server) {
    this.#target = target;
    this.#server = server;
    server.on("connection", (client: Socket) => this.#accept(client));
  }

  /** Stands in front of the Postgres of `url` from now on. */
  static async before(url: string): Promise<PostgresProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new PostgresProxy(new URL(url), server);
  }

  /** For whoever is to come through here. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    const url = new URL(this.#target);
    url.hostname = "127.0.0.1";
    url.port = String(address.port);
    // Encrypted, there would be nothing to read.
    url.searchParams.set("sslmode", "disable");
    return url.href;
  }

  cut(): void {
    this.#weather = "cut";
    for (const line of this.#lines) line.cut();
  }

  stall(): void {
    this.#weather = "stalled";
    for (const line of this.#lines) line.pause();
  }

  leaveHalfOpen(): void {
    this.#weather = "half_open";
    for (const line of this.#lines) line.silence();
  }

  clearUp(): void {
    this.#weather = "clear";
    for (const line of this.#lines) line.resume();
  }

  /**
   * Asked at each COMMIT that Postgres has carried out, with what the client calls itself: true cuts its line before the
   * answer arrives.
   */
  loseCommits(when: (applicationName: string) => boolean): void {
    this.#losesCommit = when;
  }

  /** Shows every step to `watcher` before it passes. @returns what ends that */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Keeps back all replies on the line that runs the prepared `statement` next.
   * @returns a promise of that moment
   */
  keepRepliesAfter(statement: string): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.watch((step) => {
        if (step.statement !== statement) return "pass";
        stop();
        resolve();
        return "keep";
      });
    });
  }

  /** What is kept back, as text: the codes of errors can be found in it. */
  kept(): string {
    return [...this.#lines].map((line) => line.kept()).join("");
  }

  /** What was kept back arrives. */
  passReplies(): void {
    for (const line of this.#lines) line.passReplies();
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.cut();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #accept(client: Socket): void {
    if (this.#weather === "cut") {
      client.on("error", () => {});
      client.destroy();
      return;
    }
    const postgres = new Socket();
    postgres.connect(Number(this.#target.port), this.#target.hostname);
    this.#connections += 1;
    const line = new Line(this.#connections, client, postgres, {
      watch: (step) => this.#judge(step),
      clockShiftMs: () => this.clockShiftMs,
      ended: () => this.#lines.delete(line),
    });
    this.#lines.add(line);
    if (this.#weather === "stalled") line.pause();
    if (this.#weather === "half_open") line.silence();
  }

  #judge(step: Step): Verdict {
    for (const watcher of this.#watchers) {
      const verdict = watcher(step);
      if (verdict !== "pass") return verdict;
    }
    if (step.kind !== "committed" || !this.#losesCommit(step.applicationName)) return "pass";
    this.commitsLost++;
    return "cut";
  }
}
