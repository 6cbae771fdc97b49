import type pg from "pg";
import { z } from "zod";
import { GOODS_INVARIANTS } from "./invariants/goods.ts";
import type { Invariant, InvariantText } from "./invariants/invariant.ts";
import { PLAY_INVARIANTS } from "./invariants/play.ts";
import { PRODUCT_EVENT_INVARIANTS } from "./invariants/product-events.ts";
import { REWARD_INVARIANTS } from "./invariants/rewards.ts";
import { SHIP_INVARIANTS } from "./invariants/ships.ts";
import { TOLD_INVARIANTS } from "./invariants/told.ts";

export interface Breach {
  readonly invariant: string;
  readonly what: string;
}

/** Enough to see what is wrong; a broken table would otherwise print itself. */
const BREACHES_SHOWN_MAX = 20;

const INVARIANTS: readonly Invariant[] = [
  ...PLAY_INVARIANTS,
  ...SHIP_INVARIANTS,
  ...GOODS_INVARIANTS,
  ...TOLD_INVARIANTS,
  ...REWARD_INVARIANTS,
  ...PRODUCT_EVENT_INVARIANTS,
];

/** What `findBreaches` looks for, in words. */
export const INVARIANT_TEXTS: readonly InvariantText[] = INVARIANTS;

/** Holds every invariant against the database as it is, in one snapshot. @returns what breaks them */
export async function findBreaches(pool: pg.Pool): Promise<Breach[]> {
  const client = await pool.connect();
  // Closed rather than returned unless everything went well: its transaction ends with it.
  let finished = false;
  try {
    // One snapshot: what is written meanwhile is seen by all or by none of the queries.
    await client.query("begin isolation level repeatable read read only");
    // The largest of these reads whole tables; a game's batch never does.
    await client.query("set local statement_timeout = '10min'");
    const found: Breach[] = [];
    for (const { name, breaches } of INVARIANTS) {
      // Materialized: told of the limit, Postgres would look for the first rows by loops that never end where there are none.
      const { rows } = await client.query(
        `with b as materialized (${breaches}) select what from b limit ${BREACHES_SHOWN_MAX}`,
      );
      for (const { what } of z.array(z.object({ what: z.string() })).parse(rows)) {
        found.push({ invariant: name, what });
      }
    }
    await client.query("commit");
    finished = true;
    return found;
  } finally {
    client.release(!finished);
  }
}
