/** What a storm of repeats has sent, and what speaks against the server. */
export class Tally {
  submissions = 0;
  /** Copies that were not answered but told to come again: as `busy`, for one. */
  putOff = 0;
  /** What was refused for good, by kind and code: such an id may have no effect. */
  readonly refusals = new Map<string, number>();
  /** Ids that were accepted, by kind. */
  readonly accepted = new Map<string, number>();
  readonly findings: string[] = [];

  /** Ids that were accepted or refused for good. */
  get settled(): number {
    return [...this.accepted.values(), ...this.refusals.values()].reduce((sum, count) => sum + count, 0);
  }

  accept(kind: string): void {
    this.accepted.set(kind, (this.accepted.get(kind) ?? 0) + 1);
  }

  refuse(kind: string, code: string): void {
    const what = `${kind}: ${code}`;
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
  }
}

/** As a code: the connection ended before there was an answer. */
export const NO_CONNECTION = "(no connection)";

/** Refusals that say nothing of the request itself: it is to be sent again. */
export const PUT_OFF: ReadonlySet<string> = new Set([
  ...["busy", "store_unavailable", "clock_skew", "too_many_requests", NO_CONNECTION],
  // Of a room that the ship has just left: the answer is had where it is now.
  "not_in_sector",
]);
