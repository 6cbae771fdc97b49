/** A pilot's requests: each is sent, as the same request, until it is answered, and its answers are written down. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { PUT_OFF } from "./calls.ts";
import type { Ledger, Reply, RequestRecord } from "./ledger.ts";
import type { Measure } from "./measure.ts";

/** A server that answers at all answers within its own database limits; after this the line is given up. */
const ANSWER_MS_MAX = 20_000;
/** The ship has left this room, perhaps by this very request: it is asked again where the ship is. */
export const PUT_OFF_BY_ROOMS: ReadonlySet<string> = new Set([...PUT_OFF, "not_in_sector"]);
const ASK_AGAIN_MS = 400;

const acceptedSchema = z.looseObject({
  requestId: z.string(),
  seat: z.unknown().optional(),
  repeated: z.boolean().optional(),
});
const refusedSchema = z.object({ requestId: z.string(), code: z.string() });

type Body = Readonly<Record<string, unknown>>;

interface Pending {
  readonly record: RequestRecord;
  readonly body: Body;
  readonly intendedMs: number;
  readonly resolve: (reply: Reply) => void;
}

/** A request that has been asked for, and what has been heard of it. */
interface Asked {
  readonly record: RequestRecord;
  /** Each is an answer to one that was sent: never more of them than `attempts`. */
  answers: number;
  /** Those that were told as new. */
  asNew: number;
}

/** An answer that has just come, before whoever asked hears of it. */
interface Accepted {
  readonly record: RequestRecord;
  readonly answer: Body;
  readonly seat: unknown;
}

/** How one copy of a request was answered. */
export type CopyAnswer = { readonly repeated: boolean } | { readonly refused: string };

/** A request that is sent many times on purpose. */
export interface Copies {
  readonly requestId: string;
  /** How many go out at once. */
  readonly copies: number;
}

export interface Way {
  /** @returns false while there is no line */
  send(kind: string, body: Body): boolean;
  /** A request has stayed without an answer for so long that the line is no use. */
  silent(): void;
  /** Told of each answer as it comes: to a request that is sent many times come as many. */
  answered?(requestId: string, answer: CopyAnswer): void;
}

export class Asking {
  readonly #ledger: Ledger;
  readonly #measure: Measure;
  readonly #way: Way;
  readonly #pending = new Map<string, Pending>();
  readonly #asked = new Map<string, Asked>();

  constructor(ledger: Ledger, measure: Measure, way: Way) {
    this.#ledger = ledger;
    this.#measure = measure;
    this.#way = way;
  }

  /** Requests that have no answer yet. */
  get unanswered(): number {
    return this.#pending.size;
  }

  ask(
    kind: string,
    body: Body,
    intendedMs: number,
    { requestId, copies }: Copies = { requestId: randomUUID(), copies: 1 },
  ): Promise<Reply> {
    const record: RequestRecord = { requestId, kind, attempts: 0, reply: null, acceptedMs: null };
    this.#ledger.requests.push(record);
    this.#asked.set(record.requestId, { record, answers: 0, asNew: 0 });
    return new Promise((resolve) => {
      this.#pending.set(record.requestId, { record, body, intendedMs, resolve });
      this.#send(record.requestId, copies);
    });
  }

