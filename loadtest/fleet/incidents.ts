/** A pilot's answers to what befalls the sector that they are in: a judgement each, by what instruments show. */
import { z } from "zod";
import type { Severity } from "../../src/rules/incidents.ts";
import type { Calls } from "./calls.ts";
import type { EconomyLedger } from "./ledger.ts";

/** Readings lie around so much for each step of severity. */
const READING_STEP = 25;
const OPEN: ReadonlySet<string> = new Set(["detected", "responding"]);

const incidentsSchema = z.object({
  incidents: z.array(
    z.object({ incidentId: z.uuid(), status: z.string(), readings: z.array(z.int()).nonempty() }),
  ),
});
const answeredSchema = z.object({ score: z.int(), duplicate: z.boolean() });

export class IncidentAnswers {
  readonly #calls: Calls;
  readonly #economy: EconomyLedger;
  readonly #answered = new Set<string>();

  constructor(calls: Calls, economy: EconomyLedger) {
    this.#calls = calls;
    this.#economy = economy;
  }

  /** @returns false when there is nothing to answer that was not answered before @throws what could not be read */
  async answer(sectorId: number, intendedMs: number): Promise<boolean> {
    const { incidents } = incidentsSchema.parse(await this.#calls.get(`/incidents?sectorId=${sectorId}`));
    const open = incidents.find(
      ({ incidentId, status }) => OPEN.has(status) && !this.#answered.has(incidentId),
    );
    if (open === undefined) return false;
    const { incidentId, readings } = open;
    this.#answered.add(incidentId);
    const called = await this.#calls.post({
      ...{ kind: "classify_incident", path: `/incidents/${incidentId}/classification`, intendedMs },
      body: { severity: severityBy(readings) },
    });
    if (called === null || "refused" in called) return true;
    const { score, duplicate } = answeredSchema.parse(called.answer);
    if (duplicate && called.attempts === 1)
      this.#economy.toldTwice.push(`had answered incident ${incidentId} before, and answered it once`);
    this.#economy.incidentAnswers.push({ incidentId, points: score });
    return true;
  }
}

function severityBy(readings: readonly number[]): Severity {
  const mean = readings.reduce((sum, reading) => sum + reading, 0) / readings.length;
  if (mean < 1.5 * READING_STEP) return 1;
  return mean < 2.5 * READING_STEP ? 2 : 3;
}
