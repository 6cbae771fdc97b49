/** What a fleet counts and times, in a form that passes between threads and adds up. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

const US_PER_MS = 1_000;
/** Above it a latency counts as this much: nobody waits for longer. */
const LATENCY_MS_MAX = 600_000;

/** Two digits are enough for a latency, and a histogram of them is small enough to have one for each action. */
const HISTOGRAM = { lowest: 1, highest: LATENCY_MS_MAX * US_PER_MS, figures: 2 } as const;

export interface LatencySummary {
  readonly count: number;
  /** Those of them that were still waited for when the measure was taken: they count with what they had waited by then. */
  readonly unanswered: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export type Counts = Readonly<Record<string, number>>;

/** A measure as it goes from one thread to another: histograms are cloned by Node itself. */
export interface MeasureParts {
  readonly latencies: ReadonlyMap<string, RecordableHistogram>;
  readonly counts: Counts;
  readonly refusals: Counts;
  readonly unanswered: Counts;
}

/** Latencies by action, and counters. */
export class Measure {
  #latencies = new Map<string, RecordableHistogram>();
  #counts = new Map<string, number>();
  #refusals = new Map<string, number>();
  #unanswered = new Map<string, number>();

  took(what: string, ms: number): void {
    const us = Math.round(Math.min(Math.max(ms, 0), LATENCY_MS_MAX) * US_PER_MS);
    this.#histogram(what).record(Math.max(1, us));
  }

  /** Has not come yet. What is left out here would make a server that stands still look quick. */
  waits(what: string, ms: number): void {
    this.took(what, ms);
    this.#unanswered.set(what, (this.#unanswered.get(what) ?? 0) + 1);
  }

  count(what: string, more = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + more);
  }

  refused(code: string): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  counted(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** What was measured since it was taken last; it begins anew. */
  take(): MeasureParts {
    const unanswered = Object.fromEntries(this.#unanswered);
    const parts = {
      ...{ latencies: this.#latencies, counts: this.counts },
      ...{ refusals: this.refusals, unanswered },
    };
    this.#latencies = new Map();
    this.#counts = new Map();
    this.#refusals = new Map();
    this.#unanswered = new Map();
    return parts;
  }

  get counts(): Counts {
    return Object.fromEntries(this.#counts);
  }

  get refusals(): Counts {
    return Object.fromEntries([...this.#refusals].sort(([, a], [, b]) => b - a));
  }

  add({ latencies, counts, refusals, unanswered }: MeasureParts): void {
    for (const [what, histogram] of latencies) this.#histogram(what).add(histogram);
    for (const [what, more] of Object.entries(counts)) this.count(what, more);
    for (const [code, more] of Object.entries(refusals)) {
      this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + more);
    }
    for (const [what, more] of Object.entries(unanswered)) {
      this.#unanswered.set(what, (this.#unanswered.get(what) ?? 0) + more);
    }
  }

  /** By action, in the order they were first seen. */
  latencies(): Map<string, LatencySummary> {
    return new Map(
      [...this.#latencies].map(([what, histogram]) => [
        what,
        summaryOf(histogram, this.#unanswered.get(what) ?? 0),
      ]),
    );
  }

  #histogram(what: string): RecordableHistogram {
    const found = this.#latencies.get(what) ?? createHistogram(HISTOGRAM);
    this.#latencies.set(what, found);
    return found;
  }
}

function summaryOf(histogram: RecordableHistogram, unanswered: number): LatencySummary {
  const ms = (percentile: number) => histogram.percentile(percentile) / US_PER_MS;
  return {
    count: histogram.count,
    unanswered,
    p50Ms: ms(50),
    p90Ms: ms(90),
    p99Ms: ms(99),
    maxMs: histogram.max / US_PER_MS,
  };
}
