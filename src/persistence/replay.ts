/** Whatever dice decided, computed again from what its row has kept. */
import type pg from "pg";
import { z } from "zod";
import { canonicalJson } from "../canonical-json.ts";
import type { InvariantText } from "./invariants/invariant.ts";
import type { Breach } from "./invariants.ts";
import { FIGHTS } from "./replay/fights.ts";
import { HARVESTS } from "./replay/harvests.ts";
import type { Comparison, Replay } from "./replay/replay-of.ts";
import { RUNS } from "./replay/runs.ts";

/** Rows computed again at a time: some hundred KB of memory. */
const PAGE_ROWS = 1_000;

/** @returns every difference, what is expected before what is found; null when there is none */
function differencesOf({ expected, found }: Comparison): string | null {
  const texts = Object.keys(expected).flatMap((name) => {
    const [should, is] = [canonicalJson(expected[name]), canonicalJson(found[name])];
    return should === is ? [] : [`${name}: expected ${should}, found ${is}`];
  });
  return texts.length === 0 ? null : texts.join("; ");
}

/** What `replayAll` looks for, in words. */
export const REPLAY_TEXTS: readonly InvariantText[] = [HARVESTS, FIGHTS, RUNS];

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
  pool: Pick<pg.Pool, "query">,
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

/** Computes every completed harvest again from its rolls, every fight from its draws and every completed run from its rolls. */
export async function replayAll(
  pool: Pick<pg.Pool, "query">,
): Promise<{ breaches: Breach[]; harvests: number; fights: number; runs: number }> {
  const harvests = await checkPages(pool, HARVESTS);
  const fights = await checkPages(pool, FIGHTS);
  const runs = await checkPages(pool, RUNS);
  return {
    breaches: [...harvests.breaches, ...fights.breaches, ...runs.breaches],
    harvests: harvests.rows,
    fights: fights.rows,
    runs: runs.rows,
  };
}
