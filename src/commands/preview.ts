import { z } from "zod";
import { type Boon, boonEffects, readBoons } from "../persistence/conditions.ts";
import { depletionOf } from "../persistence/fields.ts";
import { AM_FACTION, FRONTIER_FACTION } from "../rules/factions.ts";
import { combinedBps } from "../rules/incidents.ts";
import { isRenewable, licenseFeeCr } from "../rules/licenses.ts";
import { HARVEST_TURNS, preciousChanceBps, shardChanceBps, yieldBand } from "../rules/mining.ts";
import { yieldBonusBps } from "../rules/professions.ts";
import { FRONTIER_HARVEST_STANDING, harvestStandingDelta } from "../rules/standing.ts";
import { harvestObstacles, isAmClaimed, isFrontier } from "./harvest.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

export const previewBody = z.strictObject({ requestId });

const license = z.object({
  state: z.enum(["not_needed", "valid", "expired", "none"]),
  expiresAtMs: z.number().nullable(),
  priceCr: z.int().nullable().describe("What 24 h cost now, at an AM refinery; null where none is needed."),
});

export const previewAnswer = z.object({
  obstacles: z
    .array(z.object({ code: z.string(), detail: z.record(z.string(), z.unknown()) }))
    .describe("Everything for which `harvest` would be refused now, in its order; empty: go ahead."),
  turns: z.int().describe("What it costs."),
  standing: z
    .record(z.string(), z.int())
    .describe("What it changes, by faction. A negative number is worth asking the player for."),
  license,
  field: z
    .object({
      richnessTier: z.int(),
      depletion: z.enum(["fresh", "light", "moderate", "heavy", "exhausted"]),
      replenishesAtMs: z.number().nullable(),
      laserLevel: z.int(),
      ore: z
        .object({ min: z.int(), max: z.int() })
        .describe("After depletion, laser and all bonuses; your hold may have room for less."),
      engineersBonusBps: z.int(),
      sectorBonusBps: z.int().describe("Of the sector's state: a debris field's is 11000."),
      boostBps: z.int().describe("Yours, for having answered an incident: 10500 while it holds."),
      preciousMetalsChanceBps: z.int(),
      quantumShardsChanceBps: z.int(),
    })
    .nullable()
    .describe("Null outside asteroid fields, and without a laser."),
});

/** What the player is shown before the turns are spent (mining seed, "Player-facing affordances"). */
export class PreviewHarvestCommand extends PilotCommand<z.output<typeof previewBody>> {
  async execute({ pilot, accept }: Order<z.output<typeof previewBody>>): Promise<void> {
    const { clock, database } = this.sector.services;
    const nowMs = clock.nowMs();
    const boons = await readBoons(database.pool, [pilot.id], nowMs);
    accept({
      obstacles: [...harvestObstacles(this.sector, pilot, nowMs)].map(({ code, detail }) => ({
        code,
        detail,
      })),
      turns: HARVEST_TURNS,
      standing: standingChanges(this.sector, pilot, nowMs),
      license: licenseView(this.sector, pilot, nowMs),
      field: fieldView(this.sector, pilot, boons, nowMs),
    });
  }
}

function standingChanges(sector: Sector, pilot: Pilot, nowMs: number): Record<string, number> {
  const delta = harvestStandingDelta({ amClaimed: isAmClaimed(sector), licensed: pilot.isLicensed(nowMs) });
  return {
    [AM_FACTION]: delta,
    ...(isFrontier(sector) && { [FRONTIER_FACTION]: FRONTIER_HARVEST_STANDING }),
  };
}

function licenseView(sector: Sector, pilot: Pilot, nowMs: number): z.output<typeof license> {
  const { licenseExpiresMs } = pilot;
  if (!isAmClaimed(sector) || sector.field === null) {
    return { state: "not_needed", expiresAtMs: null, priceCr: null };
  }
  const renewal = licenseExpiresMs !== null && isRenewable(licenseExpiresMs, nowMs);
  const priceCr = licenseFeeCr(sector.field.richnessTier, renewal);
  if (licenseExpiresMs === null) return { state: "none", expiresAtMs: null, priceCr };
  const state = pilot.isLicensed(nowMs) ? "valid" : "expired";
  return { state, expiresAtMs: licenseExpiresMs, priceCr };
}

function fieldView(
  { field, conditions, record }: Sector,
  pilot: Pilot,
  boons: readonly Boon[],
  nowMs: number,
) {
  const laserLevel = pilot.ship.equipment.mining_laser?.level;
  if (field === null || laserLevel === undefined) return null;
  const { state, dueMs } = depletionOf(field, nowMs);
  const engineersBps = yieldBonusBps(pilot.record.hasEngineers);
  const { yieldBps: sectorBonusBps } = conditions.effectsAt(nowMs);
  const boon = boonEffects(boons, record.sectorId, nowMs);
  const bonusBps = combinedBps(engineersBps, sectorBonusBps, boon.yieldBps);
  const [min, max] = yieldBand(field.richnessTier, laserLevel, state, bonusBps);
  return {
    richnessTier: field.richnessTier,
    depletion: state,
    replenishesAtMs: dueMs,
    laserLevel,
    ore: { min, max },
    engineersBonusBps: engineersBps,
    sectorBonusBps,
    boostBps: boon.yieldBps,
    preciousMetalsChanceBps: preciousChanceBps(laserLevel),
    quantumShardsChanceBps: shardChanceBps(field.hasDeepAsteroids || boon.hasDeepAsteroids, laserLevel),
  };
}
