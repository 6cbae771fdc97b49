import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from "node:perf_hooks";
import type { Meter } from "./meter.ts";

const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;
/**
 * Between two looks at how late the event loop is. Node counts it into what it measures. Each wakes the process, also when
 * nothing goes on: every 10 ms they cost 0.6 % of a core. Seldom looks find as large a share of what is late as many do.
 */
export const DELAY_LOOK_MS = 100;
/** Two digits of an answer's time, up to ten minutes: small enough to have one for each command. */
const ANSWER_HISTOGRAM = { lowest: 1, highest: 600_000 * US_PER_MS, figures: 2 } as const;

/** How long a process took to answer: from the message's arrival in the room to its answer's departure. */
export interface AnswerFigures {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What this process has cost since it was asked last. */
export interface LoadFigures {
  readonly seconds: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly memoryMb: number;
  readonly ticks: number;
  readonly tickP99Ms: number;
  /** How late timers are; 0 when nothing holds the process up. */
  readonly eventLoopDelayP99Ms: number;
  /** Of the time: how much of it the event loop was at work, waiting for a core included. */
  readonly eventLoopPercent: number;
  /** Of all requests, refused ones too. */
  readonly answers: AnswerFigures;
  readonly answersByCommand: Readonly<Record<string, AnswerFigures>>;
}

/** Measures the process from inside: CPU, memory, how long ticks take, how late the event loop is. */
export class LoadMeter implements Pick<Meter, "tickTook" | "answered"> {
  readonly #ticks = createHistogram();
  readonly #answers = createHistogram(ANSWER_HISTOGRAM);
  readonly #answersByCommand = new Map<string, RecordableHistogram>();
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_LOOK_MS });
  #sinceMs = performance.now();
  #cpu = process.cpuUsage();
  #loop = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  tickTook(ms: number): void {
    this.#ticks.record(Math.max(1, Math.round(ms * NS_PER_MS)));
  }

  answered(command: string, _code: string | null, ms: number): void {
    const us = Math.min(Math.max(1, Math.round(ms * US_PER_MS)), ANSWER_HISTOGRAM.highest);
    this.#answers.record(us);
    const known = this.#answersByCommand.get(command);
    const histogram = known ?? createHistogram(ANSWER_HISTOGRAM);
    if (known === undefined) this.#answersByCommand.set(command, histogram);
    histogram.record(us);
  }

  /** The figures since the last call; the count begins anew. */
  take(): LoadFigures {
    const nowMs = performance.now();
    const seconds = (nowMs - this.#sinceMs) / 1000;
    const used = process.cpuUsage(this.#cpu);
    const figures = {
      seconds,
      cpuPercent: (used.user + used.system) / 10_000 / seconds,
      memoryMb: process.memoryUsage.rss() / 1024 / 1024,
      ticks: this.#ticks.count,
      tickP99Ms: this.#ticks.percentile(99) / NS_PER_MS,
      eventLoopDelayP99Ms: Math.max(0, this.#delay.percentile(99) / NS_PER_MS - DELAY_LOOK_MS),
      eventLoopPercent: performance.eventLoopUtilization(this.#loop).utilization * 100,
      answers: answerFigures(this.#answers),
      answersByCommand: Object.fromEntries(
        [...this.#answersByCommand].map(([command, histogram]) => [command, answerFigures(histogram)]),
      ),
    };
    this.#sinceMs = nowMs;
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#ticks.reset();
    this.#answers.reset();
    for (const histogram of this.#answersByCommand.values()) histogram.reset();
    this.#delay.reset();
    return figures;
  }

  stop(): void {
    this.#delay.disable();
  }
}

function answerFigures(histogram: RecordableHistogram): AnswerFigures {
  return {
    count: histogram.count,
    p50Ms: histogram.percentile(50) / US_PER_MS,
    p99Ms: histogram.percentile(99) / US_PER_MS,
    maxMs: histogram.max / US_PER_MS,
  };
}
