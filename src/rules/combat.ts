import { FAST_HULLS, hullPower, hullWeapon, matchupBps, PURSUER_BPS, type Weapon } from "./combat-tables.ts";
import { type Cargo, COMMODITIES } from "./commodities.ts";
import { chance, pick } from "./random.ts";
import { HULLS, type HullType } from "./ships.ts";

export const COMBAT_ROUNDS_MAX = 10;

/** own / (1.5 × other) × 0.6, for equal powers. */
const HIT_BPS_AT_PAR = 4_000;
const HIT_MAX_BPS = 8_000;
/** What an ECM suite leaves of the chance to hit its ship. */
const ECM_BPS = 8_500;
const NEBULA_BPS = 8_500;
const CRIT_BPS = 500;
const CRIT_BONUS_BPS = 5_000;
const DRONES_PER_BONUS = 10;
const DRONE_BONUS_BPS = 500;
const DRONES_LOST_MAX = 3;
const ESCAPE_BASE_BPS = 1_500;
const ESCAPE_FAST_BPS = 2_000;
const ESCAPE_HULL_BPS = 3_000;
/** The original's ceiling of 90 % is out of reach without its sector-edge term, which never worked there. */
const ESCAPE_MIN_BPS = 1_000;
const LOOT_BPS = 7_000;
const LOOT_SHARE_MIN_BPS = 3_000;
const LOOT_SHARE_MAX_BPS = 8_000;

/**
 * `faithful`: the original's figures, by which hardly any fight ends in a kill. `playable`: damage grows with
 * the hull's attack rating, and attackers stay until their hull is nearly gone. Domain §15.4, §15.6.
 */
export type DamageScale = "playable" | "faithful";

/** One ship in a fight and what its pilot brings. */
export interface FightSide {
  hullType: HullType;
  hull: number;
  maxHull: number;
  shield: number;
  maxShield: number;
  /** They screen and arm the ship when it attacks; `defenseDrones` when it is attacked. */
  attackDrones: number;
  defenseDrones: number;
  /** Damage bonus of the pilot's rank: 0 = none, 4 000 = +40 %. */
  rankCombatBps: number;
  ecm: boolean;
  tractorBeam: boolean;
  /** The pilot asked to flee. */
  fleeing: boolean;
}

export type SideName = "attacker" | "defender";

export interface Fight {
  attacker: FightSide;
  defender: FightSide;
  roundsFought: number;
  damageScale: DamageScale;
  inNebula: boolean;
}

export type FightOutcome =
  | "attacker_victory"
  | "defender_victory"
  | "attacker_fled"
  | "defender_fled"
  | "draw";

/** What happened in a round; `by` is the side that acted. */
export type RoundEvent =
  | { kind: "miss"; by: SideName }
  | { kind: "drones_lost"; by: SideName; drones: number }
  | { kind: "damage"; by: SideName; shield: number; hull: number; crit: boolean }
  | { kind: "escape"; by: SideName; escaped: boolean };

/** Turns the attacker pays once, win or lose, by the defender's hull. Domain §15.2. */
export function attackTurns(defenderHull: HullType): number {
  return HULLS[defenderHull].attackTurnCost;
}

function foeOf(by: SideName): SideName {
  return by === "attacker" ? "defender" : "attacker";
}

/** The drones a side has in this fight: it is screened by those it attacks, or defends, with. */
function dronesOf(fight: Fight, name: SideName): number {
  return name === "attacker" ? fight.attacker.attackDrones : fight.defender.defenseDrones;
}

function attackPower({ attacker }: Fight): number {
  return hullPower(attacker.hullType).attack + 2 * attacker.attackDrones;
}

function defensePower({ defender }: Fight): number {
  const { hullType, defenseDrones } = defender;
  return hullPower(hullType).defense + HULLS[hullType].evasion + 1.5 * defenseDrones;
}

/** The chance, in basis points, that a side's fire hits: power against power, at most 80 %. Domain §15.3. */
export function hitChanceBps(fight: Fight, by: SideName): number {
  const attack = attackPower(fight);
  const defense = defensePower(fight);
  const [own, other] = by === "attacker" ? [attack, defense] : [defense, attack];
  const hitBps = Math.min(HIT_MAX_BPS, Math.floor((own * HIT_BPS_AT_PAR) / other));
  return fight[foeOf(by)].ecm ? Math.floor((hitBps * ECM_BPS) / 10_000) : hitBps;
}

function scaled(value: number, basisPoints: number): number {
  return (value * basisPoints) / 10_000;
}

/** Damage of a hit before shields and armor; whole points are made where it lands. Domain §15.4, §15.6. */
function damageOf(fight: Fight, by: SideName, roll: number): number {
  const { hullType, rankCombatBps } = fight[by];
  const rating = fight.damageScale === "playable" ? Math.max(1, HULLS[hullType].attack / 4) : 1;
  const factorsBps = [
    10_000 + rankCombatBps,
    matchupBps(hullType, fight[foeOf(by)].hullType),
    hullWeapon(hullType).baseBps,
    10_000 + DRONE_BONUS_BPS * Math.floor(dronesOf(fight, by) / DRONES_PER_BONUS),
    fight.inNebula ? NEBULA_BPS : 10_000,
  ];
  return factorsBps.reduce(scaled, roll * rating);
}

