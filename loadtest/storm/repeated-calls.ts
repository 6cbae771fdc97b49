/** One call under one Idempotency-Key, made many times: at once, over many connections, to every server there is. */
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import { itemAt } from "../../src/rules/galaxy/prng.ts";
import { type HttpClient, HttpRefusal } from "../fleet/http.ts";
import type { Repeats } from "./repeats.ts";
import { COMES_AGAIN, NO_CONNECTION, type Tally } from "./tally.ts";

/** Within this time the copies that go out together do so. */
const SPREAD_MS = 20;
const AGAIN_MS = 100;
/** A copy that was put off for so long is not answered any more. */
const TRIES_MAX = 200;

/** What an answer may say differently the next time: that it is the next time, a token signed anew, how others stand. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set(["duplicate", "token", "total", "unlocked"]);

const bodySchema = z.looseObject({ duplicate: z.boolean().optional() });
type Body = z.output<typeof bodySchema>;
type Answer = { readonly body: Body } | { readonly refused: string };

export interface RepeatedCall {
  readonly kind: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string;
}

export class RepeatedCalls {
  readonly #servers: readonly HttpClient[];
  readonly #token: string;
  readonly #prng: Prng;
  readonly #tally: Tally;

  constructor(servers: readonly HttpClient[], token: string, prng: Prng, tally: Tally) {
    this.#servers = servers;
    this.#token = token;
    this.#prng = prng;
    this.#tally = tally;
  }

  /** @returns the answer that all copies got; null when it was refused */
  async make(call: RepeatedCall, { copies, atFirst }: Repeats): Promise<Body | null> {
    const numbers = Array.from({ length: copies }, (_, copy) => copy);
    const first = await Promise.all(numbers.slice(0, atFirst).map((copy) => this.#copy(call, copy)));
    const rest = await Promise.all(numbers.slice(atFirst).map((copy) => this.#copy(call, copy)));
    return this.#judge(call, [...first, ...rest]);
  }

  /** Something that can be read as often as it takes. @throws HttpRefusal */
  async read(path: string): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      try {
        return await itemAt(this.#servers, 0).get(path, this.#token);
      } catch (error) {
        const code = error instanceof HttpRefusal ? error.code : NO_CONNECTION;
        if (!COMES_AGAIN.has(code) || tries === TRIES_MAX) throw error;
        await pause(AGAIN_MS);
      }
    }
  }

  async #copy(call: RepeatedCall, copy: number): Promise<Answer> {
    await pause(this.#prng.int(0, SPREAD_MS));
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      this.#tally.submissions++;
      const answer = await this.#send(call, itemAt(this.#servers, (copy + tries) % this.#servers.length));
      if (!("refused" in answer) || !COMES_AGAIN.has(answer.refused)) return answer;
      this.#tally.putOff++;
      await pause(AGAIN_MS);
    }
    return { refused: "(put off again and again)" };
  }

  async #send({ path, body, key }: RepeatedCall, server: HttpClient): Promise<Answer> {
    try {
      const answer = await server.post(path, body, this.#token, { "idempotency-key": key });
      return { body: bodySchema.parse(answer) };
    } catch (error) {
      // Whether a call was carried out whose connection has ended nobody knows: it is made again.
      return { refused: error instanceof HttpRefusal ? error.code : NO_CONNECTION };
    }
  }

  #judge({ kind, key }: RepeatedCall, answers: readonly Answer[]): Body | null {
    const told = answers.flatMap((answer) => ("body" in answer ? [answer.body] : []));
    const [first] = told;
    const codes = new Set(answers.flatMap((answer) => ("refused" in answer ? [answer.refused] : [])));
    const [code] = codes;
    if (first === undefined) {
      this.#tally.refuse(kind, code ?? "");
      return null;
    }
    const { findings } = this.#tally;
    if (code !== undefined)
      findings.push(`${kind} ${key} was accepted, and refused as ${[...codes].join(", ")}`);
    const lasting = told.map(lastingOf);
    if (lasting.some((answer) => !isDeepStrictEqual(answer, lasting[0])))
      findings.push(`${kind} ${key} has several answers: ${JSON.stringify(lasting)}`);
    const originals = told.filter(({ duplicate }) => duplicate === false).length;
    if (originals > 1) findings.push(`${kind} ${key} was carried out ${originals} times`);
    this.#tally.accept(kind);
    return first;
  }
}

function lastingOf(body: Body): unknown {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !OF_THE_MOMENT.has(name)));
}
