import type { Clock } from "../clock.ts";
import type { Database } from "../persistence/database.ts";
import { type Guardrails, readGuardrails, type Share } from "../persistence/guardrails.ts";
import type { Log } from "../telemetry/log.ts";
import type { Reading, Sample } from "../telemetry/metrics.ts";
import type { GUARDRAILS } from "../telemetry/metrics-catalogue.ts";

/** They move by the day; a scrape every few seconds shall not have the database count them each time. */
const KEPT_MS = 60_000;

type GuardrailSamples = Pick<Reading, keyof typeof GUARDRAILS>;

function sample({ rate }: Share, labels: Readonly<Record<string, string>> = {}): Sample[] {
  return rate === null ? [] : [{ labels, value: rate }];
}

function samplesOf(found: Guardrails | null): GuardrailSamples {
  return {
    sectorkeep_ecosystem_run_completion_ratio:
      found?.runCompletion.flatMap((one) => sample(one, { surface: one.surface })) ?? [],
    sectorkeep_ecosystem_grant_failure_ratio: found === null ? [] : sample(found.grantFailures),
    sectorkeep_ecosystem_duplicate_grant_ratio: found === null ? [] : sample(found.duplicatesPrevented),
    sectorkeep_ecosystem_retention_ratio:
      found?.retention.flatMap((one) => sample(one, { surface: one.surface, day: String(one.day) })) ?? [],
  };
}

/** The guardrails as metrics. While the database is away they stay as they were: everything else is told all the same. */
export class GuardrailReading {
  readonly #database: Pick<Database, "pool">;
  readonly #clock: Pick<Clock, "nowMs" | "monotonicMs">;
  readonly #log: Log;
  #found: Guardrails | null = null;
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(database: Pick<Database, "pool">, clock: Pick<Clock, "nowMs" | "monotonicMs">, log: Log) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never throws. */
  async read(): Promise<GuardrailSamples> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#readAtMs >= KEPT_MS) {
      // Not again at once when it fails, either.
      this.#readAtMs = nowMs;
      try {
        this.#found = await readGuardrails(this.#database.pool, this.#clock.nowMs());
      } catch (error) {
        this.#log.warn({ err: error }, "The guardrail metrics could not be read; next try in a minute.");
      }
    }
    return samplesOf(this.#found);
  }
}
