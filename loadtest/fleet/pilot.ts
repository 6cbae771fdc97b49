/** A pilot who plays by a mix of actions, each at its time. */
import { setTimeout as pause } from "node:timers/promises";
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import type { Airspace, Chart, Charts, Sighting } from "./charts.ts";
import { Errands } from "./errands.ts";
import { goodsFor } from "./goods.ts";
import { type HttpClient, HttpRefusal } from "./http.ts";
import type { Connector } from "./line.ts";
import type { Measure } from "./measure.ts";
import { type Action, chooseAction, type Mix } from "./mix.ts";
import { OwnShip } from "./own-ship.ts";
import { Session } from "./session.ts";

/** How long a pilot who lost the line stays away. */
const AWAY_MS_MAX = 2_000;
/** The request has reached the server by then; a move's answer takes longer, as a rule. */
const CUT_AFTER_MS = 1;
/** Enough to see that nothing is paid for those. */
const HASTY_ONE_IN = 3;
const SIGN_IN_AGAIN_MS = 500;
/** A turn that was due when the measure was taken, and waits for the answer to the one before. */
export const NOT_BEGUN = "turn, not begun";

export interface PilotParts {
  readonly http: HttpClient;
  readonly connector: Connector;
  readonly measure: Measure;
  readonly airspace: Airspace;
  readonly charts: Charts;
  readonly random: Prng;
}

export interface PilotOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly mix: Mix;
  /** Flies there first, if a warp leads there from where newcomers begin. */
  readonly homeSectorId: number | null;
}

export class LoadPilot {
  readonly #parts: PilotParts;
  readonly #options: PilotOptions;
  readonly #ship: OwnShip;
  #session: Session | null = null;
  #errands: Errands | null = null;
  #isPlaying = false;
  #stopping = false;
  #hasEnded = false;
  /** The line is to be lost right behind the next request. */
  #cutsNext = false;
  /** It was this pilot's turn to join. */
  #isExpected = false;
  #notSignedIn = "never answered";
  #hasHeardTheRest = false;
  /** When the next turn is meant to begin, of `performance.now()`. */
  #nextTurnMs = Number.POSITIVE_INFINITY;

  constructor(parts: PilotParts, options: PilotOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#ship = new OwnShip(() => this.#session, parts);
  }

  get session(): Session | null {
    return this.#session;
  }

  /** Joined, and where it begins to play. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Nothing of this pilot's is under way any more; coming in is. */
  get isSettled(): boolean {
    return this.waitsFor === null;
  }

