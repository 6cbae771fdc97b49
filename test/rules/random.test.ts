import assert from "node:assert/strict";
import fc from "fast-check";
import { chance, pick } from "../../src/rules/random.ts";
import { anyU32, seededU32, U32_MAX, u32For, withinThreeSigma } from "./chance.ts";

describe("random", () => {
  it("picks the least value for 0 and the greatest for the largest u32", () => {
    assert.equal(pick(0, 9, 18), 9);
    assert.equal(pick(U32_MAX, 9, 18), 18);
  });

  it("never picks outside the range", () => {
    fc.assert(
      fc.property(anyU32, fc.integer({ min: -100, max: 100 }), fc.nat(10_000), (u32, lo, width) => {
        const picked = pick(u32, lo, lo + width);
        return Number.isInteger(picked) && picked >= lo && picked <= lo + width;
      }),
    );
  });

  it("picks every value of a range about equally often", () => {
    const next = seededU32(1);
    const counts = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      const value = pick(next(), 1, 6);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), [1, 2, 3, 4, 5, 6]);
    for (const count of counts.values()) assert.ok(withinThreeSigma(count, 60_000, 1 / 6));
  });

  it("grants a chance of 0 never and one of 10 000 basis points always", () => {
    fc.assert(fc.property(anyU32, (u32) => !chance(u32, 0) && chance(u32, 10_000)));
  });

  it("grants a chance up to its last basis point and not beyond", () => {
    assert.equal(chance(u32For(99, 0, 9_999), 100), true);
    assert.equal(chance(u32For(100, 0, 9_999) - 1, 100), true);
    assert.equal(chance(u32For(100, 0, 9_999), 100), false);
  });
});
