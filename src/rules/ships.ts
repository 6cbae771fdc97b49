import { accrue } from "./accrual.ts";

const HOUR_MS = 3_600_000;
/** Longer absences are not credited: a ship left alone for a week is not a ship at full shields. */
const SHIELD_CREDIT_MAX_MS = 24 * HOUR_MS;
const CARGO_HOLD_PERCENT_PER_LEVEL = 30;

export const HULL_TYPES = [
  "ESCAPE_POD",
  "LIGHT_FREIGHTER",
  "CARGO_HAULER",
  "FAST_COURIER",
  "CITIZEN_CLIPPER",
  "SCOUT_SHIP",
  "COLONY_SHIP",
  "DEFENDER",
  "CARRIER",
  "WARP_JUMPER",
  "NPC_MARSHAL_INTERDICTOR",
  "NPC_SENTINEL_INTERDICTOR",
] as const;

/** Those that no pilot begins with or buys. */
export const NPC_HULL_TYPES = ["NPC_MARSHAL_INTERDICTOR", "NPC_SENTINEL_INTERDICTOR"] as const;

export type HullType = (typeof HULL_TYPES)[number];

interface Hull {
  /** Null for hulls that are not for sale. */
  costCr: number | null;
  /** Turns it costs to attack this hull. */
  attackTurnCost: number;
  cargoUnits: number;
  dronesMax: number;
  shieldMax: number;
  shieldRegenPerHour: number;
  hullMax: number;
  evasion: number;
  attack: number;
  defense: number;
  /** Null where the game gives none. */
  size: "tiny" | "small" | "medium" | "large" | "capital" | null;
  shieldResistanceBps: number;
  armorBps: number;
}

/**
 * Every hull (domain §1.4). The original's "turn cost" column is left out: a warp costs what the warp costs,
 * whatever flies through it.
 */
// biome-ignore format: a table is read by column
export const HULLS: Readonly<Record<HullType, Readonly<Hull>>> = {
  ESCAPE_POD: { costCr: 0, attackTurnCost: 10_000, cargoUnits: 50, dronesMax: 0, size: "tiny",
    shieldMax: 150, shieldRegenPerHour: 5, hullMax: 200,
    evasion: 10, attack: 0, defense: 5, shieldResistanceBps: 0, armorBps: 0 },
  LIGHT_FREIGHTER: { costCr: 80_000, attackTurnCost: 12, cargoUnits: 500, dronesMax: 2, size: "medium",
    shieldMax: 300, shieldRegenPerHour: 10, hullMax: 400,
    evasion: 15, attack: 15, defense: 20, shieldResistanceBps: 200, armorBps: 300 },
  CARGO_HAULER: { costCr: 250_000, attackTurnCost: 20, cargoUnits: 1_000, dronesMax: 2, size: "large",
    shieldMax: 400, shieldRegenPerHour: 8, hullMax: 600,
    evasion: 5, attack: 10, defense: 30, shieldResistanceBps: 300, armorBps: 500 },
  FAST_COURIER: { costCr: 50_000, attackTurnCost: 8, cargoUnits: 200, dronesMax: 0, size: "small",
    shieldMax: 200, shieldRegenPerHour: 15, hullMax: 300,
    evasion: 35, attack: 5, defense: 10, shieldResistanceBps: 0, armorBps: 200 },
  CITIZEN_CLIPPER: { costCr: 50_000, attackTurnCost: 8, cargoUnits: 200, dronesMax: 0, size: "small",
    shieldMax: 200, shieldRegenPerHour: 15, hullMax: 300,
    evasion: 35, attack: 5, defense: 10, shieldResistanceBps: 0, armorBps: 200 },
  SCOUT_SHIP: { costCr: 30_000, attackTurnCost: 5, cargoUnits: 100, dronesMax: 1, size: "small",
    shieldMax: 150, shieldRegenPerHour: 12, hullMax: 200,
    evasion: 45, attack: 8, defense: 8, shieldResistanceBps: 0, armorBps: 200 },
  COLONY_SHIP: { costCr: 500_000, attackTurnCost: 35, cargoUnits: 1_000, dronesMax: 2, size: "large",
    shieldMax: 400, shieldRegenPerHour: 6, hullMax: 600,
    evasion: 0, attack: 5, defense: 25, shieldResistanceBps: 300, armorBps: 500 },
  DEFENDER: { costCr: 300_000, attackTurnCost: 18, cargoUnits: 400, dronesMax: 6, size: "medium",
    shieldMax: 700, shieldRegenPerHour: 20, hullMax: 800,
    evasion: 20, attack: 40, defense: 45, shieldResistanceBps: 1_000, armorBps: 1_000 },
  CARRIER: { costCr: 1_500_000, attackTurnCost: 45, cargoUnits: 800, dronesMax: 12, size: "capital",
    shieldMax: 800, shieldRegenPerHour: 15, hullMax: 900,
    evasion: 5, attack: 50, defense: 60, shieldResistanceBps: 1_500, armorBps: 1_500 },
  WARP_JUMPER: { costCr: 1_000_000, attackTurnCost: 100, cargoUnits: 200, dronesMax: 0, size: "large",
    shieldMax: 500, shieldRegenPerHour: 25, hullMax: 600,
    evasion: 30, attack: 10, defense: 35, shieldResistanceBps: 500, armorBps: 500 },
  NPC_MARSHAL_INTERDICTOR: { costCr: null, attackTurnCost: 18, cargoUnits: 400, dronesMax: 6, size: null,
    shieldMax: 800, shieldRegenPerHour: 20, hullMax: 1_200,
    evasion: 35, attack: 35, defense: 50, shieldResistanceBps: 1_500, armorBps: 1_500 },
  NPC_SENTINEL_INTERDICTOR: { costCr: null, attackTurnCost: 18, cargoUnits: 400, dronesMax: 6, size: null,
    shieldMax: 1_000, shieldRegenPerHour: 20, hullMax: 1_500,
    evasion: 40, attack: 40, defense: 60, shieldResistanceBps: 2_000, armorBps: 2_000 },
};

