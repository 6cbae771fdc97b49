import { enforcementUntilMs } from "../rules/enforcement.ts";
import { AM_FACTION, FRONTIER_FACTION } from "../rules/factions.ts";
import {
  type DepletionState,
  HARVEST_TURNS,
  type Harvest,
  type HarvestResult,
  INTERRUPT_REFUND_TURNS,
  replenishDueMs,
  resolveHarvest,
} from "../rules/mining.ts";
import { FRONTIER_HARVEST_STANDING, harvestStandingDelta } from "../rules/standing.ts";
import type { Surface } from "../rules/surfaces.ts";
import { uuidOf } from "../uuid.ts";
import { type Books, cargoFree, withCargo } from "./books.ts";
import { type RunningHarvest, readScene, type Scene, stillThere } from "./mining-scene.ts";
import { changeStanding } from "./standing.ts";
import { withTurnsSpent } from "./turns.ts";
import type { Work } from "./work.ts";

export type HarvestRolls = Harvest["rolls"];

/** Why a harvest ended before its time. `internal` is a fault of ours and costs nothing. */
export type InterruptCause = "pvp_attack" | "npc_attack" | "evacuation" | "internal";

export interface HarvestRow {
  readonly id: string;
  readonly playerId: string;
  readonly shipId: string;
  readonly sectorId: number;
  readonly regionId: string;
  readonly status: "COMPLETED" | "INTERRUPTED" | "CANCELLED";
  readonly terminalReason: string | null;
  readonly turnsSpent: number;
  readonly refundTurns: number;
  readonly startedAtMs: number;
  readonly resolvesAtMs: number;
  readonly resolvedAtMs: number;
  readonly laserLevel: number;
  readonly richnessTier: number;
  readonly amClaimed: boolean;
  readonly hasLicense: boolean;
  readonly yieldBonusBps: number;
  readonly hasDeepAsteroids: boolean;
  readonly poolBefore: number;
  readonly poolDrawn: number;
  readonly cargoFreeBefore: number;
  readonly rolls: HarvestRolls | null;
  readonly oreRolled: number | null;
  readonly oreYield: number | null;
  readonly preciousMetalsYield: number | null;
  readonly quantumShardsYield: number | null;
  readonly floored: boolean | null;
  readonly amRepDelta: number | null;
  readonly fcRepDelta: number | null;
  readonly depletionStateBefore: DepletionState | null;
  readonly depletionStateAfter: DepletionState | null;
  /** Of a completed one, through what its pilot played then; null where they did not say. */
  readonly surface: Surface | null;
}

function baseRow(scene: Scene, running: RunningHarvest, nowMs: number): HarvestRow {
  const { ship, field, licensed, yieldBonusBps, hasDeepAsteroids } = scene;
  return {
    id: running.harvestId,
    playerId: running.playerId,
    shipId: running.shipId,
    sectorId: running.lease.sectorId,
    regionId: running.regionId,
    status: "INTERRUPTED",
    terminalReason: null,
    turnsSpent: 0,
    refundTurns: HARVEST_TURNS,
    startedAtMs: running.startedAtMs,
    resolvesAtMs: running.resolvesAtMs,
    resolvedAtMs: nowMs,
    laserLevel: ship.equipment.mining_laser?.level ?? 0,
    richnessTier: field.richnessTier,
    amClaimed: running.amClaimed,
    hasLicense: licensed,
    yieldBonusBps,
    hasDeepAsteroids,
    poolBefore: field.poolRemaining,
    poolDrawn: 0,
    cargoFreeBefore: cargoFree(ship),
    rolls: null,
    oreRolled: null,
    oreYield: null,
    preciousMetalsYield: null,
    quantumShardsYield: null,
    floored: null,
    amRepDelta: null,
    fcRepDelta: null,
    depletionStateBefore: null,
    depletionStateAfter: null,
    surface: null,
  };
}

