import { pick } from "../random.ts";

/** Two lanes of the hash differ in these alone; all are odd, so no step of a lane loses information. */
const LANE_PRIMES: readonly number[] = [0x01000193, 0x9e3779b1, 0x85ebca6b, 0xc2b2ae35];
const WARM_UP_ROUNDS = 16;

/**
 * A stream of chance that is the same on every machine: Chris Doty-Humphrey's sfc32, its state taken from a
 * name. Each part of a galaxy draws from a stream of its own name ("2102/Terran Space/warps"), so a change
 * to one part leaves the others as they were. For worlds only: players can work such a stream out.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(name: string) {
    const lanes = LANE_PRIMES.map((prime) => {
      let hash = prime;
      for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), prime);
      return hash ^ (hash >>> 15);
    });
    [this.#a = 0, this.#b = 0, this.#c = 0, this.#counter = 0] = lanes;
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) this.u32();
  }

  /** The next 32 bits, 0 … 4,294,967,295. */
  u32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number in lo..hi, both included. */
  int(lo: number, hi: number): number {
    return pick(this.u32(), lo, hi);
  }

  /** One of the items; there has to be one. */
  one<T>(items: readonly T[]): T {
    return itemAt(items, this.int(0, items.length - 1));
  }

  /** The same items in another order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i -= 1) {
      const j = this.int(0, i);
      const moved = itemAt(result, i);
      result[i] = itemAt(result, j);
      result[j] = moved;
    }
    return result;
  }
}

/** The item at an index that is known to exist. */
export function itemAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no item ${index} in a list of ${items.length}.`);
  return item;
}
