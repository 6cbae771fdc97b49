import type pg from "pg";
import { z } from "zod";
import { canonicalJson } from "../canonical-json.ts";
import { type Fight, type FightSide, fightRound, lootCargo, type RoundEvent } from "../rules/combat.ts";
import { type Cargo, COMMODITIES } from "../rules/commodities.ts";
import { resolveHarvest } from "../rules/mining.ts";
import { HULL_TYPES } from "../rules/ships.ts";
import { harvestStandingDelta } from "../rules/standing.ts";
import type { InvariantText } from "./invariants/invariant.ts";
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
  am_claimed: z.boolean(),
  has_license: z.boolean(),
  am_rep_delta: z.int(),
  depletion_state_before: z.string(),
  depletion_state_after: z.string(),
});

/** What the rules make of a row, beside what the row says: the same keys on both sides. */
interface Comparison {
  readonly expected: Readonly<Record<string, unknown>>;
  readonly found: Readonly<Record<string, unknown>>;
}

/** @returns every difference, what is expected before what is found; null when there is none */
function differencesOf({ expected, found }: Comparison): string | null {
  const texts = Object.keys(expected).flatMap((name) => {
    const [should, is] = [canonicalJson(expected[name]), canonicalJson(found[name])];
    return should === is ? [] : [`${name}: expected ${should}, found ${is}`];
  });
  return texts.length === 0 ? null : texts.join("; ");
}

function compareHarvest(row: z.output<typeof harvestSchema>): Comparison {
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
  if (again.kind === "cancelled") {
    return { expected: { status: "CANCELLED" }, found: { status: "COMPLETED" } };
  }
  return {
    expected: {
      ore_rolled: again.oreRolled,
      ore_yield: again.ore,
      precious_metals_yield: again.preciousMetals,
      quantum_shards_yield: again.quantumShards,
      pool_drawn: again.poolDrawn,
      floored: again.floored,
      am_rep_delta: harvestStandingDelta({ amClaimed: row.am_claimed, licensed: row.has_license }),
      depletion_state_before: again.stateBefore,
      depletion_state_after: again.stateAfter,
    },
    found: row,
  };
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

/** One kind of row that can be computed again. */
interface Replay<Row> extends InvariantText {
  readonly rowName: string;
  /** Selects the rows; ends in a condition. */
  readonly select: string;
  readonly schema: z.ZodType<Row>;
  readonly compare: (row: Row) => Comparison;
}

const HARVESTS: Replay<z.output<typeof harvestSchema>> = {
  name: "yields_recomputed",
  says: "Computed again from the rolls and circumstances in its row, each completed harvest gives the same yields, draw from the pool and standing.",
  rowName: "harvest",
  select: "select * from mining_harvests where status = 'COMPLETED'",
  schema: harvestSchema,
  compare: compareHarvest,
};

const FIGHTS: Replay<FightRow> = {
  name: "fights_replayed",
  says: "Fought again from the sides, draws and loot rolls in its log, each fight has the same rounds, end, damage and lost drones, and the loot that its wreck lacks.",
  rowName: "fight",
  select: `select *, (select jsonb_object_agg(commodity, quantity) from ship_cargo where ship_id = destroyed_ship_id)
    as wreck_cargo from combat_logs where true`,
  schema: fightSchema,
  compare: compareFight,
};

/** What `replayAll` looks for, in words. */
export const REPLAY_TEXTS: readonly InvariantText[] = [HARVESTS, FIGHTS];

const idSchema = z.object({ id: z.string() });

/** @returns what is wrong with a row, one that cannot be read or computed included; null when nothing is */
function problemOf<Row>(raw: unknown, { rowName, schema, compare }: Replay<Row>): string | null {
  const { id } = idSchema.parse(raw);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return `${rowName} ${id} cannot be computed again: ${issues.join("; ")}`;
  }
  try {
    const differences = differencesOf(compare(parsed.data));
    return differences === null ? null : `${rowName} ${id} differs from its dice: ${differences}`;
  } catch (error) {
    return `${rowName} ${id} cannot be computed again: ${error instanceof Error ? error.message : error}`;
  }
}

async function checkPages<Row>(
  pool: pg.Pool,
  replay: Replay<Row>,
): Promise<{ breaches: Breach[]; rows: number }> {
  const breaches: Breach[] = [];
  let after = "00000000-0000-0000-0000-000000000000";
  for (let count = 0; ; ) {
    const { rows } = await pool.query(`${replay.select} and id > $1 order by id limit ${PAGE_ROWS}`, [after]);
    for (const row of rows) {
      const what = problemOf(row, replay);
      if (what !== null) breaches.push({ invariant: replay.name, what });
    }
    count += rows.length;
    const last = idSchema.safeParse(rows.at(-1));
    if (!last.success) return { breaches, rows: count };
    after = last.data.id;
  }
}

/** Computes every completed harvest again from its rolls and every fight from its draws. */
export async function replayAll(
  pool: pg.Pool,
): Promise<{ breaches: Breach[]; harvests: number; fights: number }> {
  const harvests = await checkPages(pool, HARVESTS);
  const fights = await checkPages(pool, FIGHTS);
  return {
    breaches: [...harvests.breaches, ...fights.breaches],
    harvests: harvests.rows,
    fights: fights.rows,
  };
}