/** Points a hit takes: from the shield first, the rest from the hull, together at least 1. Domain §15.4. */
function lossesOf(target: FightSide, damage: number, weapon: Weapon, draw: () => number) {
  const { shieldResistanceBps, armorBps } = HULLS[target.hullType];
  const absorbed = Math.min(damage, target.shield);
  const overflow = damage - absorbed;
  const crit = overflow > 0 && chance(draw(), CRIT_BPS);
  const shieldHit = scaled(scaled(absorbed, weapon.shieldBps), 10_000 - shieldResistanceBps);
  const hullHit = scaled(scaled(overflow, weapon.hullBps), 10_000 - armorBps);
  const shield = Math.min(target.shield, Math.round(shieldHit));
  const hull = Math.min(target.hull, Math.round(crit ? scaled(hullHit, 10_000 + CRIT_BONUS_BPS) : hullHit));
  if (shield + hull > 0) return { shield, hull, crit };
  // A hit that got through never ends in nothing, however weak the weapon.
  return target.shield > 0 ? { shield: 1, hull: 0, crit } : { shield: 0, hull: 1, crit };
}

/** One side fires: it misses, takes drones while the target has any, or damages the ship. */
function fire(fight: Fight, by: SideName, draw: () => number): { target: FightSide; event: RoundEvent } {
  const target = fight[foeOf(by)];
  if (!chance(draw(), hitChanceBps(fight, by))) return { target, event: { kind: "miss", by } };

  const weapon = hullWeapon(fight[by].hullType);
  const screen = dronesOf(fight, foeOf(by));
  if (screen > 0) {
    const hit = pick(draw(), 1, Math.min(DRONES_LOST_MAX, screen));
    const drones = Math.min(screen, Math.max(1, Math.floor(scaled(hit, weapon.shieldBps))));
    const left = screen - drones;
    const drained = by === "attacker" ? { defenseDrones: left } : { attackDrones: left };
    return { target: { ...target, ...drained }, event: { kind: "drones_lost", by, drones } };
  }

  const damage = damageOf(fight, by, pick(draw(), 1, 10));
  const { shield, hull, crit } = lossesOf(target, damage, weapon, draw);
  return {
    target: { ...target, shield: target.shield - shield, hull: target.hull - hull },
    event: { kind: "damage", by, shield, hull, crit },
  };
}

/**
 * Whether a side tries to get away this round: because its pilot said so, or because it has no drones left.
 * On the playable scale an attacker without drones stays until its hull is below 25 %. Domain §15.4, §15.6.
 */
function triesToEscape(fight: Fight, name: SideName): boolean {
  const { fleeing, hull, maxHull } = fight[name];
  if (fleeing) return true;
  if (dronesOf(fight, name) > 0) return false;
  return name === "defender" || fight.damageScale === "faithful" || hull * 4 < maxHull;
}

/**
 * The chance, in basis points, that a side gets away: 10 % at the least, or 0 for a defender in the attacker's
 * tractor beam. Domain §15.4.
 */
export function escapeChanceBps(fight: Fight, by: SideName): number {
  if (by === "defender" && fight.attacker.tractorBeam) return 0;
  const { hullType, hull, maxHull } = fight[by];
  const escapeBps =
    ESCAPE_BASE_BPS +
    (FAST_HULLS.has(hullType) ? ESCAPE_FAST_BPS : 0) +
    Math.floor((ESCAPE_HULL_BPS * (maxHull - hull)) / maxHull) -
    PURSUER_BPS[fight[foeOf(by)].hullType];
  return Math.max(escapeBps, ESCAPE_MIN_BPS);
}

/**
 * Fights one round: the attacker fires, the defender (if alive) fires back, then whoever wants to tries to
 * escape, the defender first. `draw` gives one u32 a call; the same draws make the same fight. `outcome` is
 * null while the fight goes on; nobody can die together, for a dead ship does not fire back. Domain §15.4.
 */
export function fightRound(
  before: Fight,
  draw: () => number,
): { fight: Fight; events: RoundEvent[]; outcome: FightOutcome | null } {
  const events: RoundEvent[] = [];
  let fight: Fight = { ...before, roundsFought: before.roundsFought + 1 };

  for (const by of ["attacker", "defender"] as const) {
    const { target, event } = fire(fight, by, draw);
    events.push(event);
    fight = { ...fight, [foeOf(by)]: target };
    if (target.hull === 0) return { fight, events, outcome: `${by}_victory` };
  }

  for (const by of ["defender", "attacker"] as const) {
    if (!triesToEscape(fight, by)) continue;
    const escaped = chance(draw(), escapeChanceBps(fight, by));
    events.push({ kind: "escape", by, escaped });
    if (escaped) return { fight, events, outcome: `${by}_fled` };
  }
  return { fight, events, outcome: fight.roundsFought >= COMBAT_ROUNDS_MAX ? "draw" : null };
}

/** Two u32 for every commodity, aboard or not: the dice can be rolled before the hold is known. */
export const LOOT_ROLLS = COMMODITIES.length * 2;

/**
 * What the victor takes from the loser's hold: of each commodity, with a chance of 70 %, 30–80 % (rounded
 * down), in the order of COMMODITIES until the victor's free hold is full. Domain §15.5.
 */
export function lootCargo(cargo: Cargo, freeUnits: number, rolls: readonly number[]): Cargo {
  const loot: Cargo = {};
  let free = freeUnits;
  for (const [index, commodity] of COMMODITIES.entries()) {
    const taken = rolls[index * 2];
    const share = rolls[index * 2 + 1];
    if (taken === undefined || share === undefined) throw new RangeError(`loot needs ${LOOT_ROLLS} rolls`);
    if (!chance(taken, LOOT_BPS)) continue;
    const shareBps = pick(share, LOOT_SHARE_MIN_BPS, LOOT_SHARE_MAX_BPS);
    const units = Math.min(free, Math.floor(((cargo[commodity] ?? 0) * shareBps) / 10_000));
    if (units <= 0) continue;
    loot[commodity] = units;
    free -= units;
  }
  return loot;
}
