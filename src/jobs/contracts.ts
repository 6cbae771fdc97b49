import { Refusal } from "../errors.ts";
import {
  befallForTier,
  type DueEvent,
  readDueEvents,
  readDueTiers,
  rewardMember,
} from "../persistence/contract-rewards.ts";
import { ensureContracts } from "../persistence/contracts.ts";
import { readEligibleSectors } from "../persistence/incidents.ts";
import { eachAlone } from "../persistence/sqlstate.ts";
import { chooseSector } from "../rules/incidents.ts";
import { hasReached } from "../rules/phases.ts";
import type { IncidentJob } from "./incidents.ts";

/**
 * Makes the week's contracts, gives members what their tiers bring, and lets the tiers' world events happen. Safe to
 * repeat, and at once.
 * @throws what kept one of these from being done; all others have been
 */
export async function settleContracts(game: IncidentJob): Promise<void> {
  const { pool, clock, config } = game;
  if (!hasReached(config.ecosystemPhase, "expand")) return;
  await ensureContracts(pool, clock.nowMs());
  await eachAlone(await readDueTiers(pool, clock.nowMs()), (due) => rewardMember(pool, due, clock.nowMs()));
  // Sectors know of incidents from that phase on.
  if (!hasReached(config.ecosystemPhase, "live")) return;
  await eachAlone(await readDueEvents(pool, clock.nowMs()), (due) => befall(game, due));
}

async function befall({ pool, clock, dice }: IncidentJob, due: DueEvent): Promise<void> {
  const nowMs = clock.nowMs();
  const eligible = await readEligibleSectors(pool, due.type, nowMs);
  const seed = dice.u32();
  const sectorId = eligible[chooseSector(dice.u32(), eligible.length)];
  if (sectorId === undefined) return;
  try {
    await befallForTier(pool, due, { sectorId, seed, nowMs });
  } catch (error) {
    // Something else befell that sector meanwhile: the next run chooses another one.
    if (!(error instanceof Refusal && error.code === "incident_open")) throw error;
  }
}
