import type { Dice } from "../../src/dice.ts";

const U32 = 2 ** 32;

/** Dice that show exactly the given rolls, in order. @throws when asked for more: the code rolled unexpectedly. */
export class ScriptedDice implements Dice {
  readonly #rolls: number[] = [];
  #given = 0;

  constructor(...rolls: number[]) {
    this.push(...rolls);
  }

  u32(): number {
    const roll = this.#rolls.shift();
    if (roll === undefined) throw new Error(`All ${this.#given} scripted rolls are used up.`);
    this.#given += 1;
    return roll;
  }

  /** More rolls, after those still left. */
  push(...rolls: number[]): void {
    const wrong = rolls.find((roll) => !Number.isInteger(roll) || roll < 0 || roll >= U32);
    if (wrong !== undefined) throw new RangeError(`${wrong} is no u32.`);
    this.#rolls.push(...rolls);
  }

  /** How many rolls are left: 0 at the end of a test that knew what would be rolled. */
  get left(): number {
    return this.#rolls.length;
  }
}

/** The same sequence for the same seed (mulberry32): for tests that need many rolls, not particular ones. */
export function seededDice(seed: number): Dice {
  let state = seed >>> 0;
  return {
    u32() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return (mixed ^ (mixed >>> 14)) >>> 0;
    },
  };
}
