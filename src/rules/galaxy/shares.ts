import { itemAt, type Prng } from "./prng.ts";

/** `cards([["NEBULA", 3], ["ANOMALY", 1]])`: four cards, three of them NEBULA. */
export function cards<T>(counts: readonly (readonly [card: T, copies: number])[]): T[] {
  return counts.flatMap(([card, copies]) => Array.from({ length: copies }, () => card));
}

/**
 * Chance without drift: cards are dealt from a shuffled deck, and when it is empty it is shuffled anew. The
 * shares hold exactly over every full deck, so they hold in a galaxy of a hundred sectors too, where dice
 * would miss them by far. `opening` cards come first, out of the first deck.
 */
export class Deck<T> {
  readonly #cards: readonly T[];
  readonly #prng: Prng;
  #left: T[];

  constructor(deck: readonly T[], prng: Prng, opening: readonly T[] = []) {
    this.#cards = deck;
    this.#prng = prng;
    const rest = [...deck];
    for (const card of opening) {
      const place = rest.indexOf(card);
      if (place < 0) throw new RangeError("An opening card has to be one of the deck.");
      rest.splice(place, 1);
    }
    this.#left = [...opening, ...prng.shuffled(rest)];
  }

  /** The next card. */
  deal(): T {
    if (this.#left.length === 0) this.#left = this.#prng.shuffled(this.#cards);
    const card = itemAt(this.#left, 0);
    this.#left.shift();
    return card;
  }
}

/**
 * Splits a share over parts so that the running total is always the exact share, rounded to the nearest
 * whole: 15 % of 25, 25, 25, 25 gives 4, 4, 3, 4.
 */
export class Quota {
  #wantedBps = 0;
  #given = 0;

  /** How many of `size` come next; `shareBps` in basis points. */
  take(size: number, shareBps: number): number {
    this.#wantedBps += size * shareBps;
    const count = Math.floor((this.#wantedBps + 5_000) / 10_000) - this.#given;
    this.#given += count;
    return count;
  }
}