/** What a ship is doing (domain §1.4; MINING from the mining seed, "The harvest action"). */
export const SHIP_STATUSES = [
  "DOCKED",
  "IN_SPACE",
  "IN_COMBAT",
  "DESTROYED",
  "MAINTENANCE",
  "HARMONIZING",
  "MINING",
] as const;

export type ShipStatus = (typeof SHIP_STATUSES)[number];

/** Cargo units a hull holds with its cargo-hold upgrades, +30 % of the base each (domain §1.4). */
export function cargoCapacity(hullType: HullType, cargoHoldLevel = 0): number {
  const percent = 100 + CARGO_HOLD_PERCENT_PER_LEVEL * cargoHoldLevel;
  return Math.floor((HULLS[hullType].cargoUnits * percent) / 100);
}

/** Whether a Mining Laser can be fitted to this hull. Mining seed, "Equipment requirement". */
export function canFitMiningLaser(hullType: HullType): boolean {
  return hullType === "CARGO_HAULER" || hullType === "COLONY_SHIP" || hullType === "DEFENDER";
}

/**
 * Shield points at `nowMs`, regrown since the anchor at the hull's rate an hour, at most 24 h of it. Call it
 * between fights only. Domain §15.5.
 */
export function regenerateShield(
  ship: { hullType: HullType; shield: number; maxShield: number; anchorMs: number | null },
  nowMs: number,
): { shield: number; anchorMs: number } {
  const { amount, anchorMs } = accrue(
    {
      amount: ship.shield,
      max: ship.maxShield,
      anchorMs: ship.anchorMs === null ? null : Math.max(ship.anchorMs, nowMs - SHIELD_CREDIT_MAX_MS),
      msPerUnit: HOUR_MS / HULLS[ship.hullType].shieldRegenPerHour,
    },
    nowMs,
  );
  return { shield: amount, anchorMs };
}
