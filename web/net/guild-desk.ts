import type { ContributionSource } from "../../src/rules/contracts.ts";
import type { LiveContract } from "../model/contracts.ts";
import { count } from "../model/words.ts";
import { type ApiError, asApiError } from "./api.ts";
import type { GalaxyFeed } from "./galaxy-feed.ts";
import type { Session } from "./session.ts";
import {
  type Contract,
  classifiedSchema,
  contractsSchema,
  contributedSchema,
  joinedSchema,
  leaderboardSchema,
  missionLogSchema,
  type Place,
  type Run,
  type Subject,
  subjectsSchema,
} from "./wire-economy.ts";

/** Own points and tiers are read again this often; the totals come by themselves. */
const READ_MS = 15_000;

/** What came of a classification. */
export interface Judged {
  /** Null where nobody knows. */
  readonly isRight: boolean | null;
  /** Null when it counted for nothing; `why` says so. */
  readonly points: number | null;
  readonly why: string;
}

/** This week's contracts and what one has to do with them, kept up to date. */
export class GuildDesk {
  /** Null until they have been read. */
  contracts: readonly Contract[] | null = null;
  places: readonly Place[] = [];
  /** Completed runs, newest first: each can be brought once. */
  runs: readonly Run[] = [];
  /** Why there is nothing to show; null when there is. */
  trouble: ApiError | null = null;
  /** The surface that the leaderboard counts; empty for all. */
  surface = "";
  readonly #session: Session;
  readonly #galaxy: GalaxyFeed;
  readonly #changed: () => void;
  readonly #stops: (() => void)[] = [];
  /** What has been brought from this page, by its id. */
  readonly #brought = new Set<string>();
  #live = "";
  #tiers = "";
  #closed = false;

  constructor(session: Session, galaxy: GalaxyFeed, changed: () => void) {
    this.#session = session;
    this.#galaxy = galaxy;
    this.#changed = changed;
    const timer = setInterval(() => void this.read(), READ_MS);
    this.#stops.push(() => clearInterval(timer));
    this.#stops.push(galaxy.listen(() => this.#onGalaxy()));
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
  }

