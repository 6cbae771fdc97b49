import fc from "fast-check";

/** A seeded stream of u32 (mulberry32), so that a test rolls the same dice every time. */
export function seededU32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

export const U32_MAX = 0xffff_ffff;

export const anyU32 = fc.integer({ min: 0, max: U32_MAX });

/** The least u32 for which `pick(u32, lo, hi)` is `value`. */
export function u32For(value: number, lo: number, hi: number): number {
  return Math.ceil(((value - lo) * 2 ** 32) / (hi - lo + 1));
}

/** Whether `hits` of `rolls` lie within three standard deviations of what `probability` promises. */
export function withinThreeSigma(hits: number, rolls: number, probability: number): boolean {
  const sigma = Math.sqrt(rolls * probability * (1 - probability));
  return Math.abs(hits - rolls * probability) <= 3 * sigma;
}