/** Ends a harvest without a yield: `refund` of its 5 turns come back, nothing else moves. */
function settleWithoutYield(
  books: Books,
  scene: Scene,
  running: RunningHarvest,
  end: { status: "INTERRUPTED" | "CANCELLED"; reason: string; refundTurns: number },
  nowMs: number,
): void {
  const turnsSpent = HARVEST_TURNS - end.refundTurns;
  books.players.put(scene.player.id, withTurnsSpent(scene.player, turnsSpent));
  const { status, reason, refundTurns } = end;
  books.harvests.add({
    ...baseRow(scene, running, nowMs),
    status,
    terminalReason: reason,
    turnsSpent,
    refundTurns,
  });
  books.tell(
    scene.player.id,
    status === "CANCELLED" ? "mining_harvest_cancelled" : "mining_harvest_interrupted",
    { harvestId: running.harvestId, reason, turnsRefunded: refundTurns },
  );
}

type Yield = Extract<HarvestResult, { kind: "completed" }>;

function settleYield(
  books: Books,
  scene: Scene,
  running: RunningHarvest,
  { rolls, surface = null }: DueEnd,
  nowMs: number,
): void {
  const { player, ship, field, licensed } = scene;
  const laserLevel = ship.equipment.mining_laser?.level ?? 0;
  const result = resolveHarvest({
    tier: field.richnessTier,
    laserLevel,
    poolRemaining: field.poolRemaining,
    hasDeepAsteroids: scene.hasDeepAsteroids,
    freeCargo: cargoFree(ship),
    yieldBonusBps: scene.yieldBonusBps,
    rolls,
  });
  if (result.kind === "cancelled") {
    const cancelled = {
      status: "CANCELLED",
      reason: result.reason,
      refundTurns: INTERRUPT_REFUND_TURNS,
    } as const;
    settleWithoutYield(books, scene, running, cancelled, nowMs);
    return;
  }

  const amRepDelta = harvestStandingDelta({ amClaimed: running.amClaimed, licensed });
  const fcRepDelta = running.isFrontier ? FRONTIER_HARVEST_STANDING : 0;
  books.players.put(player.id, withTurnsSpent(player, HARVEST_TURNS));
  const replenishesAtMs = moveGoods(books, scene, result, nowMs);
  books.harvests.add({
    ...baseRow(scene, running, nowMs),
    status: "COMPLETED",
    turnsSpent: HARVEST_TURNS,
    refundTurns: 0,
    poolDrawn: result.poolDrawn,
    rolls,
    oreRolled: result.oreRolled,
    oreYield: result.ore,
    preciousMetalsYield: result.preciousMetals,
    quantumShardsYield: result.quantumShards,
    floored: result.floored,
    amRepDelta,
    fcRepDelta,
    depletionStateBefore: result.stateBefore,
    depletionStateAfter: result.stateAfter,
    surface,
  });
  tellYield(books, scene, running, result, { amRepDelta, fcRepDelta, replenishesAtMs });
  changeStanding(books, player.id, AM_FACTION, amRepDelta);
  if (running.amClaimed && !licensed) enforceClaim(books, running, nowMs);
  if (fcRepDelta !== 0) changeStanding(books, player.id, FRONTIER_FACTION, fcRepDelta);
}

/** From the field's pool into the hold. @returns when the field is full again; null while it is */
function moveGoods(books: Books, { ship, field }: Scene, result: Yield, nowMs: number): number | null {
  let cargo = withCargo(ship.cargo, "ore", result.ore);
  if (result.preciousMetals > 0) cargo = withCargo(cargo, "precious_metals", result.preciousMetals);
  if (result.quantumShards > 0) cargo = withCargo(cargo, "quantum_shards", result.quantumShards);
  books.ships.put(ship.id, { ...ship, cargo });

  const lastDepletingHarvestMs = result.poolDrawn > 0 ? nowMs : field.lastDepletingHarvestMs;
  const { poolRemaining } = result;
  const replenishesAtMs = replenishDueMs(result.stateAfter, lastDepletingHarvestMs);
  const after = { ...field, poolRemaining, lastDepletingHarvestMs, replenishDueMs: replenishesAtMs };
  books.fields.put(field.sectorId, after);
  return replenishesAtMs;
}

