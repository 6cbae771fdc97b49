/** Statements that share one round trip. */
import type pg from "pg";
import type { Statement } from "./statements.ts";

/** Whoever runs statements: a connection, a pool, or a flight that takes several along. */
export interface Queryable {
  query(statement: Statement): Promise<{ readonly rows: readonly unknown[] }>;
}

type Row = Record<string, unknown>;

/** What Postgres says of a statement's columns, as `pg` hands it on. */
interface Description {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** A statement as one connection has prepared it. */
interface Prepared {
  /** Known from its first run on; it has none when it gives no rows. */
  columns: readonly string[];
  /** Of each column, from Postgres' text. */
  parsers: readonly ((text: string) => unknown)[];
}

interface Leg {
  readonly statement: Statement;
  readonly rows: Row[];
  prepared: Prepared;
  readonly done: (result: { rows: Row[] }) => void;
  readonly failed: (error: unknown) => void;
}

/** The protocol's CopyData and CopyDone: a letter, then the length, which counts itself. `pg` has no types for them. */
function copyMessages(data: Buffer): Buffer[] {
  const header = Buffer.from("d\0\0\0\0");
  header.writeInt32BE(data.length + 4, 1);
  return [header, data, COPY_DONE];
}

const COPY_DONE = Buffer.from("c\0\0\0\x04");

/** `pg` keeps a list of its own of what it has prepared: a statement that both send is prepared under two names. */
export const NAME_PREFIX = "flight_";

const preparedOn = new WeakMap<pg.Connection, Map<string, Prepared>>();

/**
 * Several prepared statements and one Sync: one packet there, one back. `pg` by itself ends each statement with a Sync of
 * its own and has its columns described anew, which costs both sides more than a small statement does; see
 * docs/performance.md. After a failed statement Postgres skips the rest. A connection whose flight has failed is to be
 * closed: which statements it has prepared is not known then.
 */
export class Flight implements Queryable, pg.Submittable {
  readonly #client: pg.ClientBase;
  readonly #legs: Leg[] = [];
  /** The leg whose answer comes next. */
  #at = 0;
  #unreadable: unknown = null;
  /** For `pg`, which may put a timer of its own around it. */
  callback: (error: unknown) => void = () => {};

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** Takes a statement along; it is answered after `send`. */
  query(statement: Statement): Promise<{ rows: Row[] }> {
    const answer = new Promise<{ rows: Row[] }>((done, failed) => {
      this.#legs.push({ statement, rows: [], prepared: { columns: [], parsers: [] }, done, failed });
    });
    // Whoever waits for the flight alone is told by `send`.
    answer.catch(() => {});
    return answer;
  }

  /** Resolves when all are answered. @throws the error of the first that failed */
  send(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.callback = (error) => {
        if (error === null) return resolve();
        for (const leg of this.#legs.slice(this.#at)) leg.failed(error);
        reject(error);
      };
      this.#client.query(this);
    });
  }

  submit(connection: pg.Connection): void {
    const known = preparedOn.get(connection) ?? new Map<string, Prepared>();
    preparedOn.set(connection, known);
    connection.stream.cork();
    for (const leg of this.#legs) {
      const { text, values, copied } = leg.statement;
      const name = `${NAME_PREFIX}${leg.statement.name}`;
      const prepared = known.get(name);
      if (prepared === undefined) {
        known.set(name, leg.prepared);
        connection.parse({ name, text, types: [] }, true);
      } else {
        leg.prepared = prepared;
      }
      connection.bind({ statement: name, values }, true);
      if (prepared === undefined) connection.describe({ type: "P" }, true);
      connection.execute(null, true);
      // Without waiting to be asked for it: Postgres passes over the data of a COPY that has failed.
      if (copied !== undefined) for (const part of copyMessages(copied)) connection.stream.write(part);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: Description): void {
    const leg = this.#legs[this.#at];
    if (leg === undefined) return;
    leg.prepared.columns = fields.map(({ name }) => name);
    leg.prepared.parsers = fields.map(({ dataTypeID }) => this.#client.getTypeParser(dataTypeID, "text"));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const leg = this.#legs[this.#at];
    if (leg === undefined) return;
    try {
      const row: Row = {};
      const { columns, parsers } = leg.prepared;
      for (let index = 0; index < columns.length; index++) {
        const text = fields[index] ?? null;
        row[columns[index] ?? ""] = text === null ? null : parsers[index]?.(text);
      }
      leg.rows.push(row);
    } catch (error) {
      this.#unreadable ??= error;
    }
  }

  handleCommandComplete(): void {
    const leg = this.#legs[this.#at++];
    leg?.done({ rows: leg.rows });
  }

  /** Postgres asks for what a COPY reads: it is on its way. */
  handleCopyInResponse(): void {}

  handleError(error: unknown): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(this.#unreadable);
  }
}