  /** Sends a request again that may have its answer. It must have been asked for. */
  again(body: Body, { requestId, copies }: Copies): void {
    const record = this.#asked.get(requestId)?.record;
    if (record === undefined) throw new RangeError(`${requestId} was never asked`);
    for (let copy = 1; copy <= copies; copy++) {
      if (this.#way.send(record.kind, { ...body, requestId })) record.attempts++;
    }
  }

  /** Writes into the measure how long each answer has been waited for by now. */
  measureWaiting(nowMs: number): void {
    for (const { record, intendedMs } of this.#pending.values()) {
      if (record.attempts === 1) this.#measure.waits(record.kind, nowMs - intendedMs);
    }
  }

  isPending({ requestId }: RequestRecord): boolean {
    return this.#pending.has(requestId);
  }

  /** There is a line again: what was never answered may have been lost with the one before, or its answer. */
  askAgain(): void {
    for (const requestId of this.#pending.keys()) this.#send(requestId);
  }

  /** Requests without an answer stay without one. */
  giveUp(): void {
    for (const { resolve } of this.#pending.values()) resolve(null);
    this.#pending.clear();
  }

  /** Writes an answer down; `settle` is to follow. @returns null for one that nobody asked for */
  accepted(payload: Body): Accepted | null {
    const { requestId, seat, repeated, ...answer } = acceptedSchema.parse(payload);
    const asked = this.#heard(requestId, "accepted");
    if (asked === null) return null;
    const { record } = asked;
    const before = record.reply;
    if (before !== null && "accepted" in before && !isDeepStrictEqual(before.accepted, answer)) {
      this.#ledger.toldTwice.push(`${record.kind} ${requestId} was answered twice, and differently`);
    }
    if (repeated !== true && ++asked.asNew > 1) {
      this.#ledger.toldTwice.push(`${record.kind} ${requestId} was accepted as new ${asked.asNew} times`);
    }
    if (repeated === true && record.attempts === 1) {
      this.#ledger.toldTwice.push(`${record.kind} ${requestId} was sent once, and answered as repeated`);
    }
    if (repeated === true) this.#measure.count("answers repeated");
    record.acceptedMs ??= performance.now();
    record.reply = { accepted: answer };
    this.#way.answered?.(requestId, { repeated: repeated === true });
    return { record, answer, seat };
  }

  refused(payload: Body): void {
    const { requestId, code } = refusedSchema.parse(payload);
    this.#way.answered?.(requestId, { refused: code });
    this.#measure.refused(code);
    const record = this.#heard(requestId, `refused as ${code}`)?.record;
    if (record === undefined) return;
    if (record.reply !== null && "accepted" in record.reply) {
      // A copy of it may be put off; what has been carried out cannot be refused.
      if (PUT_OFF_BY_ROOMS.has(code)) return;
      this.#ledger.toldTwice.push(`${record.kind} ${requestId} was accepted, and then refused as ${code}`);
      return;
    }
    if (record.attempts > 1 && PUT_OFF_BY_ROOMS.has(code)) {
      setTimeout(() => this.#send(requestId), ASK_AGAIN_MS);
      return;
    }
    record.reply = { refused: code };
    this.settle(record, null);
  }

  /** Whoever asked hears of the reply, once `after` is done. */
  settle(record: RequestRecord, after: Promise<void> | null): void {
    const pending = this.#pending.get(record.requestId);
    if (pending === undefined) return;
    this.#pending.delete(record.requestId);
    // What the pilot's own lost line has delayed says nothing of the server.
    if (record.attempts === 1) this.#measure.took(record.kind, performance.now() - pending.intendedMs);
    else this.#measure.count("answers after another try");
    if (after === null) pending.resolve(record.reply);
    else void after.then(() => pending.resolve(record.reply));
  }

  /** Counts an answer, and notes one too many. @returns null for one that nobody asked for */
  #heard(requestId: string, how: string): Asked | null {
    const asked = this.#asked.get(requestId);
    if (asked === undefined) {
      this.#ledger.toldTwice.push(`an answer to ${requestId || "nothing"}, which was never asked (${how})`);
      return null;
    }
    const { kind, attempts } = asked.record;
    asked.answers++;
    if (asked.answers > attempts) {
      const times = `${asked.answers} times, and sent ${attempts} times`;
      this.#ledger.toldTwice.push(`${kind} ${requestId} was answered ${times}: ${how} at last`);
    }
    return asked;
  }

  #send(requestId: string, copies = 1): void {
    const pending = this.#pending.get(requestId);
    if (pending === undefined) return;
    const { record, body } = pending;
    const before = record.attempts;
    this.again(body, { requestId, copies });
    const attempt = record.attempts;
    if (attempt === before) return;
    setTimeout(() => {
      if (!this.#pending.has(requestId) || record.attempts !== attempt) return;
      this.#measure.count("answers given up");
      this.#way.silent();
    }, ANSWER_MS_MAX).unref();
  }
}
