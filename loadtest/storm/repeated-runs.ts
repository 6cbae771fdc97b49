/** A pilot's expeditions, one after the other, each step of them called for many times. */
import { z } from "zod";
import { APP } from "../app.ts";
import type { EconomyLedger, ToldRun } from "../fleet/ledger.ts";

/** What each run is said to have been like. */
const FLOWN = { durationSec: 50, objectiveScore: 500, oreUnits: 5 } as const;
const SURFACE = { surface: APP.appSurface } as const;

const createdSchema = z.object({
  run: z.object({ runId: z.uuid(), seed: z.int(), sectorId: z.int() }),
  token: z.string(),
});
const startedSchema = z.object({
  objectives: z.array(z.object({ objective: z.string(), nonce: z.string() })),
});
const completedSchema = z.object({
  rewards: z.array(z.object({ rewardKey: z.string(), value: z.int() })),
});

interface Run extends z.output<typeof createdSchema> {
  /** Known once it has begun. */
  readonly objectives?: z.output<typeof startedSchema>["objectives"];
}

/** @returns the answer that all copies got; null when it was refused, or there is nothing more to ask for */
type Call = (kind: string, path: string, body: Readonly<Record<string, unknown>>) => Promise<unknown>;

export class RepeatedRuns {
  readonly #call: Call;
  readonly #economy: EconomyLedger;
  readonly #sectorId: number;
  #completesNext: boolean;
  #run: Run | null = null;

  /** @param completesFirst whether the first run is completed or cancelled; the next ones take turns */
  constructor(call: Call, economy: EconomyLedger, sectorId: number, completesFirst: boolean) {
    this.#call = call;
    this.#economy = economy;
    this.#sectorId = sectorId;
    this.#completesNext = completesFirst;
  }

  async create(): Promise<void> {
    const body = { missionId: "belt_survey", ...SURFACE, sectorId: this.#sectorId, entryPoint: "storm" };
    const answer = await this.#call("create_run", "/runs", body);
    if (answer === null) return;
    this.#run = createdSchema.parse(answer);
    this.#economy.runs.push({ runId: this.#run.run.runId, status: "created", rewards: [] });
  }

  async start(): Promise<void> {
    if (this.#run === null) return;
    const { run, token } = this.#run;
    const answer = await this.#call("start_run", `/runs/${run.runId}/start`, { token, ...SURFACE });
    if (answer === null) return;
    this.#told({ status: "started" });
    this.#run = { run, token, ...startedSchema.parse(answer) };
  }

  async end(): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    if (this.#completesNext && run.objectives !== undefined) await this.#complete(run, run.objectives);
    else await this.#cancel(run);
  }

  async #cancel({ run: { runId } }: Run): Promise<void> {
    const answer = await this.#call("cancel_run", `/runs/${runId}/cancel`, {});
    if (answer === null) return;
    this.#told({ status: "cancelled" });
    this.#run = null;
    this.#completesNext = true;
  }

  async #complete({ run, token }: Run, objectives: NonNullable<Run["objectives"]>): Promise<void> {
    const { runId, sectorId, seed } = run;
    const reached = objectives.map((each, index) => ({ ...each, atSec: index + 1 }));
    const metrics = { sectorId, seed, ...FLOWN, objectives: reached };
    const answer = await this.#call("complete_run", `/runs/${runId}/complete`, {
      token,
      ...SURFACE,
      metrics,
    });
    if (answer === null) return;
    const { rewards } = completedSchema.parse(answer);
    this.#told({
      status: "completed",
      rewards: rewards.map(({ rewardKey, value }) => ({ rewardKey, value })),
    });
    this.#run = null;
    this.#completesNext = false;
  }

  #told(told: Partial<ToldRun>): void {
    const run = this.#economy.runs.at(-1);
    if (run !== undefined) Object.assign(run, told);
  }
}