  /** The contracts with the newest totals that the galaxy has told. */
  get current(): readonly Contract[] {
    const live = new Map(this.#galaxy.contracts.map((each) => [each.contractId, each]));
    return (this.contracts ?? []).map((contract) => withLive(contract, live.get(contract.contractId)));
  }

  async read(): Promise<void> {
    try {
      this.contracts = (await this.#session.ask("/contracts/current", contractsSchema)).contracts;
      this.trouble = null;
      await this.#readPlaces();
    } catch (error) {
      this.trouble = asApiError(error);
    }
    if (!this.#closed) this.#changed();
  }

  /** What there is to be brought. */
  async readRuns(): Promise<void> {
    const log =
      this.#session.token === null
        ? null
        : await this.#session.ask("/me/mission-log", missionLogSchema).catch(() => null);
    this.runs = log?.runs.filter(({ status }) => status === "completed") ?? [];
    if (!this.#closed) this.#changed();
  }

  async rank(surface: string): Promise<void> {
    this.surface = surface;
    await this.#readPlaces().catch(() => {});
    this.#changed();
  }

  /** @throws ApiError */
  async join(contractId: string): Promise<void> {
    await this.#session.ask(`/contracts/${contractId}/join`, joinedSchema, { body: {} });
    await this.read();
  }

  /** Runs of the contract's week and harvests told to this page that have not been brought from here. */
  toBring({ startsAtMs }: Contract): readonly Deed[] {
    const runs = this.runs.filter(({ issuedAtMs }) => issuedAtMs >= startsAtMs);
    return [
      ...runs.map(({ runId }) => ({ sourceType: "run", sourceId: runId }) as const),
      ...this.#session.harvestIds.map((id) => ({ sourceType: "harvest", sourceId: id }) as const),
    ].filter(({ sourceId }) => !this.#brought.has(sourceId));
  }

  /** Brings all of them, one after the other. @returns what came of it, in sentences @throws ApiError */
  async bringAll(contract: Contract): Promise<string> {
    let [counted, points, before] = [0, 0, 0];
    const refusals = new Set<string>();
    const full = new Set<ContributionSource>();
    for (const deed of this.toBring(contract)) {
      if (full.has(deed.sourceType)) continue;
      try {
        const { contribution, duplicate } = await this.#bring(contract.contractId, deed);
        if (duplicate) before++;
        else [counted, points] = [counted + 1, points + contribution.points];
      } catch (error) {
        const refusal = asApiError(error);
        // The day's limit is this contract's alone: others may still take the rest.
        if (refusal.code === "contribution_limit") full.add(deed.sourceType);
        else if (REFUSED_FOR_GOOD.has(refusal.code)) this.#brought.add(deed.sourceId);
        else throw refusal;
        refusals.add(refusal.message);
      }
    }
    await this.read();
    return [
      ...(counted > 0 ? [`${count(counted, "deed")} brought: ${count(points, "point")} more.`] : []),
      ...(before > 0 ? [`${count(before, "deed")} had been brought before.`] : []),
      ...refusals,
    ].join(" ");
  }

  /** The next ones that nobody has asked this user about. @throws ApiError */
  async subjects(contractId: string): Promise<{ answers: readonly string[]; subjects: readonly Subject[] }> {
    return this.#session.ask(`/contracts/${contractId}/subjects`, subjectsSchema);
  }

  /** Says what one sees in a subject, and brings it to the contract at once. @throws ApiError */
  async classify(contractId: string, subjectId: string, answer: string): Promise<Judged> {
    const { classificationId, isRight } = await this.#session.ask(
      `/contracts/${contractId}/classifications`,
      classifiedSchema,
      { body: { subjectId, answer } },
    );
    try {
      const deed = { sourceType: "classification", sourceId: classificationId } as const;
      const { contribution } = await this.#bring(contractId, deed);
      await this.read();
      return { isRight, points: contribution.points, why: "" };
    } catch (error) {
      const { code, message } = asApiError(error);
      if (code !== "contribution_limit" && !REFUSED_FOR_GOOD.has(code)) throw error;
      return { isRight, points: null, why: message };
    }
  }

  /** The server finds what it names and counts it once. @throws ApiError */
  async #bring(contractId: string, deed: Deed) {
    const path = `/contracts/${contractId}/contributions`;
    const answer = await this.#session.ask(path, contributedSchema, { body: deed });
    this.#brought.add(deed.sourceId);
    return answer;
  }

  async #readPlaces(): Promise<void> {
    const slice = this.surface === "" ? "" : `?surface=${this.surface}`;
    this.places = (await this.#session.ask(`/leaderboard${slice}`, leaderboardSchema)).places;
  }

  #onGalaxy(): void {
    const { contracts } = this.#galaxy;
    const live = JSON.stringify(contracts);
    if (live === this.#live) return;
    const tiers = (all: readonly LiveContract[]) =>
      all.map(({ contractId, tier }) => `${contractId}/${tier}`).join();
    const isNew = this.contracts === null || tiers(contracts) !== this.#tiers;
    this.#live = live;
    this.#tiers = tiers(contracts);
    if (isNew) void this.read();
    else this.#changed();
  }
}

/** What may be brought to one contract, once. */
interface Deed {
  readonly sourceType: ContributionSource;
  readonly sourceId: string;
}

/** Whichever contract it is brought to, asking again changes nothing. */
const REFUSED_FOR_GOOD: ReadonlySet<string> = new Set([
  "source_not_counted",
  "source_not_found",
  "already_contributed",
]);

function withLive(contract: Contract, live: LiveContract | undefined): Contract {
  return live === undefined
    ? contract
    : {
        ...contract,
        total: Math.max(contract.total, live.total),
        members: Math.max(contract.members, live.members),
      };
}