  /** What this pilot has not got yet; null when nothing is under way. */
  get waitsFor(): string | null {
    const session = this.#session;
    if (session === null) return this.#isExpected ? `not signed in: ${this.#notSignedIn}` : null;
    const unanswered = session.unanswered + (this.#errands?.unanswered ?? 0);
    if (unanswered > 0 || !this.#ship.isIdle) {
      const what = unanswered > 0 ? `${unanswered} without an answer` : "an outcome was never told";
      return session.notLetIn === null ? what : `${what}; not let in: ${session.notLetIn}`;
    }
    return null;
  }

  /** Why this pilot does not play on, though it should; null when it could. To be asked once it has heard the rest. */
  get isOut(): string | null {
    const session = this.#session;
    if (session === null) return this.waitsFor;
    if (session.notLetIn !== null) return `not let in: ${session.notLetIn}`;
    if (!session.isConnected) return "in no room";
    return this.#hasHeardTheRest ? null : "has not heard the rest";
  }

  stopActing(): void {
    this.#stopping = true;
  }

  /** Plays from `startMs` (of `performance.now()`) until `stopActing`. Never rejects. */
  async play(startMs: number): Promise<void> {
    await until(startMs);
    if (this.#stopping) return;
    this.#isExpected = true;
    const session = await this.#signIn();
    if (session === null) return;
    await session.enter();
    this.#parts.measure.took("enter", performance.now() - startMs);
    await this.#flyHome(session);
    this.#isPlaying = true;
    const { everyMs } = this.#options;
    // Everybody at a time of their own.
    this.#nextTurnMs = performance.now() + (this.#parts.random.u32() / 2 ** 32) * everyMs;
    while (!this.#stopping) {
      const intendedMs = this.#nextTurnMs;
      await until(intendedMs);
      if (this.#stopping) break;
      // From the intended time, not from now: what a slow answer delays is timed from when it should have been.
      this.#nextTurnMs = intendedMs + everyMs;
      this.#parts.measure.count("turns begun");
      await this.#act(session, intendedMs);
    }
  }

  /** Writes into the measure what is waited for by now: answers, outcomes, and turns that wait for those. */
  measureWaiting(nowMs: number): void {
    this.#session?.measureWaiting(nowMs);
    this.#errands?.measureWaiting(nowMs);
    this.#ship.measureWaiting(nowMs);
    if (this.#stopping) return;
    for (let dueMs = this.#nextTurnMs; dueMs <= nowMs; dueMs += this.#options.everyMs) {
      this.#parts.measure.waits(NOT_BEGUN, nowMs - dueMs);
    }
  }

  /** Joins once more: what the feed holds comes before the answer to whatever is asked afterwards. */
  async hearTheRest(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    await session.rejoin();
    await session.ask("flee", {}, performance.now());
    await this.#errands?.readBalances();
    this.#hasHeardTheRest = true;
  }

  /** Leaves for good. What has no answer stays without one. */
  end(): void {
    this.#hasEnded = true;
    this.#session?.end();
    this.#errands?.giveUp();
  }

  async #signIn(): Promise<Session | null> {
    // Also while the others stop: whoever cannot get in is to be found out.
    while (!this.#hasEnded) {
      try {
        const session = await Session.signIn(this.#parts, this.#options.name, {
          arrived: (sectorId, me) => this.#ship.arrived(sectorId, me),
          numbers: (numbers) => this.#ship.counted(numbers),
          event: (type, payload) => this.#told(type, payload),
        });
        this.#errands = new Errands({ ...this.#parts, hastyOneIn: HASTY_ONE_IN }, session);
        this.#session = session;
        return session;
      } catch (error) {
        this.#notSignedIn = error instanceof Error ? error.message : String(error);
        this.#parts.measure.refused("(sign-in)");
        await pause(SIGN_IN_AGAIN_MS);
      }
    }
    return null;
  }

  async #flyHome(session: Session): Promise<void> {
    const { homeSectorId } = this.#options;
    if (homeSectorId === null || session.sectorId === homeSectorId) return;
    await this.#ask(session, "warp", { sectorId: homeSectorId }, performance.now());
  }

  #told(type: string, payload: Readonly<Record<string, unknown>>): void {
    this.#ship.told(type, payload);
    this.#errands?.told(type, payload);
    this.#parts.measure.count("outcomes");
  }

