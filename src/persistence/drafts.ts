/** Rows as one item of a batch changes them: kept or dropped as a whole. */

/** A row as it was read, and as it is to be written; one that is new was not read. */
export interface Change<Row> {
  readonly before: Row | undefined;
  readonly after: Row;
}

/** Rows that were read under lock, and those that were changed since: one map for each table. */
export class Shelf<Key, Row> {
  readonly #read: ReadonlyMap<Key, Row>;
  readonly #changed = new Map<Key, Row>();
  #draft = new Map<Key, Row>();

  constructor(read: ReadonlyMap<Key, Row>) {
    this.#read = read;
  }

  get(key: Key): Row | undefined {
    return this.#draft.get(key) ?? this.#changed.get(key) ?? this.#read.get(key);
  }

  put(key: Key, row: Row): void {
    this.#draft.set(key, row);
  }

  keep(): void {
    for (const [key, row] of this.#draft) this.#changed.set(key, row);
    this.drop();
  }

  drop(): void {
    this.#draft = new Map();
  }

  changed(): Row[] {
    return [...this.#changed.values()];
  }

  changes(): Change<Row>[] {
    return Array.from(this.#changed, ([key, after]) => ({ before: this.#read.get(key), after }));
  }
}

/** Rows that are only ever inserted. */
export class Journal<Row> {
  readonly #kept: Row[] = [];
  #draft: Row[] = [];

  add(row: Row): void {
    this.#draft.push(row);
  }

  drafted(): readonly Row[] {
    return this.#draft;
  }

  keep(): void {
    this.#kept.push(...this.#draft);
    this.drop();
  }

  drop(): void {
    this.#draft = [];
  }

  rows(): readonly Row[] {
    return this.#kept;
  }
}
