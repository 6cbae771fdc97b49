/** One line to Postgres, as the proxy holds it in its hand. */
import type { Socket } from "node:net";
import {
  applicationNameIn,
  commandOf,
  isDataRow,
  laterRow,
  Messages,
  sqlstateOf,
  statementOf,
} from "./postgres-wire.ts";

/** What passes on a line: a statement on its way to Postgres, COMMIT among them, or the answer to a COMMIT or a refusal on its way back. */
export interface Step {
  readonly kind: "statement" | "commit" | "committed" | "refused";
  /** What the client calls itself. */
  readonly applicationName: string;
  /** Which of the connections it is, counted from 1. */
  readonly connection: number;
  /** A prepared statement's name, or the text of one that has none; of a refusal the SQLSTATE. */
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
export class Line {
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
      const refusal = sqlstateOf(message);
      if (refusal !== null) verdict = this.#judge("refused", refusal);
      if (commandOf(message) === "COMMIT") verdict = this.#judge("committed", "COMMIT");
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
