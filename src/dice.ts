/** Chance, handed in everywhere, so that tests and replays can hold it in their hand. */
import { randomFillSync } from "node:crypto";

/** One system call fills enough for a busy second; a roll then costs a read from memory. */
const POOL_ROLLS = 1024;

export interface Dice {
  /** A whole number from 0 to 4,294,967,295, each equally likely. */
  u32(): number;
}

/** Dice that nobody can predict: the operating system's cryptographic generator. */
export function secureDice(): Dice {
  const pool = new Uint32Array(POOL_ROLLS);
  let used = POOL_ROLLS;
  return {
    u32() {
      if (used === POOL_ROLLS) {
        randomFillSync(pool);
        used = 0;
      }
      const value = pool[used];
      if (value === undefined) throw new Error(`There is no roll ${used} in a pool of ${POOL_ROLLS}.`);
      // A roll that has been handed out does not stay readable in memory.
      pool[used] = 0;
      used += 1;
      return value;
    },
  };
}
