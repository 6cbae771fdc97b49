/** A fleet in a thread of its own: what a load generator costs must not delay what prints and decides. */
import { once } from "node:events";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { type Drained, Fleet, type FleetOptions, type FleetProgress } from "./fleet.ts";
import type { MeasureParts } from "./measure.ts";
import type { Traffic } from "./wire-line.ts";

type ToDriver =
  | { readonly kind: "start" }
  | { readonly kind: "progress" }
  | { readonly kind: "measure" }
  | { readonly kind: "drain"; readonly settleMsMax: number };

export interface FleetMeasure {
  readonly parts: MeasureParts;
  readonly traffic: Traffic;
}

/** Several fleets in threads, asked as if they were one. */
export class Drivers {
  readonly #workers: readonly Worker[];
  /** Rejects when a thread dies, which is a fault of ours. */
  readonly #died: Promise<never>;

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
    this.#died = new Promise((_, reject) => {
      for (const worker of workers) worker.once("error", reject);
    });
    this.#died.catch(() => {});
  }

  static async launch(options: Omit<FleetOptions, "first" | "step">, threads: number): Promise<Drivers> {
    const workers = Array.from({ length: threads }, (_, first) => {
      const pilots = Math.floor((options.pilots - first + threads - 1) / threads);
      const data: FleetOptions = { ...options, pilots, first, step: threads };
      return new Worker(new URL(import.meta.url), { workerData: data });
    });
    await Promise.all(workers.map((worker) => once(worker, "online")));
    return new Drivers(workers);
  }

  start(): void {
    for (const worker of this.#workers) worker.postMessage({ kind: "start" } satisfies ToDriver);
  }

  progress(): Promise<FleetProgress[]> {
    return this.#ask<FleetProgress>({ kind: "progress" });
  }

  /** What was measured since it was asked for last; traffic since the start. */
  measure(): Promise<FleetMeasure[]> {
    return this.#ask<FleetMeasure>({ kind: "measure" });
  }

  async drain(settleMsMax: number): Promise<Drained> {
    const drained = await this.#ask<Drained>({ kind: "drain", settleMsMax });
    return {
      ledgers: drained.flatMap(({ ledgers }) => ledgers),
      stuck: drained.flatMap(({ stuck }) => stuck),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** One answer from each; they answer in the order in which they are asked. */
  #ask<Answer>(question: ToDriver): Promise<Answer[]> {
    const answers = this.#workers.map(
      (worker) =>
        new Promise<Answer>((resolve) => {
          worker.once("message", resolve);
          worker.postMessage(question);
        }),
    );
    return Promise.race([Promise.all(answers), this.#died]);
  }
}

function drive(port: NonNullable<typeof parentPort>, options: FleetOptions): void {
  const fleet = new Fleet(options);
  port.on("message", async (message: ToDriver) => {
    if (message.kind === "start") fleet.start();
    else if (message.kind === "progress") port.postMessage(fleet.progress);
    else if (message.kind === "drain") port.postMessage(await fleet.drain(message.settleMsMax));
    else {
      const measured: FleetMeasure = { parts: fleet.takeMeasure(), traffic: fleet.traffic };
      port.postMessage(measured);
    }
  });
}

if (parentPort !== null) drive(parentPort, workerData);
