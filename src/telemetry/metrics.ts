import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { DELAY_LOOK_MS } from "./load.ts";
import type { JoinKind, Meter } from "./meter.ts";
import { COUNTERS, GAUGES, GUARDRAILS, HISTOGRAMS, READ_COUNTERS } from "./metrics-catalogue.ts";

const MS_PER_SECOND = 1000;

/** One value of a metric, with its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What is read from the running server when somebody asks: a value for each metric of these two kinds. */
export type Reading = Readonly<
  Record<keyof typeof READ_COUNTERS, number> &
    Record<keyof typeof GAUGES, number | readonly Sample[]> &
    Record<keyof typeof GUARDRAILS, readonly Sample[]>
>;

/** This process' metrics, in the form that Prometheus reads. Everything it measures is in the catalogue. */
export class Metrics implements Meter {
  readonly #registry = new Registry();
  readonly #also: Pick<Meter, "tickTook" | "answered"> | null;
  readonly #tickSeconds = this.#histogram("sectorkeep_tick_seconds");
  readonly #answerSeconds = this.#histogram("sectorkeep_answer_seconds");
  readonly #httpSeconds = this.#histogram("sectorkeep_http_seconds");
  readonly #commitSeconds = this.#histogram("sectorkeep_commit_seconds");
  readonly #commitItems = this.#histogram("sectorkeep_commit_items");
  readonly #feedReadSeconds = this.#histogram("sectorkeep_feed_read_seconds");
  readonly #commands = this.#counter("sectorkeep_commands_total", COUNTERS.sectorkeep_commands_total);
  readonly #refusals = this.#counter("sectorkeep_refusals_total", COUNTERS.sectorkeep_refusals_total);
  readonly #outcomes = this.#counter("sectorkeep_outcomes_total", COUNTERS.sectorkeep_outcomes_total);
  readonly #feedEvents = this.#counter("sectorkeep_feed_events_total", COUNTERS.sectorkeep_feed_events_total);
  readonly #joins = this.#counter("sectorkeep_joins_total", COUNTERS.sectorkeep_joins_total);
  readonly #lost = this.#counter("sectorkeep_sectors_lost_total", COUNTERS.sectorkeep_sectors_lost_total);
  readonly #read = new Map(
    Object.entries(READ_COUNTERS).map(([name, spec]) => [name, this.#counter(name, spec)]),
  );
  readonly #gauges = new Map(
    Object.entries({ ...GAUGES, ...GUARDRAILS }).map(([name, { help, labels }]) => [
      name,
      new Gauge({ name, help, labelNames: [...labels], registers: [this.#registry] }),
    ]),
  );

  /** @param also told of ticks and answers too */
  constructor(also: Pick<Meter, "tickTook" | "answered"> | null = null) {
    this.#also = also;
  }

  /** Measures the process itself too: CPU, memory, event loop, garbage collection. To be called once. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: DELAY_LOOK_MS });
  }

  /** Everything measured so far, with what `reading` says of this moment, as Prometheus' text. */
  async text(reading: Reading): Promise<string> {
    for (const [name, value] of Object.entries(reading)) {
      const counter = this.#read.get(name);
      // A counter can only be added to, and what is read is its whole value.
      counter?.reset();
      if (typeof value === "number") counter?.inc(value);
      const gauge = this.#gauges.get(name);
      // A label that is gone has no value, rather than its last one.
      gauge?.reset();
      for (const sample of typeof value === "number" ? [{ labels: {}, value }] : value)
        gauge?.set(sample.labels, sample.value);
    }
    return this.#registry.metrics();
  }

  tickTook(ms: number): void {
    this.#also?.tickTook(ms);
    this.#tickSeconds.observe(ms / MS_PER_SECOND);
  }

  answered(command: string, code: string | null, ms: number): void {
    this.#also?.answered(command, code, ms);
    this.#commands.inc({ command, outcome: code === null ? "accepted" : "refused" });
    if (code !== null) this.#refusals.inc({ code, via: "room" });
    this.#answerSeconds.observe({ command }, ms / MS_PER_SECOND);
  }

  httpAnswered(route: string | null, status: number, code: string | null, ms: number): void {
    if (code !== null) this.#refusals.inc({ code, via: "http" });
    this.#httpSeconds.observe({ route: route ?? "none", status }, ms / MS_PER_SECOND);
  }

  committed(items: number, ms: number): void {
    this.#commitSeconds.observe(ms / MS_PER_SECOND);
    this.#commitItems.observe(items);
  }

  settled(kind: string, settlement: string): void {
    this.#outcomes.inc({ kind, settlement });
  }

  feedRead(events: number, ms: number): void {
    this.#feedReadSeconds.observe(ms / MS_PER_SECOND);
    this.#feedEvents.inc(events);
  }

  joined(kind: JoinKind): void {
    this.#joins.inc({ kind });
  }

  sectorLost(cause: "fenced" | "failed"): void {
    this.#lost.inc({ cause });
  }

  #histogram(name: keyof typeof HISTOGRAMS): Histogram {
    const { help, labels, buckets } = HISTOGRAMS[name];
    const registers = [this.#registry];
    return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers });
  }

  #counter(name: string, { help, labels }: { help: string; labels: readonly string[] }): Counter {
    return new Counter({ name, help, labelNames: [...labels], registers: [this.#registry] });
  }
}
