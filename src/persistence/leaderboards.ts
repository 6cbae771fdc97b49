import type pg from "pg";
import { z } from "zod";
import type { Surface } from "../rules/surfaces.ts";

/** A screenful: who is further down sees their own points elsewhere. */
const PLACES = 50;

/** Which contributions are counted: those of one contract or of all of a week, through one surface or any. */
export interface Slice {
  readonly contractIds: readonly string[];
  readonly surface: Surface | null;
}

const placeSchema = z.object({ rank: z.int(), name: z.string(), points: z.int() });

/** A place of a leaderboard; who has as many points shares it. */
export type Place = Readonly<z.output<typeof placeSchema>>;

/** Who has brought most to contracts. Ecosystem seed, Rollout Sequence: "leaderboard slices by surface". */
export async function readLeaderboard(
  db: Pick<pg.ClientBase, "query">,
  { contractIds, surface }: Slice,
): Promise<Place[]> {
  const { rows } = await db.query({
    name: "read_leaderboard",
    text: `select rank() over (order by sum(k.points) desc)::int as rank, u.username as name, sum(k.points)::int as points
      from contract_contributions k join users u on u.id = k.user_id
      where k.contract_id = any($1::uuid[]) and ($2::text is null or k.surface = $2)
      group by u.id order by points desc, min(k.contributed_at), u.id limit ${PLACES}`,
    values: [contractIds, surface],
  });
  return z.array(placeSchema).parse(rows);
}
