import type pg from "pg";
import { z } from "zod";
import { type Fight, type FightSide, fightRound } from "../rules/combat.ts";
import { resolveHarvest } from "../rules/mining.ts";
import { HULL_TYPES } from "../rules/ships.ts";
import type { Breach } from "./invariants.ts";

/** Rows computed again at a time: some hundred KB of memory. */
const PAGE_ROWS = 1_000;

const tier = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
const laser = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);

const harvestSchema = z.object({
  id: z.string(),
  richness_tier: tier,
  laser_level: laser,
  pool_before: z.int(),
  has_deep_asteroids: z.boolean(),
  cargo_free_before: z.int(),
  yield_bonus_bps: z.int(),
  roll_ore: z.int(),
  roll_precious_chance: z.int(),
  roll_precious_quantity: z.int(),
  roll_shard_chance: z.int(),
  ore_rolled: z.int(),
  ore_yield: z.int(),
  precious_metals_yield: z.int(),
  quantum_shards_yield: z.int(),
  pool_drawn: z.int(),
  floored: z.boolean(),
  depletion_state_before: z.string(),
  depletion_state_after: z.string(),
});

/** @returns what is wrong with it; null when nothing is */
function checkHarvest(row: z.output<typeof harvestSchema>): string | null {
  const again = resolveHarvest({
    tier: row.richness_tier,
    laserLevel: row.laser_level,
    poolRemaining: row.pool_before,
    hasDeepAsteroids: row.has_deep_asteroids,
    freeCargo: row.cargo_free_before,
    yieldBonusBps: row.yield_bonus_bps,
    rolls: {
      ore: row.roll_ore,
      preciousChance: row.roll_precious_chance,
      preciousQuantity: row.roll_precious_quantity,
      shardChance: row.roll_shard_chance,
    },
  });
  const same =
    again.kind === "completed" &&
    again.oreRolled === row.ore_rolled &&
    again.ore === row.ore_yield &&
    again.preciousMetals === row.precious_metals_yield &&
    again.quantumShards === row.quantum_shards_yield &&
    again.poolDrawn === row.pool_drawn &&
    again.floored === row.floored &&
    again.stateBefore === row.depletion_state_before &&
    again.stateAfter === row.depletion_state_after;
  return same ? null : `harvest ${row.id} gives another yield from its rolls`;
}

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
  log: z.object({
    damageScale: z.enum(["playable", "faithful"]),
    inNebula: z.boolean(),
    attacker: sideSchema,
    defender: sideSchema,
    draws: z.array(z.int()),
    /** Before which round (counted from 0) a pilot began to flee; null when they did not. */
    fleeingFrom: z.object({ attacker: z.int().nullable(), defender: z.int().nullable() }),
  }),
});

type FightRow = z.output<typeof fightSchema>;

/** Fights a fight again from what its log kept. @throws RangeError when the log has too few draws */
function fightAgain({ log }: FightRow): { fight: Fight; outcome: string; drawsLeft: number } {
  let drawn = 0;
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
    if (round.outcome !== null) return { fight, outcome: round.outcome, drawsLeft: log.draws.length - drawn };
  }
}

function destroyedBy(outcome: string, row: FightRow): string | null {
  if (outcome === "attacker_victory") return row.defender_ship_id;
  return outcome === "defender_victory" ? row.attacker_ship_id : null;
}

/** @returns what is wrong with it; null when nothing is */
function checkFight(row: FightRow): string | null {
  const { fight, outcome, drawsLeft } = fightAgain(row);
  const { attacker, defender } = row.log;
  const damage = (before: FightSide, after: FightSide) =>
    before.hull + before.shield - after.hull - after.shield;
  const drones = (before: FightSide, after: FightSide) =>
    before.attackDrones + before.defenseDrones - after.attackDrones - after.defenseDrones;
  const same =
    outcome === row.result &&
    drawsLeft === 0 &&
    fight.roundsFought === row.rounds &&
    destroyedBy(outcome, row) === row.destroyed_ship_id &&
    damage(attacker, fight.attacker) === row.damage_to_attacker &&
    damage(defender, fight.defender) === row.damage_to_defender &&
    drones(attacker, fight.attacker) === row.attacker_drones_lost &&
    drones(defender, fight.defender) === row.defender_drones_lost;
  return same ? null : `fight ${row.id} ends otherwise from its draws`;
}

/** @returns what is wrong with a row, a row that cannot be read or computed included; null when nothing is */
function problemOf<Row>(raw: unknown, schema: z.ZodType<Row>, check: (row: Row) => string | null) {
  try {
    return check(schema.parse(raw));
  } catch (error) {
    const { id } = idSchema.parse(raw);
    return `row ${id} cannot be computed again: ${error instanceof Error ? error.message : error}`;
  }
}

const idSchema = z.object({ id: z.string() });

async function checkPages<Row>(
  pool: pg.Pool,
  invariant: string,
  text: string,
  schema: z.ZodType<Row>,
  check: (row: Row) => string | null,
): Promise<{ breaches: Breach[]; rows: number }> {
  const breaches: Breach[] = [];
  let after = "00000000-0000-0000-0000-000000000000";
  for (let count = 0; ; ) {
    const { rows } = await pool.query(`${text} and id > $1 order by id limit ${PAGE_ROWS}`, [after]);
    for (const row of rows) {
      const what = problemOf(row, schema, check);
      if (what !== null) breaches.push({ invariant, what });
    }
    count += rows.length;
    const last = idSchema.safeParse(rows.at(-1));
    if (!last.success) return { breaches, rows: count };
    after = last.data.id;
  }
}

/** Computes every yield again from its rolls and every fight from its draws. */
export async function replayAll(
  pool: pg.Pool,
): Promise<{ breaches: Breach[]; harvests: number; fights: number }> {
  const harvests = await checkPages(
    pool,
    "yields_recomputed",
    "select * from mining_harvests where status = 'COMPLETED'",
    harvestSchema,
    checkHarvest,
  );
  const fights = await checkPages(
    pool,
    "fights_replayed",
    "select * from combat_logs where true",
    fightSchema,
    checkFight,
  );
  return {
    breaches: [...harvests.breaches, ...fights.breaches],
    harvests: harvests.rows,
    fights: fights.rows,
  };
}
