/** A pilot who plays round after round, and sends each thing that they ask for many times. */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { Prng } from "../../src/rules/galaxy/prng.ts";
import { licenseFeeCr } from "../../src/rules/licenses.ts";
import { chartSchema } from "../fleet/charts.ts";
import { goodsFor } from "../fleet/goods.ts";
import type { HttpClient } from "../fleet/http.ts";
import type { Reply } from "../fleet/ledger.ts";
import type { Connector } from "../fleet/line.ts";
import type { Measure } from "../fleet/measure.ts";
import { type PilotNumbers, Session } from "../fleet/session.ts";
import { RICHEST_TIER } from "../world.ts";
import { RepeatedCalls } from "./repeated-calls.ts";
import { RepeatedRequests } from "./repeated-requests.ts";
import { RepeatedRuns } from "./repeated-runs.ts";
import type { Repeats } from "./repeats.ts";
import type { Tally } from "./tally.ts";

/** A harvest takes a second in a storm; a COMMIT whose answer was lost is noticed within seconds. */
const OUTCOME_MS_MAX = 30_000;
/** Whoever is refused so often in a row will not get on. */
const REFUSED_IN_A_ROW_MAX = 30;

const harvestSchema = z.object({ harvestId: z.string() });
const contractSchema = z.object({ contracts: z.array(z.object({ contractId: z.uuid() })) });
const subjectsSchema = z.object({
  answers: z.array(z.string()),
  subjects: z.array(z.object({ subjectId: z.string() })),
});
const classifiedSchema = z.object({ classificationId: z.uuid() });
const contributedSchema = z.object({
  contribution: z.object({ contributionId: z.uuid(), points: z.int() }),
});

/** One after the other, round after round; what is not possible just then is left out. */
const ROUND = [
  ...["dock", "buy_license", "create_run", "undock", "harvest", "start_run", "harvest", "classify"],
  ...["dock", "sell", "contribute", "undock", "end_run", "warp_away", "warp_home"],
] as const satisfies readonly string[];

export interface RepeatingPilotParts {
  /** One for each server, the pilot's own first. */
  readonly servers: readonly [HttpClient, ...HttpClient[]];
  readonly connector: Connector;
  readonly measure: Measure;
  readonly tally: Tally;
  readonly seed: number;
}

export interface RepeatingPilotOptions {
  readonly name: string;
  readonly homeSectorId: number;
  readonly repeats: readonly Repeats[];
  /** Completes the first expedition and then every other one; the rest are cancelled. */
  readonly isPatient: boolean;
}

type Body = Readonly<Record<string, unknown>>;

export class RepeatingPilot {
  readonly #parts: RepeatingPilotParts;
  readonly #options: RepeatingPilotOptions;
  readonly #session: Session;
  readonly #requests: RepeatedRequests;
  readonly #calls: RepeatedCalls;
  readonly #runs: RepeatedRuns;
  readonly #prng: Prng;
  #numbers: PilotNumbers | null = null;
  #slot = 0;
  #asked = 0;
  #contractId: string | null = null;
  #classificationId: string | null = null;

