/** What the operators' guide says to do when a person is to be erased. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type pg from "pg";

const GUIDE = new URL("../../docs/operations.md", import.meta.url);

/** Does to the database what the guide says. */
export async function erase(pool: pg.Pool, userId: string): Promise<void> {
  const sql = /--set=id=[^\n]*<<'SQL'\n(.*?)^SQL$/ms.exec(await readFile(GUIDE, "utf8"))?.[1];
  assert.ok(sql !== undefined);
  await pool.query(sql.replaceAll(":'id'", `'${userId}'`));
}
