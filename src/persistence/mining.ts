import { enforcementUntilMs } from "../rules/enforcement.ts";
import { AM_FACTION, FRONTIER_FACTION } from "../rules/factions.ts";
import { combinedBps, effectsOf, isEvacuated } from "../rules/incidents.ts";
import {
  type DepletionState,
  depletionState,
  HARVEST_TURNS,
  type Harvest,
  type HarvestResult,
  INTERRUPT_REFUND_TURNS,
  replenish,
  replenishDueMs,
  resolveHarvest,
} from "../rules/mining.ts";
import { FRONTIER_HARVEST_STANDING, harvestStandingDelta } from "../rules/standing.ts";
import type { Surface } from "../rules/surfaces.ts";
import { uuidOf } from "../uuid.ts";
import { type Books, cargoFree, type FieldRow, type PlayerRow, type ShipRow, withCargo } from "./books.ts";
import { boonEffects, evacuationsOf, typesAt } from "./conditions.ts";
import { wasLicensed } from "./licenses.ts";
import { changeStanding } from "./standing.ts";
import { withTurnsDue, withTurnsSpent } from "./turns.ts";
import type { Answer, Lease, RequestKey, Work } from "./work.ts";

export type HarvestRolls = Harvest["rolls"];

/** Why a harvest ended before its time. `internal` is a fault of ours and costs nothing. */
export type InterruptCause = "pvp_attack" | "npc_attack" | "evacuation" | "internal";

/** A harvest as its room remembers it from its start. */
export interface RunningHarvest {
  readonly harvestId: string;
  readonly key: RequestKey;
  readonly lease: Lease;
  readonly playerId: string;
  readonly shipId: string;
  readonly regionId: string;
  readonly amClaimed: boolean;
  /** A field of the FRONTIER zone that no faction holds (domain §23.7). */
  readonly isFrontier: boolean;
  readonly sectorNumber: number;
  /** What the pilot's Mining Engineers made of it when it started: 10 000 = nothing. */
  readonly yieldBonusBps: number;
  readonly startedAtMs: number;
  readonly resolvesAtMs: number;
  /** What the pilot was told when it started; a repeat of the request is told the same. */
  readonly answer: Answer;
}

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

interface Scene {
  player: PlayerRow;
  ship: ShipRow;
  field: FieldRow;
  /** Valid when the harvest started. */
  licensed: boolean;
  /** In this sector, or for this pilot. */
  hasDeepAsteroids: boolean;
  /** What engineers, the sector's state and the pilot's boons make of the roll together: 10 000 = nothing. */
  yieldBonusBps: number;
  /** The sector was evacuated while the harvest ran, told or not. */
  isEvacuated: boolean;
}

/** The field with its pool as it stands at `nowMs`: full again from the due time on. */
function fieldAt(field: FieldRow, nowMs: number): FieldRow {
  const { poolRemaining, lastDepletingHarvestMs } = replenish({ ...field, tier: field.richnessTier }, nowMs);
  return poolRemaining === field.poolRemaining
    ? field
    : { ...field, poolRemaining, lastDepletingHarvestMs, replenishDueMs: null };
}

function readScene(books: Books, running: RunningHarvest, turnsPerDay: number, nowMs: number): Scene {
  const player = books.players.get(running.playerId);
  const ship = books.ships.get(running.shipId);
  const field = books.fields.get(running.lease.sectorId);
  if (player === undefined || ship === undefined || field === undefined) {
    throw new Error(`harvest ${running.harvestId} lost its player, ship or field`);
  }
  const licensed = running.amClaimed && wasLicensed(books, running.playerId, running, running.startedAtMs);
  // Full again or not, the row says what this harvest found, whatever it takes.
  const found = fieldAt(field, nowMs);
  if (found !== field) books.fields.put(field.sectorId, found);
  const conditions = books.conditions.get(field.sectorId) ?? [];
  const boons = boonEffects(books.boons.get(player.id) ?? [], field.sectorId, running.resolvesAtMs);
  const { yieldBps } = effectsOf(typesAt(conditions, running.resolvesAtMs));
  return {
    player: withTurnsDue(player, turnsPerDay, nowMs),
    ship,
    field: found,
    hasDeepAsteroids: found.hasDeepAsteroids || boons.hasDeepAsteroids,
    licensed,
    yieldBonusBps: combinedBps(running.yieldBonusBps, yieldBps, boons.yieldBps),
    isEvacuated: evacuationsOf(conditions).some((evacuation) =>
      isEvacuated(evacuation, running.startedAtMs, running.resolvesAtMs),
    ),
  };
}

/** True while the ship still stands where the harvest left it: what the room believed holds in the database too. */
function stillThere({ player, ship }: Scene, running: RunningHarvest): boolean {
  return (
    player.currentShipId === ship.id &&
    ship.status === "IN_SPACE" &&
    ship.sectorId === running.lease.sectorId &&
    ship.equipment.mining_laser !== undefined &&
    player.turns >= HARVEST_TURNS
  );
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
  books.tell(player.id, "mining_harvest_completed", {
    harvestId: running.harvestId,
    sectorId: field.sectorId,
    ore: result.ore,
    preciousMetals: result.preciousMetals,
    quantumShards: result.quantumShards,
    floored: result.floored,
    licensed,
    amRepDelta,
    fcRepDelta,
    depletion: {
      state: result.stateAfter,
      poolRemaining: result.poolRemaining,
      poolSize: field.poolSize,
      replenishesAtMs,
    },
  });
  if (result.preciousMetals > 0) {
    tellRareDrop(books, running, "precious_metals", result.preciousMetals);
  }
  if (result.quantumShards > 0) tellRareDrop(books, running, "quantum_shards", result.quantumShards);
  changeStanding(books, player.id, AM_FACTION, amRepDelta);
  if (running.amClaimed && !licensed) enforceClaim(books, running, nowMs);
  if (fcRepDelta !== 0) changeStanding(books, player.id, FRONTIER_FACTION, fcRepDelta);
}

/** From the field's pool into the hold. @returns when the field is full again; null while it is */
function moveGoods(
  books: Books,
  { ship, field }: Scene,
  result: Extract<HarvestResult, { kind: "completed" }>,
  nowMs: number,
): number | null {
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

function tellRareDrop(
  books: Books,
  { playerId, harvestId }: RunningHarvest,
  commodity: "precious_metals" | "quantum_shards",
  quantity: number,
): void {
  books.tell(playerId, "mining_rare_drop", { harvestId, commodity, quantity });
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

/** The public face of a field: its state at `nowMs`, what is left in it, and when it is full again. */
export function depletionOf(
  field: FieldRow,
  nowMs: number,
): { state: DepletionState; poolRemaining: number; dueMs: number | null } {
  const { poolRemaining, poolSize, replenishDueMs: dueMs } = fieldAt(field, nowMs);
  return { state: depletionState(poolRemaining, poolSize), poolRemaining, dueMs };
}
