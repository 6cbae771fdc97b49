/** Keeps one pilot in the game whatever happens to the line, and writes down everything the pilot is told. */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type HttpClient, HttpRefusal } from "./http.ts";
import { type Ledger, newLedger, type Reply, type RequestRecord } from "./ledger.ts";
import { type Connector, type Line, type LineEvents, type Seat, seatSchema } from "./line.ts";
import type { Measure } from "./measure.ts";

/** A server that answers at all answers within its own database limits; after this the line is given up. */
const ANSWER_MS_MAX = 20_000;
/** Between attempts to come back: a server that is starting again is not run over by its own players. */
const RETRY_MS_MIN = 150;
const RETRY_MS_MAX = 1_500;
/** Refusals that say nothing of the request itself: one that may have been carried out before is asked again. */
const TEMPORARY: ReadonlySet<string> = new Set(["store_unavailable", "busy", "draining", "clock_skew"]);
const ASK_AGAIN_MS = 400;

const guestSchema = z.object({ token: z.string(), userId: z.uuid() });
const meSchema = z.object({
  sectorId: z.int(),
  shipType: z.string().nullable(),
  status: z.string().nullable(),
});
export type Me = z.output<typeof meSchema>;

const welcomeSchema = z.object({
  playerId: z.uuid(),
  shipId: z.uuid(),
  sectorId: z.int(),
  cursor: z.int(),
  tickMs: z.int(),
});
const pilotSchema = z.object({
  shipId: z.uuid(),
  turns: z.int(),
  turnsReserved: z.int(),
  cargo: z.record(z.string(), z.int()),
  cargoFree: z.int(),
  equipment: z.record(z.string(), z.unknown()),
});
export type PilotNumbers = z.output<typeof pilotSchema>;
const acceptedSchema = z.looseObject({
  requestId: z.string(),
  seat: z.unknown().optional(),
  repeated: z.boolean().optional(),
});
const refusedSchema = z.object({ requestId: z.string(), code: z.string() });
const eventSchema = z.looseObject({ eventId: z.int() });
const truncatedSchema = z.object({ beforeEventId: z.int() });
const warpedSchema = z.object({ sectorId: z.int() });

/** One stay in a room: from one `welcome` to the end of its line. */
interface Visit {
  line: Line | null;
  /** Settled by the `welcome`, or by the end of the line. */
  readonly welcome: PromiseWithResolvers<void>;
  sectorId: number;
  lastEventId: number;
}

interface Pending {
  readonly record: RequestRecord;
  readonly body: Readonly<Record<string, unknown>>;
  readonly intendedMs: number;
  readonly resolve: (reply: Reply) => void;
}

export interface SessionEvents {
  /** The pilot is (again) in a room. `me` is what the server has stored of the ship, unless the seat was kept. */
  arrived(sectorId: number, me: Me | null): void;
  numbers(numbers: PilotNumbers): void;
  event(type: string, payload: Readonly<Record<string, unknown>>): void;
}

export class Session {
  readonly ledger: Ledger;
  shipId = "";
  tickMs = 100;
  readonly #token: string;
  readonly #parts: { http: HttpClient; connector: Connector; measure: Measure };
  readonly #events: SessionEvents;
  readonly #pending = new Map<string, Pending>();
  readonly #records = new Map<string, RequestRecord>();
  #visit: Visit | null = null;
  #cursor = 0;
  #recovering: Promise<void> | null = null;
  #ended = false;

  private constructor(
    parts: { http: HttpClient; connector: Connector; measure: Measure },
    guest: z.output<typeof guestSchema>,
    name: string,
    events: SessionEvents,
  ) {
    this.#parts = parts;
    this.#token = guest.token;
    this.ledger = newLedger(name, guest.userId);
    this.#events = events;
  }

  /** A new guest, not in a room yet. @throws HttpRefusal, or what the connection died of */
  static async signIn(
    parts: { http: HttpClient; connector: Connector; measure: Measure },
    name: string,
    events: SessionEvents,
  ): Promise<Session> {
    const guest = guestSchema.parse(await parts.http.post("/auth/guest", { name }));
    return new Session(parts, guest, name, events);
  }

  get isConnected(): boolean {
    return this.#visit?.line != null;
  }

  get sectorId(): number {
    return this.#visit?.sectorId ?? 0;
  }

  /** Requests that have no answer yet. */
  get unanswered(): number {
    return this.#pending.size;
  }

  /** In a room, however long that takes; what was asked meanwhile is asked there. Returns early only after `end`. */
  enter(): Promise<void> {
    return this.isConnected ? Promise.resolve() : this.#recover(null);
  }

