/**
 * A way to Postgres that somebody holds in their hand: it can be cut, stalled, left half open, and it can lose the answer
 * to a COMMIT that has been carried out. Whoever watches it sees each step of each transaction at the moment it passes.
 */
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";
import { Line, type Step, type Verdict, type Watcher } from "./postgres-line.ts";

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
