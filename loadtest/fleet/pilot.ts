/** A pilot who plays by a mix of actions, each at its time. */
import { setTimeout as pause } from "node:timers/promises";
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import type { Airspace, Charts } from "./charts.ts";
import { Errands } from "./errands.ts";
import { Helm } from "./helm.ts";
import { type HttpClient, HttpRefusal } from "./http.ts";
import type { Connector } from "./line.ts";
import { Lookout } from "./lookout.ts";
import type { Measure } from "./measure.ts";
import { chooseAction, type Mix } from "./mix.ts";
import { OwnShip } from "./own-ship.ts";
import { Session } from "./session.ts";

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
  /** Fights on to the end, where the others flee. */
  readonly isBrave: boolean;
}

export class LoadPilot {
  readonly #parts: PilotParts;
  readonly #options: PilotOptions;
  readonly #ship: OwnShip;
  /** Null where no state is decoded. */
  readonly #lookout: Lookout | null;
  #session: Session | null = null;
  #errands: Errands | null = null;
  #isPlaying = false;
  #stopping = false;
  #hasEnded = false;
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
    const { connector, measure } = parts;
    this.#lookout = connector.decodesState ? new Lookout(() => this.#session, this.#ship, measure) : null;
  }

  get session(): Session | null {
    return this.#session;
  }

  /** Joined, and where it begins to play. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Its line shows what its sector shows. */
  get isSeeing(): boolean {
    return this.#lookout !== null;
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
    const helm = await this.#signIn();
    if (helm === null) return;
    const { session } = helm;
    await session.enter();
    this.#parts.measure.took("enter", performance.now() - startMs);
    const { homeSectorId } = this.#options;
    if (homeSectorId !== null) await helm.flyTo(homeSectorId);
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
      await this.#act(helm, intendedMs);
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

  /** Keeps what its sector shows. @param playersIn who is in a room now */
  look(playersIn: readonly string[]): void {
    const shown = this.#session?.shown ?? null;
    if (shown !== null) this.#session?.ledger.looks.push({ ...shown, playersIn });
  }

  /** Joins once more: what the feed holds comes before the answer to whatever is asked afterwards. */
  async hearTheRest(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const isSettled = this.isSettled && session.isConnected;
    if (isSettled) {
      // Answered behind whatever the room was still telling.
      await session.ask("flee", {}, performance.now());
      session.ledger.pilotBefore = session.ledger.pilot;
    }
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

  /** @returns what flies the pilot's ship from then on; null when it was told to end before */
  async #signIn(): Promise<Helm | null> {
    // Also while the others stop: whoever cannot get in is to be found out.
    while (!this.#hasEnded) {
      try {
        const session = await Session.signIn(this.#parts, this.#options.name, {
          arrived: (sectorId, me) => {
            this.#ship.arrived(sectorId, me);
            this.#lookout?.stirred();
          },
          numbers: (numbers) => {
            this.#ship.counted(numbers);
            this.#lookout?.stirred();
          },
          event: (type, payload) => this.#told(type, payload),
        });
        const errands = new Errands({ ...this.#parts, hastyOneIn: HASTY_ONE_IN }, session);
        this.#errands = errands;
        this.#session = session;
        return new Helm(this.#parts, { session, ship: this.#ship, errands }, this.#options.mix);
      } catch (error) {
        this.#notSignedIn = error instanceof Error ? error.message : String(error);
        this.#parts.measure.refused("(sign-in)");
        await pause(SIGN_IN_AGAIN_MS);
      }
    }
    return null;
  }

  #told(type: string, payload: Readonly<Record<string, unknown>>): void {
    this.#ship.told(type, payload);
    this.#lookout?.stirred();
    this.#errands?.told(type, payload);
    this.#parts.measure.count("outcomes");
  }

  async #act(helm: Helm, intendedMs: number): Promise<void> {
    const { measure, random } = this.#parts;
    if (!helm.session.isConnected) return measure.count("turns missed: away");
    const chosen = chooseAction(this.#options.mix, random);
    if (this.#ship.isMining) {
      // What ends meanwhile is a backlog then.
      if (chosen === "drop") return helm.loseLine();
      return measure.count(`turns missed: ${this.#ship.isOutcomeLate ? "outcome late" : "mining"}`);
    }
    if (this.#ship.isFighting && this.#options.isBrave) return measure.count("turns missed: fighting");
    const action = this.#ship.isFighting ? "flee" : chosen;
    try {
      await helm.perform(action, intendedMs);
      this.#lookout?.stirred();
    } catch (error) {
      // Something that can be read could not be; the next turn asks again.
      measure.refused(`(reading) ${error instanceof HttpRefusal ? error.code : "no connection"}`);
    }
  }
}

async function until(ms: number): Promise<void> {
  const waitMs = ms - performance.now();
  if (waitMs > 0) await pause(waitMs);
}
