/** A pilot's expeditions: one at a time, beside whatever the ship does meanwhile. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import { missionOf } from "../../src/rules/missions.ts";
import { APP } from "../app.ts";
import type { Calls } from "./calls.ts";
import type { EconomyLedger, ToldRun } from "./ledger.ts";

const MISSION_ID = "belt_survey";
const MISSION = missionOf(MISSION_ID);
const MS_PER_SECOND = 1000;

const runSchema = z.object({ runId: z.uuid(), seed: z.int(), sectorId: z.int() });
const createdSchema = z.object({ run: runSchema, token: z.string() });
const objectivesSchema = z.array(z.object({ objective: z.string(), nonce: z.string() }));
const startedSchema = z.object({ objectives: objectivesSchema });
const completedSchema = z.object({
  rewards: z.array(z.object({ rewardKey: z.string(), rewardType: z.string(), value: z.int() })),
  duplicate: z.boolean(),
});

/** A run that has been begun and not ended. */
interface Open extends z.output<typeof runSchema> {
  readonly token: string;
  readonly objectives: z.output<typeof objectivesSchema>;
  readonly startedMs: number;
  readonly isHasty: boolean;
  readonly told: ToldRun;
}

export class Expeditions {
  /** What runs have earned and nobody has put aboard. */
  oreUnits = 0;
  readonly #calls: Calls;
  readonly #random: Prng;
  readonly #hastyOneIn: number;
  readonly #economy: EconomyLedger;
  readonly #onCompleted: (runId: string) => void;
  #open: Open | null = null;
  /** The server has said that it is enough for today. */
  #isEnough = false;

  constructor(
    calls: Calls,
    parts: { random: Prng; hastyOneIn: number },
    economy: EconomyLedger,
    onCompleted: (runId: string) => void,
  ) {
    this.#calls = calls;
    this.#random = parts.random;
    this.#hastyOneIn = parts.hastyOneIn;
    this.#economy = economy;
    this.#onCompleted = onCompleted;
  }

  /** Sets out, or comes home once it is time. @returns false when neither can be done now */
  async step(sectorId: number, intendedMs: number): Promise<boolean> {
    const open = this.#open;
    if (open === null) {
      if (this.#isEnough) return false;
      await this.#setOut(sectorId, intendedMs);
      return true;
    }
    if (!open.isHasty && elapsedSec(open) < MISSION.durationSecMin + 1) return false;
    await this.#comeHome(open, intendedMs);
    return true;
  }

  async #setOut(sectorId: number, intendedMs: number): Promise<void> {
    const body = { missionId: MISSION_ID, surface: APP.appSurface, sectorId, entryPoint: "loadtest" };
    const created = await this.#calls.post({
      ...{ kind: "create_run", path: "/runs", body, intendedMs },
      idempotencyKey: randomUUID(),
    });
    if (created === null) return;
    if ("refused" in created) {
      this.#isEnough = created.refused === "daily_limit";
      return;
    }
    const { run, token } = createdSchema.parse(created.answer);
    const told: ToldRun = { runId: run.runId, status: "created", rewards: [] };
    this.#economy.runs.push(told);
    const startedMs = performance.now();
    const started = await this.#calls.post({
      ...{ kind: "start_run", path: `/runs/${run.runId}/start`, intendedMs: startedMs },
      body: { token, surface: APP.appSurface },
    });
    if (started === null || "refused" in started) return;
    told.status = "started";
    const { objectives } = startedSchema.parse(started.answer);
    const isHasty = this.#hastyOneIn > 0 && this.#random.int(1, this.#hastyOneIn) === 1;
    // Not before the server's own start: whoever waits that long has waited long enough there too.
    this.#open = { ...run, token, objectives, told, isHasty, startedMs: performance.now() };
  }

  async #comeHome(open: Open, intendedMs: number): Promise<void> {
    this.#open = null;
    const { runId, token, told, sectorId, seed, objectives } = open;
    const durationSec = Math.max(MISSION.durationSecMin, elapsedSec(open));
    const metrics = {
      ...{ sectorId, seed, durationSec },
      objectiveScore: this.#random.int(0, MISSION.objectiveScoreMax),
      oreUnits: this.#random.int(1, MISSION.oreMax),
      objectives: objectives.map((each, index) => ({
        ...each,
        atSec: (durationSec * (index + 1)) / objectives.length,
      })),
    };
    const completed = await this.#calls.post({
      ...{ kind: "complete_run", path: `/runs/${runId}/complete`, intendedMs },
      body: { token, surface: APP.appSurface, metrics },
    });
    if (completed === null || "refused" in completed) return;
    const { rewards, duplicate } = completedSchema.parse(completed.answer);
    told.status = "completed";
    told.rewards = rewards.map(({ rewardKey, value }) => ({ rewardKey, value }));
    // Made again after a lost answer, a call may well hear that it had been carried out.
    if (duplicate && completed.attempts === 1)
      this.#economy.toldTwice.push(`run ${runId} was completed before`);
    this.oreUnits += rewards.find(({ rewardType }) => rewardType === "ore_units")?.value ?? 0;
    if (!open.isHasty) this.#onCompleted(runId);
  }
}

function elapsedSec({ startedMs }: Open): number {
  return (performance.now() - startedMs) / MS_PER_SECOND;
}
