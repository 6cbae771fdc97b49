/** Why a button cannot be used just now, in words; null when it can. The server decides: this only spares a refusal. */
import { attackTurns } from "../../src/rules/combat.ts";
import {
  type DepletionState,
  HARVEST_TURNS,
  INTERRUPT_REFUND_TURNS,
  LASER_LEVELS,
  type LaserLevel,
  RICHNESS_TIERS,
  type RichnessTier,
  yieldBand,
} from "../../src/rules/mining.ts";
import { HULL_TYPES } from "../../src/rules/ships.ts";
import type { HarvestPreview, PilotSnapshot } from "../net/wire.ts";
import type { SectorView, ShipView } from "./sector.ts";
import { count, duration } from "./words.ts";

export interface Situation {
  readonly view: SectorView;
  readonly ship: ShipView;
  readonly pilot: PilotSnapshot;
  /** Until when this pilot may not mine here again, as the server said; 0 when it said nothing. */
  readonly cooldownUntilMs: number;
  /** What the server says a harvest would bring now; null until it has. */
  readonly preview: HarvestPreview | null;
  readonly nowMs: number;
}

/** The server said it a while ago: a licence that has ended since is none any more. @param nowMs the server's time */
export function previewAt(preview: HarvestPreview | null, nowMs: number): HarvestPreview | null {
  if (preview?.license.state !== "valid") return preview;
  const { expiresAtMs } = preview.license;
  if (expiresAtMs === null || expiresAtMs > nowMs) return preview;
  return { ...preview, license: { ...preview.license, state: "expired" } };
}

function bound({ ship }: Situation): string | null {
  if (ship.action === "harvest") return "Your ship is mining.";
  if (ship.action === "fight") return "Your ship is in a fight.";
  return null;
}

function tooFewTurns({ pilot, nowMs }: Situation, needed: number): string | null {
  if (pilot.turns >= needed) return null;
  const wait =
    pilot.nextTurnAtMs === null ? "" : ` The next comes in ${duration(pilot.nextTurnAtMs - nowMs)}.`;
  return `That takes ${count(needed, "turn")}; you have ${pilot.turns}.${wait}`;
}

/** In the order in which the server looks. */
export function whyNotMine(now: Situation): string | null {
  const { view, ship, pilot, cooldownUntilMs, nowMs } = now;
  if (ship.action === "harvest") return "Your ship is mining already.";
  if (view.type !== "ASTEROID_FIELD") return "This sector is no asteroid field.";
  if (pilot.equipment.mining_laser === undefined) return "Your ship has no mining laser.";
  if (ship.status === "DOCKED") return "Your ship is docked. Undock first.";
  if (pilot.cargoFree < 1) return "Your hold is full.";
  const turns = tooFewTurns(now, HARVEST_TURNS);
  if (turns !== null) return turns;
  if (view.evacuatedUntilMs > nowMs)
    return `A storm has this sector evacuated. Mining again in ${duration(view.evacuatedUntilMs - nowMs)}.`;
  if (cooldownUntilMs > nowMs)
    return `You mined this poor field lately. Again in ${duration(cooldownUntilMs - nowMs)}.`;
  return bound(now);
}

export function whyNotWarp(now: Situation, turnCost: number): string | null {
  if (now.ship.status === "DOCKED") return "Your ship is docked. Undock first.";
  return bound(now) ?? tooFewTurns(now, turnCost);
}

export function whyNotDock(now: Situation): string | null {
  if (now.ship.status === "DOCKED") return "Your ship is docked already.";
  if (now.view.stations.length === 0) return "There is no station in this sector.";
  return bound(now) ?? tooFewTurns(now, 1);
}

export function whyNotUndock(now: Situation): string | null {
  return bound(now) ?? tooFewTurns(now, 1);
}

export function whyNotAttack(now: Situation, target: ShipView): string | null {
  if (target.hullType === "ESCAPE_POD") return "Escape pods cannot be attacked.";
  if (target.action === "fight") return "That ship is in a fight.";
  if (now.ship.status === "DOCKED") return "Your ship is docked. Undock first.";
  const station = now.view.stations.find(({ stationId }) => stationId === target.stationId);
  if (target.status === "DOCKED" && station?.security !== "none")
    return "That ship is docked at a guarded station.";
  const hull = HULL_TYPES.find((type) => type === target.hullType);
  return bound(now) ?? (hull === undefined ? null : tooFewTurns(now, attackTurns(hull)));
}

export function attackCost(target: ShipView): number | null {
  const hull = HULL_TYPES.find((type) => type === target.hullType);
  return hull === undefined ? null : attackTurns(hull);
}

/** What a harvest would bring, before any turn is spent; null where nothing can be mined. */
export interface Preview {
  readonly oreLeast: number;
  readonly oreMost: number;
  readonly turns: number;
  /** Of those, what an attack in the middle of it would cost. */
  readonly turnsAtRisk: number;
}

export function previewHarvest({ view, pilot }: Pick<Situation, "view" | "pilot">): Preview | null {
  const tier: RichnessTier | undefined = RICHNESS_TIERS.find((each) => each === view.richnessTier);
  const level: LaserLevel | undefined = LASER_LEVELS.find(
    (each) => each === pilot.equipment.mining_laser?.level,
  );
  const state = DEPLETION_STATES.find((each) => each === view.depletion);
  if (tier === undefined || level === undefined || state === undefined) return null;
  const [least, most] = yieldBand(tier, level, state, NO_BONUS_BPS);
  return {
    oreLeast: Math.min(least, pilot.cargoFree),
    oreMost: Math.min(most, pilot.cargoFree),
    turns: HARVEST_TURNS,
    turnsAtRisk: HARVEST_TURNS - INTERRUPT_REFUND_TURNS,
  };
}

const NO_BONUS_BPS = 10_000;
const DEPLETION_STATES: readonly DepletionState[] = ["fresh", "light", "moderate", "heavy", "exhausted"];
