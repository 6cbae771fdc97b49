/**
 * A way to Postgres that the test holds in its hand: it can be cut, stalled, left half open, and it can lose the answer to
 * a COMMIT that has been carried out. It reads as much of the wire protocol as that takes.
 */
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";

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

/** Letters of the protocol: Bind of a client, CommandComplete of Postgres. */
const CODE = { bind: 0x42, commandComplete: 0x43 } as const;
/** Type (1 byte) and length (4 bytes, itself included) come before a message's body. */
const HEADER_BYTES = 5;
/** Length and version of the protocol (4 bytes each) come before the rest of a client's first message. */
const STARTUP_HEADER_BYTES = 8;

/** Cuts a stream of bytes into the protocol's messages. */
class Messages {
  #rest: Buffer = Buffer.alloc(0);
  /** A client's first message has no type. */
  #first: boolean;

  constructor(fromClient: boolean) {
    this.#first = fromClient;
  }

  push(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: Buffer[] = [];
    for (;;) {
      const lengthAt = this.#first ? 0 : 1;
      if (this.#rest.length < lengthAt + 4) return messages;
      const end = lengthAt + this.#rest.readInt32BE(lengthAt);
      if (this.#rest.length < end) return messages;
      messages.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
      this.#first = false;
    }
  }
}

function texts(message: Buffer): string[] {
  return message.toString("utf8", HEADER_BYTES).split("\0");
}

/** The name of the prepared statement that a message of the client runs, if it runs one. */
function statementRunBy(message: Buffer): string | null {
  return message[0] === CODE.bind ? (texts(message)[1] ?? null) : null;
}

/** What a client calls itself in its first message, which is a list of names and values. */
function applicationNameIn(startup: Buffer): string {
  const words = startup.toString("utf8", STARTUP_HEADER_BYTES).split("\0");
  return words[words.indexOf("application_name") + 1] ?? "";
}

/** One connection of a client, and the one to Postgres that serves it. */
class Line {
  /** Known from the client's first message on. */
  applicationName: string | null = null;
  readonly client: Socket;
  readonly #postgres: Socket;
  readonly #onEnd: () => void;
  #silent = false;
  /** Replies that are kept back; null while they pass. */
  #kept: Buffer[] | null = null;

  constructor(client: Socket, postgres: Socket, hooks: LineHooks) {
    this.client = client;
    this.#postgres = postgres;
    this.#onEnd = hooks.ended;
    const fromClient = new Messages(true);
    const fromPostgres = new Messages(false);
    client.on("data", (bytes: Buffer) => {
      if (this.#silent) return;
      const messages = fromClient.push(bytes);
      for (const message of messages) {
        if (this.applicationName === null) this.applicationName = applicationNameIn(message);
        else hooks.asked(this, statementRunBy(message));
      }
      postgres.write(Buffer.concat(messages));
    });
    postgres.on("data", (bytes: Buffer) => {
      if (this.#silent) return;
      const passing: Buffer[] = [];
      let goesOn = true;
      for (const message of fromPostgres.push(bytes)) {
        goesOn = message[0] !== CODE.commandComplete || hooks.answered(this, texts(message)[0] ?? "");
        if (!goesOn) break;
        passing.push(message);
      }
      if (this.#kept !== null) this.#kept.push(...passing);
      else if (passing.length > 0) client.write(Buffer.concat(passing));
      if (!goesOn) this.cut();
    });
    for (const [socket, other] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      // A broken connection also closes, and that is all there is to say here.
      socket.on("error", () => {});
      socket.on("close", () => {
        // The end of the connection arrives after what Postgres said last.
        if (!this.#silent && (socket === client || this.#kept === null)) other.destroy();
        if (client.destroyed) this.#onEnd();
      });
    }
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
  /** @param statement the name of the prepared statement that is run, if one is */
  asked(line: Line, statement: string | null): void;
  /** @returns whether the line goes on; it is cut before the client hears the answer otherwise */
  answered(line: Line, command: string): boolean;
  ended(): void;
}

export class PostgresProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #weather: Weather = "clear";
  #losesCommit: (applicationName: string) => boolean = () => false;
  #keepAfter: { statement: string; reached: () => void } | null = null;
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

  /**
   * Keeps back all replies on the line that runs the prepared `statement` next.
   * @returns a promise of that moment
   */
  keepRepliesAfter(statement: string): Promise<void> {
    return new Promise((resolve) => {
      this.#keepAfter = { statement, reached: resolve };
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
    const line = new Line(client, postgres, {
      asked: (asking, statement) => this.#asked(asking, statement),
      answered: (answering, command) => this.#answered(answering, command),
      ended: () => this.#lines.delete(line),
    });
    this.#lines.add(line);
    if (this.#weather === "stalled") line.pause();
    if (this.#weather === "half_open") line.silence();
  }

  #asked(line: Line, statement: string | null): void {
    if (this.#keepAfter === null || statement !== this.#keepAfter.statement) return;
    line.keepReplies();
    this.#keepAfter.reached();
    this.#keepAfter = null;
  }

  #answered({ applicationName }: Line, command: string): boolean {
    if (command !== "COMMIT" || !this.#losesCommit(applicationName ?? "")) return true;
    this.commitsLost++;
    return false;
  }
}
