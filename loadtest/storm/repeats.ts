/** How often each request of a storm is sent, and how: a function of the seed alone. */
import { createHash } from "node:crypto";
import { Prng } from "../../src/rules/galaxy/prng.ts";

/** How often a request is sent. */
export const COPIES = [2, 50] as const;
/** One in so many COMMITs goes unanswered meanwhile. */
export const REPLY_LOST_ONE_IN = 20;
/** Nobody is away longer than a network that hiccups. */
const AWAY_MS_MAX = 50;
/** Between the first copies and the end of their line: some are lost with it, some answers are, some are through. */
const CUT_AFTER_MS_MAX = 10;

/** When a request's copies are sent. Over HTTP, where no line can be cut, all but `beside` are `later`. */
const WAYS = [
  /** All at once. */
  "beside",
  /** Some; then the line is lost without a goodbye; the others once the seat has been taken again. */
  "after_cut",
  /** Some; then the pilot leaves and joins anew; the others there. */
  "after_rejoin",
  /** Some; the others when the pilot has done something else meanwhile, for a warp from another sector's room. */
  "later",
] as const;

export interface Repeats {
  readonly way: (typeof WAYS)[number];
  readonly copies: number;
  /** So many of the copies are sent at first. */
  readonly atFirst: number;
  readonly cutAfterMs: number;
  readonly awayMs: number;
}

/** @returns for each pilot what becomes of each of their requests, `requests` in all */
export function repeatsOf(seed: number, requests: number, pilots: number): Repeats[][] {
  return Array.from({ length: pilots }, (_, pilot) => {
    const prng = new Prng(`${seed}/idempotency/${pilot}`);
    const own = Math.floor((requests + pilots - 1 - pilot) / pilots);
    return Array.from({ length: own }, () => {
      const way = prng.one(WAYS);
      const copies = prng.int(...COPIES);
      const atFirst = way === "beside" ? copies : prng.int(1, copies - 1);
      const [cutAfterMs, awayMs] = [prng.int(0, CUT_AFTER_MS_MAX), prng.int(0, AWAY_MS_MAX)];
      return { way, copies, atFirst, cutAfterMs, awayMs };
    });
  });
}

/** The same for the same schedule. */
export function fingerprintOfRepeats(repeats: readonly (readonly Repeats[])[]): string {
  return createHash("sha256").update(JSON.stringify(repeats)).digest("hex").slice(0, 12);
}
