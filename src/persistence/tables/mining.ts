import { sql } from "drizzle-orm";
import { boolean, check, index, integer, pgTable, uuid, varchar } from "drizzle-orm/pg-core";
import { HARVEST_STATUSES } from "../../rules/mining.ts";
import { SURFACE_CODES } from "../../rules/surfaces.ts";
import { moment, oneOf, roll } from "./columns.ts";
import { writtenSeq } from "./outcomes.ts";
import { sectors } from "./world.ts";

/** The pool of an ASTEROID_FIELD sector: a row of its own, so that it can be locked and checked. */
export const asteroidFields = pgTable(
  "asteroid_fields",
  {
    sectorId: integer("sector_id")
      .primaryKey()
      .references(() => sectors.sectorId, { onDelete: "cascade" }),
    richnessTier: integer("richness_tier").notNull(),
    poolSize: integer("pool_size").notNull(),
    poolRemaining: integer("pool_remaining").notNull(),
    lastDepletingHarvestAt: moment("last_depleting_harvest_at"),
    replenishDueAt: moment("replenish_due_at"),
    hasDeepAsteroids: boolean("has_deep_asteroids").notNull().default(false),
    /** Hours a pilot waits between two completed harvests here; null for fields without a cooldown (C-03). */
    cooldownHours: integer("cooldown_hours"),
  },
  () => [
    check("asteroid_fields_richness_tier", sql`richness_tier between 1 and 5`),
    check("asteroid_fields_pool_size", sql`pool_size = richness_tier * 100`),
    check("asteroid_fields_pool_remaining", sql`pool_remaining between 0 and pool_size`),
    check("asteroid_fields_cooldown_hours", sql`cooldown_hours > 0`),
    check(
      "asteroid_fields_replenish",
      sql`(pool_remaining = pool_size) = (replenish_due_at is null)
        and (replenish_due_at is null or last_depleting_harvest_at is not null)`,
    ),
  ],
);

/**
 * One row for each harvest that has ended, inserted terminal: a running harvest lives in its room alone.
 * The rolls and everything they were applied to are kept, so that every yield can be computed again.
 *
 * Player, ship and region are foreign keys that triggers hold, a statement at a time (migration 0002): player and
 * ship take the row with them, a region leaves null behind.
 */
export const miningHarvests = pgTable(
  "mining_harvests",
  {
    id: uuid().primaryKey(),
    playerId: uuid("player_id").notNull(),
    shipId: uuid("ship_id").notNull(),
    sectorId: integer("sector_id").notNull(),
    regionId: uuid("region_id"),
    status: varchar({ length: 16 }).notNull(),
    /** Why it did not complete; null when it did. */
    terminalReason: varchar("terminal_reason", { length: 64 }),
    /** What the attempt cost in the end: 5, 3 or 0. */
    turnsSpent: integer("turns_spent").notNull(),
    refundTurns: integer("refund_turns").notNull(),
    startedAt: moment("started_at").notNull(),
    resolvesAt: moment("resolves_at").notNull(),
    resolvedAt: moment("resolved_at").notNull(),
    laserLevel: integer("laser_level").notNull(),
    richnessTier: integer("richness_tier").notNull(),
    amClaimed: boolean("am_claimed").notNull(),
    hasLicense: boolean("has_license").notNull().default(false),
    yieldBonusBps: integer("yield_bonus_bps").notNull().default(10_000),
    hasDeepAsteroids: boolean("has_deep_asteroids").notNull(),
    poolBefore: integer("pool_before").notNull(),
    poolDrawn: integer("pool_drawn").notNull().default(0),
    cargoFreeBefore: integer("cargo_free_before").notNull(),
    rollOre: roll("roll_ore"),
    rollPreciousChance: roll("roll_precious_chance"),
    rollPreciousQuantity: roll("roll_precious_quantity"),
    rollShardChance: roll("roll_shard_chance"),
    /** Ore after depletion and bonuses, before the hold's limit (C-31); what was granted is `ore_yield`. */
    oreRolled: integer("ore_rolled"),
    oreYield: integer("ore_yield"),
    preciousMetalsYield: integer("precious_metals_yield"),
    quantumShardsYield: integer("quantum_shards_yield"),
    floored: boolean(),
    amRepDelta: integer("am_rep_delta"),
    fcRepDelta: integer("fc_rep_delta"),
    depletionStateBefore: varchar("depletion_state_before", { length: 16 }),
    depletionStateAfter: varchar("depletion_state_after", { length: 16 }),
    /** Of a completed one, what its pilot's session said of itself at that moment; null where it said nothing. */
    surface: varchar({ length: 32 }),
    writtenSeq: writtenSeq(),
  },
  (table) => [
    index("mining_harvests_player").on(table.playerId, table.sectorId, table.resolvedAt),
    index("mining_harvests_unlicensed")
      .on(table.playerId, table.resolvedAt)
      .where(sql`am_claimed and not has_license and status = 'COMPLETED'`),
    check("mining_harvests_surface", oneOf("surface", SURFACE_CODES)),
    check("mining_harvests_status", oneOf("status", HARVEST_STATUSES)),
    check(
      "mining_harvests_turns",
      sql`(status = 'COMPLETED' and turns_spent = 5 and refund_turns = 0)
        or (status <> 'COMPLETED' and turns_spent + refund_turns = 5 and refund_turns in (2, 5))`,
    ),
    check("mining_harvests_reason", sql`(status = 'COMPLETED') = (terminal_reason is null)`),
    check(
      "mining_harvests_yield",
      // A CHECK passes on NULL, so what must be there is counted first.
      sql`case when status = 'COMPLETED'
        then num_nulls(roll_ore, ore_rolled, ore_yield, precious_metals_yield, quantum_shards_yield, floored,
            am_rep_delta, depletion_state_before, depletion_state_after) = 0
          and ore_rolled >= 1 and ore_yield between 0 and ore_rolled and pool_drawn between 0 and ore_rolled
          and precious_metals_yield between 0 and 3 and quantum_shards_yield between 0 and 1
        else ore_yield is null and pool_drawn = 0 end`,
    ),
  ],
);
