import { PUT_OFF_BY_ROOMS } from "../fleet/asking.ts";

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

/** Refusals after which a copy comes again; of `not_in_sector` the answer is had where the ship is now. */
export const COMES_AGAIN: ReadonlySet<string> = new Set([...PUT_OFF_BY_ROOMS, NO_CONNECTION]);
