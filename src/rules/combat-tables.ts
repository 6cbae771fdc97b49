import type { HullType } from "./ships.ts";

interface Power {
  attack: number;
  defense: number;
}

const OTHER_POWER: Power = { attack: 10, defense: 10 };

const POWER: Readonly<Partial<Record<HullType, Power>>> = {
  LIGHT_FREIGHTER: { attack: 10, defense: 10 },
  CARGO_HAULER: { attack: 15, defense: 20 },
  FAST_COURIER: { attack: 20, defense: 15 },
  SCOUT_SHIP: { attack: 25, defense: 10 },
  COLONY_SHIP: { attack: 15, defense: 20 },
  DEFENDER: { attack: 40, defense: 50 },
  CARRIER: { attack: 30, defense: 40 },
  WARP_JUMPER: { attack: 20, defense: 15 },
};

/** What a hull brings to the chance of hitting; these are not the ratings of HULLS. Domain §15.3. */
export function hullPower(hullType: HullType): Power {
  return POWER[hullType] ?? OTHER_POWER;
}

/** Damage and what shields (drones count as a shield) and hull take of it. Domain §15.4. */
export interface Weapon {
  baseBps: number;
  shieldBps: number;
  hullBps: number;
}

const LASER: Weapon = { baseBps: 10_000, shieldBps: 8_000, hullBps: 10_000 };
const PLASMA: Weapon = { baseBps: 12_000, shieldBps: 12_000, hullBps: 9_000 };
const MISSILE: Weapon = { baseBps: 15_000, shieldBps: 6_000, hullBps: 15_000 };
const EMP: Weapon = { baseBps: 5_000, shieldBps: 20_000, hullBps: 3_000 };

const WEAPONS: Readonly<Partial<Record<HullType, Weapon>>> = {
  SCOUT_SHIP: EMP,
  DEFENDER: PLASMA,
  WARP_JUMPER: PLASMA,
  CARRIER: MISSILE,
};

/** The weapon a hull carries from the yard. Domain §15.4. */
export function hullWeapon(hullType: HullType): Weapon {
  return WEAPONS[hullType] ?? LASER;
}

const MATCHUPS: Readonly<Partial<Record<HullType, Partial<Record<HullType, number>>>>> = {
  DEFENDER: { CARGO_HAULER: 15_000, LIGHT_FREIGHTER: 13_000 },
  FAST_COURIER: { CARRIER: 7_000 },
  SCOUT_SHIP: { CARRIER: 5_000 },
  CARRIER: { SCOUT_SHIP: 18_000, FAST_COURIER: 15_000 },
  COLONY_SHIP: { DEFENDER: 5_000 },
};

/** How well a hull's fire suits its target, in basis points. Domain §15.4. */
export function matchupBps(firing: HullType, target: HullType): number {
  return MATCHUPS[firing]?.[target] ?? 10_000;
}

/** What a pursuer takes off the chance to escape it, in basis points. Domain §15.4. */
export const PURSUER_BPS: Readonly<Record<HullType, number>> = {
  NPC_MARSHAL_INTERDICTOR: 1_000,
  NPC_SENTINEL_INTERDICTOR: 1_000,
  DEFENDER: 800,
  CARRIER: 600,
  WARP_JUMPER: 500,
  SCOUT_SHIP: 500,
  FAST_COURIER: 400,
  CITIZEN_CLIPPER: 400,
  LIGHT_FREIGHTER: 300,
  CARGO_HAULER: 200,
  COLONY_SHIP: 100,
  ESCAPE_POD: 0,
};

/** Hulls that are quick to get away. Domain §15.4. */
export const FAST_HULLS: ReadonlySet<HullType> = new Set(["FAST_COURIER", "SCOUT_SHIP", "CITIZEN_CLIPPER"]);
