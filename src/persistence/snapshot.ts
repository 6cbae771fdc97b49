import type pg from "pg";
import { z } from "zod";

const rowsSchema = z.tuple([z.object({ snapshot: z.string() })]);

/**
 * Which transactions of the database are over, as text. Two that are equal see the same rows: nothing was committed
 * between them, whoever writes. So whoever has read under one need not read again under its equal. Costs no table.
 */
export async function readSnapshot(db: Pick<pg.Pool, "query">): Promise<string> {
  const { rows } = await db.query({
    name: "read_snapshot",
    text: "select pg_current_snapshot()::text as snapshot",
  });
  return rowsSchema.parse(rows)[0].snapshot;
}