  private constructor(
    parts: RepeatingPilotParts,
    options: RepeatingPilotOptions,
    session: Session,
    requests: RepeatedRequests,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#session = session;
    this.#requests = requests;
    this.#prng = new Prng(`${parts.seed}/${options.name}`);
    this.#calls = new RepeatedCalls(parts.servers, session.token, this.#prng, parts.tally);
    this.#runs = new RepeatedRuns(
      (kind, path, body) => this.#call(kind, path, body),
      session.ledger.economy,
      options.homeSectorId,
      options.isPatient,
    );
  }

  /** A new guest, in a room. @throws HttpRefusal, or what the connection died of */
  static async join(parts: RepeatingPilotParts, options: RepeatingPilotOptions): Promise<RepeatingPilot> {
    let pilot: RepeatingPilot | null = null;
    const requests = new RepeatedRequests(() => session, parts.tally);
    const session: Session = await Session.signIn({ ...parts, http: parts.servers[0] }, options.name, {
      arrived: () => requests.arrived(),
      numbers: (numbers) => pilot?.counted(numbers),
      event: () => {},
      answered: (requestId, answer) => requests.heard(requestId, answer),
    });
    pilot = new RepeatingPilot(parts, options, session, requests);
    await session.enter();
    return pilot;
  }

  get ledger() {
    return this.#session.ledger;
  }

  counted(numbers: PilotNumbers): void {
    this.#numbers = numbers;
  }

  /** Until as many requests have been accepted as the pilot has repeats for. */
  async play(): Promise<void> {
    const { repeats, homeSectorId } = this.#options;
    await this.#warp(homeSectorId);
    await this.#joinContract();
    let refused = 0;
    for (let step = 0; this.#slot < repeats.length; step++) {
      const before = this.#slot;
      await this.#perform(ROUND[step % ROUND.length] ?? "harvest");
      refused = this.#slot > before ? 0 : refused + 1;
      if (refused > REFUSED_IN_A_ROW_MAX) {
        this.#parts.tally.findings.push(`${this.#options.name} does not get on`);
        break;
      }
    }
    await this.#requests.finish();
  }

  /** Joins once more, to hear the rest of the feed, and leaves. */
  async end(): Promise<void> {
    await this.#session.rejoin();
    // The answer comes after whatever the feed holds.
    await this.#session.ask("flee", {}, performance.now());
    this.#session.end();
  }

  async #perform(step: (typeof ROUND)[number]): Promise<unknown> {
    const { homeSectorId } = this.#options;
    switch (step) {
      case "harvest":
        return this.#harvest();
      case "dock": {
        const [station] = (await this.#chart()).stations;
        return station === undefined ? null : this.#ask("dock", { stationId: station.stationId });
      }
      case "buy_license": {
        const credits = this.#numbers?.credits ?? 0;
        if (credits < licenseFeeCr(RICHEST_TIER, false)) return null;
        return this.#ask("buy_license", { sectorId: homeSectorId });
      }
      case "sell": {
        const goods = goodsFor((await this.#chart()).stations[0], this.#numbers?.cargo ?? {});
        return goods === null ? null : this.#ask("sell", goods);
      }
      case "undock":
        return this.#ask("undock", {});
      case "warp_away": {
        const ways = (await this.#chart()).warps.map(({ sectorId }) => sectorId);
        return this.#warp(this.#prng.one(ways));
      }
      case "warp_home":
        return this.#warp(homeSectorId);
      case "create_run":
        return this.#runs.create();
      case "start_run":
        return this.#runs.start();
      case "end_run":
        return this.#runs.end();
      case "classify":
        return this.#classify();
      case "contribute":
        return this.#contribute();
    }
  }

  async #chart() {
    return chartSchema.parse(await this.#calls.read(`/sectors/${this.#session.sectorId}`));
  }

  async #ask(kind: string, body: Body): Promise<Reply> {
    const repeats = this.#options.repeats[this.#slot];
    if (repeats === undefined) return null;
    const requestId = `${kind}-${this.#asked++}`;
    const reply = await this.#requests.ask({ requestId, kind, body }, repeats);
    if (reply !== null && "accepted" in reply) this.#slot++;
    return reply;
  }

  async #call(kind: string, path: string, body: Body): Promise<unknown> {
    const repeats = this.#options.repeats[this.#slot];
    if (repeats === undefined) return null;
    const answer = await this.#calls.make({ kind, path, body, key: `${kind}-${this.#asked++}` }, repeats);
    if (answer !== null) this.#slot++;
    return answer;
  }

  async #warp(sectorId: number): Promise<unknown> {
    return this.#session.sectorId === sectorId ? null : this.#ask("warp", { sectorId });
  }

  /** And waits for what it brings. */
  async #harvest(): Promise<void> {
    const reply = await this.#ask("harvest", {});
    if (reply === null || "refused" in reply) return;
    const { harvestId } = harvestSchema.parse(reply.accepted);
    const { events } = this.#session.ledger;
    const deadlineMs = performance.now() + OUTCOME_MS_MAX;
    while (!events.some(({ payload }) => payload.harvestId === harvestId)) {
      if (performance.now() > deadlineMs) {
        this.#parts.tally.findings.push(`${this.#options.name}: harvest ${harvestId} has no outcome`);
        return;
      }
      await pause(10);
    }
  }

  async #joinContract(): Promise<void> {
    const { contracts } = contractSchema.parse(await this.#calls.read("/contracts/current"));
    const { contractId } = this.#prng.one(contracts);
    const joined = await this.#call("join_contract", `/contracts/${contractId}/join`, {});
    if (joined === null) return;
    this.#session.ledger.economy.memberships.push(contractId);
    this.#contractId = contractId;
  }

  async #classify(): Promise<void> {
    if (this.#contractId === null) return;
    const path = `/contracts/${this.#contractId}`;
    const seen = await this.#calls.read(`${path}/subjects`);
    const { answers, subjects } = subjectsSchema.parse(seen);
    const [subject] = subjects;
    if (subject === undefined) return;
    const body = { subjectId: subject.subjectId, answer: this.#prng.one(answers) };
    const answer = await this.#call("classify", `${path}/classifications`, body);
    if (answer === null) return;
    this.#classificationId = classifiedSchema.parse(answer).classificationId;
    this.#session.ledger.economy.classifications.push(this.#classificationId);
  }

  async #contribute(): Promise<void> {
    const [contractId, sourceId] = [this.#contractId, this.#classificationId];
    this.#classificationId = null;
    if (contractId === null || sourceId === null) return;
    const source = { sourceType: "classification", sourceId };
    const answer = await this.#call("contribute", `/contracts/${contractId}/contributions`, source);
    if (answer === null) return;
    const { contribution } = contributedSchema.parse(answer);
    this.#session.ledger.economy.contributions.push({ contractId, ...source, ...contribution });
  }
}
