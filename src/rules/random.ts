const U32_VALUES = 2 ** 32;

/** A whole number in lo..hi, both included, from one u32 of chance. Exact while the range is below 2^21. */
export function pick(u32: number, lo: number, hi: number): number {
  return lo + Math.floor((u32 * (hi - lo + 1)) / U32_VALUES);
}

/** Whether a chance given in basis points (10 000 = always) comes true for one u32 of chance. */
export function chance(u32: number, basisPoints: number): boolean {
  return pick(u32, 0, 9_999) < basisPoints;
}
