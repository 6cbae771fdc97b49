/** What all benchmarks are told. */
export interface Settings {
  /** A Postgres in which databases are made; an embedded one without it. */
  readonly database: string | undefined;
  /** Sizes that only show that a benchmark still runs. */
  readonly isQuick: boolean;
  /** How long one measurement lasts. */
  readonly seconds: number;
  /** Told what has been measured, while more is. */
  readonly progress: (line: string) => void;
}
