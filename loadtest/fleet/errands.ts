/** What a pilot does for the one economy beside flying: expeditions, what guild contracts ask for, and answers to incidents. */
import { z } from "zod";
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import { Calls } from "./calls.ts";
import type { Charts } from "./charts.ts";
import { Expeditions } from "./expeditions.ts";
import { Guild } from "./guild.ts";
import type { HttpClient } from "./http.ts";
import { IncidentAnswers } from "./incidents.ts";
import type { Reply } from "./ledger.ts";
import type { Measure } from "./measure.ts";
import type { Session } from "./session.ts";

const balancesSchema = z.object({ balances: z.record(z.string(), z.int()) });
const deliveredSchema = z.object({ oreUnitsLeft: z.int() });
const harvestedSchema = z.object({ harvestId: z.uuid() });

/** For whom: who they are, and where it is written down what they are told. */
export type ErrandsOf = Pick<Session, "token" | "ledger">;

export interface ErrandParts {
  readonly http: HttpClient;
  readonly measure: Measure;
  readonly charts: Charts;
  readonly random: Prng;
  /** One in so many runs is submitted at once, so that the server has to find it too quick; 0 for none. */
  readonly hastyOneIn: number;
}

export class Errands {
  readonly #calls: Calls;
  readonly #session: ErrandsOf;
  readonly #expeditions: Expeditions;
  readonly #guild: Guild;
  readonly #incidents: IncidentAnswers;

  constructor(parts: ErrandParts, session: ErrandsOf) {
    this.#session = session;
    this.#calls = new Calls(parts.http, parts.measure, session.token);
    const { economy } = session.ledger;
    this.#incidents = new IncidentAnswers(this.#calls, economy);
    this.#guild = new Guild(this.#calls, parts, session.ledger);
    this.#expeditions = new Expeditions(this.#calls, parts, economy, (runId) =>
      this.#guild.has("run", runId),
    );
  }

  /** Calls that have no answer yet. */
  get unanswered(): number {
    return this.#calls.unanswered;
  }

  /** What runs have earned and nobody has put aboard, as far as it was told. */
  get oreUnits(): number {
    return this.#expeditions.oreUnits;
  }

  /** Writes into the measure how long each answer has been waited for by now. */
  measureWaiting(nowMs: number): void {
    this.#calls.measureWaiting(nowMs);
  }

  giveUp(): void {
    this.#calls.giveUp();
  }

  told(type: string, payload: Readonly<Record<string, unknown>>): void {
    if (type !== "mining_harvest_completed") return;
    this.#guild.has("harvest", harvestedSchema.parse(payload).harvestId);
  }

  answered(kind: string, reply: Reply): void {
    if (kind !== "deliver_ore" || reply === null || "refused" in reply) return;
    this.#expeditions.oreUnits = deliveredSchema.parse(reply.accepted).oreUnitsLeft;
  }

  /** The next step of an expedition. @returns false when there is none to be taken now */
  goOnExpedition(sectorId: number, intendedMs: number): Promise<boolean> {
    return this.#expeditions.step(sectorId, intendedMs);
  }

  /** @returns false when there is nothing to bring, or nothing more is taken today @throws what could not be read */
  contribute(intendedMs: number): Promise<boolean> {
    return this.#guild.contribute(intendedMs);
  }

  /** @returns false when nothing is to be answered there @throws what could not be read */
  answerIncident(sectorId: number, intendedMs: number): Promise<boolean> {
    return this.#incidents.answer(sectorId, intendedMs);
  }

  /** Writes down what the server says that the user has. */
  async readBalances(): Promise<void> {
    try {
      const { balances } = balancesSchema.parse(await this.#calls.get("/me/balances"));
      this.#session.ledger.economy.balances = balances;
    } catch {
      // Who could not read them was told nothing.
    }
  }
}
