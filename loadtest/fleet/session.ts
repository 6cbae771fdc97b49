/** Keeps one pilot in the game whatever happens to the line, and writes down everything the pilot is told. */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { Asking, type Copies, type CopyAnswer } from "./asking.ts";
import { Feed, type LineFeed } from "./feed.ts";
import { type HttpClient, HttpRefusal } from "./http.ts";
import { type Ledger, newLedger, type Reply } from "./ledger.ts";
import { type Connector, type Line, type LineEvents, type Seat, seatSchema } from "./line.ts";
import type { Measure } from "./measure.ts";
import type { Shown } from "./shown.ts";

/** Between attempts to come back: a server that is starting again is not run over by its own players. */
const RETRY_MS_MIN = 150;
const RETRY_MS_MAX = 1_500;
const guestSchema = z.object({ token: z.string(), userId: z.uuid() });
const meSchema = z.object({
  sectorId: z.int(),
  shipType: z.string().nullable(),
  status: z.string().nullable(),
  stationId: z.string().nullable(),
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
  credits: z.int(),
  turns: z.int(),
  turnsReserved: z.int(),
  nextTurnAtMs: z.int().nullable(),
  msPerTurn: z.int(),
  cargo: z.record(z.string(), z.int()),
  cargoFree: z.int(),
  equipment: z.record(z.string(), z.unknown()),
  attackDrones: z.int(),
  defenseDrones: z.int(),
  quantumShards: z.int(),
  quantumCrystals: z.int(),
  standing: z.record(z.string(), z.number()),
});
export type PilotNumbers = z.output<typeof pilotSchema>;
const warpedSchema = z.object({ sectorId: z.int() });

/** One stay in a room: from one `welcome` to the end of its line. */
interface Visit extends LineFeed {
  line: Line | null;
  /** Settled by the `welcome`, or by the end of the line. */
  readonly welcome: PromiseWithResolvers<void>;
  sectorId: number;
}

export interface SessionEvents {
  /** The pilot is (again) in a room. `me` is what the server has stored of the ship, unless the seat was kept. */
  arrived(sectorId: number, me: Me | null): void;
  numbers(numbers: PilotNumbers): void;
  event(type: string, payload: Readonly<Record<string, unknown>>): void;
  /** Each answer to each copy of a request, whoever waits for it. */
  answered?(requestId: string, answer: CopyAnswer): void;
}

export class Session {
  readonly ledger: Ledger;
  /** Who the pilot is, to the server. */
  readonly token: string;
  shipId = "";
  tickMs = 100;
  /** Why it was not let in when it last tried to come in; null since it has been. */
  notLetIn: string | null = null;
  readonly #parts: { http: HttpClient; connector: Connector; measure: Measure };
  readonly #events: SessionEvents;
  readonly #asking: Asking;
  readonly #feed: Feed;
  #visit: Visit | null = null;
  #recovering: Promise<void> | null = null;
  #ended = false;

