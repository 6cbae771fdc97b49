import { z } from "zod";
import { type Fight, type FightSide, fightRound, lootCargo, type RoundEvent } from "../../rules/combat.ts";
import { type Cargo, COMMODITIES } from "../../rules/commodities.ts";
import { HULL_TYPES } from "../../rules/ships.ts";
import type { Comparison, Replay } from "./replay-of.ts";

const sideSchema = z.object({
  hullType: z.enum(HULL_TYPES),
  hull: z.int(),
  maxHull: z.int(),
  shield: z.int(),
  maxShield: z.int(),
  attackDrones: z.int(),
  defenseDrones: z.int(),
  rankCombatBps: z.int(),
  ecm: z.boolean(),
  tractorBeam: z.boolean(),
  fleeing: z.boolean(),
});

const cargoSchema = z.partialRecord(z.enum(COMMODITIES), z.int());

const fightSchema = z.object({
  id: z.string(),
  result: z.string(),
  destroyed_ship_id: z.string().nullable(),
  attacker_ship_id: z.string(),
  defender_ship_id: z.string(),
  rounds: z.int(),
  damage_to_attacker: z.int(),
  damage_to_defender: z.int(),
  attacker_drones_lost: z.int(),
  defender_drones_lost: z.int(),
  loot: cargoSchema,
  /** What is left aboard the wreck; null without one, or when it is empty. */
  wreck_cargo: cargoSchema.nullable(),
  log: z.object({
    damageScale: z.enum(["playable", "faithful"]),
    inNebula: z.boolean(),
    attacker: sideSchema,
    defender: sideSchema,
    draws: z.array(z.int()),
    /** Before which round (counted from 0) a pilot began to flee; null when they did not. */
    fleeingFrom: z.object({ attacker: z.int().nullable(), defender: z.int().nullable() }),
    lootRolls: z.array(z.int()),
    /** What happened in each round. */
    rounds: z.array(z.unknown()),
  }),
});

type FightRow = z.output<typeof fightSchema>;

/** Fights a fight again from what its log kept. @throws RangeError when the log has too few draws */
function fightAgain({ log }: FightRow) {
  let drawn = 0;
  const rounds: RoundEvent[][] = [];
  const draw = () => {
    const next = log.draws[drawn++];
    if (next === undefined) throw new RangeError("the log has too few draws");
    return next;
  };
  const { attacker, defender, damageScale, inNebula, fleeingFrom } = log;
  let fight: Fight = { attacker, defender, roundsFought: 0, damageScale, inNebula };
  const flees = (side: FightSide, from: number | null): FightSide =>
    from !== null && fight.roundsFought >= from ? { ...side, fleeing: true } : side;
  for (;;) {
    fight = {
      ...fight,
      attacker: flees(fight.attacker, fleeingFrom.attacker),
      defender: flees(fight.defender, fleeingFrom.defender),
    };
    const round = fightRound(fight, draw);
    fight = round.fight;
    rounds.push(round.events);
    if (round.outcome !== null) return { fight, outcome: round.outcome, rounds, drawn };
  }
}

function destroyedBy(outcome: string, row: FightRow): string | null {
  if (outcome === "attacker_victory") return row.defender_ship_id;
  return outcome === "defender_victory" ? row.attacker_ship_id : null;
}

/**
 * The loot by its rolls. The loser's hold was what was taken and what is left in the wreck, which nobody unloads. How
 * much room the victor had is not kept, but it was no less than what was taken: with more, more would have been.
 */
function lootAgain({ loot, wreck_cargo, log }: FightRow): Cargo {
  const hold: Cargo = { ...wreck_cargo };
  let taken = 0;
  for (const commodity of COMMODITIES) {
    const units = loot[commodity] ?? 0;
    hold[commodity] = (hold[commodity] ?? 0) + units;
    taken += units;
  }
  return lootCargo(hold, taken, log.lootRolls);
}

function compareFight(row: FightRow): Comparison {
  const { fight, outcome, rounds, drawn } = fightAgain(row);
  const { attacker, defender } = row.log;
  const damage = (before: FightSide, after: FightSide) =>
    before.hull + before.shield - after.hull - after.shield;
  const drones = (before: FightSide, after: FightSide) =>
    before.attackDrones + before.defenseDrones - after.attackDrones - after.defenseDrones;
  const destroyed = destroyedBy(outcome, row);
  return {
    expected: {
      result: outcome,
      draws: drawn,
      rounds: fight.roundsFought,
      events: rounds,
      destroyed_ship_id: destroyed,
      damage_to_attacker: damage(attacker, fight.attacker),
      damage_to_defender: damage(defender, fight.defender),
      attacker_drones_lost: drones(attacker, fight.attacker),
      defender_drones_lost: drones(defender, fight.defender),
      loot: destroyed === null ? {} : lootAgain(row),
    },
    found: { ...row, draws: row.log.draws.length, events: row.log.rounds },
  };
}

export const FIGHTS: Replay<FightRow> = {
  name: "fights_replayed",
  says: "Fought again from the sides, draws and loot rolls in its log, each fight has the same rounds, end, damage and lost drones, and the loot that its wreck lacks.",
  rowName: "fight",
  select: `select *, (select jsonb_object_agg(commodity, quantity) from ship_cargo where ship_id = destroyed_ship_id)
    as wreck_cargo from combat_logs where true`,
  schema: fightSchema,
  compare: compareFight,
};
