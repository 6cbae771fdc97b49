import { z } from "zod";
import { Refusal } from "../errors.ts";
import { cargoFree } from "../persistence/books.ts";
import { type HarvestEnd, harvestWork, type InterruptCause } from "../persistence/mining.ts";
import type { RunningHarvest } from "../persistence/mining-scene.ts";
import { readShipFacts } from "../persistence/pilots.ts";
import { nextTurnMs } from "../persistence/turns.ts";
import type { Settlement } from "../persistence/work.ts";
import { AM_FACTION } from "../rules/factions.ts";
import { HARVEST_TURNS, harvestCooldownEndsMs } from "../rules/mining.ts";
import { yieldBonusBps } from "../rules/professions.ts";
import { uuidOf } from "../uuid.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";
import type { LiveHarvest, Pilot } from "./pilot.ts";
import { type Sector, TICK_MS } from "./sector.ts";

export const harvestBody = z.strictObject({
  requestId,
  shipId: z.uuid().toLowerCase().optional().describe("The ship to mine with; the one you fly when left out."),
});

export const harvestAnswer = z.object({
  harvestId: z.uuid(),
  startTick: z.int(),
  endTick: z.int().describe("The tick at which it is due; see clockRef."),
  licensed: z
    .boolean()
    .nullable()
    .describe("Whether a licence for this sector holds now; null where none is needed."),
});

/** Binds the ship to the field for a while; at the end the dice decide the yield (mining seed, "The harvest action"). */
export class HarvestCommand extends PilotCommand<z.output<typeof harvestBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof harvestBody>>): Promise<void> {
    await checkShip(this.sector, pilot, body.shipId);
    const { services } = this.sector;
    checkHarvest(this.sector, pilot, services.clock.nowMs());
    accept(startHarvest(this.sector, pilot, key));
  }
}

/** @throws Refusal when the ship named is not the one that the pilot flies */
async function checkShip(sector: Sector, pilot: Pilot, shipId: string | undefined): Promise<void> {
  if (shipId === undefined || shipId === pilot.ship.id) return;
  const facts = await readShipFacts(sector.services.database.pool, shipId);
  if (facts === null) throw new Refusal("ship_not_found", { shipId });
  if (facts.ownerId !== pilot.id) throw new Refusal("not_your_ship", { shipId });
  if (facts.status === "DESTROYED") throw new Refusal("ship_destroyed", { shipId });
  throw new Refusal("no_active_ship", { shipId });
}

/** @throws Refusal the first of what stands in the way */
function checkHarvest(sector: Sector, pilot: Pilot, nowMs: number): void {
  for (const obstacle of harvestObstacles(sector, pilot, nowMs)) throw obstacle;
}

/** What stands in the way of a harvest now, in the order of domain §2.4. A missing licence is none of it (C-34). */
export function* harvestObstacles(sector: Sector, pilot: Pilot, nowMs: number): Generator<Refusal> {
  const { turnsPerDay } = sector.services.settings;
  if (pilot.isMining) yield new Refusal("already_mining");
  if (pilot.moving !== null || pilot.isLaidUp) yield new Refusal("ship_busy");
  if (sector.field === null) yield new Refusal("not_an_asteroid_field", { type: sector.record.type });
  if (pilot.ship.equipment.mining_laser === undefined) yield new Refusal("no_mining_laser");
  if (pilot.ship.status === "DOCKED") yield new Refusal("must_be_undocked");
  if (cargoFree(pilot.ship) < 1) yield new Refusal("cargo_full");
  const turns = pilot.turnsAvailable(turnsPerDay, nowMs);
  if (turns < HARVEST_TURNS) {
    const nextTurnAtMs = nextTurnMs(pilot.player, turnsPerDay, nowMs);
    yield new Refusal("insufficient_turns", { turns, needed: HARVEST_TURNS, nextTurnAtMs });
  }
  const untilMs = sector.conditions.evacuatedUntilMs(nowMs);
  if (untilMs !== null) yield new Refusal("sector_evacuated", { untilMs });
  const cooldownHours = sector.field?.cooldownHours ?? null;
  const retryAtMs = harvestCooldownEndsMs(cooldownHours, pilot.lastCompletedHarvestMs, nowMs);
  if (retryAtMs !== null) yield new Refusal("sector_on_cooldown", { retryAtMs });
  if (pilot.fight !== null || (pilot.harvest !== null && !pilot.isMining)) {
    yield new Refusal("ship_in_combat");
  }
}