  private constructor(
    parts: { http: HttpClient; connector: Connector; measure: Measure },
    guest: z.output<typeof guestSchema>,
    name: string,
    events: SessionEvents,
  ) {
    this.#parts = parts;
    this.token = guest.token;
    this.ledger = newLedger(name, guest.userId);
    this.#feed = new Feed(this.ledger);
    this.#asking = new Asking(this.ledger, parts.measure, {
      send: (kind, body) => {
        this.#visit?.line?.send(kind, body);
        return this.isConnected;
      },
      silent: () => this.#visit?.line?.cut(),
      answered: (requestId, answer) => events.answered?.(requestId, answer),
    });
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

  /** What its sector shows now; null where no state is decoded, or in no room. */
  get shown(): Shown | null {
    return this.#visit?.line?.shown ?? null;
  }

  /** Requests that have no answer yet. */
  get unanswered(): number {
    return this.#asking.unanswered;
  }

  /** Writes into the measure how long each answer has been waited for by now. */
  measureWaiting(nowMs: number): void {
    this.#asking.measureWaiting(nowMs);
  }

  /** In a room, however long that takes; what was asked meanwhile is asked there. Returns early only after `end`. */
  enter(): Promise<void> {
    return this.isConnected ? Promise.resolve() : this.#recover(null);
  }

  /**
   * Sends a request; sends it again, as the same request, after every loss of the line, until it is answered.
   * @param intendedMs when the pilot meant to send it, of `performance.now()`: the answer is timed from then
   * @param copies to send it under this id, so many times at once; once under an id of its own unless told
   */
  ask(
    kind: string,
    body: Readonly<Record<string, unknown>>,
    intendedMs: number,
    copies?: Copies,
  ): Promise<Reply> {
    return this.#asking.ask(kind, body, intendedMs, copies);
  }

  /** Sends a request again that was asked for before, answered or not. Lost if there is no line. */
  again(body: Readonly<Record<string, unknown>>, copies: Copies): void {
    this.#asking.again(body, copies);
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
    this.#asking.giveUp();
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
        const code = error instanceof HttpRefusal ? error.code : "no connection";
        this.#parts.measure.refused(`(join) ${code}`);
        this.notLetIn = error instanceof Error ? error.message : code;
        token = null;
        const waitMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** tries);
        await pause(waitMs * (0.5 + Math.random() / 2));
      }
    }
  }

  async #join(): Promise<void> {
    const { http, connector } = this.#parts;
    const me = meSchema.parse(await http.get("/me", this.token));
    const options = { sectorId: me.sectorId, cursor: this.#feed.cursor };
    await this.#arrive(me, (events) => connector.join(this.token, options, events));
  }

  async #arrive(me: Me | null, open: (events: LineEvents) => Promise<Line>): Promise<void> {
    const welcome = Promise.withResolvers<void>();
    welcome.promise.catch(() => {});
    const visit: Visit = {
      ...{ line: null, welcome, sectorId: 0, lastEventId: this.#feed.cursor },
      holds: () => this.#visit === visit,
    };
    const line = await open({
      onMessage: (type, payload) => this.#hear(visit, type, payload),
      onClosed: (code) => this.#closed(visit, code),
    });
    await welcome.promise;
    if (this.#ended) return line.leave();
    visit.line = line;
    this.#visit = visit;
    this.notLetIn = null;
    this.#events.arrived(visit.sectorId, me);
    this.#asking.askAgain();
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

  #hear(visit: Visit, type: string, payload: Readonly<Record<string, unknown>>): void {
    if (type === "accepted") this.#accepted(payload);
    else if (type === "refused") this.#asking.refused(payload);
    else if (type === "welcome") this.#welcomed(visit, welcomeSchema.parse(payload));
    else if (type === "pilot") this.#numbered(pilotSchema.parse(payload));
    else if (type === "events_truncated") this.#feed.truncated(visit, payload);
    else if ("eventId" in payload) this.#told(visit, type, payload);
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
    const { turnsReserved, ...told } = numbers;
    this.shipId = told.shipId;
    this.ledger.pilot = { ...told, turns: told.turns + turnsReserved };
    this.#events.numbers(numbers);
  }

  #told(visit: Visit, type: string, message: Readonly<Record<string, unknown>>): void {
    const { eventId, payload, isNew } = this.#feed.told(visit, type, message);
    visit.line?.send("ack", { eventId });
    if (isNew) this.#events.event(type, payload);
  }

  #accepted(payload: Readonly<Record<string, unknown>>): void {
    const accepted = this.#asking.accepted(payload);
    if (accepted === null) return;
    const { record, answer, seat } = accepted;
    // One who hears it once more has followed the ship already, and may be further on.
    const follows = record.kind === "warp" && this.#asking.isPending(record);
    this.#asking.settle(record, follows ? this.#follow(answer, seat) : null);
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
