import type pg from "pg";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Dice } from "../dice.ts";
import { Refusal } from "../errors.ts";
import { rewardResponders } from "../persistence/incident-rewards.ts";
import {
  type Incident,
  openIncident,
  readEligibleSectors,
  readRipeIncidents,
  resolveIncident,
} from "../persistence/incidents.ts";
import { endOverdueStates } from "../persistence/sector-states.ts";
import { eachAlone, withTransaction } from "../persistence/sqlstate.ts";
import { chooseSector, generationChanceBps, planIncident } from "../rules/incidents.ts";
import { hasReached } from "../rules/phases.ts";
import { chance } from "../rules/random.ts";

/** As the crontab says: every ten minutes. */
const GENERATIONS_PER_DAY = 144;

export interface IncidentJob {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, "nowMs">;
  readonly dice: Dice;
  readonly config: Pick<Config, "incidentsPerDay" | "ecosystemPhase">;
  /** Says that the process ends: what is not begun then is left to the next run, anywhere. */
  readonly ending?: AbortSignal;
}

/**
 * Lets chance decide whether something befalls a sector now, and what. The one place where incidents come from, beside
 * operators: no client can ask for one. What it is follows from one roll, which its row keeps.
 * @returns the incident; null when nothing happened
 */
export async function generateIncident({ pool, clock, dice, config }: IncidentJob): Promise<Incident | null> {
  if (!hasReached(config.ecosystemPhase, "live")) return null;
  if (!chance(dice.u32(), generationChanceBps(config.incidentsPerDay, GENERATIONS_PER_DAY))) return null;
  const seed = dice.u32();
  const nowMs = clock.nowMs();
  const eligible = await readEligibleSectors(pool, planIncident(seed).type, nowMs);
  const sectorId = eligible[chooseSector(dice.u32(), eligible.length)];
  if (sectorId === undefined) return null;
  try {
    return await withTransaction(pool, (tx) => openIncident(tx, { sectorId, seed }, nowMs));
  } catch (error) {
    // An operator was faster.
    if (error instanceof Refusal && error.code === "incident_open") return null;
    throw error;
  }
}

/** Ends what is ripe, rewards who answered, and notices states that are over. Safe to repeat, and at once. @throws what went wrong with one of them */
export async function settleIncidents({
  pool,
  clock,
  ending,
}: Pick<IncidentJob, "pool" | "clock" | "ending">): Promise<void> {
  const resolveRipe = async () =>
    eachAlone(await readRipeIncidents(pool, clock.nowMs()), (id) => resolveIncident(pool, id, clock), ending);
  const steps = [
    resolveRipe,
    () => rewardResponders(pool, clock, null, ending),
    () => endOverdueStates(pool, clock.nowMs(), ending),
  ];
  await eachAlone<() => Promise<unknown>>(steps, (step) => step(), ending);
}
