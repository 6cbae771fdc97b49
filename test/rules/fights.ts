import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Fight,
  type FightOutcome,
  type FightSide,
  fightRound,
  type RoundEvent,
} from "../../src/rules/combat.ts";
import { HULL_TYPES, HULLS, type HullType } from "../../src/rules/ships.ts";
import { U32_MAX, u32For } from "./chance.ts";

export function side(hullType: HullType, changes: Partial<FightSide> = {}): FightSide {
  const { hullMax, shieldMax } = HULLS[hullType];
  return {
    hullType,
    hull: hullMax,
    maxHull: hullMax,
    shield: shieldMax,
    maxShield: shieldMax,
    attackDrones: 0,
    defenseDrones: 0,
    rankCombatBps: 0,
    ecm: false,
    tractorBeam: false,
    fleeing: false,
    ...changes,
  };
}

export function fightOf(attacker: FightSide, defender: FightSide, changes: Partial<Fight> = {}): Fight {
  return { attacker, defender, roundsFought: 0, damageScale: "playable", inNebula: false, ...changes };
}

export const HIT = 0;
export const MISS = U32_MAX;
export const SUCCEED = 0;
export const FAIL = U32_MAX;
/** The last roll of the 5 % that is critical, and the first that is not. */
export const CRIT = u32For(500, 0, 9_999) - 1;
export const NO_CRIT = CRIT + 1;
export const damageRoll = (roll: number) => u32For(roll, 1, 10);

/** Draws exactly these u32, in this order; `assertSpent` fails when a round took fewer. */
export function scripted(draws: number[]) {
  let used = 0;
  return {
    draw: () => {
      const u32 = draws[used++];
      assert.ok(u32 !== undefined, "the round drew more dice than expected");
      return u32;
    },
    assertSpent: () => assert.equal(used, draws.length),
  };
}

/** One round on exactly these draws. */
export function roundOn(fight: Fight, draws: number[]) {
  const dice = scripted(draws);
  const round = fightRound(fight, dice.draw);
  dice.assertSpent();
  return round;
}

export function fightOut(start: Fight, draw: () => number) {
  const events: RoundEvent[] = [];
  let fight = start;
  let outcome: FightOutcome | null = null;
  while (outcome === null) {
    const round = fightRound(fight, draw);
    events.push(...round.events);
    ({ fight, outcome } = round);
  }
  return { fight, events, outcome };
}

const anySide: fc.Arbitrary<FightSide> = fc
  .record({
    hullType: fc.constantFrom(...HULL_TYPES),
    hullShare: fc.integer({ min: 1, max: 100 }),
    shieldShare: fc.integer({ min: 0, max: 100 }),
    changes: fc.record({
      attackDrones: fc.nat(25),
      defenseDrones: fc.nat(25),
      rankCombatBps: fc.nat(4_000),
      ecm: fc.boolean(),
      tractorBeam: fc.boolean(),
      fleeing: fc.boolean(),
    }),
  })
  .map(({ hullType, hullShare, shieldShare, changes }) => {
    const { hullMax, shieldMax } = HULLS[hullType];
    const hull = Math.ceil((hullMax * hullShare) / 100);
    return side(hullType, { hull, shield: Math.floor((shieldMax * shieldShare) / 100), ...changes });
  });

export const anyFight: fc.Arbitrary<Fight> = fc.record({
  attacker: anySide,
  defender: anySide,
  roundsFought: fc.constant(0),
  damageScale: fc.constantFrom("playable", "faithful"),
  inNebula: fc.boolean(),
});
