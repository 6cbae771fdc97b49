import { type DepletionState, depletionState, replenish } from "../rules/mining.ts";
import type { FieldRow } from "./books.ts";

/** The field with its pool as it stands at `nowMs`: full again from the due time on. */
export function fieldAt(field: FieldRow, nowMs: number): FieldRow {
  const { poolRemaining, lastDepletingHarvestMs } = replenish({ ...field, tier: field.richnessTier }, nowMs);
  return poolRemaining === field.poolRemaining
    ? field
    : { ...field, poolRemaining, lastDepletingHarvestMs, replenishDueMs: null };
}

/** The public face of a field: its state at `nowMs`, what is left in it, and when it is full again. */
export function depletionOf(
  field: FieldRow,
  nowMs: number,
): { state: DepletionState; poolRemaining: number; dueMs: number | null } {
  const { poolRemaining, poolSize, replenishDueMs: dueMs } = fieldAt(field, nowMs);
  return { state: depletionState(poolRemaining, poolSize), poolRemaining, dueMs };
}
