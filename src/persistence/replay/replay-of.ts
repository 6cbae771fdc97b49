import type { z } from "zod";
import type { InvariantText } from "../invariants/invariant.ts";

/** What the rules make of a row, beside what the row says: the same keys on both sides. */
export interface Comparison {
  readonly expected: Readonly<Record<string, unknown>>;
  readonly found: Readonly<Record<string, unknown>>;
}

/** One kind of row that can be computed again. */
export interface Replay<Row> extends InvariantText {
  readonly rowName: string;
  /** Selects the rows; ends in a condition. */
  readonly select: string;
  readonly schema: z.ZodType<Row>;
  readonly compare: (row: Row) => Comparison;
}
