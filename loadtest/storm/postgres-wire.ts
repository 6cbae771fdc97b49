/** As much of Postgres' wire protocol (version 3) as it takes to see what passes. */
import { NAME_PREFIX } from "../../src/persistence/flight.ts";

/** Letters of the protocol: Query, Parse and Bind of a client; CommandComplete, DataRow and ErrorResponse of Postgres. */
const CODE = {
  ...{ query: 0x51, parse: 0x50, bind: 0x42 },
  ...{ commandComplete: 0x43, dataRow: 0x44, errorResponse: 0x45 },
} as const;
/** The field of an ErrorResponse that has the SQLSTATE begins with this letter. */
const SQLSTATE_FIELD = "C";
/** Type (1 byte) and length (4 bytes, itself included) come before a message's body. */
const HEADER_BYTES = 5;
/** Length and version of the protocol (4 bytes each) come before the rest of a client's first message. */
const STARTUP_HEADER_BYTES = 8;
/** A DataRow's number of columns (2 bytes) and the length of its first one (4 bytes). */
const ROW_HEADER_BYTES = HEADER_BYTES + 6;

/** Cuts a stream of bytes into the protocol's messages. */
export class Messages {
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

function withoutPrefix(name: string): string {
  return name.startsWith(NAME_PREFIX) ? name.slice(NAME_PREFIX.length) : name;
}

/**
 * What a message of the client has Postgres run: the text of a simple query or of an unnamed statement, the name of a
 * prepared one, whoever sends it; null for all other messages.
 */
export function statementOf(message: Buffer): string | null {
  const [first = "", second = ""] = texts(message);
  if (message[0] === CODE.query) return first;
  if (message[0] === CODE.parse) return first === "" ? second : null;
  if (message[0] === CODE.bind) return second === "" ? null : withoutPrefix(second);
  return null;
}

/** What Postgres says it has carried out, e.g. `COMMIT`; null for all messages but CommandComplete. */
export function commandOf(message: Buffer): string | null {
  return message[0] === CODE.commandComplete ? (texts(message)[0] ?? null) : null;
}

/** Why Postgres has refused a statement: an SQLSTATE; null for all messages but ErrorResponse. */
export function sqlstateOf(message: Buffer): string | null {
  if (message[0] !== CODE.errorResponse) return null;
  return (
    texts(message)
      .find((field) => field.startsWith(SQLSTATE_FIELD))
      ?.slice(1) ?? null
  );
}

/** What a client calls itself in its first message, which is a list of names and values. */
export function applicationNameIn(startup: Buffer): string {
  const words = startup.toString("utf8", STARTUP_HEADER_BYTES).split("\0");
  return words[words.indexOf("application_name") + 1] ?? "";
}

export function isDataRow(message: Buffer): boolean {
  return message[0] === CODE.dataRow;
}

/** A row of one column, a number as text, with so much added. */
export function laterRow(row: Buffer, addedMs: number): Buffer {
  const value = Buffer.from(String(Number(row.toString("utf8", ROW_HEADER_BYTES)) + addedMs));
  const header = Buffer.from(row.subarray(0, ROW_HEADER_BYTES));
  header.writeInt32BE(ROW_HEADER_BYTES - 1 + value.length, 1);
  header.writeInt32BE(value.length, HEADER_BYTES + 2);
  return Buffer.concat([header, value]);
}
