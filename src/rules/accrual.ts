/** Something that grows by one unit each `msPerUnit`, up to `max`, counted from an anchor in time. */
interface Accrual {
  amount: number;
  max: number;
  /** Null when nothing has been counted yet. */
  anchorMs: number | null;
  msPerUnit: number;
}

/**
 * Credits the whole units due at `nowMs`. The anchor moves by the credited units alone, so the fraction of a
 * unit is kept; when full it moves to now, so nothing is banked. A clock that ran backwards credits nothing.
 * Domain §1.3 (turns) and §15.5 (shields).
 */
export function accrue({ amount, max, anchorMs, msPerUnit }: Accrual, nowMs: number) {
  if (anchorMs === null || nowMs < anchorMs || amount >= max) return { amount, anchorMs: nowMs, added: 0 };
  const due = Math.floor((nowMs - anchorMs) / msPerUnit);
  if (due === 0) return { amount, anchorMs, added: 0 };
  if (amount + due >= max) return { amount: max, anchorMs: nowMs, added: max - amount };
  return { amount: amount + due, anchorMs: anchorMs + due * msPerUnit, added: due };
}
