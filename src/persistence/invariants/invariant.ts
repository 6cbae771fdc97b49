/** What an audit holds against the database, in words. */
export interface InvariantText {
  readonly name: string;
  readonly says: string;
}

/** Something that must hold whatever happened. `breaches` finds the rows that break it, a text for each. */
export interface Invariant extends InvariantText {
  readonly breaches: string;
}
