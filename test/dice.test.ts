import assert from "node:assert/strict";
import { secureDice } from "../src/dice.ts";
import { ScriptedDice, seededDice } from "./support/dice.ts";

const U32 = 2 ** 32;
const ROLLS = 20_000;
/** Far outside what honest dice do in 20,000 rolls (half a bucket's expected count), so the test never fails by chance. */
const BUCKETS = 16;
const DEVIATION_MAX = 0.5;

describe("dice", () => {
  const kinds = [
    { name: "secure", dice: secureDice() },
    { name: "seeded", dice: seededDice(7) },
  ];
  for (const { name, dice } of kinds) {
    it(`roll whole numbers below 2^32, each range about equally often (${name})`, () => {
      const counts = new Array<number>(BUCKETS).fill(0);
      for (let roll = 0; roll < ROLLS; roll++) {
        const value = dice.u32();
        assert.ok(Number.isInteger(value) && value >= 0 && value < U32, `${value}`);
        const bucket = Math.floor((value / U32) * BUCKETS);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
      const expected = ROLLS / BUCKETS;
      for (const count of counts)
        assert.ok(Math.abs(count - expected) < expected * DEVIATION_MAX, `${counts}`);
    });
  }

  it("do not repeat themselves when the pool is filled again", () => {
    const dice = secureDice();
    const seen = new Set(Array.from({ length: ROLLS }, () => dice.u32()));
    // Among 20,000 of 2^32 values about 0.05 pairs are equal by chance.
    assert.ok(seen.size > ROLLS - 5);
  });

  it("are the same for the same seed and others for another", () => {
    const rolls = (seed: number) => {
      const dice = seededDice(seed);
      return [dice.u32(), dice.u32(), dice.u32()];
    };
    assert.deepEqual(rolls(1), rolls(1));
    assert.notDeepEqual(rolls(1), rolls(2));
  });

  it("follow their script and refuse to go on without one", () => {
    const dice = new ScriptedDice(0, U32 - 1);
    assert.equal(dice.u32(), 0);
    assert.equal(dice.left, 1);
    assert.equal(dice.u32(), U32 - 1);
    assert.throws(() => dice.u32(), /All 2 scripted rolls are used up/);
    assert.throws(() => new ScriptedDice(U32), RangeError);
  });
});
