/** A pilot's requests, each sent many times over the one line that a pilot has, and over those that follow it. */
import { setTimeout as pause } from "node:timers/promises";
import type { CopyAnswer } from "../fleet/asking.ts";
import type { Reply } from "../fleet/ledger.ts";
import type { Session } from "../fleet/session.ts";
import type { Repeats } from "./repeats.ts";
import { COMES_AGAIN, type Tally } from "./tally.ts";

/** A server that answers at all has by then. */
const ANSWER_MS_MAX = 30_000;
/** Who was put off as busy comes again after this; who was told that the ship has left, once the pilot may have followed. */
const AGAIN_MS = 20;
const FOLLOWED_MS = 500;

/** One request, and how far its copies are. */
interface Repeated {
  readonly requestId: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly copies: number;
  /** Copies that got the answer. */
  answered: number;
  /** Those of them that were told it as new. */
  asNew: number;
  /** Copies under way on the line that there is. */
  underWay: number;
  /** Not sent again before this, of `performance.now()`. */
  restsUntilMs: number;
  /** As which one of them was refused for good. */
  refused: string | null;
}

export class RepeatedRequests {
  readonly #session: () => Session;
  readonly #tally: Tally;
  readonly #all = new Map<string, Repeated>();
  /** Those whose other copies are sent later. */
  readonly #later: Repeated[] = [];
  #changed = Promise.withResolvers<void>();

  constructor(session: () => Session, tally: Tally) {
    this.#session = session;
    this.#tally = tally;
  }

  /** To be told of each answer. */
  heard(requestId: string, answer: CopyAnswer): void {
    const repeated = this.#all.get(requestId);
    if (repeated === undefined) return;
    repeated.underWay = Math.max(0, repeated.underWay - 1);
    if ("refused" in answer) {
      if (COMES_AGAIN.has(answer.refused)) this.#tally.putOff++;
      else repeated.refused = answer.refused;
      if (answer.refused === "not_in_sector") repeated.restsUntilMs = performance.now() + FOLLOWED_MS;
    } else {
      repeated.answered++;
      if (!answer.repeated) repeated.asNew++;
    }
    this.#wake();
  }

  /** To be told of each new line: what was under way on the one before has been lost, or its answer. */
  arrived(): void {
    for (const repeated of this.#all.values()) repeated.underWay = 0;
    this.#wake();
  }

  /** @returns the answer, once all copies have it but those that are sent later */
  async ask(
    request: Pick<Repeated, "requestId" | "kind" | "body">,
    { way, copies, atFirst, cutAfterMs, awayMs }: Repeats,
  ): Promise<Reply> {
    const { requestId, kind, body } = request;
    const repeated: Repeated = {
      ...request,
      copies,
      answered: 0,
      asNew: 0,
      underWay: atFirst,
      restsUntilMs: 0,
      refused: null,
    };
    this.#all.set(requestId, repeated);
    this.#tally.submissions += atFirst;
    const session = this.#session();
    const before = this.#later.splice(0);
    const asked = session.ask(kind, body, performance.now(), { requestId, copies: atFirst });
    // The ship is followed through a warp before anything else.
    if (way === "after_rejoin" && kind !== "warp") await session.rejoin();
    if (way === "after_cut") {
      await pause(cutAfterMs);
      await session.drop(awayMs);
    }
    const reply = await asked;
    if (way === "after_rejoin" && kind === "warp") await session.rejoin();
    if (reply === null || "refused" in reply) {
      this.#tally.refuse(kind, reply?.refused ?? "(no answer)");
      this.#all.delete(requestId);
    } else {
      this.#tally.accept(kind);
      if (way === "later") this.#later.push(repeated);
      else await this.#answerAll(repeated);
    }
    for (const earlier of before) await this.#answerAll(earlier);
    return reply;
  }

  /** Sends what was to be sent later. */
  async finish(): Promise<void> {
    for (const repeated of this.#later.splice(0)) await this.#answerAll(repeated);
  }

  async #answerAll(repeated: Repeated): Promise<void> {
    const { requestId, kind, body, copies } = repeated;
    const late = setTimeout(() => this.#wake(), ANSWER_MS_MAX);
    const deadlineMs = performance.now() + ANSWER_MS_MAX;
    while (repeated.answered < copies && repeated.refused === null && performance.now() < deadlineMs) {
      const session = this.#session();
      if (repeated.underWay === 0) await pause(Math.max(0, repeated.restsUntilMs - performance.now()));
      if (repeated.underWay === 0 && session.isConnected) {
        const missing = copies - repeated.answered;
        repeated.underWay = missing;
        this.#tally.submissions += missing;
        session.again(body, { requestId, copies: missing });
      }
      await this.#changed.promise;
      if (repeated.underWay === 0 && repeated.answered < copies) await pause(AGAIN_MS);
    }
    clearTimeout(late);
    this.#all.delete(requestId);
    const { answered, asNew, refused } = repeated;
    if (refused !== null)
      this.#tally.findings.push(`${kind} ${requestId} was accepted, and refused as ${refused}`);
    else if (answered < copies)
      this.#tally.findings.push(`${kind} ${requestId}: ${answered} of ${copies} copies were answered`);
    if (asNew > 1) this.#tally.findings.push(`${kind} ${requestId} was carried out ${asNew} times`);
  }

  #wake(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}
