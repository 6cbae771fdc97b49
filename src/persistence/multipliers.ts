import type pg from "pg";
import { z } from "zod";

const multiplierSchema = z.object({ bps: z.int().nullable() });

/**
 * What stardust of a user is multiplied by: the best of the tiers they were given whose contract is still active; 10 000
 * without one. Several do not add up, or who joins everything would earn several times as much.
 */
export async function readStardustMultiplier(
  db: Pick<pg.ClientBase, "query">,
  userId: string,
  nowMs: number,
): Promise<number> {
  const { rows } = await db.query({
    name: "read_stardust_multiplier",
    text: `select max(t.multiplier_bps) as bps from contract_tier_grants g
      join contract_tiers t on t.contract_id = g.contract_id and t.tier = g.tier
      join guild_contracts c on c.id = g.contract_id
      where g.user_id = $1 and c.starts_at <= $2 and c.ends_at > $2`,
    values: [userId, new Date(nowMs)],
  });
  return multiplierSchema.parse(rows[0]).bps ?? 10_000;
}
