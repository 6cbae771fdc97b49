import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { ANOMALIES } from "../rules/expeditions.ts";
import { RESEARCH, RESEARCH_SUBJECTS, type Research, type ResearchSubject } from "../rules/research.ts";
import type { Database } from "./database.ts";
import { spendBalance } from "./ledger.ts";
import { ensureUser } from "./sessions.ts";
import { withTransaction } from "./sqlstate.ts";

type Queryable = Pick<pg.ClientBase, "query">;

const clueSchema = z
  .object({ run_id: z.string(), sector_id: z.int(), anomaly: z.enum(ANOMALIES), found_at: z.date() })
  .transform((row) => ({
    runId: row.run_id,
    sectorId: row.sector_id,
    anomaly: row.anomaly,
    foundAtMs: row.found_at.getTime(),
  }));

/** What a user has found out, and the clues they have brought home. */
export interface Known {
  readonly unlocked: readonly ResearchSubject[];
  readonly clues: readonly z.output<typeof clueSchema>[];
}

export async function readResearch(db: Queryable, userId: string): Promise<Known> {
  const unlocks = await db.query({
    name: "read_research",
    text: "select subject from research_unlocks where user_id = $1 order by unlocked_at, subject",
    values: [userId],
  });
  const clues = await db.query({
    name: "read_clues",
    text: "select run_id, sector_id, anomaly, found_at from anomaly_clues where user_id = $1 order by found_at desc, run_id",
    values: [userId],
  });
  return {
    unlocked: z
      .array(z.object({ subject: z.enum(RESEARCH_SUBJECTS) }))
      .parse(unlocks.rows)
      .map((row) => row.subject),
    clues: z.array(clueSchema).parse(clues.rows),
  };
}

/**
 * Finds something out, for stardust; what is known already costs nothing again.
 * @throws Refusal research_not_ready, insufficient_balance
 */
export async function unlockResearch(
  { pool }: Pick<Database, "pool">,
  user: { userId: string; name: string },
  subject: ResearchSubject,
  nowMs: number,
): Promise<Known> {
  const { userId } = user;
  const research: Research = RESEARCH[subject];
  return withTransaction(pool, async (tx) => {
    await ensureUser(tx, user, nowMs);
    const { unlocked, clues } = await readResearch(tx, userId);
    const isReady = research.after === null || unlocked.some((known) => known === research.after);
    if (!isReady || clues.length < research.cluesMin) {
      const { after, cluesMin } = research;
      throw new Refusal("research_not_ready", { after, cluesMin, clues: clues.length });
    }
    const { rowCount } = await tx.query(
      "insert into research_unlocks (user_id, subject, unlocked_at) values ($1, $2, $3) on conflict do nothing",
      [userId, subject, new Date(nowMs)],
    );
    // Of two that ask at once, the second waits for the first one's row and finds it paid for.
    if (rowCount === 1) {
      await spendBalance(tx, {
        ...{ userId, rewardType: "stardust_bonus", amount: research.costStardust },
        ...{ purpose: "research", reference: subject, nowMs },
      });
    }
    return readResearch(tx, userId);
  });
}
