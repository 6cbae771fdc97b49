import { sql } from "drizzle-orm";
import { bigint, pgSequence } from "drizzle-orm/pg-core";

/** Numbers outcomes of several tables together, in the order in which they are written. */
export const outcomeOrder = pgSequence("outcome_order");

/**
 * Where the row stands among all outcomes. A player's outcomes are written one after the other under the lock of their
 * row, so of one player this is the order in which they happened, which `at` is not when a clock was set back.
 */
export const writtenSeq = () =>
  bigint("written_seq", { mode: "number" }).notNull().default(sql`nextval('outcome_order')`);