/** One extraction without a licence too many: the pilot is flagged, and a patrol is sent to the sector (C-26). */
function enforceClaim(books: Books, running: RunningHarvest, nowMs: number): void {
  const { playerId, harvestId, lease } = running;
  const untilMs = enforcementUntilMs(books.extractions.get(playerId) ?? [], nowMs);
  const player = books.players.get(playerId);
  if (untilMs === null || player === undefined) return;
  const isNew = player.amEnforcementUntilMs === null || player.amEnforcementUntilMs <= nowMs;
  books.players.put(playerId, { ...player, amEnforcementUntilMs: untilMs });
  if (isNew) books.tell(playerId, "am_enforcement_flagged", { sectorId: lease.sectorId, untilMs });
  books.patrols.add({
    id: uuidOf("patrol", harvestId),
    factionCode: AM_FACTION,
    sectorId: lease.sectorId,
    targetPlayerId: playerId,
    orderedAtMs: nowMs,
    untilMs,
  });
}

/** Rare finds are told beside the harvest that they are part of. */
function tellYield(
  books: Books,
  { player, field, licensed }: Scene,
  { harvestId }: RunningHarvest,
  { ore, preciousMetals, quantumShards, floored, stateAfter, poolRemaining }: Yield,
  moved: { amRepDelta: number; fcRepDelta: number; replenishesAtMs: number | null },
): void {
  const { replenishesAtMs, ...standing } = moved;
  const { sectorId, poolSize } = field;
  books.tell(player.id, "mining_harvest_completed", {
    ...{ harvestId, sectorId, ore, preciousMetals, quantumShards, floored, licensed },
    ...standing,
    depletion: { state: stateAfter, poolRemaining, poolSize, replenishesAtMs },
  });
  const rare = [
    ["precious_metals", preciousMetals],
    ["quantum_shards", quantumShards],
  ] as const;
  for (const [commodity, quantity] of rare)
    if (quantity > 0) books.tell(player.id, "mining_rare_drop", { harvestId, commodity, quantity });
}

interface DueEnd {
  readonly kind: "due";
  readonly rolls: HarvestRolls;
  /** Through what the pilot plays at this moment: what a contribution of this harvest counts for. */
  readonly surface?: Surface | null;
}

/** How a harvest ends: with its dice, or interrupted for a cause. */
export type HarvestEnd = DueEnd | { readonly kind: "interrupted"; readonly cause: InterruptCause };

/**
 * The durable end of a harvest. Everything is decided on the locked rows: the pool as other harvests of the same
 * batch left it, the hold, the turns. Mining seed, "Resolution" and "Interrupt behaviour"; C-01, C-31, C-32.
 */
export function harvestWork(running: RunningHarvest, end: HarvestEnd, turnsPerDay: number): Work {
  return {
    kind: "harvest",
    key: running.key,
    lease: running.lease,
    playerIds: [running.playerId],
    shipIds: [running.shipId],
    fieldSectorId: running.lease.sectorId,
    standingCodes: running.isFrontier ? [AM_FACTION, FRONTIER_FACTION] : [AM_FACTION],
    ...(running.amClaimed && { claim: running }),
    settle(books, nowMs) {
      const scene = readScene(books, running, turnsPerDay, nowMs);
      const cause = end.kind === "interrupted" ? end.cause : null;
      if (cause === "internal" || !stillThere(scene, running)) {
        const failed = { status: "INTERRUPTED", reason: "internal", refundTurns: HARVEST_TURNS } as const;
        settleWithoutYield(books, scene, running, failed, nowMs);
      } else if (end.kind === "interrupted" || scene.isEvacuated) {
        const interrupted = {
          status: "INTERRUPTED",
          reason: cause ?? "evacuation",
          refundTurns: INTERRUPT_REFUND_TURNS,
        } as const;
        settleWithoutYield(books, scene, running, interrupted, nowMs);
      } else {
        settleYield(books, scene, running, end, nowMs);
      }
      return running.answer;
    },
  };
}