  async #act(session: Session, intendedMs: number): Promise<void> {
    const { measure, random } = this.#parts;
    if (!session.isConnected) return measure.count("turns missed: away");
    if (this.#ship.isMining) {
      return measure.count(`turns missed: ${this.#ship.isOutcomeLate ? "outcome late" : "mining"}`);
    }
    const action = this.#ship.isFighting ? "flee" : chooseAction(this.#options.mix, random);
    try {
      await this.#perform(session, action, intendedMs);
    } catch (error) {
      // Something that can be read could not be; the next turn asks again.
      measure.refused(`(reading) ${error instanceof HttpRefusal ? error.code : "no connection"}`);
    }
  }

  /** Does it, or what has to be done before it is possible. */
  async #perform(
    session: Session,
    action: Action | "flee",
    intendedMs: number,
    isCut = false,
  ): Promise<void> {
    const { charts, random } = this.#parts;
    this.#cutsNext = isCut;
    if (action === "drop") return this.#drop(session, intendedMs);
    if (action === "flee") return this.#ask(session, "flee", {}, intendedMs);
    const chart = await charts.sector(session.sectorId);
    // Errands need no ship: whoever is docked can do them too.
    if (await this.#runErrand(action, chart, intendedMs)) return;
    if (this.#ship.dockedAt !== null) return this.#trade(session, chart, intendedMs);
    const [station] = chart.stations;
    if ((this.#callsAt(station, action) || this.#ship.isPod) && station !== undefined) {
      return this.#ask(session, "dock", { stationId: station.stationId }, intendedMs);
    }
    if (action === "attack" && !this.#ship.isPod) {
      const prey = this.#parts.airspace.preyIn(session.sectorId, this.#ship.sighting);
      if (prey.length > 0) return this.#raid(session, random.one(prey), intendedMs);
    }
    if (action === "warp" || !this.#ship.canMine(chart.type)) return this.#warp(session, intendedMs);
    return this.#ask(session, "harvest", {}, intendedMs);
  }

  /** Loses the line: every other time behind a request that is on its way, whose answer is lost with it. */
  async #drop(session: Session, intendedMs: number): Promise<void> {
    const { random } = this.#parts;
    if (random.int(0, 1) === 0) return void session.drop(random.int(0, AWAY_MS_MAX));
    // A warp's answer waits for the database; and whatever is done instead leaves something, too.
    await this.#perform(session, "warp", intendedMs, true);
  }

  #cutSoon(session: Session): void {
    this.#cutsNext = false;
    const awayMs = this.#parts.random.int(0, AWAY_MS_MAX);
    setTimeout(() => void session.drop(awayMs), CUT_AFTER_MS);
  }

  /** @returns whether there was one to run */
  async #runErrand(action: Action, { type }: Chart, intendedMs: number): Promise<boolean> {
    const sectorId = this.#session?.sectorId ?? 0;
    if (action === "expedition" && type === "ASTEROID_FIELD") {
      return (await this.#errands?.goOnExpedition(sectorId, intendedMs)) ?? false;
    }
    return action === "contribute" && ((await this.#errands?.contribute(intendedMs)) ?? false);
  }

  #callsAt(station: Chart["stations"][number] | undefined, action: Action): boolean {
    if (action === "sell") return this.#goods(station) !== null;
    return action === "dock" || (action === "deliver" && this.#deliverable() > 0);
  }

  #goods(station: Chart["stations"][number] | undefined) {
    return goodsFor(station, this.#ship.numbers?.cargo ?? {});
  }

  /** How much of what expeditions have earned the hold would take. */
  #deliverable(): number {
    return Math.min(this.#errands?.oreUnits ?? 0, this.#ship.numbers?.cargoFree ?? 0);
  }

  /** In the dock: a new hull if need be, then what can be put aboard and sold, then out again. */
  #trade(session: Session, { stations }: Chart, intendedMs: number): Promise<void> {
    const { mix } = this.#options;
    const goods = this.#goods(stations.find(({ stationId }) => stationId === this.#ship.dockedAt));
    const quantity = this.#deliverable();
    if (this.#ship.isPod) return this.#ask(session, "claim_hull", {}, intendedMs);
    if (quantity > 0 && mix.deliver > 0) return this.#ask(session, "deliver_ore", { quantity }, intendedMs);
    if (goods !== null && mix.sell > 0) return this.#ask(session, "sell", goods, intendedMs);
    return this.#ask(session, "undock", {}, intendedMs);
  }

  #raid(session: Session, prey: Sighting, intendedMs: number): Promise<void> {
    return this.#ask(session, "attack", { targetId: prey.shipId }, intendedMs, prey);
  }

  async #warp(session: Session, intendedMs: number): Promise<void> {
    const { charts, random } = this.#parts;
    const [chart, start] = await Promise.all([charts.sector(session.sectorId), charts.start()]);
    const ways = chart.warps.map(({ sectorId }) => sectorId);
    const elsewhere = ways.filter((sectorId) => sectorId !== start);
    const fields = await charts.fieldsAmong(elsewhere);
    const choices = [fields, elsewhere, ways].find((some) => some.length > 0) ?? [];
    if (choices.length === 0) return this.#parts.measure.count("turns missed: no way out");
    return this.#ask(session, "warp", { sectorId: random.one(choices) }, intendedMs);
  }

  async #ask(
    session: Session,
    kind: string,
    body: Readonly<Record<string, unknown>>,
    intendedMs: number,
    prey?: Sighting,
  ): Promise<void> {
    this.#parts.measure.count("actions");
    const askedMs = performance.now();
    const asked = session.ask(kind, body, intendedMs);
    if (this.#cutsNext) this.#cutSoon(session);
    const reply = await asked;
    this.#ship.answered(kind, reply, askedMs, prey);
    this.#errands?.answered(kind, reply);
  }
}

async function until(ms: number): Promise<void> {
  const waitMs = ms - performance.now();
  if (waitMs > 0) await pause(waitMs);
}
