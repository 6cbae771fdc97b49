import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Database } from "../persistence/database.ts";
import { readGuardrails } from "../persistence/guardrails.ts";
import { nothing, OPERATOR, type Route, route } from "./route.ts";

/** The version of Prometheus' text format that prom-client writes. */
const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

const share = {
  part: z.int(),
  of: z.int(),
  rate: z.number().nullable().describe("Null while there is nothing to take a share of."),
};
const surface = z.string();

const guardrails = z.object({
  runCompletion: z.array(z.object({ surface, ...share })).describe("Completed, of those begun."),
  grantFailures: z.object(share).describe("Of all grants that were tried."),
  duplicatesPrevented: z.object(share).describe("Of all grants that were asked for."),
  retention: z
    .array(z.object({ surface, day: z.int(), ...share }))
    .describe("Back on that UTC day after their first, by the surface they came through first."),
});

export const metricsRoutes = (
  metricsText: () => Promise<string>,
  { pool }: Pick<Database, "pool">,
  clock: Pick<Clock, "nowMs">,
): Route[] => [
  route({
    method: "GET",
    path: "/metrics",
    access: OPERATOR,
    params: nothing,
    query: nothing,
    body: nothing,
    response: z.string(),
    mediaType: PROMETHEUS_TEXT,
    refusals: ["operators_only"],
    summary: "This process' metrics, as Prometheus reads them; see metrics.md.",
    handle: metricsText,
  }),
  route({
    method: "GET",
    path: "/metrics/guardrails",
    access: OPERATOR,
    params: nothing,
    query: nothing,
    body: nothing,
    response: guardrails,
    refusals: ["operators_only"],
    summary: "The ecosystem's four guardrail metrics over the last 28 days, from the database.",
    async handle() {
      const { runCompletion, retention, ...rest } = await readGuardrails(pool, clock.nowMs());
      return { ...rest, runCompletion: [...runCompletion], retention: [...retention] };
    },
  }),
];
