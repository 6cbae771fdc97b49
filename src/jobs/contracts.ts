import { Refusal } from "../errors.ts";
import {
  befallForTier,
  type DueEvent,
  readDueEvents,
  readDueTiers,
  rewardMember,
} from "../persistence/contract-rewards.ts";
import { ensureContracts } from "../persistence/contracts.ts";
import { readEligibleSectors, resolveIncident } from "../persistence/incidents.ts";
import { classify, eachAlone } from "../persistence/sqlstate.ts";
import { chooseSector } from "../rules/incidents.ts";
import { hasReached } from "../rules/phases.ts";
import type { IncidentJob } from "./incidents.ts";

/** The worker's other jobs are due each minute too; what is left then is given with the next one. */
const PAYING_MS_MAX = 30_000;

/**
 * Makes the week's contracts, gives members what their tiers bring, and lets the tiers' world events happen. Safe to
 * repeat, and at once.
 * @throws what kept one of these from being done; all others have been
 */
export async function settleContracts(game: IncidentJob): Promise<void> {
  const { pool, clock, config, ending } = game;
  const befallDue = async () =>
    eachAlone(await readDueEvents(pool, clock.nowMs()), (due) => befall(game, due), ending);
  const steps: (() => Promise<unknown>)[] = [() => makeContracts(game)];
  // What was earned stays earned, also when the rollout has gone back a phase.
  steps.push(() => payTiers(game));
  // Sectors know of incidents from that phase on.
  if (hasReached(config.ecosystemPhase, "live")) steps.push(befallDue);
  await eachAlone(steps, (step) => step(), ending);
}

/** Makes the contracts of this week and the next where they are missing, from the phase on that has contracts. */
export async function makeContracts({
  pool,
  clock,
  config,
}: Pick<IncidentJob, "pool" | "clock" | "config">): Promise<void> {
  if (hasReached(config.ecosystemPhase, "expand")) await ensureContracts(pool, clock.nowMs());
}

/** Pays page by page. What fails is put off, so the next page begins behind it. @throws the first failure, at the end */
async function payTiers({ pool, clock, ending }: IncidentJob): Promise<void> {
  const untilMs = clock.nowMs() + PAYING_MS_MAX;
  const failures: unknown[] = [];
  while (clock.nowMs() <= untilMs && !ending?.aborted) {
    const due = await readDueTiers(pool, clock.nowMs());
    if (due.length === 0) break;
    try {
      await eachAlone(due, (tier) => rewardMember(pool, tier, clock.nowMs()), ending);
    } catch (error) {
      failures.push(error);
      if (classify(error) !== "fatal") break;
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function befall({ pool, clock, dice }: IncidentJob, due: DueEvent): Promise<void> {
  const nowMs = clock.nowMs();
  const eligible = await readEligibleSectors(pool, due.type, nowMs);
  const seed = dice.u32();
  const sectorId = eligible[chooseSector(dice.u32(), eligible.length)];
  if (sectorId === undefined) return;
  try {
    const incidentId = await befallForTier(pool, due, { sectorId, seed, nowMs });
    // There is nothing to answer. Should this fail, it is ripe, and resolved with the others.
    if (incidentId !== null) await resolveIncident(pool, incidentId, clock);
  } catch (error) {
    // Something else befell that sector meanwhile: the next run chooses another one.
    if (!(error instanceof Refusal && error.code === "incident_open")) throw error;
  }
}
