import type { z } from "zod";
import { missionOf } from "../../src/rules/missions.ts";
import { utcDay } from "../../src/rules/utc.ts";
import type { ServerTime } from "../model/server-time.ts";
import { ApiError, asApiError } from "./api.ts";
import type { Session } from "./session.ts";
import {
  balancesSchema,
  boonsSchema,
  claimedSchema,
  ledgerSchema,
  missionLogSchema,
  type Reward,
  type Run,
  referralSchema,
  referredSchema,
  surveyedSchema,
  surveySchema,
  type Template,
} from "./wire-economy.ts";

/** What a user has of the one economy, on all surfaces together. */
export class AccountDesk {
  balances: Readonly<Record<string, number>> = {};
  rewards: readonly Reward[] = [];
  /** Where the ledger goes on; null at its end. */
  nextBefore: number | null = null;
  runs: readonly Run[] = [];
  code = "";
  /** What incidents have left for a while; none where they are not open. */
  boons: z.output<typeof boonsSchema>["boons"] = [];
  /** This week's question; null where none is asked. */
  survey: z.output<typeof surveySchema> | null = null;
  /** Nothing has been read yet, or why nothing can be. */
  trouble = "Looking …";
  #readsOlder = false;
  readonly #session: Session;
  readonly #time: ServerTime;
  readonly #changed: () => void;

  constructor(session: Session, time: ServerTime, changed: () => void) {
    this.#session = session;
    this.#time = time;
    this.#changed = changed;
  }

  async read(): Promise<void> {
    if (this.#session.token === null) this.trouble = "Take off with “Fly”, and what you own is shown here.";
    else {
      try {
        await this.#readAll();
        this.trouble = "";
      } catch (error) {
        this.trouble = asApiError(error).message;
      }
    }
    this.#changed();
  }

  async #readAll(): Promise<void> {
    const session = this.#session;
    const [{ balances }, ledger, log, { code }, boons, survey] = await Promise.all([
      session.ask("/me/balances", balancesSchema),
      session.ask("/me/rewards", ledgerSchema),
      session.ask("/me/mission-log", missionLogSchema),
      session.ask("/me/referral", referralSchema),
      whereOpen(session.ask("/me/boons", boonsSchema)),
      whereOpen(session.ask("/surveys/current", surveySchema)),
    ]);
    Object.assign(this, { balances, ...ledger, runs: log.runs, code, survey, boons: boons?.boons ?? [] });
  }

  /** @throws ApiError */
  async readOlder(): Promise<void> {
    const before = this.nextBefore;
    if (this.#readsOlder || before === null) return;
    this.#readsOlder = true;
    try {
      const older = await this.#session.ask(`/me/rewards?before=${before}`, ledgerSchema);
      // Meanwhile all of it may have been read anew.
      if (before !== this.nextBefore) return;
      this.rewards = [...this.rewards, ...older.rewards];
      this.nextBefore = older.nextBefore;
      this.#changed();
    } finally {
      this.#readsOlder = false;
    }
  }

  isClaimed(template: Template): boolean {
    const today = utcDay(this.#time.now());
    return this.rewards.some(
      ({ source, meta }) => source === "daily_claim" && meta.template === template && meta.day === today,
    );
  }

  /** Whether a run of the template has been completed today that was long enough to count. */
  hasPlayed(template: Template): boolean {
    const dayMs = Date.parse(utcDay(this.#time.now()));
    return this.runs.some(({ missionId, status, endedAtMs, elapsedSec }) => {
      const mission = missionOf(missionId);
      const isToday = status === "completed" && (endedAtMs ?? 0) >= dayMs;
      return isToday && mission.template === template && (elapsedSec ?? 0) >= mission.durationSecMin;
    });
  }

  /** @throws ApiError */
  async claim(template: Template): Promise<void> {
    await this.#session.ask("/me/daily-claims", claimedSchema, { body: { template } });
    await this.read();
  }

  /** Says who brought the user along. @throws ApiError */
  async refer(code: string): Promise<void> {
    await this.#session.ask("/me/referral", referredSchema, { body: { code } });
  }

  /** @throws ApiError */
  async answer(week: string, choice: string): Promise<void> {
    const kept = await this.#session.ask("/surveys/current", surveyedSchema, { body: { week, choice } });
    if (this.survey !== null) this.survey = { ...this.survey, answer: kept.choice };
    this.#changed();
  }
}

/** What is not open here yet is as if it were not there (docs/incidents.md, "Phases"). */
async function whereOpen<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  return asked.catch((error: unknown) => {
    if (error instanceof ApiError && error.code === "feature_disabled") return null;
    throw error;
  });
}