/** Nothing is written: until it is due, the harvest lives in this room alone. */
function startHarvest(sector: Sector, pilot: Pilot, key: RunningHarvest["key"]) {
  const { clock, settings } = sector.services;
  const startTick = sector.tick;
  const startedAtMs = clock.nowMs();
  const ticks = settings.harvestTicks * sector.conditions.effectsAt(startedAtMs).windowFactor;
  const endTick = startTick + ticks;
  // A request's id may be used again after a day, so it alone does not name the harvest.
  const harvestId = uuidOf("harvest", pilot.id, key.requestId, String(startedAtMs));
  const licensed = isAmClaimed(sector) ? pilot.isLicensed(startedAtMs) : null;
  const answer = { harvestId, startTick, endTick, licensed };
  const running: RunningHarvest = {
    harvestId,
    key,
    lease: sector.lease,
    playerId: pilot.id,
    shipId: pilot.ship.id,
    regionId: sector.record.regionId,
    sectorNumber: sector.record.sectorNumber,
    amClaimed: isAmClaimed(sector),
    isFrontier: isFrontier(sector),
    yieldBonusBps: yieldBonusBps(pilot.record.hasEngineers),
    startedAtMs,
    resolvesAtMs: startedAtMs + ticks * TICK_MS,
    answer,
  };
  const harvest: LiveHarvest = { running, phase: "running", appointment: null };
  harvest.appointment = sector.schedule.add(endTick, () => {
    harvest.phase = "due";
    const { surface } = pilot;
    sector.background(
      endHarvest(sector, pilot, harvest, { kind: "due", rolls: rollHarvest(sector), surface }),
    );
  });
  pilot.harvest = harvest;
  const ship = sector.publicShip(pilot);
  ship.action.kind = "harvest";
  ship.action.startTick = startTick;
  ship.action.endTick = endTick;
  sector.showShip(pilot);
  sector.stampClock();
  sector.broadcast("mining_harvest_started", { shipId: ship.shipId, startTick, endTick });
  sector.sendSnapshot(pilot);
  return answer;
}

/** Whether mining here without a licence costs standing. */
export function isAmClaimed({ record }: Sector): boolean {
  return record.controllingFaction === AM_FACTION;
}

/** Whether the Frontier Coalition likes harvests here: its zone, and nobody claims the field. */
export function isFrontier({ record }: Sector): boolean {
  return record.zone === "FRONTIER" && record.controllingFaction === null;
}

function rollHarvest({ services: { dice } }: Sector) {
  return {
    ore: dice.u32(),
    preciousChance: dice.u32(),
    preciousQuantity: dice.u32(),
    shardChance: dice.u32(),
  };
}

/**
 * Ends a pilot's harvest before its time, if it is not due yet: from here on it is off the schedule, and its end goes
 * to the database before anything that comes later. What is due is not interrupted any more.
 */
export function interruptHarvest(sector: Sector, pilot: Pilot, cause: InterruptCause): void {
  const { harvest } = pilot;
  if (harvest?.phase !== "running" || harvest.appointment === null) return;
  // Taken off already: it is due in this very beat, behind whatever interrupts.
  if (!sector.schedule.cancel(harvest.appointment)) return;
  harvest.phase = "interrupted";
  sector.broadcast("mining_harvest_stopped", { shipId: pilot.ship.id, reason: cause });
  sector.background(endHarvest(sector, pilot, harvest, { kind: "interrupted", cause }));
}

/** Shows what incidents do to the sector now; where it is evacuated, harvests that run end. */
export function showConditions(sector: Sector): void {
  sector.showConditions();
  if (sector.conditions.evacuatedUntilMs(sector.services.clock.nowMs()) === null) return;
  // What is due by now comes before what interrupts.
  sector.step(sector.tick);
  for (const pilot of sector.pilots) interruptHarvest(sector, pilot, "evacuation");
}

/** Makes the end durable, then shows it. An end that the database refuses costs the pilot nothing. */
async function endHarvest(
  sector: Sector,
  pilot: Pilot,
  harvest: LiveHarvest,
  end: HarvestEnd,
): Promise<void> {
  const { settings } = sector.services;
  let settlement = await sector.settle(harvestWork(harvest.running, end, settings.turnsPerDay));
  if (settlement.kind === "failed" || settlement.kind === "refused") {
    const internal = { kind: "interrupted", cause: "internal" } as const;
    settlement = await sector.settle(harvestWork(harvest.running, internal, settings.turnsPerDay));
  }
  if (settlement.kind === "fenced") return;
  pilot.harvest = null;
  if (sector.publicShip(pilot).action.kind === "harvest") sector.endAction(pilot);
  if (settlement.kind === "applied" || settlement.kind === "repeated") {
    if (hasCompleted(settlement, end)) pilot.lastCompletedHarvestMs = settlement.nowMs;
    sector.publish(settlement, [pilot]);
    if (isAmClaimed(sector) && wasUnlicensed(settlement)) sector.letPatrolsIn();
  } else {
    sector.broadcast("mining_harvest_stopped", { shipId: pilot.ship.id, reason: "internal" });
    sector.sendSnapshot(pilot);
  }
  sector.showShip(pilot);
}

/** Whether a cooldown starts. Of an end whose reply was lost only the dice are known: the longer wait is the safe one. */
function hasCompleted(settlement: Settlement & { kind: "applied" | "repeated" }, end: HarvestEnd): boolean {
  if (settlement.kind === "repeated") return end.kind === "due";
  return settlement.events.some((event) => event.type === "mining_harvest_completed");
}

/** Whether a patrol may have been sent. Of an end whose reply was lost that is not known: looking is the safe way. */
function wasUnlicensed(settlement: Settlement & { kind: "applied" | "repeated" }): boolean {
  if (settlement.kind === "repeated") return true;
  return settlement.events.some(
    ({ type, payload }) => type === "mining_harvest_completed" && payload.licensed === false,
  );
}
