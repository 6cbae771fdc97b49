/** A member of a guild contract: brings what there is, and looks at subjects where there is nothing. */
import { z } from "zod";
import type { ContributionSource } from "../../src/rules/contracts.ts";
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import type { Calls } from "./calls.ts";
import type { Charts } from "./charts.ts";
import type { Ledger } from "./ledger.ts";

const subjectsSchema = z.object({
  answers: z.array(z.string()),
  subjects: z.array(z.object({ subjectId: z.string(), readings: z.array(z.int()) })),
});
const joinedSchema = z.object({ duplicate: z.boolean() });
const classifiedSchema = z.object({ classificationId: z.uuid() });
const contributedSchema = z.object({
  contribution: z.object({ contributionId: z.uuid(), points: z.int() }),
  duplicate: z.boolean(),
});

/** Readings lie around 1000; what is plain to see stands out of them by more than this. */
const LEVEL = 1_000;
const STANDS_OUT = 150;

interface Source {
  readonly sourceType: ContributionSource;
  readonly sourceId: string;
}

export class Guild {
  readonly #calls: Calls;
  readonly #charts: Charts;
  readonly #random: Prng;
  readonly #ledger: Ledger;
  readonly #sources: Source[] = [];
  /** Of these no more are taken today. */
  readonly #full = new Set<ContributionSource>();
  #contractId: string | null = null;

  constructor(calls: Calls, parts: { charts: Charts; random: Prng }, ledger: Ledger) {
    this.#calls = calls;
    this.#charts = parts.charts;
    this.#random = parts.random;
    this.#ledger = ledger;
  }

  /** The pilot has something that could be brought. */
  has(sourceType: ContributionSource, sourceId: string): void {
    if (!this.#full.has(sourceType)) this.#sources.push({ sourceType, sourceId });
  }

  /** @returns false when there is nothing to bring now @throws what could not be read */
  async contribute(intendedMs: number): Promise<boolean> {
    if (this.#contractId === null) return this.#join(intendedMs);
    let source = this.#sources.pop();
    while (source !== undefined && this.#full.has(source.sourceType)) source = this.#sources.pop();
    if (source !== undefined) {
      await this.#bring(this.#contractId, source, intendedMs);
      return true;
    }
    return !this.#full.has("classification") && this.#classify(this.#contractId, intendedMs);
  }

  async #join(intendedMs: number): Promise<boolean> {
    const contractIds = await this.#charts.contracts();
    if (contractIds.length === 0) return false;
    const contractId = this.#random.one(contractIds);
    const called = await this.#calls.post({
      ...{ kind: "join_contract", path: `/contracts/${contractId}/join`, body: {}, intendedMs },
    });
    if (called === null || "refused" in called) return true;
    const { duplicate } = joinedSchema.parse(called.answer);
    if (duplicate && called.attempts === 1) this.#twice(`joined ${contractId} before`);
    this.#ledger.economy.memberships.push(contractId);
    this.#contractId = contractId;
    return true;
  }

  async #bring(contractId: string, source: Source, intendedMs: number): Promise<void> {
    const called = await this.#calls.post({
      ...{ kind: "contribute", path: `/contracts/${contractId}/contributions`, intendedMs },
      body: { ...source },
    });
    if (called === null) return;
    if ("refused" in called) {
      if (called.refused === "contribution_limit") this.#full.add(source.sourceType);
      if (called.refused === "contract_not_active") this.#leave();
      return;
    }
    const { contribution, duplicate } = contributedSchema.parse(called.answer);
    if (duplicate && called.attempts === 1)
      this.#twice(`brought ${source.sourceType} ${source.sourceId} before`);
    this.#ledger.economy.contributions.push({ contractId, ...source, ...contribution });
  }

  /** @returns false when all of the week's subjects have been seen */
  async #classify(contractId: string, intendedMs: number): Promise<boolean> {
    const seen = await this.#calls.get(`/contracts/${contractId}/subjects`);
    const { answers, subjects } = subjectsSchema.parse(seen);
    const [subject] = subjects;
    const [shows, showsNot] = answers;
    if (subject === undefined) return false;
    const isPlain = subject.readings.some((reading) => Math.abs(reading - LEVEL) > STANDS_OUT);
    const called = await this.#calls.post({
      ...{ kind: "classify", path: `/contracts/${contractId}/classifications`, intendedMs },
      body: { subjectId: subject.subjectId, answer: isPlain ? shows : showsNot },
    });
    if (called === null || "refused" in called) return true;
    const { classificationId } = classifiedSchema.parse(called.answer);
    this.#ledger.economy.classifications.push(classificationId);
    this.has("classification", classificationId);
    return true;
  }

  /** The week is over. */
  #leave(): void {
    this.#contractId = null;
    this.#full.clear();
    this.#charts.forgetContracts();
  }

  #twice(what: string): void {
    this.#ledger.economy.toldTwice.push(`had ${what}, and asked for it once`);
  }
}
