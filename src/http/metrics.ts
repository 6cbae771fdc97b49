import { z } from "zod";
import { nothing, OPERATOR, type Route, route } from "./route.ts";

/** The version of Prometheus' text format that prom-client writes. */
const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

export const metricsRoutes = (metricsText: () => Promise<string>): Route[] => [
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
];
