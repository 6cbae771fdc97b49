import { z } from "zod";
import { resolveHarvest } from "../../rules/mining.ts";
import { FRONTIER_HARVEST_STANDING, harvestStandingDelta } from "../../rules/standing.ts";
import type { Comparison, Replay } from "./replay-of.ts";

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
  fc_rep_delta: z.int().nullable(),
  is_frontier: z.boolean().nullable(),
  depletion_state_before: z.string(),
  depletion_state_after: z.string(),
});

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
      fc_rep_delta: frontierStanding(row),
      depletion_state_before: again.stateBefore,
      depletion_state_after: again.stateAfter,
    },
    found: row,
  };
}

/** Harvests from before this standing was kept have none, and a sector that is gone cannot tell: such a row is believed. */
function frontierStanding(row: z.output<typeof harvestSchema>): number | null {
  if (row.fc_rep_delta === null || row.is_frontier === null) return row.fc_rep_delta;
  return row.is_frontier ? FRONTIER_HARVEST_STANDING : 0;
}

export const HARVESTS: Replay<z.output<typeof harvestSchema>> = {
  name: "yields_recomputed",
  says: "Computed again from the rolls and circumstances in its row, each completed harvest gives the same yields, draw from the pool and standing.",
  rowName: "harvest",
  // A sector's zone and owner are those it was made with.
  select: `select *, (
      select z.zone_type = 'FRONTIER' and s.controlling_faction is null from sectors s join zones z on z.id = s.zone_id
      where s.sector_id = mining_harvests.sector_id
    ) as is_frontier
    from mining_harvests where status = 'COMPLETED'`,
  schema: harvestSchema,
  compare: compareHarvest,
};