  /**
   * Sends a request; sends it again, as the same request, after every loss of the line, until it is answered.
   * @param intendedMs when the pilot meant to send it, of `performance.now()`: the answer is timed from then
   */
  ask(kind: string, body: Readonly<Record<string, unknown>>, intendedMs: number): Promise<Reply> {
    const record: RequestRecord = { requestId: randomUUID(), kind, attempts: 0, reply: null };
    this.ledger.requests.push(record);
    this.#records.set(record.requestId, record);
    return new Promise((resolve) => {
      this.#pending.set(record.requestId, { record, body, intendedMs, resolve });
      this.#send(record.requestId);
    });
  }

  /** Loses the line, and comes back by the seat's token after `awayMs`. */
  async drop(awayMs: number): Promise<void> {
    const visit = this.#visit;
    if (visit?.line == null) return;
    this.#visit = null;
    const { reconnectionToken } = visit.line;
    visit.line.cut();
    await pause(awayMs);
    if (this.isConnected || this.#recovering !== null) return;
    const startMs = performance.now();
    await this.#recover(reconnectionToken);
    this.#parts.measure.took("reconnect", performance.now() - startMs);
  }

  /** Leaves and joins again: afterwards everything that is in the feed has been told. */
  async rejoin(): Promise<void> {
    await this.#recovering;
    this.#leave();
    await this.#recover(null);
  }

  /** Leaves for good. Requests without an answer stay without one. */
  end(): void {
    this.#ended = true;
    this.#leave();
    for (const { resolve } of this.#pending.values()) resolve(null);
    this.#pending.clear();
  }

  #leave(): void {
    const visit = this.#visit;
    this.#visit = null;
    visit?.line?.leave();
  }

  #recover(reconnectionToken: string | null): Promise<void> {
    this.#recovering ??= this.#comeBack(reconnectionToken).finally(() => {
      this.#recovering = null;
    });
    return this.#recovering;
  }

  async #comeBack(reconnectionToken: string | null): Promise<void> {
    let token = reconnectionToken;
    for (let tries = 0; !this.#ended; tries++) {
      try {
        if (token === null) await this.#join();
        else await this.#arrive(null, (events) => this.#parts.connector.reconnect(token ?? "", events));
        return;
      } catch (error) {
        this.#parts.measure.refused(`(join) ${error instanceof HttpRefusal ? error.code : "no connection"}`);
        token = null;
        const waitMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** tries);
        await pause(waitMs * (0.5 + Math.random() / 2));
      }
    }
  }

  async #join(): Promise<void> {
    const { http, connector } = this.#parts;
    const me = meSchema.parse(await http.get("/me", this.#token));
    const options = { sectorId: me.sectorId, cursor: this.#cursor };
    await this.#arrive(me, (events) => connector.join(this.#token, options, events));
  }

  async #arrive(me: Me | null, open: (events: LineEvents) => Promise<Line>): Promise<void> {
    const welcome = Promise.withResolvers<void>();
    welcome.promise.catch(() => {});
    const visit: Visit = { line: null, welcome, sectorId: 0, lastEventId: this.#cursor };
    const line = await open({
      onMessage: (type, payload) => this.#hear(visit, type, payload),
      onClosed: (code) => this.#closed(visit, code),
    });
    await welcome.promise;
    if (this.#ended) return line.leave();
    visit.line = line;
    this.#visit = visit;
    this.#events.arrived(visit.sectorId, me);
    for (const requestId of this.#pending.keys()) this.#send(requestId);
  }

  #closed(visit: Visit, code: number): void {
    visit.welcome.reject(new Error(`closed with ${code}`));
    const token = visit.line?.reconnectionToken ?? null;
    visit.line = null;
    if (this.#visit !== visit || this.#ended) return;
    this.#visit = null;
    this.#parts.measure.count(`closed ${code}`);
    void this.#recover(code < 4000 ? token : null);
  }

  #send(requestId: string): void {
    const visit = this.#visit;
    const pending = this.#pending.get(requestId);
    if (visit?.line == null || pending === undefined) return;
    pending.record.attempts++;
    visit.line.send(pending.record.kind, { ...pending.body, requestId });
    setTimeout(() => {
      if (!this.#pending.has(requestId) || this.#visit !== visit) return;
      this.#parts.measure.count("answers given up");
      visit.line?.cut();
    }, ANSWER_MS_MAX).unref();
  }

  #hear(visit: Visit, type: string, payload: Readonly<Record<string, unknown>>): void {
    if (type === "accepted") this.#accepted(acceptedSchema.parse(payload));
    else if (type === "refused") this.#refused(refusedSchema.parse(payload));
    else if (type === "welcome") this.#welcomed(visit, welcomeSchema.parse(payload));
    else if (type === "pilot") this.#numbered(pilotSchema.parse(payload));
    else if (type === "events_truncated") this.#truncated(visit, truncatedSchema.parse(payload));
    else if ("eventId" in payload) this.#told(visit, type, eventSchema.parse(payload));
  }

  #welcomed(visit: Visit, { playerId, shipId, sectorId, cursor, tickMs }: z.output<typeof welcomeSchema>) {
    this.ledger.playerId = playerId;
    this.shipId = shipId;
    this.tickMs = tickMs;
    visit.sectorId = sectorId;
    visit.lastEventId = cursor;
    visit.welcome.resolve();
  }

  #numbered(numbers: PilotNumbers): void {
    this.shipId = numbers.shipId;
    this.ledger.pilot = { shipId: numbers.shipId, cargo: numbers.cargo };
    this.#events.numbers(numbers);
  }

  #truncated(visit: Visit, { beforeEventId }: z.output<typeof truncatedSchema>): void {
    visit.lastEventId = beforeEventId - 1;
    this.#cursor = Math.max(this.#cursor, beforeEventId - 1);
    this.ledger.truncatedTo = this.#cursor;
  }

  #told(visit: Visit, type: string, { eventId, ...payload }: z.output<typeof eventSchema>): void {
    const { ledger } = this;
    if (eventId <= visit.lastEventId) {
      ledger.toldTwice.push(`event ${eventId} (${type}) came twice on one line`);
    } else if (eventId !== visit.lastEventId + 1) {
      ledger.outOfOrder.push(`event ${eventId} (${type}) came after ${visit.lastEventId}`);
    }
    visit.lastEventId = Math.max(visit.lastEventId, eventId);
    visit.line?.send("ack", { eventId });
    if (eventId > this.#cursor) {
      this.#cursor = eventId;
      ledger.events.push({ eventId, type, payload });
      this.#events.event(type, payload);
      return;
    }
    const first = ledger.events.find((event) => event.eventId === eventId);
    if (first !== undefined && !isDeepStrictEqual(first, { eventId, type, payload })) {
      ledger.toldTwice.push(`event ${eventId} was told as ${first.type}, then as another ${type}`);
    }
  }

  #accepted({ requestId, seat, repeated, ...answer }: z.output<typeof acceptedSchema>): void {
    const record = this.#records.get(requestId);
    if (record === undefined) {
      this.ledger.toldTwice.push(`an answer to ${requestId}, which was never asked`);
      return;
    }
    const before = record.reply;
    if (before !== null && "accepted" in before && !isDeepStrictEqual(before.accepted, answer)) {
      this.ledger.toldTwice.push(`${record.kind} ${requestId} was answered twice, and differently`);
    }
    if (repeated === true) this.#parts.measure.count("answers repeated");
    record.reply = { accepted: answer };
    const follow = record.kind === "warp" ? this.#follow(answer, seat) : null;
    this.#settle(record, follow);
  }

  #refused({ requestId, code }: z.output<typeof refusedSchema>): void {
    const record = this.#records.get(requestId);
    if (record === undefined || (record.reply !== null && "accepted" in record.reply)) return;
    this.#parts.measure.refused(code);
    if (record.attempts > 1 && TEMPORARY.has(code)) {
      setTimeout(() => this.#send(requestId), ASK_AGAIN_MS);
      return;
    }
    record.reply = { refused: code };
    this.#settle(record, null);
  }

  #settle(record: RequestRecord, after: Promise<void> | null): void {
    const pending = this.#pending.get(record.requestId);
    if (pending === undefined) return;
    this.#pending.delete(record.requestId);
    const { measure } = this.#parts;
    // What the pilot's own lost line has delayed says nothing of the server.
    if (record.attempts === 1) measure.took(record.kind, performance.now() - pending.intendedMs);
    else measure.count("answers after another try");
    if (after === null) pending.resolve(record.reply);
    else void after.then(() => pending.resolve(record.reply));
  }

  /** After the ship through a warp: by the seat that came with the answer, or by joining. */
  async #follow(answer: Readonly<Record<string, unknown>>, seat: unknown): Promise<void> {
    const { sectorId } = warpedSchema.parse(answer);
    if (this.#visit === null || this.#visit.sectorId === sectorId) return;
    const startMs = performance.now();
    const reserved = seatSchema.safeParse(seat);
    this.#leave();
    if (reserved.success) await this.#takeSeat(reserved.data);
    if (!this.isConnected) await this.#recover(null);
    this.#parts.measure.took("warp, to the other room", performance.now() - startMs);
  }

  async #takeSeat(seat: Seat): Promise<void> {
    try {
      await this.#arrive(null, (events) => this.#parts.connector.consume(seat, events));
    } catch {
      this.#parts.measure.count("seats lost after a warp");
    }
  }
}
