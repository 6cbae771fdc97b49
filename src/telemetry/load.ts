import { createHistogram, monitorEventLoopDelay } from "node:perf_hooks";

const NS_PER_MS = 1_000_000;

/** What this process has cost since it was asked last. */
export interface LoadFigures {
  readonly seconds: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly memoryMb: number;
  readonly ticks: number;
  readonly tickP99Ms: number;
  readonly eventLoopDelayP99Ms: number;
}

/** Measures the process from inside: CPU, memory, how long ticks take, how late the event loop is. */
export class LoadMeter {
  readonly #ticks = createHistogram();
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  #sinceMs = performance.now();
  #cpu = process.cpuUsage();

  constructor() {
    this.#delay.enable();
  }

  tickTook(ms: number): void {
    this.#ticks.record(Math.max(1, Math.round(ms * NS_PER_MS)));
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
      eventLoopDelayP99Ms: this.#delay.percentile(99) / NS_PER_MS,
    };
    this.#sinceMs = nowMs;
    this.#cpu = process.cpuUsage();
    this.#ticks.reset();
    this.#delay.reset();
    return figures;
  }

  stop(): void {
    this.#delay.disable();
  }
}
